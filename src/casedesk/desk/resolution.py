"""An out-of-court resolution step by step: chosen, checked, proposed, authorised, offered, accepted, kept or not.

Every step is one unit of work, taken back by one undo, with everything that follows from it
(:mod:`casedesk.desk.after_decision`). A step that a rule stands against is refused with the rule, the cure and the
source. Nobody authorises their own proposal, and a case worker authorises none.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from casedesk.desk import after_decision
from casedesk.desk.after_decision import was_put_back
from casedesk.desk.case_asks import RANK_TITLES, line, optional_text
from casedesk.desk.check_doubts import doubt_lines
from casedesk.desk.clinic_judging import facts_of, findings_of, refuse_blocked
from casedesk.desk.condition_builder import BUILT_IN
from casedesk.desk.desk import Desk
from casedesk.desk.gravity import score_of
from casedesk.desk.matter import OPEN_STATES, Matter, as_if, read_matter
from casedesk.desk.needs import need_scores, open_matters
from casedesk.desk.ranks import named, refuse_self
from casedesk.desk.resolution_giving import accept, complete, decline, fail, offer, withdraw
from casedesk.desk.resolution_state import (
    expect,
    not_before,
    record,
    refuse_gate,
    refuse_settled,
    without,
)
from casedesk.desk.typed import given, one_of, required_text
from casedesk.model.entities import RESOLUTION, Value
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId, new_id
from casedesk.model.words import DecisionKind, ResolutionState
from casedesk.reference.resolutions import When
from casedesk.rules.clinic.eligibility import Step
from casedesk.rules.clinic.recommend import recommend
from casedesk.store.journal import Unit

__all__ = [
    "NO", "YES", "accept", "answered", "asked_now", "authorise", "check", "choose", "complete", "decline", "fail",
    "offer", "propose", "refuse", "set_text", "withdraw",
]  # fmt: skip

YES, NO = "yes", "no"
_AUTHORITY = frozenset({"authoriser", "authoriser_rank", "dpp_authorised"})
"""Facts that nobody can know before somebody authorises."""
_MOST_LINE = 300


def choose(
    desk: Desk,
    case_id: EntityId,
    suspect: EntityId | None = None,
    *,
    disposal: str,
    considered: str = "",
    deviation: str = "",
    exceptional: str = "",
) -> tuple[EntityId, tuple[str, ...]]:
    """Choose the disposal to build: makes a draft, or changes the one there is. Gives its id and what warns.

    The victim's views are owed from then on. Raises BadInputError while the evidential review does not let it go on, a
    resolution is under way or has ended, or the crime is settled; NotLawfulError where a rule stands against it.
    """
    matter = read_matter(desk, case_id, suspect)
    refuse_settled(desk, matter)
    known = desk.packs.eligibility.disposals
    chosen = known[one_of(disposal, list(known), "disposal")]
    held = matter.current if matter.current and matter.current[1].state in OPEN_STATES else None
    if held is not None and held[1].state not in BUILT_IN:
        raise BadInputError(
            f"A resolution is {held[1].state} already.", "Withdraw it first, or let it take its course."
        )
    if held is None:
        _refuse_ended(desk, matter)
    if not chosen.offered:
        raise BadInputError(f"{chosen.title} is not offered. {chosen.why_not}".strip(), "Choose another.")
    refuse_gate(desk, matter, chosen.id)
    own = held[0] if held else new_id()
    pointed = recommend(desk.packs, facts_of(desk, matter), score_of(desk, matter), need_scores(desk, matter))
    fields: dict[str, Value] = {
        "suspect": matter.suspect,
        "disposal": chosen.id,
        "state": ResolutionState.DRAFT.value,
        "recommended": ", ".join(desk.packs.eligibility.title(one) for one in pointed.points_to),
        "considered": optional_text(considered, "The alternatives considered"),
        "deviation": optional_text(deviation, "Why another than the matrix's"),
        "exceptional": optional_text(exceptional, "The exceptional reason"),
    }
    fields = given(fields)
    warnings = refuse_blocked(findings_of(desk, as_if(matter, own, fields), chosen.id, Step.CHOOSE))
    with desk.store.unit_of_work("clinic.choose") as unit:
        unit.set(RESOLUTION, own, case_id, fields)
        after_decision.consider(desk, unit, matter)
    return own, warnings


def set_text(desk: Desk, case_id: EntityId, suspect: EntityId | None = None, **fields: str) -> None:
    """Save what is written of a draft: ``rationale``, ``considered``, ``deviation``, ``exceptional``, ``remedy_why``.

    Raises BadInputError for another field, without a draft, or when nothing would change.
    """
    matter, own = expect(desk, case_id, suspect, *BUILT_IN)
    changed = _texts(matter, fields)
    if not changed:
        raise BadInputError("That is what it says already.", "Change something, or leave it.")
    with desk.store.unit_of_work("clinic.rationale") as unit:
        unit.set(RESOLUTION, own, case_id, changed)


def check(
    desk: Desk, case_id: EntityId, suspect: EntityId | None = None, *, answers: Mapping[str, str]
) -> tuple[str, ...]:
    """Answer quality checks: each ``yes``, or ``no`` with the reason after it; gives those still open.

    Those not named stay. Those asked beforehand are answered before it is proposed, the others once it is signed.
    Raises BadInputError for a check that there is not or is not asked yet, another answer, or a “no” without a reason.
    """
    states = [state for state in ResolutionState if state is not ResolutionState.WITHDRAWN]
    matter, own = expect(desk, case_id, suspect, *states)
    when = asked_now(matter)
    known = {one.id for one in desk.packs.resolutions.checks_asked(when)}
    said = dict(answered(matter))
    for name, answer in answers.items():
        one_of(name, sorted(known), "check that is asked now")
        said[name] = _answer(name, answer)
    with desk.store.unit_of_work("clinic.check") as unit:
        unit.set(RESOLUTION, own, case_id, {"checks": _kept(said), **_by_whom(desk)})
    return tuple(sorted(known - set(said)))


def propose(
    desk: Desk,
    case_id: EntityId,
    suspect: EntityId | None = None,
    *,
    texts: Mapping[str, str] | None = None,
    checks: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """Put the draft to whoever may authorise it; gives what warns. The texts are those of :func:`set_text`.

    Raises BadInputError while the review does not let it go on or a quality check is open; NotLawfulError where a rule
    stands against the disposal, its conditions, their dates or the rationale.
    """
    matter, own = expect(desk, case_id, suspect, *BUILT_IN)
    held = matter.resolution
    disposal = (held.disposal if held else None) or ""
    refuse_settled(desk, matter)
    refuse_gate(desk, matter, disposal)
    said = dict(answered(matter)) | {name: _answer(name, one) for name, one in (checks or {}).items()}
    wanted = [one for one in desk.packs.resolutions.checks_asked(When.BEFORE) if one.id not in said]
    if wanted:
        raise BadInputError(
            f"Quality checks are not answered: {', '.join(f'{one.id} {one.title}' for one in wanted)}.",
            "Answer each: yes, or no with the reason.",
        )
    changed: dict[str, Value] = {
        **_texts(matter, texts or {}),
        "remedy_attached": any(one.remedy for _, one in matter.conditions),
        "checks": _kept(said),
        **_by_whom(desk),
        "state": ResolutionState.PROPOSED.value,
        "proposed_at": desk.now,
        "proposed_by": desk.store.actor,
        "refused_why": None,
    }
    found = findings_of(desk, as_if(matter, own, changed), disposal, Step.AUTHORISE)
    warnings = refuse_blocked(without(found, _AUTHORITY))
    with desk.store.unit_of_work("clinic.propose") as unit:
        unit.set(RESOLUTION, own, case_id, changed)
    return (*warnings, *doubt_lines(desk, matter, said))


def authorise(
    desk: Desk,
    case_id: EntityId,
    suspect: EntityId | None = None,
    *,
    by: str,
    rank: str,
    dpp_authorised: bool = False,
    note: str = "",
    at: datetime | None = None,
) -> tuple[str, ...]:
    """Record who authorised the proposal, and with it the decision and its rationale; gives what warns.

    Raises BadInputError where whoever proposed it, or a case worker at their own desk, would authorise it;
    NotLawfulError where the rank may not (R13 and the force's table), or anything else has changed for the worse.
    """
    matter, own = expect(desk, case_id, suspect, ResolutionState.PROPOSED)
    held = matter.resolution
    who = named(by, "Who authorises it")
    refuse_self(desk, matter, who, rank)
    disposal = (held.disposal if held else None) or ""
    refuse_settled(desk, matter)
    refuse_gate(desk, matter, disposal)
    when = not_before(desk, at, held.proposed_at if held else None, "proposed")
    changed: dict[str, Value] = {
        "state": ResolutionState.AUTHORISED.value,
        "authoriser": who,
        "authoriser_rank": one_of(rank, list(RANK_TITLES), "rank"),
        "dpp_authorised": dpp_authorised or None,
        "authorised_at": when,
    }
    warnings = refuse_blocked(findings_of(desk, as_if(matter, own, changed), disposal, Step.AUTHORISE))
    with desk.store.unit_of_work("clinic.authorise") as unit:
        unit.set(RESOLUTION, own, case_id, changed)
        _decide(desk, unit, matter, who, rank, when, note)
    return (
        *warnings,
        *(
            f"It cannot be offered before this is dealt with: {one.title}"
            for one in open_matters(desk, matter)
        ),
    )


def refuse(
    desk: Desk, case_id: EntityId, suspect: EntityId | None = None, *, by: str, rank: str, why: str
) -> None:
    """Record that the proposal is not authorised: it goes back to whoever proposed it, to change or withdraw.

    Raises BadInputError where it is not with the authoriser, by whom is missing, or the reason is.
    """
    _, own = expect(desk, case_id, suspect, ResolutionState.PROPOSED)
    fields: dict[str, Value] = {
        "state": ResolutionState.REFUSED.value,
        "authoriser": named(by, "Who refuses it"),
        "authoriser_rank": one_of(rank, list(RANK_TITLES), "rank"),
        "refused_why": required_text(why, "The reason"),
    }
    with desk.store.unit_of_work("clinic.refuse") as unit:
        unit.set(RESOLUTION, own, case_id, fields)


def answered(matter: Matter) -> Iterable[tuple[str, str]]:
    """The quality checks answered so far: the id of each with its answer, ``yes`` or ``no`` and the reason."""
    held = matter.resolution
    for one in (held.checks if held else None) or ():
        name, _, answer = one.partition(" ")
        yield name, answer


def asked_now(matter: Matter) -> When:
    """Which quality checks are asked as things stand."""
    held = matter.resolution
    return When.AFTER if held is not None and held.signed_at is not None else When.BEFORE


def _refuse_ended(desk: Desk, matter: Matter) -> None:
    """Raise BadInputError where a resolution of this suspect was completed, or ended for a breach."""
    ended = [
        one
        for _, one in matter.resolutions
        if one.state in (ResolutionState.COMPLETED, ResolutionState.FAILED)
    ]
    if not ended or was_put_back(desk, matter):
        return
    if ended[-1].state == ResolutionState.COMPLETED:
        raise BadInputError(
            "A resolution was completed, and its outcome stands.",
            "Another is chosen only once the case was returned for rework, or reopened, with the reason.",
        )
    raise BadInputError(
        "A resolution was ended for a breach: what was decided then is to be done.",
        "Where it was sent back for another resolution, have the case returned for rework with that reason.",
    )


def _texts(matter: Matter, fields: Mapping[str, str]) -> dict[str, Value]:
    """The texts that change. Raises BadInputError for a field that is none of them."""
    held = matter.resolution
    known = ("rationale", "considered", "deviation", "exceptional", "remedy_why")
    changed: dict[str, Value] = {}
    for name, text in fields.items():
        one_of(name, known, "text of a proposal")
        said = optional_text(text, RESOLUTION.by_name[name].title)
        if said != getattr(held, name):
            changed[name] = said
    return changed


def _answer(name: str, answer: str) -> str:
    """An answer as it is kept. Raises BadInputError for anything but ``yes``, or ``no`` with a reason."""
    word, _, reason = (line(answer, f"The answer to {name}", _MOST_LINE) or "").partition(" ")
    if word == YES:
        return YES
    if word != NO:
        raise BadInputError(f"{name} is answered yes or no.", "Write yes, or no with the reason.")
    if not reason.strip():
        raise BadInputError(f"{name} is answered no: why?", "Give the reason, or put it right.")
    return f"{NO} {reason.strip()}"


def _kept(said: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{name} {answer}" for name, answer in sorted(said.items()))


def _by_whom(desk: Desk) -> dict[str, Value]:
    return {"checked_by": desk.store.actor, "checked_at": desk.now}


def _decide(desk: Desk, unit: Unit, matter: Matter, who: str, rank: str, when: datetime, note: str) -> None:
    """Keep the decision with both its stages and the rationale."""
    held = matter.resolution
    disposal = after_decision.disposal_of(desk, matter)
    text = "\n".join(part for part in ((held.rationale if held else "") or "", note) if part)
    fields: dict[str, Any] = {
        "test": "full-code" if disposal.evidential else None,
        "evidential": matter.review.evidential_why,
        "public_interest": matter.review.interest_why,
    }
    record(
        unit,
        matter,
        DecisionKind.OUT_OF_COURT,
        f"{disposal.title} authorised",
        text,
        who,
        rank,
        when,
        **fields,
    )
