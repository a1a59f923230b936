"""The page of one suspect's matter in the clinic: every step, how far it has come, and what to do next."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from casedesk.desk.after_decision import PREFIX
from casedesk.desk.assessment import Sitting
from casedesk.desk.clinic_judging import facts_of, findings_of, limits_of, options_of
from casedesk.desk.condition_builder import BUILT_IN
from casedesk.desk.desk import Desk
from casedesk.desk.evidential import Worksheet, gate, lay_out
from casedesk.desk.gravity import score_of
from casedesk.desk.matter import Matter, read_matter
from casedesk.desk.needs import need_scores, sitting_of
from casedesk.desk.paperwork import Writable, documents_for
from casedesk.desk.rationale import Rationale, assemble
from casedesk.desk.resolution import answered, asked_now
from casedesk.desk.resting import in_dispute
from casedesk.model.clinic import Resolution
from casedesk.model.facts import Action, Appointment, Condition
from casedesk.model.ids import EntityId
from casedesk.model.text import counted
from casedesk.model.words import AppointmentState, ResolutionState
from casedesk.reference.resolutions import Check
from casedesk.rules.clinic.conditions import Limits, Suggested, suggest
from casedesk.rules.clinic.eligibility import Option, RuleFinding, Step
from casedesk.rules.clinic.gravity import Score
from casedesk.rules.clinic.preparation import Prepared, outstanding, preparation
from casedesk.rules.clinic.recommend import Recommendation, recommend
from casedesk.rules.forms import NeedScore

_GONE = frozenset({AppointmentState.MOVED, AppointmentState.CANCELLED, AppointmentState.MISSED})
_SIGNED = frozenset({ResolutionState.ACTIVE, ResolutionState.COMPLETED, ResolutionState.FAILED})


class Progress(StrEnum):
    """How far a step has come."""

    NOT_STARTED = "not started"
    UNDER_WAY = "under way"
    DONE = "done"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class PageStep:
    """One step of the matter."""

    id: str
    """``prepare``, ``evidence``, ``eligibility``, ``needs``, ``decision``, ``paperwork`` or ``after``."""
    title: str
    progress: Progress
    said: str
    """Where it stands, in a few words."""
    next: str
    """What to do next; empty where nothing is."""
    verb: str
    """The id of the verb that does it; empty where none does."""


@dataclass(frozen=True, slots=True)
class ClinicPage:
    """Everything that the hub of one case and suspect shows."""

    case_id: EntityId
    suspect: EntityId
    name: str
    reference: str
    steps: tuple[PageStep, ...]
    appointment: tuple[EntityId, Appointment] | None
    """The latest that was not moved, missed or cancelled."""
    preparation: tuple[Prepared, ...]
    worksheet: Worksheet
    gate: str
    """Why the evidence lets nothing go on; empty when it does."""
    options: tuple[Option, ...]
    score: Score | None
    needs: tuple[NeedScore, ...]
    recommendation: Recommendation
    suggested: tuple[Suggested, ...]
    resolution: tuple[EntityId, Resolution] | None
    conditions: tuple[tuple[EntityId, Condition], ...]
    """Those of the resolution, with those taken out or ended."""
    findings: tuple[RuleFinding, ...]
    """What stands against the resolution at the step it is at."""
    limits: Limits | None
    rationale: Rationale
    checks: tuple[tuple[Check, str], ...]
    """The quality checks asked now, each with its answer, empty while open."""
    documents: tuple[Writable, ...]
    tasks: tuple[tuple[EntityId, Action], ...]
    """What follows from resolutions and is still to be done."""
    sitting: Sitting | None
    """The latest needs assessment that was not given up."""

    @property
    def next_step(self) -> PageStep | None:
        """The first step that somebody must do something about; None when nothing is to be done."""
        return next((step for step in self.steps if step.next), None)


def clinic_page(desk: Desk, case_id: EntityId, suspect: EntityId | None = None) -> ClinicPage:
    """Read the page of a suspect's matter; the only suspect need not be named. Raises BadInputError for another."""
    matter = read_matter(desk, case_id, suspect)
    sheet, score = lay_out(desk.packs, matter), score_of(desk, matter)
    sitting = sitting_of(desk, matter)
    judged = tuple(sitting.scores().values()) if sitting else ()
    needs = need_scores(desk, matter)
    facts = facts_of(desk, matter)
    appointment = _appointment(matter)
    checks = _prepared(desk, matter, appointment)
    disposal = (matter.resolution.disposal if matter.resolution else None) or ""
    options = options_of(desk, matter)
    documents = tuple(documents_for(desk, case_id, matter.suspect))
    page = ClinicPage(
        case_id=case_id,
        suspect=matter.suspect,
        name=matter.name,
        reference=matter.file.case.ref or "",
        steps=(),
        appointment=appointment,
        preparation=checks,
        worksheet=sheet,
        gate=gate(desk.packs, matter, disposal) or "",
        options=options,
        score=score,
        needs=judged,
        recommendation=recommend(desk.packs, facts, score, needs),
        suggested=suggest(desk.packs, needs, facts),
        resolution=matter.current,
        conditions=matter.all_conditions,
        findings=_findings(desk, matter, disposal),
        limits=limits_of(desk, matter) if disposal else None,
        rationale=assemble(desk, matter),
        checks=_checks(desk, matter),
        documents=documents,
        tasks=tuple(
            pair
            for pair in matter.file.actions
            if pair[1].is_open and (pair[1].template or "").startswith(PREFIX)
        ),
        sitting=sitting,
    )
    return _with_steps(page, matter)


# -- inside -----------------------------------------------------------------------------------------------------


def _with_steps(page: ClinicPage, matter: Matter) -> ClinicPage:
    return replace(page, steps=tuple(make(page, matter) for make in _STEPS))


def _appointment(matter: Matter) -> tuple[EntityId, Appointment] | None:
    held = [
        pair
        for pair in matter.file.appointments
        if pair[1].suspect == matter.suspect and pair[1].state not in _GONE and pair[1].at
    ]
    return max(held, key=lambda pair: str(pair[1].at), default=None)


def _prepared(
    desk: Desk, matter: Matter, appointment: tuple[EntityId, Appointment] | None
) -> tuple[Prepared, ...]:
    if appointment is None:
        return ()
    return tuple(preparation(desk.packs.clinic, matter.file, appointment[1], matter.clinic, matter.dossier))


def _findings(desk: Desk, matter: Matter, disposal: str) -> tuple[RuleFinding, ...]:
    """What stands against the resolution, as far as its state asks."""
    held = matter.resolution
    if held is None or not disposal:
        return ()
    state = held.state or ""
    if state in BUILT_IN:
        at = Step.CONDITIONS
    elif state == ResolutionState.PROPOSED:
        at = Step.AUTHORISE
    elif state in _SIGNED:
        at = Step.AFTER
    else:
        at = Step.GIVE
    return findings_of(desk, matter, disposal, at)


def _checks(desk: Desk, matter: Matter) -> tuple[tuple[Check, str], ...]:
    said = dict(answered(matter))
    return tuple(
        (one, said.get(one.id, "")) for one in desk.packs.resolutions.checks_asked(asked_now(matter))
    )


def _prepare(page: ClinicPage, matter: Matter) -> PageStep:
    title = "Prepare"
    if page.appointment is None:
        if page.resolution is not None:
            return PageStep("prepare", title, Progress.DONE, "no appointment", "", "")
        return PageStep(
            "prepare", title, Progress.NOT_STARTED, "no appointment", "Book a slot in a clinic.", ""
        )
    if page.appointment[1].state == AppointmentState.ATTENDED:
        return PageStep("prepare", title, Progress.DONE, "attended", "", "")
    if matter.resolution is not None and matter.resolution.state in _SIGNED:
        return PageStep("prepare", title, Progress.DONE, "signed, attendance not recorded", "", "")
    left = len(list(outstanding(page.preparation)))
    ready = len(page.preparation) - left
    said = f"{ready} of {len(page.preparation)} ready"
    if not left:
        return PageStep("prepare", title, Progress.DONE, said, "", "")
    progress = Progress.UNDER_WAY if ready else Progress.NOT_STARTED
    return PageStep("prepare", title, progress, said, "Go through the checklist.", "")


def _evidence(page: ClinicPage, matter: Matter) -> PageStep:
    sheet = page.worksheet
    if sheet.complete and not sheet.stands:
        verb = "" if sheet.disputed else "clinic.review"
        return PageStep(
            "evidence", "Evidence", Progress.BLOCKED, "changed: look again",
            f"Look again at {'; '.join((*sheet.changed, *sheet.disputed))}.", verb,
        )  # fmt: skip
    if sheet.complete:
        if page.gate:
            return PageStep("evidence", "Evidence", Progress.BLOCKED, "complete", page.gate, "clinic.review")
        return PageStep("evidence", "Evidence", Progress.DONE, "complete", "", "")
    begun = matter.review_id in dict(matter.clinic.reviews) or bool(sheet.points)
    if not sheet.points:
        return PageStep(
            "evidence", "Evidence", Progress.UNDER_WAY if begun else Progress.NOT_STARTED,
            "no points to prove", "Lay out the points to prove.", "decision.points",
        )  # fmt: skip
    bare = sum(not one.evidence for one in sheet.open_points)
    if bare:
        return PageStep(
            "evidence", "Evidence", Progress.UNDER_WAY, f"{counted(bare, 'point')} open",
            "Say what proves each point.", "clinic.points",
        )  # fmt: skip
    left = len(sheet.missing)
    said = f"{left} missing" if left else "to be completed"
    todo = f"Fill in: {sheet.missing[0]}." if left else "Complete the review."
    verb = _evidence_verb(sheet) if left else "clinic.review"
    return PageStep(
        "evidence", "Evidence", Progress.UNDER_WAY if begun else Progress.NOT_STARTED, said, todo, verb
    )


def _evidence_verb(sheet: Worksheet) -> str:
    """Which form holds what is missing first."""
    first = sheet.missing[0]
    if first.startswith(
        ("what the suspect admits", "whether the admission", "whether the history", "whether a defence")
    ):
        return "clinic.admission"
    if first.startswith(("public interest", "the result of the public", "why the public")):
        return "clinic.interest"
    return "clinic.evidence"


def _eligibility(page: ClinicPage, matter: Matter) -> PageStep:
    open_ones = [one for one in page.options if one.lawful and one.disposal.offered]
    said = ", ".join(one.disposal.short for one in open_ones) or "none open"
    if page.score is None:
        return PageStep(
            "eligibility", "Eligibility", Progress.NOT_STARTED, said, "Score the gravity.", "clinic.gravity"
        )
    if not open_ones:
        return PageStep(
            "eligibility", "Eligibility", Progress.BLOCKED, said, "See why each disposal is not open.", ""
        )
    return PageStep("eligibility", "Eligibility", Progress.DONE, f"open: {said}", "", "")


def _needs(page: ClinicPage, matter: Matter) -> PageStep:
    sitting, title = page.sitting, "Needs"
    signed = matter.resolution is not None and matter.resolution.state in _SIGNED
    if sitting is None:
        todo = "" if signed else "Begin the needs assessment."
        return PageStep("needs", title, Progress.NOT_STARTED, "no assessment", todo, "")
    if sitting.completed and not sitting.beside:
        found = sum(bool(one.score) for one in page.needs)
        return PageStep("needs", title, Progress.DONE, f"{found} needs", "", "")
    if sitting.changed:
        todo = "Look through the assessment again: it was taken further after it was completed."
        return PageStep("needs", title, Progress.BLOCKED, "changed since completed", todo, "")
    if sitting.beside:
        said = f"{len(sitting.beside) + 1} open at once"
        return PageStep("needs", title, Progress.BLOCKED, said, "Complete one, give the other up.", "")
    todo = "" if signed else "Go on with the needs assessment."
    return PageStep("needs", title, Progress.UNDER_WAY, "not completed", todo, "")


_NEXT: dict[str, tuple[Progress, str, str]] = {
    ResolutionState.PROPOSED: (Progress.UNDER_WAY, "Wait for authority; record it.", "clinic.authorise"),
    ResolutionState.REFUSED: (Progress.BLOCKED, "Change it and propose it again.", "clinic.propose"),
    ResolutionState.AUTHORISED: (Progress.UNDER_WAY, "Offer it.", "clinic.offer"),
    ResolutionState.OFFERED: (Progress.UNDER_WAY, "Record whether it is accepted.", "clinic.accept"),
    ResolutionState.DECLINED: (
        Progress.BLOCKED,
        "Back to the decision maker: choose again.",
        "clinic.choose",
    ),
    ResolutionState.WITHDRAWN: (Progress.BLOCKED, "Choose again.", "clinic.choose"),
    ResolutionState.ACTIVE: (Progress.DONE, "", ""),
    ResolutionState.COMPLETED: (Progress.DONE, "", ""),
    ResolutionState.FAILED: (Progress.DONE, "", ""),
}
"""What a state of the resolution means for the step of the decision."""


def _decision(page: ClinicPage, matter: Matter) -> PageStep:
    held, title = matter.resolution, "Decision"
    if held is None:
        return PageStep(
            "decision", title, Progress.NOT_STARTED, "none chosen", "Choose a disposal.", "clinic.choose"
        )
    if matter.apart:
        return PageStep(
            "decision", title, Progress.BLOCKED, f"{len(matter.apart) + 1} chosen apart",
            "Say which of them stands.", "clinic.keep",
        )  # fmt: skip
    if disputed := _disputed(matter):
        return PageStep("decision", title, Progress.BLOCKED, f"{held.state}? in dispute", disputed, "")
    if held.state == ResolutionState.DRAFT:
        todo, verb = _draft_next(page, held)
        return PageStep("decision", title, Progress.UNDER_WAY, "draft", todo, verb)
    progress, todo, verb = _NEXT[held.state or ""]
    return PageStep("decision", title, progress, held.state or "", todo, verb)


def _disputed(matter: Matter) -> str:
    """What to do where desks disagree on the resolution; empty where they do not."""
    said = in_dispute(matter, matter.current[0]) if matter.current else ()
    return f"Decide what desks said differently: {'; '.join(said)}." if said else ""


def _draft_next(page: ClinicPage, held: Resolution) -> tuple[str, str]:
    """What a draft lacks first."""
    chosen = next((one.disposal for one in page.options if one.disposal.id == held.disposal), None)
    if (
        chosen is not None
        and chosen.conditions
        and not any(not one.withdrawn_why for _, one in page.conditions)
    ):
        return "Build its conditions.", "clinic.condition"
    if not held.rationale:
        return "Write the rationale.", "clinic.rationale"
    if any(not answer for _, answer in page.checks):
        return "Answer the quality checks.", "clinic.check"
    return "Propose it.", "clinic.propose"


def _paperwork(page: ClinicPage, matter: Matter) -> PageStep:
    ready = [one for one in page.documents if not one.why_not]
    said = f"{len(ready)} can be written now"
    if matter.resolution is None or not ready:
        return PageStep("paperwork", "Paperwork", Progress.NOT_STARTED, said, "", "")
    return PageStep("paperwork", "Paperwork", Progress.UNDER_WAY, said, "", "")


def _after(page: ClinicPage, matter: Matter) -> PageStep:
    held, title = matter.resolution, "After"
    if held is None or held.state not in _SIGNED:
        return PageStep("after", title, Progress.NOT_STARTED, "", "", "")
    if disputed := _disputed(matter):
        return PageStep("after", title, Progress.BLOCKED, "in dispute", disputed, "")
    if held.state == ResolutionState.ACTIVE:
        breached = [
            one for _, one in page.conditions if one.failed_on and not (one.done_on or one.withdrawn_why)
        ]
        if breached:
            return PageStep(
                "after", title, Progress.BLOCKED, "not complied with", "Have it decided: vary or end it.",
                "clinic.fail",
            )  # fmt: skip
        left = [one for _, one in page.conditions if not one.done_on and not one.withdrawn_why]
        if left:
            return PageStep(
                "after", title, Progress.UNDER_WAY, f"{counted(len(left), 'condition')} to do",
                "Record each on its evidence.", "clinic.kept",
            )  # fmt: skip
        return PageStep(
            "after", title, Progress.UNDER_WAY, "all complete", "Complete the resolution.", "clinic.complete"
        )
    if any(not answer for _, answer in page.checks):
        return PageStep(
            "after", title, Progress.UNDER_WAY, held.state, "Answer the last quality checks.", "clinic.check"
        )
    return PageStep("after", title, Progress.DONE, held.state, "", "")


_STEPS: tuple[Callable[[ClinicPage, Matter], PageStep], ...] = (
    _prepare, _evidence, _eligibility, _needs, _decision, _paperwork, _after,
)  # fmt: skip
"""The steps of a matter, in the order of the work."""
