"""What is decided of one crime in the review, and of all that are clean.

Every act runs in a worker of the screen, asks what it needs, and returns the crimes that it decided, or None.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casedesk.desk import accepting, finalise
from casedesk.desk.desk import Desk
from casedesk.desk.finalise import HELD, RANKS, RULING, Correction
from casedesk.desk.finalised_code import code_of, known_codes
from casedesk.desk.review_crime import Crime
from casedesk.model.errors import CasedeskError
from casedesk.model.ids import EntityId
from casedesk.model.moments import day_of
from casedesk.model.text import counted
from casedesk.model.typed_moments import Lean
from casedesk.reference.packs import Packs
from casedesk.screens.review_doing import KEPT, At, Decided, SaidForm, carry_out
from casedesk.widgets.dialogs import Confirm, error_message
from casedesk.widgets.fields import ChoiceField, DayField, LinesField, TextField, Values

_RANK_WORDS = tuple((rank, rank) for rank in RANKS)


@dataclass(frozen=True, slots=True)
class OutcomeField(TextField):
    """An outcome's code, or a cancellation's; its name is shown as it is typed."""

    packs: Packs | None = None

    def echo(self, value: Any) -> str:
        """The outcome's name."""
        return known_codes(self.packs).get(value, "") if self.packs else ""


# -- one crime: accept, correct, reopen, hold, refer -----------------------------------------------------------------


async def accept(at: At, crime: Crime) -> Decided:
    """Finalise the crime as it is recorded; a clean one without a question, warnings are asked about by name."""
    return await _finalise(at, crime, Correction())


async def correct(at: At, crime: Crime) -> Decided:
    """Finalise the crime with another code, date or class."""
    case = crime.file.case

    def save(values: Values) -> None:
        finalise.prepare(
            at.desk, crime.file, crime.left, _corrected(values), _every_warning(at.desk), at.covered
        )

    form = SaidForm(
        f"Correct and accept · {crime.ref}",
        [
            OutcomeField(
                "outcome", "Outcome", required=True, hint="its code, or C1 to C5", packs=at.desk.packs
            ),
            DayField("outcome_date", "Outcome date", hint="today, 14/11", lean=Lean.PAST),
            TextField("ho_class", "Home Office class", hint="008/06"),
            TextField("decided_by", "Decided by"),
            ChoiceField("decided_rank", "Their rank", choices=_RANK_WORDS),
            LinesField("rationale", "Rationale", rows=4),
        ],
        clock=at.session.clock,
        save=save,
        initial=_as_recorded(case),
        drafts=at.session.drafts,
        draft_key=f"correct {crime.id.hex()}",
        does="Accept",
    )
    values = await at.app.push_screen_wait(form)
    return None if values is None else await _finalise(at, crime, _corrected(values))


def _as_recorded(case: Any) -> dict[str, str]:
    said = {
        name: getattr(case, name) or "" for name in ("ho_class", "decided_by", "decided_rank", "rationale")
    }
    said["outcome"] = code_of(case) or ""
    day = day_of(case.outcome_date) if case.outcome_date else None
    said["outcome_date"] = f"{day:%d/%m/%Y}" if day else ""
    if said["decided_rank"] not in RANKS:
        said["decided_rank"] = ""
    return said


def _corrected(values: Values) -> Correction:
    return Correction(
        outcome=values["outcome"],
        outcome_date=values["outcome_date"],
        ho_class=values["ho_class"],
        decided_by=values["decided_by"],
        decided_rank=values["decided_rank"],
        rationale=values["rationale"],
    )


async def _finalise(at: At, crime: Crime, correction: Correction) -> Decided:
    desk = at.desk
    try:
        ready = finalise.prepare(desk, crime.file, crime.left, correction, _every_warning(desk), at.covered)
        if ready.warnings and not await _accepts(at, crime, ready.warnings):
            return None
        case = ready.file.case
        finalise.finalise(
            desk, crime.id, outcome=correction.outcome, outcome_date=correction.outcome_date,
            ho_class=correction.ho_class, decided_by=correction.decided_by, decided_rank=correction.decided_rank,
            rationale=correction.rationale, accept_warnings=tuple(ready.warnings),
        )  # fmt: skip
    except CasedeskError as error:
        title = f"{crime.ref} was not finalised"
        await at.app.push_screen_wait(error_message(error, title=title, kept=KEPT))
        return None
    at.say(f"{crime.ref} finalised: {code_of(case)}.")
    return (crime.id,)


async def _accepts(at: At, crime: Crime, warnings: Mapping[str, str]) -> bool:
    """Ask whether these warnings are accepted."""
    lines = [f"{rule}: {why}" for rule, why in warnings.items()]
    lines.append("The approval keeps which warnings were accepted, and by whom.")
    many = counted(len(warnings), "warning")
    question = Confirm(
        f"Accept {crime.ref} with {many}?", "\n".join(lines), yes=f"Accept with {many}", no="Leave it"
    )
    return await at.app.push_screen_wait(question)


def _every_warning(desk: Desk) -> tuple[str, ...]:
    return (*(rule.id for rule in desk.checker.rules), RULING, HELD)


async def accept_clean(at: At, ids: Sequence[EntityId]) -> Decided:
    """Finalise those that are clean: a preview, one question, one unit of work, one undo."""
    return await carry_out(at, lambda: accepting.accept_clean(at.desk, ids), len(ids))
