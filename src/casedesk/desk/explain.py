"""Why a case stands where it stands in the queue, factor by factor, with nothing left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casedesk.desk.casepage import headline
from casedesk.desk.desk import Desk
from casedesk.desk.grading import CaseGrades, grades_of
from casedesk.model.errors import CasedeskError
from casedesk.model.facts import CaseFile
from casedesk.model.ids import EntityId
from casedesk.model.moments import local, show_instant, show_moment, show_span
from casedesk.model.words import Confidence
from casedesk.reference.priority import Band
from casedesk.reference.thor import GRADES
from casedesk.rules.answers import Answer, instant_words
from casedesk.rules.priority import factors, place, recorded_on, tie_break
from casedesk.rules.reasons.factor import STEP, Factor
from casedesk.rules.rights import rights
from casedesk.rules.thor import people

NEIGHBOURS = 3
"""So many of the cases that stand directly before it are named."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One factor with everything behind it."""

    band: Band
    sentence: str
    due: datetime | None
    kind: str
    """``legal limit``, a limit in law with what is doubtful about it, or ``target``; empty where nothing is due."""
    who: str
    """Who must act, in words; empty for the case's owner."""
    clock: str
    title: str
    """The clock's title in the pack; empty without a clock."""
    rule: str
    steps: tuple[str, ...]
    warnings: tuple[str, ...]
    source: str
    status: str
    changes_at: datetime | None
    then: tuple[str, ...]
    """What is new at that moment if nothing else happens: sentences with their bands."""
    key: str
    subject: EntityId | None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a case stands among all open cases: its rank, from 1, and those directly before it, nearest last."""

    rank: int
    of: int
    before: tuple[tuple[str, str, str], ...]
    """Reference, band and sentence of each."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole order of one case at one moment."""

    n: int
    id: EntityId
    now: datetime
    headline: str
    factors: tuple[Explained, ...]
    """The most pressing first: the first is what the queue shows."""
    grades: CaseGrades
    ties: tuple[str, ...]
    """What orders it among cases of its band due at the same time, in words, in the order in which it is asked."""
    waiting: str
    waiting_since: datetime | None
    position: Position | None
    """None for a closed case."""

    def as_lines(self) -> list[str]:
        """The explanation as plain lines; due times are local and say how far off they are."""
        return list(_lines(self))

    def as_json(self) -> dict[str, Any]:
        """The explanation as a value that JSON can carry; times are ISO 8601 with their offset."""
        return _json(self)


def explain(desk: Desk, case_id: EntityId) -> Explanation:
    """Explain a case's order as things stand now. Raises NotFoundError when it is not in this store."""
    desk.store.tick()
    bundle, now = desk.case(case_id), desk.now
    placing = place(bundle.file, now, desk.packs)
    return Explanation(
        bundle.n,
        case_id,
        now,
        headline(bundle.file),
        tuple(_explained(desk, bundle.file, factor) for factor in placing.factors),
        grades_of(desk, bundle.file),
        tuple(_ties(desk, bundle.file)),
        placing.waiting,
        placing.waiting_since,
        _position(desk, bundle.n),
    )


def _explained(desk: Desk, file: CaseFile, factor: Factor) -> Explained:
    answer = _answer(factor)
    packed = desk.packs.clocks
    clock = packed.by_id.get(factor.clock)
    cited = clock or packed.prompts.get(factor.clock)
    status = answer.status if answer else cited.status if cited else None
    changes = factor.changes_at if factor.changes_at and factor.changes_at > desk.now else None
    return Explained(
        band=desk.packs.priority.bands[factor.band],
        sentence=factor.sentence,
        due=factor.due,
        kind=_kind(factor, status),
        who=factor.who.replace("-", " "),
        clock=factor.clock,
        title=clock.title if clock else "",
        rule=answer.rule if answer else "",
        steps=answer.steps if answer else (),
        warnings=answer.warnings if answer else (),
        source=answer.source if answer else cited.source if cited else "",
        status=status.value if status else "",
        changes_at=changes,
        then=tuple(_then(desk, file, factor, changes)) if changes else (),
        key=factor.key,
        subject=factor.subject,
    )


def _answer(factor: Factor) -> Answer | None:
    """How the due time was found; a pack that no longer gives what is needed is said in place of the steps."""
    if factor.how is None:
        return None
    try:
        return factor.how()
    except CasedeskError as error:
        said = " ".join(part for part in (error.message, error.cure) if part)
        return Answer(factor.due, "", (), "", Confidence.UNVERIFIED, (said,), factor.clock)


def _kind(factor: Factor, status: Confidence | None) -> str:
    """What the due time is: nothing but a well-sourced limit is called a legal limit."""
    if factor.due is None:
        return ""
    if not factor.legal:
        return "target"
    return _LEGAL.get(status, "limit in law, unverified")


_LEGAL: dict[Confidence | None, str] = {
    Confidence.CONFIRMED: "legal limit",
    Confidence.SECONDARY: "legal limit",
    Confidence.CONVENTION: "limit in law, counted by a convention",
}


def _then(desk: Desk, file: CaseFile, factor: Factor, at: datetime) -> Iterator[str]:
    """What the rules begin to say at a coming moment: of the same thing, or else of whatever changes then."""
    before = {(one.band, one.sentence) for one in factors(file, at - STEP, desk.packs)}
    new = [one for one in factors(file, at, desk.packs) if (one.band, one.sentence) not in before]
    same = [one for one in new if _about(one) == _about(factor)]
    for one in same or new:
        yield f"{desk.packs.priority.bands[one.band].label}: {one.sentence}"


def _about(factor: Factor) -> tuple[str, EntityId | None, str]:
    return factor.clock, factor.subject, factor.key


def _ties(desk: Desk, file: CaseFile) -> Iterator[str]:
    parts, who = tie_break(file, desk.packs), people(file)
    found = [rights(file, victim) for _, victim in file.victims]
    why = [one.why.removeprefix("enhanced").lstrip(",: ") for one in found if one.enhanced]
    yield f"Victim with enhanced rights: {f'yes ({why[0]})' if why else 'no'}"
    asked = (("victim", who.young_victim), ("suspect", who.young_suspect))
    young = " and ".join(word for word, is_young in asked if is_young)
    yield f"Suspect or victim under 18: {f'yes ({young})' if young else 'no'}"
    grades = grades_of(desk, file)
    how = "graded" if grades.graded else "suggested"
    yield f"THOR: {parts.harm} of {desk.packs.thor.most} ({how})"
    since = recorded_on(file)
    yield f"The older first: {show_moment(since) if since else 'no date recorded, so last'}"


def _position(desk: Desk, n: int) -> Position | None:
    db = desk.store.connection
    row = db.execute(
        "SELECT band, due_at, score FROM queue WHERE n = ? AND stage <> 'closed'", (n,)
    ).fetchone()
    if row is None:
        return None
    band, due, score = row
    values = (band, band, due, due, score, score, n)
    (before,) = db.execute(f"SELECT count(*) FROM queue WHERE {_AHEAD}", values).fetchone()  # noqa: S608
    (total,) = db.execute("SELECT count(*) FROM queue WHERE stage <> 'closed'").fetchone()
    nearest = db.execute(
        "SELECT cases.ref, queue.band, queue.sentence FROM queue JOIN cases ON cases.n = queue.n "  # noqa: S608
        f"WHERE {_AHEAD} ORDER BY queue.band DESC, queue.due_at DESC, queue.score, queue.n DESC LIMIT ?",
        (*values, NEIGHBOURS),
    ).fetchall()
    labels = {one.number: one.label for one in desk.packs.priority.bands.values()}
    return Position(
        before + 1,
        total,
        tuple(
            (ref or "(no reference)", labels.get(number, ""), said) for ref, number, said in reversed(nearest)
        ),
    )


_AHEAD = (
    "queue.stage <> 'closed' AND (queue.band < ? OR queue.band = ? AND (queue.due_at < ? OR queue.due_at = ? "
    "AND (queue.score > ? OR queue.score = ? AND queue.n < ?)))"
)
"""Stands before a case in the order of the queue: given its band (twice), due time (twice), score (twice), number."""


def _lines(shown: Explanation) -> Iterator[str]:
    yield shown.headline
    yield from _standing(shown)
    for number, factor in enumerate(shown.factors, 1):
        yield ""
        yield f"{number}. {factor.band.label}: {factor.sentence}"
        yield from (f"   {line}" for line in _factor_lines(factor, shown.now))
    yield ""
    yield "Among cases of the same band, what is due first stands first. Then, in this order:"
    yield from (f"  {line}" for line in shown.ties)
    yield ""
    yield from _grade_lines(shown.grades)


def _standing(shown: Explanation) -> Iterator[str]:
    if shown.position is None:
        yield "Closed: it stands in no queue of open cases."
    else:
        yield f"Number {shown.position.rank:,} of {shown.position.of:,} open cases"
        for ref, band, sentence in shown.position.before:
            yield f"  before it: {ref}  {band}: {sentence}"
    if shown.waiting:
        since = f" since {show_instant(shown.waiting_since)}" if shown.waiting_since else ""
        yield f"Waits for {shown.waiting}{since}"


def _factor_lines(factor: Explained, now: datetime) -> Iterator[str]:
    yield f"Band {factor.band.number}, {factor.band.label}: {factor.band.meaning}"
    if factor.due:
        far = (
            f"in {show_span(factor.due - now)}" if factor.due >= now else f"{show_span(now - factor.due)} ago"
        )
        yield f"Due {instant_words(factor.due)}, {far}: {factor.kind}"
    if factor.who:
        yield f"To act: {factor.who}"
    if factor.clock:
        yield f"Clock {factor.clock}{f': {factor.title}' if factor.title else ''}"
    yield from (f"- {step}" for step in factor.steps)
    if factor.source:
        yield f"Source: {factor.source} ({factor.status})"
    yield from (f"Warning: {warning}" for warning in factor.warnings)
    if factor.changes_at:
        yield f"Changes {instant_words(factor.changes_at)}, if nothing else happens{':' if factor.then else ''}"
        yield from (f"  {line}" for line in factor.then)
    if factor.key:
        yield f"Duty: {factor.key}"


def _grade_lines(grades: CaseGrades) -> Iterator[str]:
    done, thor = grades.graded, grades.thor
    if done:
        when = f", {show_instant(done.at)}" if done.at else ""
        yield f"THOR, graded{f' by {done.who}' if done.who else ''}{when}: {grades.total} of {thor.most}"
        if done.why:
            yield f"  Because: {done.why}"
    else:
        yield f"THOR, suggested and not yet graded: {grades.total} of {thor.most}"
    meant = _suggested(grades)
    for name, level in zip(GRADES, grades.levels, strict=True):
        grade = thor.grades[name]
        yield f"  {grade.label} {level} (counts {thor.order[name]}): {grade.levels[level]}"
        other = f" {meant[name].level}" if done and meant[name].level != level else ""
        yield f"    Suggested{other}: {'; '.join(meant[name].reasons)}"
    yield f"  Source: {thor.source} ({thor.status.value}, {thor.licence})"
    yield f"  Model: {thor.model_source} ({thor.model_status.value})"


def _suggested(grades: CaseGrades) -> dict[str, Any]:
    meant = grades.suggestion
    return dict(zip(GRADES, (meant.threat, meant.harm, meant.opportunity, meant.risk), strict=True))


def _json(shown: Explanation) -> dict[str, Any]:
    grades, position = shown.grades, shown.position
    meant, done = _suggested(grades), grades.graded
    return {
        "case": shown.headline,
        "at": _iso(shown.now),
        "position": None
        if position is None
        else {
            "rank": position.rank,
            "of": position.of,
            "before": [
                {"reference": ref, "band": band, "sentence": sentence}
                for ref, band, sentence in position.before
            ],
        },
        "waiting": {"for": shown.waiting, "since": _iso(shown.waiting_since)} if shown.waiting else None,
        "factors": [_factor_json(factor) for factor in shown.factors],
        "ties": list(shown.ties),
        "thor": {
            "total": grades.total,
            "most": grades.thor.most,
            "levels": dict(zip(GRADES, grades.levels, strict=True)),
            "suggested": {
                name: {"level": one.level, "reasons": list(one.reasons)} for name, one in meant.items()
            },
            "graded": None if done is None else {"by": done.who, "at": _iso(done.at), "why": done.why},
            "source": grades.thor.source,
            "status": grades.thor.status.value,
            "licence": grades.thor.licence,
        },
    }


def _factor_json(factor: Explained) -> dict[str, Any]:
    return {
        "band": factor.band.id,
        "label": factor.band.label,
        "sentence": factor.sentence,
        "due": _iso(factor.due),
        "kind": factor.kind or None,
        "who": factor.who or None,
        "clock": factor.clock or None,
        "rule": factor.rule or None,
        "steps": list(factor.steps),
        "warnings": list(factor.warnings),
        "source": factor.source or None,
        "status": factor.status or None,
        "changes_at": _iso(factor.changes_at),
        "then": list(factor.then),
        "duty": factor.key or None,
    }


def _iso(instant: datetime | None) -> str | None:
    return local(instant).isoformat() if instant else None
