"""Resolutions that two desks chose apart for one suspect: nothing goes further until somebody says which stands."""

from casedesk.desk.asking import Ask, At, Kind, Values, Verb
from casedesk.desk.case_asks import choices, text_of
from casedesk.desk.clinic_asks import held_by, who, whose
from casedesk.desk.desk import Desk
from casedesk.desk.matter import Matter, read_matter
from casedesk.desk.typed import one_of, required_text
from casedesk.model.clinic import Resolution
from casedesk.model.entities import CONDITION, RESOLUTION
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from casedesk.model.text import clip, counted
from casedesk.model.words import ResolutionState

_LONGEST = 60


def refuse_apart(desk: Desk, matter: Matter) -> None:
    """Raise BadInputError while more than one resolution of the suspect is going somewhere."""
    if matter.apart:
        held = [*([matter.current] if matter.current else []), *matter.apart]
        raise BadInputError(
            "Desks chose apart, and nobody said which stands: "
            f"{'; '.join(apart_words(desk, matter, own, one) for own, one in held)}.",
            "Say which of them stands (“Keep one”): the others are withdrawn.",
        )


def apart_words(desk: Desk, matter: Matter, own: EntityId, one: Resolution) -> str:
    """A resolution in a few words: ``Conditional caution (draft, 2 conditions)``."""
    conditions = [
        each for _, each in matter.file.conditions if each.resolution == own and not each.withdrawn_why
    ]
    tail = f", {counted(len(conditions), 'condition')}" if conditions else ""
    return f"{desk.packs.eligibility.title(one.disposal or '')} ({one.state or 'draft'}{tail})"


def apart_lines(desk: Desk, matter: Matter) -> list[str]:
    """What stands beside the resolution that is shown: each with its conditions."""
    lines = []
    for own, one in matter.apart:
        conditions = [
            clip(each.what or "a condition", _LONGEST)
            for _, each in matter.file.conditions
            if each.resolution == own and not each.withdrawn_why
        ]
        lines.append(
            f"{apart_words(desk, matter, own, one)}{f': {chr(59).join(conditions)}' if conditions else ''}"
        )
    return lines


def keep(desk: Desk, case_id: EntityId, suspect: EntityId | None = None, *, which: str, why: str) -> None:
    """Say which of the resolutions that were chosen apart stands, by the id of it in hex: the others are withdrawn.

    Raises BadInputError where there is only one, for an id that is none of them, without a reason, or where another
    was accepted already: that runs.
    """
    matter = read_matter(desk, case_id, suspect)
    if matter.current is None or not matter.apart:
        raise BadInputError("There is only one resolution.", "Go on with it.")
    going = dict([matter.current, *matter.apart])
    chosen = one_of(which, [own.hex() for own in going], "resolution of this suspect")
    others = {own: one for own, one in going.items() if own.hex() != chosen}
    if any(one.state == ResolutionState.ACTIVE for one in others.values()):
        raise BadInputError(
            "Another was accepted and runs.",
            "Keep that one; where it cannot stand, have the decision maker end it.",
        )
    reason = required_text(why, "The reason")
    with desk.store.unit_of_work("clinic.keep") as unit:
        for own in others:
            unit.set(
                RESOLUTION, own, case_id, {"state": ResolutionState.WITHDRAWN.value, "ended_why": reason}
            )
            for condition_id, one in matter.file.conditions:
                if one.resolution == own and not one.withdrawn_why:
                    unit.set(CONDITION, condition_id, case_id, {"withdrawn_why": reason})


def _keep_asks(at: At) -> list[Ask]:
    held = held_by(at)
    going = [*([held.current] if held.current else []), *held.apart] if held else []
    known = {own.hex(): apart_words(at.desk, held, own, one) for own, one in going} if held else {}
    return [
        *who(at),
        Ask("which", "Which stands", Kind.CHOICE, required=True, choices=choices(known)),
        Ask("why", "Why", Kind.LINES, required=True),
    ]


def _keep(at: At, values: Values) -> str:
    keep(at.desk, at.case_id, whose(at, values), which=text_of(values, "which"), why=text_of(values, "why"))
    return "Kept; what was chosen beside it is withdrawn and stays in sight."


def _chosen_apart(at: At) -> str | None:
    held = held_by(at)
    return None if held is not None and held.apart else "Nothing was chosen apart."


APART = (
    Verb(
        "clinic.keep", "Keep one", "Say which of the resolutions stands that desks chose apart.", _keep, _keep_asks,
        _chosen_apart,
    ),
)  # fmt: skip
"""What can be done where desks chose apart."""
