"""The case page: everything about one case as one value, read at once."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from casedesk.desk.acting import acting_in
from casedesk.desk.action_plan import State as Planned
from casedesk.desk.action_plan import plan
from casedesk.desk.approved_facts import is_changed
from casedesk.desk.check import check_file_held
from casedesk.desk.desk import Desk
from casedesk.desk.finalised_code import in_words
from casedesk.desk.missing import Missing, Seen, missing
from casedesk.desk.review_state import standing_approval
from casedesk.desk.timeline import Event, Timeline, timeline
from casedesk.desk.timeline_trace import Trace
from casedesk.model.dossier import Dossier
from casedesk.model.entities import CASE, CUSTODY, ENTITIES, SUSPECT, VICTIM, Entity, Field, Kind
from casedesk.model.facts import CaseFile
from casedesk.model.finalising import Finalising
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_instant, show_moment
from casedesk.model.text import clip, counted
from casedesk.model.words import FLAG_TITLES, Flag, Stage
from casedesk.rules.duties import Duty, duties
from casedesk.rules.finalisation import Verdict
from casedesk.rules.priority import factors
from casedesk.rules.reasons.factor import Factor, when
from casedesk.store.clinics import read_clinic_file
from casedesk.store.finalised import read_finalising
from casedesk.store.records import read_dossier


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that two desks set differently: which, and that it waits for a decision."""

    entity: str
    field: str


@dataclass(frozen=True, slots=True)
class ClockShown:
    """One clock of the strip: what ends when."""

    label: str
    """A few words: “Bail ends”."""
    due: datetime
    legal: bool
    """Whether it is a limit in law (however well sourced) and not a target."""
    sentence: str
    clock: str
    """The id of the clock in the pack; empty where it has none."""
    subject: EntityId | None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is next."""

    kind: str
    """``clock``, ``duty``, ``action``; without a time of its own ``person`` (safeguarding, liberty) or ``work``."""
    sentence: str
    due: datetime | None
    legal: bool
    who: str
    """Who must act; empty for the case's owner."""
    band: str
    """The id of the band; empty for an action without a time."""
    subject: EntityId | None
    """The action, the person or the custody record it is about."""
    key: str
    """The duty's key, where it is one."""


@dataclass(frozen=True)
class Page:
    """One case as the page shows it. What only some tabs show is read and worked out when it is asked for."""

    n: int
    now: datetime
    """When it was read: everything is judged as of then."""
    file: CaseFile
    factors: list[Factor]
    """Why the case stands where it stands, the most pressing first."""
    bands: dict[str, str]
    """Label of each band by its id."""
    conflicts: list[Conflict]
    desk: Desk = field(repr=False, compare=False)

    @cached_property
    def dossier(self) -> Dossier:
        """What is written about the case besides its facts."""
        return read_dossier(self.desk.store.connection, self.file.id)

    @cached_property
    def left(self) -> Finalising:
        """What finalising left behind: approvals, returns, holds, rulings."""
        return read_finalising(self.desk.store.connection, self.file.id)

    @cached_property
    def decided(self) -> tuple[str, ...]:
        """How the crime stands in the review, in words: an approval and what changed since, a return, a hold."""
        from casedesk.desk.review_crime import standing_in_words  # it judges, which most pages need not

        return tuple(standing_in_words(self.desk, self.file, self.left))

    @cached_property
    def verdict(self) -> Verdict:
        """What the finalisation check says."""
        return check_file_held(self.desk, self.file, self.now)

    @cached_property
    def duties(self) -> tuple[Duty, ...]:
        """Every duty, the open ones first, the most pressing on top."""
        return duties(self.file, self.now, self.desk.packs)

    @cached_property
    def events(self) -> Timeline:
        """Everything that happened, latest first."""
        acting = acting_in(self.desk, self.file.id, self.dossier.handovers)
        trace = Trace(self.desk.store.connection, self.file.id, acting)
        clinic = read_clinic_file(self.desk.store.connection, self.file.id)
        return timeline(self.file, self.dossier, trace, self.desk.packs, clinic, self.left)

    @cached_property
    def clocks(self) -> tuple[ClockShown, ...]:
        """The clocks of custody, bail and limits, what ends first in front; duties and actions are not among them."""
        actions = {key for key, _ in self.file.actions}
        found = (
            ClockShown(_label(one), one.due, one.legal, one.sentence, one.clock, one.subject)
            for one in self.factors
            if one.due is not None and _is_clock(one, actions) and (one.clock or one.legal or one.subject)
        )
        return tuple(sorted(found, key=lambda one: one.due))

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """What is to be done, the most pressing first: clocks, duties, actions that wait for no other."""
        return tuple(_steps(self))

    @property
    def next(self) -> Step | None:
        """What is next; None when nothing is."""
        return self.steps[0] if self.steps else None

    @cached_property
    def missing(self) -> tuple[Missing, ...]:
        """What is missing, what a clock, a duty or the check waits for first."""
        return missing(Seen(self.file, self.dossier, self.duties, self.verdict, self.now, self.desk.packs))


def read_page(desk: Desk, case_id: EntityId) -> Page:
    """Read what the case page shows. Raises NotFoundError when the case is not in this store."""
    bundle, now = desk.case(case_id), desk.now
    return Page(
        bundle.n,
        now,
        bundle.file,
        [
            _as_approved(_as_sure_as_its_source(one, desk), bundle.file, desk)
            for one in factors(bundle.file, now, desk.packs)
        ],
        {band.id: band.label for band in desk.packs.priority.bands.values()},
        [
            Conflict(entity, name)
            for entity, name in desk.store.connection.execute(
                "SELECT entity, field FROM conflict WHERE case_id = ? ORDER BY entity, field", (case_id,)
            )
        ],
        desk,
    )


def _as_approved(factor: Factor, file: CaseFile, desk: Desk) -> Factor:
    """What a finalised crime was finalised as, where its facts say something else since."""
    if factor.band != "closed" or file.case.stage != Stage.FINALISED:
        return factor
    approval = standing_approval(read_finalising(desk.store.connection, file.id))
    if approval is None or not is_changed(file, approval[1]):
        return factor
    return replace(
        factor, sentence=f"Finalised with {in_words(approval[1].outcome)}; changed since finalised"
    )


def _as_sure_as_its_source(factor: Factor, desk: Desk) -> Factor:
    """A factor whose limit is called law only where its clock has a source to rely on."""
    if not factor.legal or desk.packs.clocks.may_be_called_law(factor.clock):
        return factor
    return replace(factor, legal=False)


_LABELS = (
    ("DET-", "Detention"), ("REV-", "Review"), ("CRT-", "First court"), ("B7-", "Before a court"), ("BR-", "Return"),
    ("ABP-", "Bail ends"), ("RUI-", "RUI review"), ("STL-", "Prosecution limit"), ("CTL-", "Custody limit"),
    ("DAPN-", "DAPN hearing"), ("DVPN-", "DVPN hearing"), ("NIP-", "NIP to serve"),
)  # fmt: skip
"""A few words for the clocks of the pack, by how their ids begin."""


def _label(factor: Factor) -> str:
    """What a strip of clocks calls a factor: the words before its time where its clock has no short name."""
    short = next((label for start, label in _LABELS if factor.clock.startswith(start)), "")
    due = factor.due
    said = factor.sentence.partition(f" {when(due)}")[0] if due else factor.sentence
    for day in (" today ", " tomorrow "):  # an appointment names no date then
        said = said.partition(day)[0]
    return short or clip(said, 20)


def _is_clock(factor: Factor, actions: set[EntityId]) -> bool:
    return not factor.key and factor.subject not in actions


_ABOUT_PEOPLE = frozenset({"liberty", "safeguarding"})


def _steps(page: Page) -> Iterator[Step]:
    """The factors that ask for something to be done, then the open actions without a time."""
    planned = {one.id: one for one in plan(page.file, page.now)}
    over = {key for key, _ in page.file.actions} - planned.keys()
    told = set()
    for one in page.factors:
        if one.band == "closed" or (one.band == "rest" and one.due is None) or one.subject in over:
            continue
        action = planned.get(one.subject) if one.subject and not one.key else None
        if action is not None:
            told.add(action.id)
            if action.state is Planned.BLOCKED:
                continue
            yield _step("action", one, who=action.action.owner or "")
        else:
            yield _step(_kind(one), one, who=one.who)
    for left in planned.values():
        if left.id not in told and left.state is not Planned.BLOCKED:
            yield Step(
                "action", left.action.what or "Action", None, False, left.action.owner or "", "", left.id, ""
            )


def _kind(factor: Factor) -> str:
    """Of what kind the step is that a factor asks for, where it is not an action of the plan."""
    if factor.key:
        return "duty"
    if factor.due is not None:
        return "clock"
    return "person" if factor.band in _ABOUT_PEOPLE else "work"


def _step(kind: str, factor: Factor, *, who: str) -> Step:
    return Step(kind, factor.sentence, factor.due, factor.legal, who, factor.band, factor.subject, factor.key)


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
    if field.name == "rests_on":
        return counted(len(value), "fact")
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
    for one in entity.fields:
        value = getattr(facts, one.name)
        if value not in (None, ()) and one.kind is not Kind.REFERENCE and one.name not in leave_out:
            yield one.title, shown(one, value)


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
    yield from page.decided
    yield ""
    yield "Why it is here"
    for factor in page.factors:
        yield f"  {page.bands[factor.band]}: {factor.sentence}"
    if page.conflicts:
        yield ""
        fields = ", ".join(ENTITIES[one.entity].by_name[one.field].title for one in page.conflicts)
        yield f"Two desks disagree about: {fields}"
    if page.missing:
        yield ""
        yield "Missing"
        for one in page.missing:
            yield f"  {'! ' if one.urgent else ''}{one.what}: {one.why}"
    to_do = plan(file, page.now)
    if to_do:
        yield ""
        yield "To do"
        for planned in to_do:
            owner = f" ({planned.action.owner})" if planned.action.owner else ""
            yield f"  {planned.action.what}{owner}{' · waits for another' * (planned.state is Planned.BLOCKED)}"
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
        yield f"  {event_line(page.events, event)}"


def event_line(events: Timeline, event: Event) -> str:
    """An event as a line: when, of what kind, what, why it no longer stands or what it corrects, and who said so."""
    original = events.original(event)
    about = f" (corrects “{clip(' '.join(original.text.split()), 40)}”)" if original else ""
    gone = f" ({event.end})" if event.end else ""
    who = f" [{event.who}]" if event.who else ""
    return f"{event.shown_at}  {event.kind}: {event.text}{about}{gone}{who}"


def as_json(page: Page) -> dict[str, Any]:
    """The page as a value that JSON can carry."""
    file = page.file
    return {
        "reference": file.case.ref,
        "why": [
            {"band": page.bands[one.band], "sentence": one.sentence, "due": _iso(one.due)}
            for one in page.factors
        ],
        "decided": list(page.decided),
        "case": _plain(CASE, file.case),
        "suspects": [_plain(SUSPECT, facts) for _, facts in file.suspects],
        "victims": [_plain(VICTIM, facts) for _, facts in file.victims],
        "custody": [_plain(CUSTODY, facts) for _, facts in file.custody],
        "verdict": page.verdict.verdict,
        "findings": [
            {"rule": one.rule, "severity": one.severity.value, "message": one.message, "fix": one.fix}
            for one in page.verdict.findings
        ],
        "next": [{"sentence": one.sentence, "due": _iso(one.due), "who": one.who} for one in page.steps],
        "missing": [{"what": one.what, "why": one.why, "urgent": one.urgent} for one in page.missing],
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
