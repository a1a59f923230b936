"""What the clinic's verbs have in common: whose matter it is, in which state, and answers read against what is held."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from casedesk.desk.asking import Ask, At, Kind, Values
from casedesk.desk.case_asks import first_of, id_of, people, person_ask, person_meant, subject_or_only, yes_no
from casedesk.desk.clinic_judging import facts_of, options_of, today
from casedesk.desk.condition_builder import short
from casedesk.desk.matter import Matter, in_order, read_matter
from casedesk.model.entities import RESOLUTION
from casedesk.model.errors import BadInputError
from casedesk.model.facts import Condition
from casedesk.model.ids import EntityId
from casedesk.model.text import clean, clip
from casedesk.model.words import ResolutionState
from casedesk.reference.eligibility import Disposal
from casedesk.rules.answers import day_words
from casedesk.store.records import children

_TITLE = 70
_SUSPECTS = "suspects"


def who(at: At) -> list[Ask]:
    """Asks which suspect, where the case has more than one."""
    return [person_ask(at, _SUSPECTS, label="Suspect")] if len(at.file.suspects) > 1 else []


def whose(at: At, values: Values) -> EntityId | None:
    """The suspect chosen, or the only one."""
    return person_meant(at, values, _SUSPECTS)


def held_by(at: At) -> Matter | None:
    """The matter that a form starts with: that of the suspect under the cursor, or of the only one."""
    own = subject_or_only(at, _SUSPECTS)
    return read_matter(at.desk, at.case_id, EntityId(bytes.fromhex(own))) if own else None


def needs_suspect(at: At) -> str | None:
    """Why nothing of the clinic can be done; None when it can."""
    return None if at.file.suspects else "No suspect is recorded in this case."


def in_state(*states: ResolutionState, none: str = "") -> Callable[[At], str | None]:
    """Makes what says why a verb cannot be used: some suspect's resolution must be in one of these states."""

    def offered(at: At) -> str | None:
        held = [one for _, one in children(at.desk.store.connection, RESOLUTION, at.case_id)]
        if any(one.state in states for one in held):
            return None
        if none and not held:
            return none
        said = " or ".join(str(state) for state in states)
        now = ", ".join(dict.fromkeys(str(one.state) for one in held if one.state)) or "not begun"
        return f"The resolution is {now}: that can be done while it is {said}."

    return offered


def said(at: At, values: Values, matter: Matter, held: Any, names: Iterable[str]) -> dict[str, Any]:
    """The answers that were given, and those taken out of a form that showed them.

    A form that started with another suspect's answers, or with nothing, takes nothing out.
    """
    shown = subject_or_only(at, _SUSPECTS) == matter.suspect.hex()
    found: dict[str, Any] = {}
    for name in names:
        value = values.get(name)
        if value not in (None, "", ()):
            found[name] = value
        elif shown and getattr(held, name) not in (None, ()) and name in values:
            found[name] = None
    return found


def initial(held: Any, name: str) -> str:
    """What a form starts with: what is held, as it would be typed or chosen."""
    value = getattr(held, name) if held is not None else None
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, tuple):
        return ",".join(value)
    return "" if value is None else str(value)


def with_warnings(done: str, warnings: Sequence[str]) -> str:
    """What is said when something was done, with what warns about it."""
    return f"{done} {' '.join(f'Look at {one}' for one in warnings)}" if warnings else done


def disposals(at: At, matter: Matter | None) -> list[tuple[str, str]]:
    """The disposals that the force offers and that are in force; one that is not open says so."""
    closed = {one.id for one in not_in_force(at)}
    if matter is None:
        known = at.desk.packs.eligibility.disposals.values()
        return [(one.id, one.title) for one in known if one.offered and one.id not in closed]
    return [
        (
            one.disposal.id,
            one.disposal.title
            if one.lawful
            else clip(f"{one.disposal.title}, not open: {one.why_not[0]}", _TITLE),
        )
        for one in options_of(at.desk, matter)
        if one.disposal.offered and one.disposal.id not in closed
    ]


def not_in_force(at: At) -> list[Disposal]:
    """The disposals of PCSC Act 2022 Part 6, while it is not in force."""
    book = at.desk.packs.eligibility
    since = book.in_force_from
    if since is not None and since <= today(at.desk):
        return []
    return [one for one in book.disposals.values() if one.part_6]


def not_in_force_hint(at: At) -> str:
    """Which disposals cannot be chosen because they are not in force; empty where all are."""
    titles = [one.title for one in not_in_force(at)]
    return f"not in force, so not to be chosen: {', '.join(titles)}" if titles else ""


def built_conditions(at: At) -> str | None:
    """Why no condition can be changed or taken out; None while a draft has some."""
    state = in_state(ResolutionState.DRAFT, ResolutionState.REFUSED, none="No disposal is chosen yet.")(at)
    if state is None:
        return has_conditions(settled=False)(at)
    states = {one.state for _, one in children(at.desk.store.connection, RESOLUTION, at.case_id)}
    if ResolutionState.PROPOSED in states:
        return "Have it sent back first (“Refuse”): it is proposed, and its conditions are settled."
    if states & {ResolutionState.AUTHORISED, ResolutionState.OFFERED}:
        return "Withdraw it first: it is authorised, and its conditions are settled."
    if ResolutionState.ACTIVE in states:
        return "Vary a condition that runs: it was accepted, and its conditions are settled."
    return state


def running(at: At, *, settled: bool) -> list[tuple[str, str]]:
    """The conditions of the case that were not taken out or completed: those that run, or those being built."""
    return [
        (own.hex(), short(one, at.file.victims))
        for own, one in in_order(at.file.conditions)
        if one.resolution and not one.withdrawn_why and not one.done_on and bool(one.starts_on) is settled
    ]


def condition_ask(at: At, *, settled: bool) -> Ask:
    """Asks for a condition."""
    known = running(at, settled=settled)
    return Ask(
        "condition", "Condition", Kind.CHOICE, required=True, choices=known, initial=first_of(at, known)
    )


def victim_ask(at: At, now: Condition | None = None) -> list[Ask]:
    """Asks whom a condition concerns, in a case that has victims; one who is named already stays shown."""
    known = people(at.file, "victims")
    started = now.victim.hex() if now is not None and now.victim else ""
    said = "who is paid, written to or kept away from; the suspect reads the name"
    return [Ask("victim", "Victim", Kind.CHOICE, choices=known, initial=started, hint=said)] if known else []


def condition_meant(at: At, values: Values) -> EntityId:
    """The condition chosen, or the one under the cursor. Raises BadInputError where there is none."""
    own = id_of(values, "condition") or at.subject
    if own is None:
        raise BadInputError("Which condition?", "Choose one.")
    return own


def condition_held(at: At, *, settled: bool) -> Condition | None:
    """The condition that a form starts with."""
    own = condition_ask(at, settled=settled).initial
    return dict(at.file.conditions).get(EntityId(bytes.fromhex(own))) if own else None


def has_conditions(*, settled: bool) -> Callable[[At], str | None]:
    """Makes what says why a verb about a condition cannot be used."""

    def offered(at: At) -> str | None:
        if running(at, settled=settled):
            return None
        return "No condition runs in this case." if settled else "No condition is being built in this case."

    return offered


def pence(text: str) -> int | None:
    """An amount typed in pounds, in pence; None where nothing was typed. Raises BadInputError for what is no amount."""
    plain = clean(text).removeprefix("£").replace(",", "").strip()
    if not plain:
        return None
    whole, dot, rest = plain.partition(".")
    if not (whole.isascii() and whole.isdecimal()) or (
        dot and not (rest.isascii() and rest.isdecimal() and len(rest) <= 2)
    ):
        raise BadInputError(f"{clip(text, 20)!r} is no amount.", "Write pounds: 50 or 49.50.")
    return int(whole) * 100 + int(rest.ljust(2, "0") or 0)


def reasons(text: str) -> dict[str, str]:
    """Reasons typed one to a line, each after the id of what it is for: ``QA05: the victim moved away``."""
    found = {}
    for one in text.splitlines():
        name, _, reason = one.strip().replace(":", " ", 1).partition(" ")
        if name:
            found[name.upper()] = reason.strip()
    return found


def limit_warning(at: At) -> str:
    """What must be read before a decision on a breach: the limit on prosecution."""
    matter = held_by(at)
    if matter is None:
        return ""
    facts = facts_of(at.desk, matter)
    if not facts.limited or facts.limit_day is None:
        return ""
    return f"Time limit on prosecution first: proceedings must start by {day_words(facts.limit_day)}."
