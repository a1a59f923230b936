"""The verbs of a matter in the clinic: evidence, gravity, conditions, and the resolution step by step."""

from casedesk.desk import evidential, gravity, rationale, resolution
from casedesk.desk.after_decision import FAILURES
from casedesk.desk.asking import Ask, At, Kind, Values, Verb
from casedesk.desk.case_asks import RANK_TITLES, choices, first_of, id_of, text_of
from casedesk.desk.clinic_asks import (
    disposals,
    held_by,
    in_state,
    initial,
    limit_warning,
    needs_suspect,
    not_in_force_hint,
    reasons,
    said,
    who,
    whose,
    with_warnings,
)
from casedesk.desk.clinic_condition_verbs import BUILDING, RUNNING, limits_warning
from casedesk.desk.decisions import POINT_STATES, set_point
from casedesk.desk.matter import Matter, read_matter
from casedesk.desk.resolution_apart import APART
from casedesk.desk.suspects import LEGAL_ADVICE
from casedesk.model.clinic import EvidenceReview
from casedesk.model.dossier import Point
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from casedesk.model.text import clip
from casedesk.model.words import ResolutionState
from casedesk.reference.gravity import Weight
from casedesk.reference.resolutions import FIELDS as INTEREST_FIELDS
from casedesk.reference.resolutions import When

_ADMISSION = (
    "admission", "admitted_where", "covers_all", "defences", "defence_note", "risk_grade", "controlling",
    "similar_24_months", "previous_checked", "cps_decision", "responsibility",
)  # fmt: skip
_EVIDENCE = (
    "identification", "footage", "footage_note", "witnesses", "forensic", "disclosure", "outstanding", "evidential",
    "evidential_why", "mode",
)  # fmt: skip
_TEXTS = ("rationale", "considered", "deviation", "exceptional", "remedy_why")
_CLIP = 60
_LABEL = 20
_BUILT = in_state(ResolutionState.DRAFT, ResolutionState.REFUSED, none="No disposal is chosen yet.")


# -- evidence ---------------------------------------------------------------------------------------------------


def _admission_asks(at: At) -> list[Ask]:
    held = held_by(at)
    now = held.review if held else None
    known = [(evidential.NO_DEFENCE, "None raised")]
    known += [(one.id, one.title) for one in at.desk.packs.eligibility.defences.values()]
    return [
        *who(at),
        Ask("admission", "Admission", Kind.CHOICE, choices=choices(evidential.ADMISSIONS),
            initial=initial(now, "admission")),
        Ask("admitted_where", "Where it was made", Kind.TEXT, initial=initial(now, "admitted_where"),
            hint="interview, statement, clinic; when"),
        Ask("covers_all", "Covers every point", Kind.YES_NO, initial=initial(now, "covers_all")),
        Ask("defences", "Defences raised", Kind.MANY, choices=known, initial=_defences_typed(now)),
        Ask("defence_note", "How it is answered", Kind.LINES, rows=2, initial=initial(now, "defence_note")),
        Ask("responsibility", "Responsibility", Kind.YES_NO, initial=initial(now, "responsibility"),
            hint="whether it is accepted, where nothing is admitted"),
        Ask("risk_grade", "DASH or DARA grade", Kind.CHOICE, choices=choices(evidential.GRADES),
            initial=initial(now, "risk_grade")),
        Ask("controlling", "Controlling", Kind.YES_NO, initial=initial(now, "controlling"),
            hint="coercive or controlling behaviour"),
        Ask("similar_24_months", "Similar, 24 months", Kind.YES_NO, initial=initial(now, "similar_24_months")),
        Ask("previous_checked", "History checked", Kind.YES_NO, initial=initial(now, "previous_checked")),
        Ask("cps_decision", "CPS decision", Kind.TEXT, initial=initial(now, "cps_decision"),
            hint="reference and what it says; only where there is one"),
    ]  # fmt: skip


def _defences_typed(now: EvidenceReview | None) -> str:
    """The defences as a form starts with them: none raised is an answer of its own."""
    return evidential.NO_DEFENCE if now is not None and now.defences == () else initial(now, "defences")


def _evidence_asks(at: At) -> list[Ask]:
    held = held_by(at)
    now = held.review if held else None
    return [
        *who(at),
        Ask("identification", "Identification", Kind.LINES, rows=2, initial=initial(now, "identification")),
        Ask("footage", "CCTV and BWV", Kind.CHOICE, choices=choices(evidential.FOOTAGE),
            initial=initial(now, "footage")),
        Ask("footage_note", "What it shows", Kind.LINES, rows=2, initial=initial(now, "footage_note")),
        Ask("witnesses", "Witnesses", Kind.LINES, rows=2, initial=initial(now, "witnesses")),
        Ask("forensic", "Forensic, value", Kind.LINES, rows=2, initial=initial(now, "forensic")),
        Ask("disclosure", "Disclosure", Kind.LINES, rows=2, initial=initial(now, "disclosure"),
            hint="what undermines or assists; none is an answer"),
        Ask("outstanding", "Lines outstanding", Kind.LINES, rows=2, initial=initial(now, "outstanding"),
            hint="none is an answer"),
        Ask("evidential", "Evidential stage", Kind.CHOICE, choices=choices(evidential.STAGE_RESULTS),
            initial=initial(now, "evidential")),
        Ask("evidential_why", "Why", Kind.LINES, initial=initial(now, "evidential_why"),
            hint="admissible, reliable, credible, nothing that tells against it"),
        Ask("mode", "Mode of trial", Kind.CHOICE, choices=choices(evidential.MODES), initial=initial(now, "mode"),
            hint="where the offence code does not say"),
    ]  # fmt: skip


def _interest_asks(at: At) -> list[Ask]:
    held = held_by(at)
    now = held.review if held else None
    questions = [
        Ask(
            one.field,
            clip(one.title, _LABEL),
            Kind.LINES,
            rows=2,
            initial=initial(now, one.field),
            hint=f"{one.ask} {one.prompt}",
        )
        for one in at.desk.packs.resolutions.questions.values()
    ]
    return [
        *who(at),
        *questions,
        Ask("interest", "Result", Kind.CHOICE, choices=choices(evidential.INTERESTS), initial=initial(now, "interest")),
        Ask("interest_why", "Why", Kind.LINES, initial=initial(now, "interest_why")),
    ]  # fmt: skip


def _save_review(at: At, values: Values, names: tuple[str, ...]) -> str:
    matter = read_matter(at.desk, at.case_id, whose(at, values))
    evidential.review(
        at.desk,
        at.case_id,
        matter.suspect,
        **said(at, values, matter, matter.review, names),
    )
    missing = evidential.worksheet(at.desk, at.case_id, matter.suspect).missing
    return f"Saved. Still missing: {clip('; '.join(missing), 200)}." if missing else "Saved. Complete it now."


def _complete_review(at: At, values: Values) -> str:
    evidential.complete_review(at.desk, at.case_id, whose(at, values), explained=text_of(values, "explained"))
    return "Evidential review completed."


def _worksheet_warning(at: At) -> str:
    held = held_by(at)
    if held is None:
        return ""
    missing = evidential.lay_out(at.desk.packs, held).missing
    return f"Still missing: {'; '.join(missing)}." if missing else ""


def _point_asks(at: At) -> list[Ask]:
    known = tuple((key.hex(), clip(one.what or "", _CLIP)) for key, one in at.dossier.points)
    first = first_of(at, known)
    now = dict(at.dossier.points)[EntityId(bytes.fromhex(first))] if first else Point()
    return [
        Ask("point", "Point to prove", Kind.CHOICE, required=True, choices=known, initial=first),
        Ask(
            "state",
            "State",
            Kind.CHOICE,
            required=True,
            choices=choices(POINT_STATES),
            initial=now.state or "",
        ),
        Ask("evidence", "Evidence", Kind.LINES, initial=now.evidence or ""),
    ]


def _point(at: At, values: Values) -> str:
    own = id_of(values, "point") or at.subject
    if own is None:
        raise BadInputError("Which point?", "Choose one.")
    set_point(at.desk, at.case_id, own, text_of(values, "state"), text_of(values, "evidence"))
    return "Point recorded."


# -- gravity ----------------------------------------------------------------------------------------------------


def _gravity_asks(at: At) -> list[Ask]:
    held = held_by(at)
    now = held.gravity if held else None
    matrix = at.desk.packs.gravity

    def weighed(weight: Weight) -> list[tuple[str, str]]:
        return [(one.id, one.title) for one in matrix.factors_of(weight)]

    return [
        *who(at),
        Ask("base", "Base score", Kind.NUMBER, required=True, initial=initial(now, "base"),
            hint=f"{min(matrix.levels)} to {max(matrix.levels)}, by the force's matrix ({matrix.name})"),
        Ask("aggravating", "Aggravating", Kind.MANY, choices=weighed(Weight.AGGRAVATING),
            initial=initial(now, "aggravating")),
        Ask("mitigating", "Mitigating", Kind.MANY, choices=weighed(Weight.MITIGATING),
            initial=initial(now, "mitigating")),
        Ask("adjustment", "Adjustment", Kind.CHOICE, choices=(("-1", "One down"), ("0", "None"), ("1", "One up")),
            initial=initial(now, "adjustment"), hint="only by a factor that is named"),
        Ask("why", "Reasons", Kind.LINES, initial=initial(now, "why")),
    ]  # fmt: skip


def _gravity(at: At, values: Values) -> str:
    made = gravity.score_offence(
        at.desk,
        at.case_id,
        whose(at, values),
        base=values.get("base") or 0,
        aggravating=values.get("aggravating") or (),
        mitigating=values.get("mitigating") or (),
        adjustment=int(text_of(values, "adjustment") or 0),
        why=text_of(values, "why"),
    )
    points = at.desk.packs.eligibility.title(made.default)
    return f"Scored {made.final}. The matrix ({made.status}) points to: {points}. The decision is yours."


# -- the resolution ---------------------------------------------------------------------------------------------


def _choose_asks(at: At) -> list[Ask]:
    held = held_by(at)
    now = held.resolution if held else None
    return [
        *who(at),
        Ask("disposal", "Disposal", Kind.CHOICE, required=True, choices=disposals(at, held),
            initial=initial(now, "disposal"), hint=not_in_force_hint(at)),
        Ask("considered", "Alternatives", Kind.LINES, initial=initial(now, "considered"),
            hint="what else was considered, and why not"),
        Ask("deviation", "Why not the matrix's", Kind.LINES, rows=2, initial=initial(now, "deviation")),
        Ask("exceptional", "Exceptional reason", Kind.LINES, rows=2, initial=initial(now, "exceptional")),
    ]  # fmt: skip


def _choose(at: At, values: Values) -> str:
    _, warnings = resolution.choose(
        at.desk,
        at.case_id,
        whose(at, values),
        disposal=text_of(values, "disposal"),
        considered=text_of(values, "considered"),
        deviation=text_of(values, "deviation"),
        exceptional=text_of(values, "exceptional"),
    )
    return with_warnings("Chosen. Build its conditions.", warnings)


def _gate_warning(at: At) -> str:
    held = held_by(at)
    return (evidential.gate(at.desk.packs, held) or "") if held else ""


def _text_asks(at: At) -> list[Ask]:
    held = held_by(at)
    now = held.resolution if held else None
    started = initial(now, "rationale") or (rationale.assemble(at.desk, held).text if held else "")
    return [
        *who(at),
        Ask("rationale", "Rationale", Kind.LINES, rows=12, initial=started),
        Ask("considered", "Alternatives", Kind.LINES, initial=initial(now, "considered")),
        Ask("deviation", "Why not the matrix's", Kind.LINES, rows=2, initial=initial(now, "deviation")),
        Ask("exceptional", "Exceptional reason", Kind.LINES, rows=2, initial=initial(now, "exceptional")),
        Ask("remedy_why", "Remedy not attached", Kind.LINES, rows=2, initial=initial(now, "remedy_why"),
            hint="why, where the victim chose one"),
    ]  # fmt: skip


def _texts(at: At, values: Values) -> tuple[Matter, dict[str, str]]:
    matter = read_matter(at.desk, at.case_id, whose(at, values))
    return matter, {
        name: text or "" for name, text in said(at, values, matter, matter.resolution, _TEXTS).items()
    }


def _rationale(at: At, values: Values) -> str:
    matter, texts = _texts(at, values)
    resolution.set_text(at.desk, at.case_id, matter.suspect, **texts)
    return "Saved."


def _missing_warning(at: At) -> str:
    held = held_by(at)
    if held is None:
        return ""
    missing = rationale.assemble(at.desk, held).missing
    return f"Not on record, so not in the draft: {'; '.join(missing)}." if missing else ""


def _check_asks(at: At) -> list[Ask]:
    held = held_by(at)
    when = resolution.asked_now(held) if held else When.BEFORE
    known = dict(resolution.answered(held)) if held else {}
    asked = at.desk.packs.resolutions.checks_asked(when)
    noes = [f"{one.id}: {known[one.id][3:]}" for one in asked if known.get(one.id, "").startswith("no ")]
    return [
        *who(at),
        Ask("yes", "Yes to these", Kind.MANY, choices=[(one.id, f"{one.id} {one.ask}") for one in asked],
            initial=",".join(one.id for one in asked if known.get(one.id) == resolution.YES)),
        Ask("reasons", "No, and why", Kind.LINES, initial="\n".join(noes),
            hint="one to a line: QA05: the victim moved away"),
    ]  # fmt: skip


def _check(at: At, values: Values) -> str:
    matter = read_matter(at.desk, at.case_id, whose(at, values))
    ticked, given = values.get("yes") or (), reasons(text_of(values, "reasons"))
    both = [name for name in ticked if name in given]
    if both:
        raise BadInputError(f"{both[0]} is answered yes and no.", "Take the tick or the reason out.")
    unticked = [name for name, answer in resolution.answered(matter) if answer == resolution.YES]
    asked = {one.id for one in at.desk.packs.resolutions.checks_asked(resolution.asked_now(matter))}
    answers = {
        name: f"{resolution.NO} {given.get(name, '')}"
        for name in (*given, *unticked)
        if name in asked | set(given)
    }
    answers |= dict.fromkeys(ticked, resolution.YES)
    left = resolution.check(at.desk, at.case_id, matter.suspect, answers=answers)
    return f"Saved. Still open: {', '.join(left)}." if left else "Every check is answered."


def _propose(at: At, values: Values) -> str:
    matter, texts = _texts(at, values)
    warnings = resolution.propose(at.desk, at.case_id, matter.suspect, texts=texts)
    return with_warnings("Proposed: it is with whoever may authorise it.", warnings)


def _authority_asks(at: At, why: str) -> list[Ask]:
    return [
        *who(at),
        Ask("by", "Decided by", Kind.TEXT, required=True, hint="never whoever proposed it"),
        Ask("rank", "Rank", Kind.CHOICE, required=True, choices=choices(RANK_TITLES)),
        Ask("why", why, Kind.LINES, required=why != "Note"),
    ]


def _authorise(at: At, values: Values) -> str:
    warnings = resolution.authorise(
        at.desk,
        at.case_id,
        whose(at, values),
        by=text_of(values, "by"),
        rank=text_of(values, "rank"),
        dpp_authorised=bool(values.get("dpp_authorised")),
        note=text_of(values, "why"),
        at=values.get("at"),
    )
    return with_warnings("Authorised, and the decision recorded.", warnings)


def _refuse(at: At, values: Values) -> str:
    resolution.refuse(
        at.desk, at.case_id, whose(at, values), by=text_of(values, "by"), rank=text_of(values, "rank"),
        why=text_of(values, "why"),
    )  # fmt: skip
    return "Not authorised: it is a draft again."


def _offer_asks(at: At) -> list[Ask]:
    held = held_by(at)
    return [
        *who(at),
        Ask("legal_advice", "Legal advice", Kind.CHOICE, required=True, choices=choices(LEGAL_ADVICE)),
        Ask("explained", "Effect explained", Kind.YES_NO, required=True,
            hint="record, disclosure, what follows if it is not kept"),
        Ask("admission_repeated", "Admission repeated", Kind.YES_NO, hint="denied now: do not offer it, record that"),
        Ask("responsibility", "Responsibility", Kind.YES_NO,
            initial=initial(held.review if held else None, "responsibility"),
            hint="whether it is accepted, where nothing is admitted"),
        Ask("appropriate_adult", "Appropriate adult", Kind.TEXT, hint="who was there, where one is needed"),
        Ask("at", "When", Kind.PAST, hint="now if nothing is given"),
    ]  # fmt: skip


def _offer(at: At, values: Values) -> str:
    warnings = resolution.offer(
        at.desk,
        at.case_id,
        whose(at, values),
        legal_advice=text_of(values, "legal_advice"),
        explained=bool(values.get("explained")),
        admission_repeated=values.get("admission_repeated"),
        responsibility=values.get("responsibility"),
        appropriate_adult=text_of(values, "appropriate_adult"),
        at=values.get("at"),
    )
    return with_warnings("Offered.", warnings)


def _accept(at: At, values: Values) -> str:
    warnings = resolution.accept(
        at.desk, at.case_id, whose(at, values), consent=bool(values.get("consent")),
        signed_at=values.get("signed_at"), given_on=values.get("given_on"),
    )  # fmt: skip
    return with_warnings("Accepted: conditions run, the administrators have their list.", warnings)


def _decline(at: At, values: Values) -> str:
    resolution.decline(
        at.desk, at.case_id, whose(at, values), why=text_of(values, "why"), denied=bool(values.get("denied"))
    )
    return "Recorded: it goes back to the decision maker."


def _complete(at: At, values: Values) -> str:
    resolution.complete(at.desk, at.case_id, whose(at, values), on=values.get("on"))
    return "Completed. Answer the last quality checks."


def _fail(at: At, values: Values) -> str:
    limit = resolution.fail(
        at.desk, at.case_id, whose(at, values), decision=text_of(values, "decision"), by=text_of(values, "by"),
        rank=text_of(values, "rank"), why=text_of(values, "why"),
    )  # fmt: skip
    return f"Ended. {limit}"


def _withdraw(at: At, values: Values) -> str:
    resolution.withdraw(at.desk, at.case_id, whose(at, values), why=text_of(values, "why"))
    return "Withdrawn; it stays in sight."


def _withdrawable(at: At) -> str | None:
    """Why nothing can be withdrawn; None where something can, an accepted outcome 22 without an activity among it."""
    held = held_by(at)
    if held and held.resolution and held.resolution.state == _S.ACTIVE and not held.conditions:
        return None
    return in_state(_S.DRAFT, _S.PROPOSED, _S.AUTHORISED, _S.REFUSED, _S.OFFERED)(at)


_S = ResolutionState
CLINIC: tuple[Verb, ...] = (
    Verb(
        "clinic.admission", "Admission and history", "Record the admission, defences, risk and history.",
        lambda at, values: _save_review(at, values, _ADMISSION), _admission_asks, needs_suspect,
    ),
    Verb(
        "clinic.points", "Point to prove", "Say how far the evidence for a point goes, and what it is.", _point,
        _point_asks, lambda at: None if at.dossier.points else "No points to prove are laid out.",
    ),
    Verb(
        "clinic.evidence", "Evidence", "Record identification, footage, witnesses, disclosure, evidential stage.",
        lambda at, values: _save_review(at, values, _EVIDENCE), _evidence_asks, needs_suspect,
    ),
    Verb(
        "clinic.interest", "Public interest", "Answer the questions of the public-interest stage, with its result.",
        lambda at, values: _save_review(at, values, (*INTEREST_FIELDS, "interest", "interest_why")),
        _interest_asks, needs_suspect,
    ),
    Verb(
        "clinic.review", "Complete the review", "Complete the evidential review.", _complete_review,
        lambda at: [*who(at), Ask("explained", "Met all the same", Kind.LINES,
                                  hint="why, where a point or a defence is left open")],
        needs_suspect, _worksheet_warning,
    ),
    Verb("clinic.gravity", "Gravity score", "Score the offence by the force's matrix.", _gravity, _gravity_asks,
         needs_suspect),
    Verb(
        "clinic.choose", "Choose a disposal", "Choose the disposal to build; it becomes a draft.", _choose,
        _choose_asks, needs_suspect, _gate_warning,
    ),
    *BUILDING,
    Verb(
        "clinic.rationale", "Rationale", "Write the rationale, from what is recorded.", _rationale, _text_asks,
        _BUILT, _missing_warning,
    ),
    Verb(
        "clinic.check", "Quality checks", "Answer the quality checks: each yes, or no with the reason.", _check,
        _check_asks,
        in_state(*(one for one in _S if one is not _S.WITHDRAWN), none="No disposal is chosen yet."),
    ),
    Verb(
        "clinic.propose", "Propose", "Put it to whoever may authorise it.", _propose, _text_asks, _BUILT,
        _missing_warning,
    ),
    Verb(
        "clinic.authorise", "Authorise", "Record who authorised it, with rank.", _authorise,
        lambda at: [
            *_authority_asks(at, "Note"),
            Ask("dpp_authorised", "DPP authorised", Kind.YES_NO, hint="authorised by the DPP in person or by role"),
            Ask("at", "When", Kind.PAST, hint="now if nothing is given"),
        ],
        in_state(_S.PROPOSED),
    ),
    Verb(
        "clinic.refuse", "Refuse", "Record that it is not authorised, by whom and why.", _refuse,
        lambda at: _authority_asks(at, "Why"), in_state(_S.PROPOSED),
    ),
    Verb("clinic.offer", "Offer", "Record that it was offered: advice, explanation, admission.", _offer, _offer_asks,
         in_state(_S.AUTHORISED)),
    Verb(
        "clinic.accept", "Accept", "Record that the person agreed and signed: conditions start.", _accept,
        lambda at: [
            *who(at),
            Ask("consent", "Consents", Kind.YES_NO, required=True),
            Ask("signed_at", "Signed", Kind.PAST, hint="now if nothing is given"),
            Ask("given_on", "Given on", Kind.DAY, hint="the day it was signed if nothing is given"),
        ],
        in_state(_S.OFFERED), limits_warning,
    ),
    Verb(
        "clinic.decline", "Not accepted", "Record that it was declined, or the offence denied.", _decline,
        lambda at: [
            *who(at),
            Ask("why", "What was said", Kind.LINES, required=True),
            Ask("denied", "Offence denied", Kind.YES_NO, hint="or a defence raised: the review is open again"),
        ],
        in_state(_S.AUTHORISED, _S.OFFERED),
    ),
    *RUNNING,
    Verb(
        "clinic.complete", "Completed", "Record that everything was completed.", _complete,
        lambda at: [*who(at), Ask("on", "Completed on", Kind.DAY, hint="the day of the last condition")],
        in_state(_S.ACTIVE),
    ),
    Verb(
        "clinic.fail", "End for breach", "Record what was decided when conditions were not kept.", _fail,
        lambda at: [
            *who(at),
            Ask("decision", "Decision", Kind.CHOICE, required=True, choices=choices(FAILURES)),
            Ask("by", "Decided by", Kind.TEXT, required=True, hint="an officer who may authorise, or the CPS"),
            Ask("rank", "Rank", Kind.CHOICE, required=True, choices=choices(RANK_TITLES)),
            Ask("why", "Why", Kind.LINES, required=True, hint="what failed, and why the excuse is not reasonable"),
        ],
        in_state(_S.ACTIVE), limit_warning,
    ),
    Verb(
        "clinic.withdraw", "Withdraw", "Withdraw a resolution that nobody has accepted.", _withdraw,
        lambda at: [*who(at), Ask("why", "Why", Kind.LINES, required=True)],
        _withdrawable,
    ),
    *APART,
)  # fmt: skip
"""The verbs of a matter, in the order of the work."""
