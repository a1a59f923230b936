"""The panes of what comes before a decision: preparation, and the evidential review."""

from collections.abc import Iterator

from casedesk.desk.clinic_checks import doubts_of_contact
from casedesk.desk.clinic_diary import STATE_TITLES
from casedesk.desk.clinic_said import Look, Said, Tone, fact, maybe, section
from casedesk.desk.decisions import POINT_STATES
from casedesk.desk.evidential import ADMISSIONS, FOOTAGE, GRADES, INTERESTS, MODES, STAGE_RESULTS
from casedesk.desk.people import safe_contact_warning
from casedesk.model.clinic import EvidenceReview
from casedesk.model.facts import Appointment
from casedesk.model.moments import local, show_instant
from casedesk.model.words import AppointmentState, Flag
from casedesk.rules.answers import instant_words
from casedesk.store.clinics import read_clinics

_POINTS = {
    "proved": ("✓", Tone.OK),
    "arguable": ("▲", Tone.WARN),
    "outstanding": ("■", Tone.BLOCK),
    "missing": ("■", Tone.BLOCK),
}
_YES_NO = {True: "yes", False: "no", None: None}


def contact_warnings(seen: Look) -> tuple[str, ...]:
    """What must be read before the suspect is written to, rung or visited; empty where nothing is known."""
    file, held = seen.matter.file, seen.page.appointment
    if held is not None:
        return tuple(dict.fromkeys(doubts_of_contact(file, held[1])))
    said = [f"They may live together or meet. {one}" for one in safe_contact_warning(file).splitlines()]
    if Flag.DOMESTIC_ABUSE in (file.case.flags or ()):
        said.append(
            "Domestic abuse: plain envelope, no voicemail, nothing that names the offence or the victim."
        )
    return tuple(dict.fromkeys(said))


# -- prepare ----------------------------------------------------------------------------------------------------


def prepare_pane(seen: Look) -> Iterator[Said]:
    """The appointment, what is arranged, the checklist, and what became of appointments before."""
    yield from section("Read before you contact anybody", _warnings(seen))
    yield from section("Appointment", _appointment(seen))
    yield from section("Checklist", _checklist(seen))
    yield from section("Appointments before", _earlier(seen))


def _warnings(seen: Look) -> Iterator[Said]:
    yield from (Said(f"▲ {one}", Tone.BLOCK) for one in contact_warnings(seen))


def _appointment(seen: Look) -> Iterator[Said]:
    held = seen.page.appointment
    if held is None:
        yield Said("None is booked.", Tone.WARN)
        return
    one = held[1]
    clinic = dict(read_clinics(seen.desk.store.connection)).get(one.clinic) if one.clinic else None
    yield fact("When", instant_words(one.at) if one.at else None)
    if clinic is not None:
        where = ", ".join(filter(None, (clinic.place, clinic.room)))
        yield fact("Where", where)
        yield from maybe("Held by", clinic.covered_by or clinic.worker)
    yield Said(_state(one), _state_tone(seen, one), "State")
    for label, value in (
        ("Adult", one.appropriate_adult), ("Interpreter", one.interpreter), ("Solicitor", one.solicitor),
        ("Comes by", one.travel), ("Adjustments", one.adjustments), ("Note", one.note),
    ):  # fmt: skip
        yield from maybe(label, value)


def _state(one: Appointment) -> str:
    state = AppointmentState(one.state or AppointmentState.BOOKED)
    out = f"invited {show_instant(one.invited_at)} by {one.invited_by}" if one.invited_at else ""
    if state is AppointmentState.BOOKED:
        return "Booked, and not invited yet"
    if state is AppointmentState.INVITED and out:
        return f"{out[:1].upper()}{out[1:]}, not confirmed"
    return ", ".join(filter(None, (STATE_TITLES[state], out)))


def _state_tone(seen: Look, one: Appointment) -> Tone:
    over = one.at is not None and one.at < seen.desk.now and one.state != AppointmentState.ATTENDED
    return Tone.WARN if over or one.state == AppointmentState.BOOKED else Tone.OK


def _checklist(seen: Look) -> Iterator[Said]:
    for one in seen.page.preparation:
        if one.ready:
            yield Said(
                f"✓ {one.check.title}: {one.seen or 'ticked by hand'}", Tone.OK if one.seen else Tone.TEXT
            )
        else:
            yield Said(f"○ {one.check.title}: to do. {one.check.needs}", Tone.WARN)


def _earlier(seen: Look) -> Iterator[Said]:
    now = seen.page.appointment[0] if seen.page.appointment else None
    for own, one in seen.matter.file.appointments:
        if own != now and one.suspect == seen.page.suspect and one.at:
            why = f": {one.why}" if one.why else ""
            yield Said(f"{local(one.at):%a} {show_instant(one.at)}, {one.state}{why}", Tone.MUTED)


# -- evidence ---------------------------------------------------------------------------------------------------


def evidence_pane(seen: Look) -> Iterator[Said]:
    """The worksheet of the Full Code Test: what is proved by what, both stages, and what is missing."""
    sheet, held = seen.page.worksheet, seen.page.worksheet.review
    if sheet.complete and not sheet.stands:
        yield from section("Changed since completed: look again", _look_again(seen))
    elif seen.page.gate:
        yield Said(f"■ Nothing goes on from here: {seen.page.gate}", Tone.BLOCK)
    if sheet.stands and held.reviewed_at:
        yield Said(f"✓ Completed {show_instant(held.reviewed_at)} by {held.reviewer or 'somebody'}", Tone.OK)
    yield from section("Still missing", (Said(f"○ {one}", Tone.WARN) for one in sheet.missing))
    yield from section("Points to prove", _points(seen))
    yield from section("Admission and defences", _admission(seen, held))
    yield from section("Evidence", _evidence(held))
    yield from section("Evidential stage", _stage(held))
    yield from section("Public interest", _interest(seen, held))


def _look_again(seen: Look) -> Iterator[Said]:
    sheet = seen.page.worksheet
    for one in (*sheet.changed, *sheet.disputed):
        yield Said(f"■ {one[:1].upper()}{one[1:]}", Tone.BLOCK)
    first = (
        "Decide first which of the two holds"
        if sheet.disputed
        else "Where the result holds, complete it again"
    )
    yield Said(f"{first}. Nothing goes on before.", Tone.WARN)


def _points(seen: Look) -> Iterator[Said]:
    case = seen.matter.file.case
    yield fact("Offence", " ".join(filter(None, (case.offence_title, case.charge_code or case.offence_code))))
    if not seen.page.worksheet.points:
        yield Said("None laid out yet.", Tone.WARN)
    for _, one in seen.page.worksheet.points:
        sign, tone = _POINTS.get(one.state or "", ("■", Tone.BLOCK))
        state = POINT_STATES.get(one.state or "", "No state")
        yield Said(f"{sign} {state}: {one.what or 'not described'}", tone)
        yield Said(one.evidence or "no evidence named", Tone.TEXT if one.evidence else Tone.MUTED, indent=2)


def _admission(seen: Look, held: EvidenceReview) -> Iterator[Said]:
    sheet, book = seen.page.worksheet, seen.desk.packs.eligibility.defences
    yield fact("Admission", ADMISSIONS.get(held.admission or ""))
    yield from maybe("Where", held.admitted_where)
    if held.admission in ("full", "part"):
        yield fact("Every point", _YES_NO[held.covers_all])
    raised = None if held.defences is None else [book[one].title for one in held.defences if one in book]
    yield fact("Defences", None if raised is None else "; ".join(raised) or "none raised")
    yield from maybe("Answered", held.defence_note)
    for one in sheet.unanswered:
        yield Said(f"■ Not answered: {one}", Tone.BLOCK)
    yield from maybe("Usual ones", "; ".join(sheet.usual_defences), Tone.MUTED)


def _evidence(held: EvidenceReview) -> Iterator[Said]:
    footage = FOOTAGE.get(held.footage or "")
    yield fact("Identification", held.identification)
    yield fact("CCTV, BWV", ". ".join(filter(None, (footage, held.footage_note))))
    yield fact("Witnesses", held.witnesses)
    yield from maybe("Forensic", held.forensic)
    yield fact("Disclosure", held.disclosure)
    yield fact("Outstanding", held.outstanding)
    yield fact("History", None if held.previous_checked is None else _history(held))
    yield from maybe("Risk grade", GRADES.get(held.risk_grade or ""))
    if held.controlling:
        yield Said("■ Coercive or controlling behaviour", Tone.BLOCK)
    yield from maybe("Mode of trial", MODES.get(held.mode or ""))
    yield from maybe("CPS decision", held.cps_decision)


def _history(held: EvidenceReview) -> str:
    checked = "checked" if held.previous_checked else "not checked"
    similar = {True: "a similar offence in 24 months", False: "no similar offence in 24 months"}
    said = similar.get(held.similar_24_months) if held.similar_24_months is not None else None
    return ", ".join(filter(None, (checked, said)))


def _stage(held: EvidenceReview) -> Iterator[Said]:
    if held.evidential is None:
        yield Said("Not decided.", Tone.WARN)
    else:
        met = held.evidential == "met"
        yield Said(f"{'✓' if met else '■'} {STAGE_RESULTS[held.evidential]}", Tone.OK if met else Tone.BLOCK)
    yield from maybe("Why", held.evidential_why)


def _interest(seen: Look, held: EvidenceReview) -> Iterator[Said]:
    if held.evidential == "not-met":
        yield Said("Not reached: the evidential stage comes first.", Tone.MUTED)
        return
    for question, answer in seen.page.worksheet.questions:
        label = f"{question.id} {question.title}"
        if answer:
            yield Said(answer, label=label)
        elif question.required:
            yield Said("not answered", Tone.WARN, label)
        else:
            yield Said("does not arise, or not answered", Tone.MUTED, label)
    yield fact("Result", INTERESTS.get(held.interest or ""), none="not decided")
    yield from maybe("Why", held.interest_why)
