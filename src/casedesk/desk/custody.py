"""Recording what happens to somebody who was arrested: each verb is one act, checked, undone as one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casedesk.desk.custody_asks import Ask, AskKind, Scene, Verb, Writing
from casedesk.desk.custody_verbs import VERBS
from casedesk.desk.desk import Desk
from casedesk.desk.typed import not_future, one_of, required_text
from casedesk.model.entities import CASE_EVENT, CUSTODY, Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import show_instant, show_moment
from casedesk.model.text import clean, folded
from casedesk.model.words import CustodyState
from casedesk.reference.rows import hint
from casedesk.rules.answers import instant_words
from casedesk.rules.bail_facts import bail_period
from casedesk.rules.custody_clock import critical_moments
from casedesk.rules.custody_facts import (
    arrested_on_court_bail,
    before_a_justice,
    doubts_of_extension,
    held,
    kept_after_charge,
)
from casedesk.rules.reasons.limits import of_custody

_TIMES = (
    "arrested_at", "arrived_at", "relevant_at", "authorised_at", "charged_at", "released_at", "bail_return_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded, what is doubtful about it, and what the clocks say now."""

    title: str
    custody_id: EntityId
    warnings: tuple[str, ...]
    clocks: tuple[str, ...]


def perform(
    desk: Desk,
    case_id: EntityId,
    verb: str,
    values: Mapping[str, Any] | None = None,
    *,
    custody_id: EntityId | None = None,
) -> Recorded:
    """Record one thing about an arrest, as one act. The only arrest of a case need not be named.

    ``values`` are the verb's asks by name: instants as aware datetimes, days as moments, words as text. Raises
    BadInputError for an unknown verb, a missing or impossible value, and times in an impossible order (both are
    named). What only breaks a limit is recorded, and is among the warnings.
    """
    known = VERBS[one_of(verb, list(VERBS), "verb of custody")]
    scene = scene_of(desk, case_id, custody_id)
    writing = known.plan(scene, read_values(desk, known, values or {}))
    _write(desk, case_id, scene, known, writing)
    after = scene_of(desk, case_id, scene.id)
    before = _doubts(scene)
    fresh = [f"{doubt}." for doubt in _doubts(after) if doubt not in before]
    return Recorded(known.title, scene.id, (*writing.warnings, *fresh), tuple(clock_lines(after)))


def scene_of(desk: Desk, case_id: EntityId, custody_id: EntityId | None = None) -> Scene:
    """One arrest of a case as a verb looks at it. Raises BadInputError when it is not clear which."""
    file = desk.case(case_id).file
    found = choose(file, custody_id)
    return Scene(file, found, dict(file.custody)[found], desk.packs, desk.now)


def choose(file: CaseFile, custody_id: EntityId | None = None, *, number: str = "") -> EntityId:
    """The arrest that is meant: by id, by custody number, or the only one.

    Raises BadInputError when it is not clear which.
    """
    if custody_id is not None:
        if custody_id not in dict(file.custody):
            raise BadInputError("That arrest is not in this case.", "Choose one that is listed.")
        return custody_id
    if not file.custody:
        raise BadInputError("No arrest is recorded in this case.", "Add it: casedesk add arrest.")
    fits = [own for own, one in file.custody if not number or folded(one.number or "") == folded(number)]
    if len(fits) == 1:
        return fits[0]
    numbers = ", ".join(one.number or "one without a number" for _, one in file.custody)
    if not fits:
        raise BadInputError(
            f"No arrest of this case has the custody number {clean(number)!r}.", f"There are: {numbers}."
        )
    raise BadInputError(
        f"This case has {len(fits)} arrests that fit.", f"Say which, by its number: {numbers}."
    )


def offered(scene: Scene) -> list[Verb]:
    """The verbs that the state of an arrest calls for, in the order of a menu."""
    state = scene.custody.state
    return [verb for verb in VERBS.values() if (state is None or state in verb.states) and verb.fits(scene)]


def read_values(desk: Desk, verb: Verb, values: Mapping[str, Any]) -> dict[str, Any]:
    """Check what a verb was given: nothing unknown, nothing needed missing, no event in the future."""
    asks = {ask.name: ask for ask in verb.asks}
    for name in values:
        if name not in asks:
            raise BadInputError(f"{verb.title} does not ask for {name!r}.", hint(name, asks))
    read = {name: _read(desk, ask, values.get(name)) for name, ask in asks.items()}
    if "at" in asks and read["at"] is None and not asks["at"].required:
        read["at"] = desk.now
    missing = next((ask for name, ask in asks.items() if ask.required and read[name] is None), None)
    if missing is not None:
        raise BadInputError(f"{verb.title}: “{missing.label}” is needed.", "Give it and try again.")
    return {name: value for name, value in read.items() if value is not None}


def clock_lines(scene: Scene) -> list[str]:
    """What the clocks of an arrest say now, in plain lines: the next first, then custody time limits and notices."""
    limits = of_custody(scene.file, scene.id, scene.custody, scene.now, scene.packs)
    return [*_own_lines(scene), *(f"{factor.sentence}." for factor in limits)]


def _own_lines(scene: Scene) -> list[str]:
    one, packs = scene.custody, scene.packs
    if one.state == CustodyState.VOLUNTARY:
        return (
            [f"Voluntary interview {instant_words(one.arrived_at)}; no clock runs."] if one.arrived_at else []
        )
    if one.state == CustodyState.BAILED:
        return list(_bail_lines(scene))
    if one.state == CustodyState.UNDER_INVESTIGATION:
        return [f"Next review: {show_moment(one.review_on)}." if one.review_on else "No review date is set."]
    if arrested_on_court_bail(one) and one.arrested_at is not None:
        court = before_a_justice(scene.file, one, one.arrested_at, packs)
        return [f"{packs.clocks[court.clock].title}: {instant_words(court.due)}."] if court.due else []
    if one.state != CustodyState.DETAINED and not kept_after_charge(one):
        return []
    person = held(scene.file, scene.id, one, packs.offences).person
    if person is None:
        return ["The relevant time is missing: nothing can be counted."]
    return [
        f"{moment.what}: {instant_words(moment.at)}; by: {moment.by.replace('-', ' ')}."
        if moment.at
        else f"{moment.what}: the clock stands still."
        for moment in critical_moments(packs.clocks, person, packs.bank_holidays)
    ]


def arrest_lines(scene: Scene) -> list[str]:
    """One arrest in plain lines: what it is, its times, its clocks, what is doubtful."""
    one = scene.custody
    name = next((suspect.name for own, suspect in scene.file.suspects if own == one.suspect), None)
    head = " · ".join(
        part for part in (one.number or "no custody number", name, one.suite, one.state, one.offence) if part
    )
    times = [
        f"  {CUSTODY.by_name[name].title}: {show_instant(at)}"
        for name in _TIMES
        if isinstance(at := getattr(one, name), datetime)
    ]
    return [
        head,
        *times,
        *(f"  {line}" for line in clock_lines(scene)),
        *(f"  Check: {doubt}." for doubt in _doubts(scene)),
    ]


def _read(desk: Desk, ask: Ask, value: Any) -> Any:
    if value is None or value == "":
        return None
    if ask.kind is AskKind.PAST:
        return not_future(desk, value)
    if ask.kind in (AskKind.LINE, AskKind.LINES):
        return required_text(str(value), f"“{ask.label}”")
    if ask.kind is AskKind.CHOICE:
        return one_of(str(value), [word for word, _ in ask.choices], f"choice for “{ask.label}”")
    return value


def _write(desk: Desk, case_id: EntityId, scene: Scene, verb: Verb, writing: Writing) -> None:
    facts: dict[str, Value] = {
        name: value for name, value in writing.facts.items() if value != getattr(scene.custody, name)
    }
    with desk.store.unit_of_work(verb.act, writing.reason) as unit:
        if facts:
            unit.set(CUSTODY, scene.id, case_id, facts)
        for event in writing.events:
            said = {name: value for name, value in event.items() if value is not None}
            unit.entry(CASE_EVENT, new_id(), case_id, said)


def _doubts(scene: Scene) -> tuple[str, ...]:
    """What in the record of an arrest cannot be so, in sentences."""
    one, clocks = scene.custody, scene.packs.clocks
    told = held(scene.file, scene.id, one, scene.packs.offences)
    bail = bail_period(clocks, scene.file, scene.id, one).doubts if one.state == CustodyState.BAILED else ()
    return (*told.doubts, *doubts_of_extension(clocks, told), *bail)


def _bail_lines(scene: Scene) -> list[str]:
    if scene.custody.charged_at is not None:
        to = scene.custody.bail_return_at
        return [f"On bail after charge{f': to court {instant_words(to)}' if to else ''}."]
    period = bail_period(scene.packs.clocks, scene.file, scene.id, scene.custody)
    lines = []
    if period.paused:
        lines.append(f"{period.paused}: the period stands still.")
    elif period.ends is not None:
        months = f", {period.months} months from the day after arrest" if period.months else ""
        lines.append(f"Bail period ends {instant_words(period.ends)}{months}.")
    else:
        lines.append("When the bail period ends cannot be worked out: the arrest is missing.")
    if scene.custody.bail_return_at is not None:
        lines.append(f"Return {instant_words(scene.custody.bail_return_at)}.")
    return lines
