"""The conditions of an out-of-court resolution: chosen from the catalogue or written, changed, kept, not kept, varied.

Conditions are built while a resolution is a draft. Once it is accepted they run, and change only with the person's
consent and by somebody who may authorise it (Criminal Justice Act 2003 s.23B).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from casedesk.desk.case_asks import RANK_TITLES, line, optional_text
from casedesk.desk.clinic_judging import NotLawfulError, blocking, condition_findings, refuse_blocked
from casedesk.desk.desk import Desk
from casedesk.desk.matter import Matter, as_if, read_matter
from casedesk.desk.ranks import named, refuse_rank
from casedesk.desk.resting import refuse_disputed
from casedesk.desk.typed import existing, given, one_of, required_text
from casedesk.model.entities import CONDITION, LOG_ENTRY, Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import Condition, Victim
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import (
    Moment,
    day_of,
    earliest,
    earliest_day,
    latest,
    local,
    moment_of_day,
    show_day,
    show_moment,
)
from casedesk.model.text import clip
from casedesk.model.words import ResolutionState, VictimKind
from casedesk.rules.clinic.shown import condition_words, day_word

Victims = Sequence[tuple[EntityId, Victim]]
"""The victims of a case."""
KINDS = {
    "rehabilitative": "Rehabilitative",
    "reparative": "Reparative",
    "punitive": "Punitive",
    "restrictive": "Restrictive",
}
"""What a condition is for."""
FREE = ""
"""Stands for a condition that is written freely, not taken from the catalogue."""
BUILT_IN = frozenset({ResolutionState.DRAFT, ResolutionState.REFUSED})
"""The states of a resolution in which its conditions are built."""
_MOST_HOURS = 1_000
_MOST_PENCE = 100_000_000
_DIGITS = 12
_SHORT = 20
_FRIDAY = 4
_LARGE_PENCE = 100_000
"""From where on an amount is asked about again, where no value is recorded to hold it against (convention)."""
_LONGEST = 80
_MOST_LINE = 300
_FIELDS = (
    "service", "kind", "what", "need", "why", "due_on", "provider", "provider_reference", "first_at", "evidence",
    "hours", "amount_pence", "pay_to", "remedy", "note", "victim",
)  # fmt: skip


def add_condition(
    desk: Desk, case_id: EntityId, suspect: EntityId | None = None, *, service: str = FREE, **fields: Any
) -> tuple[EntityId, tuple[str, ...]]:
    """Add a condition to the draft, from the catalogue or written freely; gives its id and what warns about it.

    From the catalogue come its words, kind, need, provider and evidence where they are not given. ``why`` says why it
    is appropriate, proportionate and achievable, ``victim`` whom it concerns: the only one where it concerns one and
    nobody is named. Compensation without a payee is paid to the victim. Raises BadInputError when something is missing
    or makes no sense, NotLawfulError when a rule stands against it that nothing stood against before.
    """
    matter = read_matter(desk, case_id, suspect)
    own = _draft(matter)
    said = _checked(desk, {**_of_catalogue(desk, service), **_given(fields), "service": service or None})
    _refuse_stranger(matter, said)
    _name_victim(desk, matter, said)
    for name, title in (("what", "The condition"), ("kind", "The kind of condition"), ("why", "Why it fits")):
        if not said.get(name):
            raise BadInputError(
                f"{title} is missing.", "Say it; a condition must be right in all three ways."
            )
    if not said.get("due_on"):
        raise BadInputError("Until when is missing.", "Give the last day to complete it.")
    condition_id = new_id()
    fresh = Condition(suspect=matter.suspect, resolution=own, **said)
    _refuse_unpayable(desk, fresh)
    warnings = _refuse_worse(desk, matter, own, (*matter.conditions, (condition_id, fresh)))
    with desk.store.unit_of_work("clinic.condition") as unit:
        unit.set(
            CONDITION, condition_id, case_id, given({"suspect": matter.suspect, "resolution": own, **said})
        )
    return condition_id, (*warnings, *_doubts(desk, matter, fresh))


def change_condition(desk: Desk, case_id: EntityId, condition_id: EntityId, **fields: Any) -> tuple[str, ...]:
    """Change a condition of a draft; an empty text takes what was there out. Gives what warns about it.

    Raises as :func:`add_condition` does.
    """
    matter, held = _found(desk, case_id, condition_id)
    own = _draft(matter)
    _refuse_stranger(matter, fields)
    changed = {name: value for name, value in _checked(desk, fields).items() if value != getattr(held, name)}
    if not changed:
        raise BadInputError("That is what the condition says already.", "Change something, or leave it.")
    after = replace(held, **changed)
    _refuse_incomplete(desk, after)
    warnings = _refuse_worse(desk, matter, own, _with(matter, condition_id, after))
    with desk.store.unit_of_work("clinic.condition.change") as unit:
        unit.set(CONDITION, condition_id, case_id, changed)
    return (*warnings, *_doubts(desk, matter, after))


def take_out(desk: Desk, case_id: EntityId, condition_id: EntityId, why: str) -> None:
    """Take a condition out of a draft; it stays in sight with the reason. Raises BadInputError once it was accepted."""
    matter, _ = _found(desk, case_id, condition_id)
    _draft(matter)
    said = required_text(why, "The reason")
    with desk.store.unit_of_work("clinic.condition.out") as unit:
        unit.set(CONDITION, condition_id, case_id, {"withdrawn_why": said})


def kept(
    desk: Desk, case_id: EntityId, condition_id: EntityId, *, on: Moment | None = None, evidence: str = ""
) -> bool:
    """Record that a condition was completed, on the evidence that came; says whether it was the last one open.

    Raises BadInputError when it does not run, for a day to come or before it began, without evidence, or where it is
    recorded as not complied with: what follows that is an officer's to decide (R28).
    """
    matter, held = _running(desk, case_id, condition_id)
    if held.failed_on:
        raise BadInputError(
            f"R28: recorded as not complied with on {show_moment(held.failed_on)}, and nobody has decided on it.",
            "A sergeant or above varies it or ends the resolution; where it was recorded by mistake, undo that.",
        )
    day = _past_day(desk, on, held)
    proof = required_text(evidence, "The evidence that it was completed")
    with desk.store.unit_of_work("clinic.condition.kept") as unit:
        unit.set(
            CONDITION, condition_id, case_id, {"done_on": day, "failed_on": None, "note": _noted(held, proof)}
        )
    return all(one.done_on for own, one in matter.conditions if own != condition_id)


def not_kept(
    desk: Desk, case_id: EntityId, condition_id: EntityId, *, why: str, on: Moment | None = None
) -> None:
    """Record that a condition was not complied with: somebody who may authorise must then decide what follows.

    Raises BadInputError when it does not run, for a day to come or before it began, or without what happened.
    """
    _, held = _running(desk, case_id, condition_id)
    day = _past_day(desk, on, held)
    said = required_text(why, "What happened")
    with desk.store.unit_of_work("clinic.condition.failed") as unit:
        unit.set(CONDITION, condition_id, case_id, {"failed_on": day, "note": _noted(held, said)})


def vary(
    desk: Desk,
    case_id: EntityId,
    condition_id: EntityId,
    *,
    consent: bool,
    by: str,
    rank: str,
    why: str,
    **fields: Any,
) -> tuple[str, ...]:
    """Vary a condition that runs, with the person's consent; gives what warns.

    What was signed stays as it was: old and new stand with the condition and in the case log, with the day and by whom,
    the reason with the condition alone. A condition that was not complied with runs again. Raises BadInputError without
    consent, reason or change, or where the rank may not authorise it; NotLawfulError where a rule stands against the
    new terms.
    """
    matter, held = _running(desk, case_id, condition_id)
    _refuse_stranger(matter, fields)
    if not consent:
        raise BadInputError(
            "A condition is varied only with the person's consent (Criminal Justice Act 2003 s.23B).",
            "Ask for it, or leave the condition as it is.",
        )
    reason = required_text(why, "The reason")
    who = named(by, "Who varies it")
    refuse_rank(desk, matter, rank, who, "vary a condition")
    changed = {name: value for name, value in _checked(desk, fields).items() if value != getattr(held, name)}
    if not changed:
        raise BadInputError("Nothing is varied.", "Change its words, its day or its amount.")
    current = matter.current
    after = replace(held, **changed, failed_on=None)
    _refuse_incomplete(desk, after)
    warnings = _refuse_worse(desk, matter, current[0], _with(matter, condition_id, after)) if current else ()
    was, now = worded(held, matter.victims), worded(after, matter.victims)
    said = f"Condition varied with consent by {who} ({rank}). Was: {was}. Now: {now}."
    on = show_day(local(desk.now).date())
    told = f"{on}, with consent, by {who} ({RANK_TITLES[rank]}). Was: {was}. Now: {now}."
    kept_with_it: dict[str, Value] = {
        **changed,
        "failed_on": None,
        "variations": (*(held.variations or ()), told),
        "note": _noted(after, reason),
    }
    with desk.store.unit_of_work("clinic.condition.vary") as unit:
        unit.set(CONDITION, condition_id, case_id, kept_with_it)
        unit.entry(LOG_ENTRY, new_id(), case_id, {"at": desk.now, "text": said, "topic": "decision"})
    return (*warnings, *_doubts(desk, matter, after))


def is_penalty(desk: Desk, condition: Condition) -> bool:
    """Whether a condition is a financial penalty, which is capped and collected by the court service."""
    service = desk.packs.conditions.services.get(condition.service or "")
    if service is not None and service.paid:
        return service.penalty
    return bool(condition.amount_pence) and condition.kind == "punitive"


def victim_of(condition: Condition, victims: Victims) -> str:
    """The name of the victim whom a condition concerns; empty where none is named."""
    one = dict(victims).get(condition.victim) if condition.victim else None
    return "" if one is None else one.name or "a victim without a name"


def worded(condition: Condition, victims: Victims = ()) -> str:
    """A condition in words: what, whom of these victims it concerns, until when, how much."""
    parts = [condition_words(condition)]
    name = victim_of(condition, victims)
    if name and not (condition.amount_pence and name == condition.pay_to):
        parts.append(f"concerning {name}")
    if condition.hours:
        parts.append(f"{condition.hours} hours")
    if condition.amount_pence:
        parts.append(pounds(condition.amount_pence) + (f" to {condition.pay_to}" if condition.pay_to else ""))
    if condition.due_on:
        parts.append(f"{day_word(condition)} {show_moment(condition.due_on)}")
    return ", ".join(parts)


def pounds(pence: int) -> str:
    """An amount as it is written: ``£50`` or ``£49.50``."""
    whole, rest = divmod(pence, 100)
    return f"£{whole:,}.{rest:02}" if rest else f"£{whole:,}"


# -- inside -----------------------------------------------------------------------------------------------------


def _of_catalogue(desk: Desk, service: str) -> dict[str, Any]:
    """What the catalogue says of a service. Raises BadInputError for one that there is not."""
    if not service:
        return {}
    known = desk.packs.conditions.services
    one = known[one_of(service, list(known), "service of the catalogue")]
    return {
        "what": one.text,
        "kind": one.kind.value,
        "need": one.needs[0] if one.needs else None,
        "provider": one.provider or None,
        "evidence": one.evidence or None,
        "hours": one.hours,
    }


def _refuse_stranger(matter: Matter, fields: Mapping[str, Any]) -> None:
    """Raise BadInputError for a victim who is not of the case."""
    existing(fields.get("victim") or None, [own for own, _ in matter.victims], "victim")


def _concerns_victim(desk: Desk, condition: Condition) -> bool:
    """Whether a condition should say which victim it concerns: by the catalogue, or as compensation."""
    service = desk.packs.conditions.services.get(condition.service or "")
    if service is not None:
        return service.names_victim
    return bool(condition.amount_pence) and not is_penalty(desk, condition)


def _name_victim(desk: Desk, matter: Matter, said: dict[str, Any]) -> None:
    """Name the only victim where a condition concerns one, and pay compensation to whoever is named."""
    fresh = Condition(**{name: said.get(name) for name in ("service", "amount_pence", "kind", "victim")})
    if not _concerns_victim(desk, fresh):
        return
    people = [own for own, one in matter.victims if one.kind != VictimKind.STATE]
    if fresh.victim is None and len(people) == 1:
        said["victim"] = people[0]
    if said.get("amount_pence") and not said.get("pay_to") and said.get("victim"):
        said["pay_to"] = dict(matter.victims)[said["victim"]].name


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "")}


def _checked(desk: Desk, fields: Mapping[str, Any]) -> dict[str, Any]:
    """These fields as they are kept. Raises BadInputError for one that there is not, or makes no sense."""
    return {name: _one_checked(desk, name, value) for name, value in fields.items()}


def _one_checked(desk: Desk, name: str, value: Any) -> Value:
    if name not in _FIELDS:
        raise BadInputError(f"A condition has no field {name!r}.", "Choose one that is listed.")
    if value in (None, ""):
        return None
    if name == "kind":
        return one_of(str(value), list(KINDS), "kind of condition")
    if name == "need":
        return one_of(str(value), list(desk.packs.conditions.pathways), "need")
    if name == "victim":
        return EntityId(value)
    if name in ("what", "why", "note", "evidence"):
        return optional_text(str(value), CONDITION.by_name[name].title)
    if name == "due_on":
        return _future_day(desk, value)
    if name == "first_at":
        if not isinstance(value, datetime):
            raise BadInputError("The first appointment is no time.", "Give a day and a time.")
        if value <= desk.now:
            raise BadInputError("The first appointment lies in the past.", "Give a time that is to come.")
        return value
    if name in ("hours", "amount_pence"):
        most = _MOST_HOURS if name == "hours" else _MOST_PENCE
        plain = str(value)
        number = int(plain) if plain.isascii() and plain.isdecimal() and len(plain) <= _DIGITS else 0
        if plain and not number:
            raise BadInputError(
                f"{clip(plain, _SHORT)!r} is no whole number above nought.", "Write it in digits."
            )
        if number > most:
            raise BadInputError(f"{number:,} is out of range.", f"The most that can be kept is {most:,}.")
        return number
    if name == "remedy":
        return bool(value) or None
    return line(str(value), CONDITION.by_name[name].title, _MOST_LINE)


def _draft(matter: Matter) -> EntityId:
    """The id of the draft. Raises BadInputError where there is none, or it has gone on."""
    if matter.current is None or matter.current[1].state in (
        ResolutionState.DECLINED, ResolutionState.COMPLETED, ResolutionState.FAILED, ResolutionState.WITHDRAWN,
    ):  # fmt: skip
        raise BadInputError("No disposal is chosen yet.", "Choose one; its conditions are built then.")
    own, held = matter.current
    if held.state not in BUILT_IN:
        raise BadInputError(
            f"The resolution is {held.state}: its conditions are settled.",
            "Vary a condition that runs, or have the proposal sent back.",
        )
    return own


def _found(desk: Desk, case_id: EntityId, condition_id: EntityId) -> tuple[Matter, Condition]:
    """The matter that a condition belongs to. Raises BadInputError for one that is not in the case."""
    file = desk.case(case_id).file
    held = dict(file.conditions).get(condition_id)
    if held is None or held.withdrawn_why:
        raise BadInputError("That condition is not in this case.", "Choose one that is listed.")
    matter = read_matter(desk, case_id, held.suspect)
    if matter.current is None or held.resolution != matter.current[0]:
        raise BadInputError("That condition is not of the resolution that stands.", "Choose one that is.")
    return matter, held


def _running(desk: Desk, case_id: EntityId, condition_id: EntityId) -> tuple[Matter, Condition]:
    matter, held = _found(desk, case_id, condition_id)
    if matter.current is not None:
        refuse_disputed(matter, matter.current[0])
    if matter.resolution is None or matter.resolution.state != ResolutionState.ACTIVE:
        raise BadInputError(
            "The condition does not run: the resolution was not accepted.", "Accept it first."
        )
    if held.done_on:
        raise BadInputError("The condition was completed.", "Undo that if it was a mistake.")
    return matter, held


def _with(matter: Matter, condition_id: EntityId, after: Condition) -> tuple[tuple[EntityId, Condition], ...]:
    return tuple((own, after if own == condition_id else one) for own, one in matter.conditions)


def _refuse_worse(
    desk: Desk,
    matter: Matter,
    resolution_id: EntityId,
    conditions: tuple[tuple[EntityId, Condition], ...],
) -> tuple[str, ...]:
    """Raise NotLawfulError for what stands against these conditions and did not before; gives the warnings."""
    before = {(one.rule, one.message) for one in condition_findings(desk, matter, matter.conditions)}
    after = as_if(matter, resolution_id, {}, conditions)
    found = condition_findings(desk, after, conditions)
    worse = [one for one in blocking(found) if (one.rule, one.message) not in before]
    if worse:
        raise NotLawfulError(worse)
    return refuse_blocked(one for one in found if one not in blocking(found))


def _past_day(desk: Desk, on: Moment | None, held: Condition) -> Moment:
    day = on or moment_of_day(local(desk.now).date())
    if earliest(day) > desk.now:
        raise BadInputError(f"{show_moment(day)} lies in the future.", "Give the day it happened.")
    if held.starts_on and latest(day) < earliest(held.starts_on):
        raise BadInputError(
            f"{show_moment(day)} lies before the condition began ({show_moment(held.starts_on)}).",
            "Check the day.",
        )
    return day


def _refuse_unpayable(desk: Desk, condition: Condition) -> None:
    """Raise BadInputError for compensation that does not say to whom it is paid."""
    if not condition.amount_pence or is_penalty(desk, condition):
        return
    if not condition.pay_to:
        raise BadInputError("To whom is it paid?", "Name who is compensated; the police are not the payee.")


def _refuse_incomplete(desk: Desk, condition: Condition) -> None:
    """Raise BadInputError for a condition that no longer says everything it must."""
    if not (condition.what and condition.kind and condition.why and condition.due_on):
        raise BadInputError(
            "A condition says what, of which kind, why, and until when.", "Leave none of these empty."
        )
    _refuse_unpayable(desk, condition)


def _doubts(desk: Desk, matter: Matter, condition: Condition) -> Iterator[str]:
    """What is doubtful about a condition, besides the rules."""
    yield from _doubts_of_size(desk, matter, condition)
    yield from _doubts_of_day(desk, condition)
    if condition.victim is None and matter.victims and _concerns_victim(desk, condition):
        yield "Name the victim whom it concerns."
    elif condition.victim is not None:
        yield "The victim's name stands in what the suspect signs: make sure that they may know it."
    if condition.amount_pence and not is_penalty(desk, condition) and not condition.note:
        yield "Say in the note how it is paid, and what shows that the person can afford it."
    service = desk.packs.conditions.services.get(condition.service or "")
    if service is None:
        return
    if service.victim_agrees:
        yield "The victim must agree to it."
    if service.note:
        yield service.note


def _doubts_of_size(desk: Desk, matter: Matter, condition: Condition) -> Iterator[str]:
    """What is doubtful about an amount or a number of hours."""
    amount, value = condition.amount_pence or 0, matter.file.case.value_pence
    if not is_penalty(desk, condition):
        if value and amount > value:
            yield f"{pounds(amount)} is more than the value recorded ({pounds(value)})."
        elif not value and amount >= _LARGE_PENCE:
            yield f"{pounds(amount)}: check the amount; no value is recorded to hold it against."
    most = max(desk.packs.eligibility.limits.hours.values(), default=0)
    if condition.hours and condition.hours > most:
        yield f"{condition.hours} hours: check that this is proportionate and can be done in the time."


def _doubts_of_day(desk: Desk, condition: Condition) -> Iterator[str]:
    """What is doubtful about the last day: that nobody may be there on it."""
    day = day_of(condition.due_on) if condition.due_on else None
    if day is None:
        return
    if day in desk.packs.bank_holidays.days:
        yield f"{show_day(day)} is a bank holiday."
    elif day.weekday() > _FRIDAY:
        yield f"{day:%A} {show_day(day)}: a weekend."


def _future_day(desk: Desk, value: Any) -> Moment:
    day = Moment(str(value))
    if earliest_day(day) <= local(desk.now).date():
        raise BadInputError(f"{show_moment(day)} leaves no time.", "Give a later day.")
    return day


def _noted(held: Condition, said: str) -> str:
    """The condition's note with something more."""
    return required_text(f"{held.note}\n{said}" if held.note else said, "The note")


def short(condition: Condition, victims: Victims = ()) -> str:
    """A condition in a few words, for a list."""
    return clip(worded(condition, victims), _LONGEST)
