"""The case page: everything about one case as one value, read at once."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from casedesk.desk.check import check_case
from casedesk.desk.desk import Desk
from casedesk.desk.timeline import Event, timeline
from casedesk.model.entities import CASE, CUSTODY, ENTITIES, SUSPECT, VICTIM, Entity, Field, Kind
from casedesk.model.facts import CaseFile
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_instant, show_moment
from casedesk.model.words import FLAG_TITLES, Flag
from casedesk.rules.finalisation import Verdict
from casedesk.rules.priority import factors
from casedesk.rules.reasons.factor import Factor
from casedesk.store.connection import Connection


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that two desks set differently: which, and that it waits for a decision."""

    entity: str
    field: str


@dataclass(frozen=True, slots=True)
class Page:
    """One case as the page shows it."""

    n: int
    file: CaseFile
    factors: list[Factor]
    """Why the case stands where it stands, the most pressing first."""
    bands: dict[str, str]
    """Label of each band by its id."""
    verdict: Verdict
    events: list[Event]
    conflicts: list[Conflict]


def read_page(desk: Desk, case_id: EntityId) -> Page:
    """Read everything the case page shows. Raises NotFoundError when the case is not in this store."""
    bundle = desk.case(case_id)
    return Page(
        bundle.n,
        bundle.file,
        factors(bundle.file, desk.now, desk.packs),
        {band.id: band.label for band in desk.packs.priority.bands.values()},
        check_case(desk, case_id),
        timeline(bundle.file, authors(desk.store.connection, case_id)),
        [
            Conflict(entity, field)
            for entity, field in desk.store.connection.execute(
                "SELECT entity, field FROM conflict WHERE case_id = ? ORDER BY entity, field", (case_id,)
            )
        ],
    )


def authors(connection: Connection, case_id: EntityId) -> dict[EntityId, str]:
    """Who wrote each entry of a case."""
    return {
        EntityId(entry_id): actor
        for table in ("log_entry", "contact")
        for entry_id, actor in connection.execute(
            f"SELECT id, actor FROM {table} WHERE case_id = ?",  # noqa: S608 - one of two tables of ours
            (case_id,),
        )
    }


def shown(field: Field, value: Any) -> str:
    """A fact as a person reads it."""
    if field.kind is Kind.FLAG:
        return "yes" if value else "no"
    if field.kind is Kind.INSTANT:
        return show_instant(value)
    if field.kind is Kind.MOMENT:
        return show_moment(value)
    if field.name == "flags":
        return ", ".join(flag_title(word) for word in value)
    if field.kind is Kind.LIST:
        return ", ".join(value)
    if field.name == "value_pence":
        return f"£{value / 100:,.2f}"
    return str(value)


def flag_title(word: str) -> str:
    """A flag's words on screen; an unknown flag as it stands."""
    return FLAG_TITLES[Flag(word)] if word in set(Flag) else word


def known_facts(
    entity: Entity, facts: Any, leave_out: frozenset[str] = frozenset()
) -> Iterator[tuple[str, str]]:
    """Title and value of every fact that is known, in field order; references between entities are left out."""
    for field in entity.fields:
        value = getattr(facts, field.name)
        if value not in (None, ()) and field.kind is not Kind.REFERENCE and field.name not in leave_out:
            yield field.title, shown(field, value)


def headline(file: CaseFile) -> str:
    """Reference and offence in one line."""
    offence = file.case.offence_title or file.case.category or "offence not recorded"
    return f"{file.case.ref or '(no reference)'}  {offence}"


def as_lines(page: Page) -> Iterator[str]:
    """The page as plain lines."""
    for text in _texts(page):
        first, *more = text.split("\n")
        indent = " " * (len(first) - len(first.lstrip()) + 2)
        yield first
        yield from (indent + line for line in more)


def _texts(page: Page) -> Iterator[str]:
    """The page as texts, some of which run over several lines."""
    file = page.file
    yield headline(file)
    yield ""
    yield "Why it is here"
    for factor in page.factors:
        yield f"  {page.bands[factor.band]}: {factor.sentence}"
    if page.conflicts:
        yield ""
        fields = ", ".join(ENTITIES[one.entity].by_name[one.field].title for one in page.conflicts)
        yield f"Two desks disagree about: {fields}"
    to_do = [action for _, action in file.actions if not action.done_at]
    if to_do:
        yield ""
        yield "To do"
        for action in to_do:
            yield f"  {action.what}{f' ({action.owner})' if action.owner else ''}"
    yield ""
    yield "Facts"
    for title, value in known_facts(CASE, file.case):
        yield f"  {title}: {value}"
    for label, entity, held in (
        ("Suspect", SUSPECT, file.suspects),
        ("Victim", VICTIM, file.victims),
        ("Custody", CUSTODY, file.custody),
    ):
        for number, (_, facts) in enumerate(held, 1):
            yield ""
            yield f"{label} {number}" if len(held) > 1 else label
            for title, value in known_facts(entity, facts):
                yield f"  {title}: {value}"
    yield ""
    yield f"Finalisation check: {page.verdict.verdict}"
    for finding in page.verdict.findings:
        yield f"  {finding.severity.value} {finding.rule}: {finding.message}"
        yield f"    Cure: {finding.fix}"
        yield f"    Source: {finding.source} ({finding.status.value})"
    if page.verdict.possible:
        yield f"  These facts would allow outcome {', '.join(page.verdict.possible)}."
    yield ""
    yield "Timeline, latest first"
    for event in page.events:
        gone = " (withdrawn or corrected)" if event.gone else ""
        who = f" [{event.who}]" if event.who else ""
        yield f"  {event.shown_at}  {event.kind}: {event.text}{gone}{who}"


def as_json(page: Page) -> dict[str, Any]:
    """The page as a value that JSON can carry."""
    file = page.file
    return {
        "reference": file.case.ref,
        "why": [
            {"band": page.bands[one.band], "sentence": one.sentence, "due": _iso(one.due)}
            for one in page.factors
        ],
        "case": _plain(CASE, file.case),
        "suspects": [_plain(SUSPECT, facts) for _, facts in file.suspects],
        "victims": [_plain(VICTIM, facts) for _, facts in file.victims],
        "custody": [_plain(CUSTODY, facts) for _, facts in file.custody],
        "verdict": page.verdict.verdict,
        "findings": [
            {"rule": one.rule, "severity": one.severity.value, "message": one.message, "fix": one.fix}
            for one in page.verdict.findings
        ],
        "timeline": [
            {
                "at": event.shown_at,
                "kind": event.kind,
                "text": event.text,
                "who": event.who,
                "stands": not event.gone,
            }
            for event in page.events
        ],
    }


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _plain(entity: Entity, facts: Any) -> dict[str, Any]:
    return {
        field.name: entity.by_name[field.name].to_json(getattr(facts, field.name))
        for field in fields(facts)
        if getattr(facts, field.name) is not None
    }
