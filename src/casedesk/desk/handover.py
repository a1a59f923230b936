"""Handing cases over: given for good, lent until a time, taken back; one case or several, as one act."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from casedesk.desk.case_asks import line, optional_text
from casedesk.desk.colleagues import stranger
from casedesk.desk.desk import Desk
from casedesk.desk.typed import given, one_of
from casedesk.model.dossier import Dossier, Handover
from casedesk.model.entities import CASE, HANDOVER, Value
from casedesk.model.errors import BadInputError, NotFoundError
from casedesk.model.facts import Case, standing
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import show_instant
from casedesk.model.text import folded
from casedesk.model.words import Stage
from casedesk.store.records import read_cases, read_dossier

_BATCH = 500
_LONGEST_NAME = 60


class Way(StrEnum):
    """How a case changes hands."""

    GIVE = "give"
    LEND = "lend"
    TAKE_BACK = "take-back"


WAY_TITLES = {Way.GIVE: "Given", Way.LEND: "Lent", Way.TAKE_BACK: "Taken back"}


@dataclass(frozen=True, slots=True)
class Handed:
    """What a handover did."""

    refs: tuple[str, ...]
    """The occurrences that changed hands."""
    receivers: tuple[str, ...]
    """Whose they are now."""
    doubt: str = ""
    """What is to be looked at again: a receiver whom nobody here is known as."""


def loan(dossier: Dossier) -> Handover | None:
    """The loan that a case is on: its last handover, where that was one; None otherwise."""
    entries = standing(dossier.handovers)
    last = entries[-1][1] if entries else None
    return last if isinstance(last, Handover) and last.kind == Way.LEND else None


def hand_over(
    desk: Desk,
    ids: Sequence[EntityId],
    way: str,
    to: str = "",
    *,
    text: str = "",
    first: str = "",
    until: datetime | None = None,
) -> Handed:
    """Give cases to somebody, lend them until a time, or take back what was lent, as one act.

    The owner changes with it; a case that nobody owned is handed over by whoever is at this desk. What is taken back
    goes to whoever lent it. Raises BadInputError without a receiver, without a note or what to do first, when the
    receiver has a case already, when it is finalised, for a loan without an end to come, or for a case that is not
    lent; NotFoundError for a case that is not in this store. Then no case changes hands.
    """
    kind = Way(one_of(way, list(Way), "way of handing over"))
    receiver = line(to, "The receiver", _LONGEST_NAME) or ""
    note, todo = optional_text(text, "The note"), optional_text(first, "What to do first")
    _check(desk, kind, receiver, note, todo, until)
    cases = _read(desk, list(dict.fromkeys(ids)))
    if not cases:
        raise BadInputError("No case was named.", "Mark the cases, or open one.")
    plans = [(own, case, _receiver(desk, own, case, kind, receiver)) for own, case in cases]
    doubt = stranger(desk, receiver)
    with desk.store.unit_of_work(f"handover.{kind.value}") as unit:
        for at, (own, case, whose) in enumerate(plans, 1):
            entry: dict[str, Value] = {
                "kind": kind.value, "giver": case.owner or desk.store.actor, "receiver": whose, "first": todo,
                "text": note, "at": desk.now, "until": until,
            }  # fmt: skip
            unit.entry(HANDOVER, new_id(), own, given(entry))
            unit.set(CASE, own, own, {"owner": whose})
            if at % _BATCH == 0:
                unit.settle()
    return Handed(
        tuple(case.ref or "(no reference)" for _, case, _ in plans),
        tuple(dict.fromkeys(whose for _, _, whose in plans)),
        doubt,
    )


def _check(
    desk: Desk, kind: Way, receiver: str, note: str | None, first: str | None, until: datetime | None
) -> None:
    if kind is Way.TAKE_BACK:
        if receiver or until is not None:
            raise BadInputError(
                "What is taken back goes to whoever lent it, at once.", "Give neither a receiver nor an end."
            )
        return
    if not receiver:
        raise BadInputError("Nobody was named.", "Give the number of whoever receives the case.")
    if not (note or first):
        raise BadInputError("The handover says nothing.", "Say what the receiver must know, or do first.")
    if kind is Way.LEND and until is None:
        raise BadInputError("Lent until when?", "Give the time it comes back, or give the case for good.")
    if kind is Way.GIVE and until is not None:
        raise BadInputError("What is given has no end.", "Lend the case instead, or leave the end out.")
    if until is not None and until <= desk.now:
        raise BadInputError(f"{show_instant(until)} has passed.", "Give a time that is to come.")


def _receiver(desk: Desk, own: EntityId, case: Case, kind: Way, receiver: str) -> str:
    ref = case.ref or "This case"
    if kind is Way.TAKE_BACK:
        lent = loan(read_dossier(desk.store.connection, own))
        if lent is None or not lent.giver:
            raise BadInputError(f"{ref} is not lent.", "Give it instead.")
        return lent.giver
    if case.stage == Stage.FINALISED:
        raise BadInputError(f"{ref} is finalised.", "Only open cases are handed over.")
    if folded(case.owner or "") == folded(receiver):
        raise BadInputError(f"{ref} is {receiver}'s already.", "Name somebody else.")
    return receiver


def _read(desk: Desk, ids: Sequence[EntityId]) -> list[tuple[EntityId, Case]]:
    found = {
        bundle.file.id: bundle.file.case
        for start in range(0, len(ids), _BATCH)
        for bundle in read_cases(desk.store.connection, ids[start : start + _BATCH], ())
    }
    if len(found) < len(ids):
        raise NotFoundError(
            f"{len(ids) - len(found)} of these cases are not in this store.",
            "Refresh the list and try again.",
        )
    return [(own, found[own]) for own in ids]
