"""Helps the tests of letters: a matter with everything recorded, and one with nothing."""

from datetime import datetime, timedelta

from casedesk.desk.desk import Desk
from casedesk.model.entities import (
    ANSWER,
    APPOINTMENT,
    ASSESSMENT,
    CASE,
    CLINIC,
    CONDITION,
    EVIDENCE_REVIEW,
    RESOLUTION,
    SUSPECT,
    VICTIM,
    Value,
)
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId, derived_id, new_id
from casedesk.model.moments import moment_of_day

ADDRESS = "14 Quarry Bank\nNorthgate\nNG4 7QQ"
SECRETS = {
    "address": "14 Quarry Bank",
    "answer": "takes diazepam against the voices",
    "note": "sleeps in the car since the eviction",
    "why": "drinks two litres of cider a day",
    "rehab": "Attend the alcohol clinic on Dock Road",
    "rationale": "His bipolar disorder lowers culpability a great deal",
    "adjustments": "wheelchair and a quiet room",
}
"""What must never reach a victim, each where it is kept."""


class Made:
    """The ids of a case that was made."""

    def __init__(self) -> None:
        self.case, self.suspect, self.victim, self.resolution = new_id(), new_id(), new_id(), new_id()
        self.clinic, self.rehab, self.comp = new_id(), new_id(), new_id()


def bare(desk: Desk) -> Made:
    """A case with a suspect and a victim of whom hardly anything is known, and an authorised resolution."""
    made = Made()
    with desk.store.unit_of_work("test") as unit:
        unit.extract(CASE, made.case, made.case, {"ref": "42/7/26"}, unit.now)
        unit.extract(SUSPECT, made.suspect, made.case, {"name": "Kyle Jarrett"}, unit.now)
        unit.extract(VICTIM, made.victim, made.case, {"kind": "person"}, unit.now)
    return made


def full(desk: Desk, *, disposal: str = "cc", state: str = "active", flags: tuple[str, ...] = ()) -> Made:
    """A case in which everything is recorded that a letter can say."""
    made, now = Made(), desk.now
    day = now.date()
    with desk.store.unit_of_work("test") as unit:

        def put(entity: object, own: EntityId, fields: dict[str, Value], case: EntityId = made.case) -> None:
            unit.set(entity, own, case, fields)  # type: ignore[arg-type] # any of the entities above

        case: dict[str, Value] = {
            "ref": "42/7/26", "offence_code": "CD71040", "offence_title": "Criminal damage to property",
            "offence_from": moment_of_day(day - timedelta(days=30)), "oic": "PC Rao", "oic_number": "1212",
            "oic_unit": "Response A", "cps_reference": "CPS/9", "flags": flags or None,
        }  # fmt: skip
        unit.extract(CASE, made.case, made.case, case, unit.now)
        person: dict[str, Value] = {"name": "Kyle Jarrett", "dob": "1994-11-02"}
        unit.extract(SUSPECT, made.suspect, made.case, person, unit.now)
        put(SUSPECT, made.suspect, {"address": ADDRESS})
        victim: dict[str, Value] = {"name": "Zoë Larkin", "kind": "person", "phone": "07700 900123"}
        unit.extract(VICTIM, made.victim, made.case, victim, unit.now)
        theirs: dict[str, Value] = {
            "address": "2 Mill Lane\nNG1 1AA", "views": "Wants the window paid for.", "remedy": "Repair",
        }  # fmt: skip
        put(VICTIM, made.victim, theirs)
        place: dict[str, Value] = {
            "place": "Northgate police station", "room": "Room 3", "opens_at": now,
            "closes_at": now + timedelta(hours=9),
        }  # fmt: skip
        put(CLINIC, made.clinic, place, TEAM)
        put(APPOINTMENT, new_id(), _appointment(made, now + timedelta(hours=2), "booked"))
        put(APPOINTMENT, new_id(), _appointment(made, now - timedelta(days=7), "missed"))
        put(
            EVIDENCE_REVIEW, derived_id("evidence_review", made.case.hex(), made.suspect.hex()), _review(made)
        )
        put(RESOLUTION, made.resolution, _resolution(made, now, disposal, state))
        put(CONDITION, made.rehab, _rehabilitation(made, now))
        put(CONDITION, made.comp, _compensation(made, now))
        sitting = new_id()
        begun: dict[str, Value] = {
            "suspect": made.suspect, "form": "needs", "version": "1", "number": 1, "started_at": now,
        }  # fmt: skip
        put(ASSESSMENT, sitting, begun)
        said: dict[str, Value] = {
            "assessment": sitting, "question": "q", "said": SECRETS["answer"], "note": SECRETS["note"],
        }  # fmt: skip
        put(ANSWER, new_id(), said)
    return made


def _review(made: Made) -> dict[str, Value]:
    return {"suspect": made.suspect, "admission": "full", "evidential": "met", "interest": "out-of-court"}


def _resolution(made: Made, now: datetime, disposal: str, state: str) -> dict[str, Value]:
    day = moment_of_day(now.date())
    return {
        "suspect": made.suspect, "disposal": disposal, "state": state,
        "rationale": f"{SECRETS['rationale']}. Proportionate.", "considered": "Charge: not proportionate.",
        "authoriser": "PS Okafor", "authoriser_rank": "sgt", "authorised_at": now, "legal_advice": "declined",
        "explained": True, "admission_repeated": True, "consent": True, "signed_at": now, "given_on": day,
        "completed_on": day, "ended_why": "Two appointments missed.",
    }  # fmt: skip


def _rehabilitation(made: Made, now: datetime) -> dict[str, Value]:
    return {
        "suspect": made.suspect, "resolution": made.resolution, "kind": "rehabilitative", "what": SECRETS["rehab"],
        "why": SECRETS["why"], "provider": "Turning Way", "provider_reference": "TW/1", "hours": 3,
        "first_at": now + timedelta(days=5), "due_on": moment_of_day(now.date() - timedelta(days=1)),
        "evidence": "A certificate",
    }  # fmt: skip


def _compensation(made: Made, now: datetime) -> dict[str, Value]:
    return {
        "suspect": made.suspect, "resolution": made.resolution, "kind": "reparative", "what": "Pay for the window",
        "amount_pence": 12050, "due_on": moment_of_day(now.date() + timedelta(days=60)),
        "done_on": moment_of_day(now.date()), "pay_to": "Zoë Larkin",
    }  # fmt: skip


def _appointment(made: Made, at: datetime, state: str) -> dict[str, Value]:
    return {
        "clinic": made.clinic, "suspect": made.suspect, "at": at, "minutes": 45, "state": state,
        "appropriate_adult": "Jo Grey", "interpreter": "Polish, booked", "solicitor": "Hall & Co",
        "adjustments": SECRETS["adjustments"],
    }  # fmt: skip


TYPED = {
    "typed.reason": "It puts right what was done.", "typed.reply": "Friday 27 November 2026",
    "typed.old": "Three sessions", "typed.new": "Two sessions", "typed.next": "You will hear from an officer.",
    "typed.decision": "The caution ends.",
    "typed.officer": "PS Okafor, sergeant", "typed.service": "Housing Help", "typed.request": "Advice on a tenancy",
}  # fmt: skip
"""Something typed for every placeholder that is typed."""
