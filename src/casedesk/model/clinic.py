"""The caution clinic: who is seen when, what the evidence is worth, what somebody needs, what was decided.

Frozen facts like those of :mod:`casedesk.model.facts`, and stored like them; all of it is work done at the desk.
Appointments and conditions are read with the case, because its place in the queue rests on them; the rest is read when
the clinic of a case is opened.
"""

from dataclasses import dataclass
from datetime import datetime

from casedesk.model.facts import Appointment, Condition, desk
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinic:
    """A place and a day on which people are seen. It belongs to no case: see :data:`casedesk.model.facts.TEAM`."""

    place: str | None = desk("Place")
    room: str | None = desk("Room")
    opens_at: datetime | None = desk("Opens")
    closes_at: datetime | None = desk("Closes")
    slot_minutes: int | None = desk("Minutes a slot")
    worker: str | None = desk("Held by")
    """Collar number of the case worker who sees people."""
    travel: str | None = desk("Travel")
    note: str | None = desk("Note", personal=True)
    cancelled_why: str | None = desk("Why it is not held")
    covered_by: str | None = desk("Covered by")
    """Who took the day over from whoever holds it; none while nobody did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceReview:
    """The evidential review of one suspect: the Full Code Test worksheet besides the points to prove."""

    suspect: EntityId | None = desk("Suspect")
    admission: str | None = desk("Admission")
    """``full``, ``part``, ``none`` or ``denial``."""
    admitted_where: str | None = desk("Where it was made", personal=True)
    covers_all: bool | None = desk("Covers every point")
    defences: tuple[str, ...] | None = desk("Defences raised")
    """Ids of the pack ``eligibility``."""
    defence_note: str | None = desk("About the defences", personal=True)
    identification: str | None = desk("Identification", personal=True)
    footage: str | None = desk("CCTV and body-worn video")
    """``viewed``, ``not-viewed``, ``awaited`` or ``none``."""
    footage_note: str | None = desk("What it shows", personal=True)
    witnesses: str | None = desk("Witnesses", personal=True)
    forensic: str | None = desk("Forensic, medical, value", personal=True)
    disclosure: str | None = desk("Disclosure", personal=True)
    outstanding: str | None = desk("Lines outstanding", personal=True)
    evidential: str | None = desk("Evidential stage")
    """``met`` or ``not-met``; none while undecided."""
    evidential_why: str | None = desk("Why (evidential)", personal=True)
    interest_a: str | None = desk("Seriousness", personal=True)
    interest_b: str | None = desk("Culpability", personal=True)
    interest_c: str | None = desk("Harm to the victim", personal=True)
    interest_d: str | None = desk("Age and maturity", personal=True)
    interest_e: str | None = desk("Community", personal=True)
    interest_f: str | None = desk("Proportionate response", personal=True)
    interest_g: str | None = desk("Sources to protect", personal=True)
    interest: str | None = desk("Public-interest stage")
    """``out-of-court``, ``prosecute`` or ``no-further-action``."""
    interest_why: str | None = desk("Why (public interest)", personal=True)
    reviewed_at: datetime | None = desk("Reviewed")
    reviewer: str | None = desk("Reviewed by")
    mode: str | None = desk("Mode of trial")
    """``summary``, ``either-way`` or ``indictable``, where the offence pack does not say."""
    risk_grade: str | None = desk("DASH or DARA grade")
    """``standard``, ``medium`` or ``high``."""
    controlling: bool | None = desk("Coercive or controlling behaviour")
    similar_24_months: bool | None = desk("Similar offence in 24 months")
    cps_decision: str | None = desk("CPS decision", personal=True)
    """Its reference and what it says; empty where there is none."""
    previous_checked: bool | None = desk("History checked")
    responsibility: bool | None = desk("Accepts responsibility")
    """Whether this suspect accepts it, where nothing is admitted."""
    rests_on: tuple[str, ...] | None = desk("Rests on")
    """What it was completed on: each fact by its name and a digest (:mod:`casedesk.rules.clinic.rests`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gravity:
    """A gravity score: the matrix's base score, what was weighed, and where it ended."""

    suspect: EntityId | None = desk("Suspect")
    offence: str | None = desk("Offence")
    base: int | None = desk("Base score")
    aggravating: tuple[str, ...] | None = desk("Aggravating")
    mitigating: tuple[str, ...] | None = desk("Mitigating")
    adjustment: int | None = desk("Adjustment")
    """-1, 0 or 1, by a named factor."""
    final: int | None = desk("Final score")
    matrix: str | None = desk("Matrix")
    """The pack's name and version."""
    why: str | None = desk("Reasons", personal=True)
    scored_at: datetime | None = desk("Scored")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A needs assessment of one suspect: which form, and how far it has come. Its answers are :class:`Answer`."""

    suspect: EntityId | None = desk("Suspect")
    form: str | None = desk("Form")
    version: str | None = desk("Version of the form")
    number: int | None = desk("Number")
    """1 for the first; a later one measures the change."""
    started_at: datetime | None = desk("Started")
    by: str | None = desk("Assessed by")
    place: str | None = desk("Place in the form")
    """The question that was open last: where it goes on."""
    seen: tuple[str, ...] | None = desk("Sections looked at")
    told: bool | None = desk("Told how answers may be used")
    confirmed_at: datetime | None = desk("Confirmed with the person")
    completed_at: datetime | None = desk("Completed")
    note: str | None = desk("Note", personal=True)
    given_up_why: str | None = desk("Why it was given up", personal=True)
    rests_on: tuple[str, ...] | None = desk("Rests on")
    """What it was completed on: a digest of the answers that stood then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of an assessment, with the question as it was asked."""

    assessment: EntityId | None = desk("Assessment")
    question: str | None = desk("Question")
    """Its id in the form."""
    asked: str | None = desk("As it was asked")
    value: str | None = desk("Answer as kept", personal=True)
    """The option's id, the ids of several with spaces between, a number, ``yes`` or ``no``, a date, or text."""
    said: str | None = desk("Answer", personal=True)
    """The answer in words, as it was shown."""
    note: str | None = desk("Note", personal=True)
    declined: bool | None = desk("Prefers not to say")
    confirmed: bool | None = desk("Confirmed in the clinic")
    """False or none while it was only prepared from the file."""
    removed: bool | None = desk("Taken out")
    """An answer to a question that no longer arises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """An out-of-court resolution for one suspect: proposed, authorised, offered, accepted, completed, or not."""

    suspect: EntityId | None = desk("Suspect")
    disposal: str | None = desk("Disposal")
    """Id of the pack ``eligibility``: ``cr``, ``cc``, ``sc``, ``o22``, and those not in force."""
    state: str | None = desk("State")
    """Word of :class:`casedesk.model.words.ResolutionState`."""
    recommended: str | None = desk("Recommended then")
    """What casedesk's factors pointed to when it was chosen."""
    considered: str | None = desk("Alternatives considered", personal=True)
    deviation: str | None = desk("Why another than the matrix's", personal=True)
    rationale: str | None = desk("Rationale", personal=True)
    exceptional: str | None = desk("Exceptional reason", personal=True)
    """Why beyond sixteen weeks, why repeated, or why otherwise out of the ordinary."""
    remedy_attached: bool | None = desk("Community Remedy attached")
    remedy_why: str | None = desk("Why it was not attached", personal=True)
    proposed_at: datetime | None = desk("Proposed")
    proposed_by: str | None = desk("Proposed by")
    authoriser: str | None = desk("Authorised by")
    authoriser_rank: str | None = desk("Authoriser's rank")
    dpp_authorised: bool | None = desk("Authorised by the DPP")
    authorised_at: datetime | None = desk("Authorised")
    refused_why: str | None = desk("Why not authorised", personal=True)
    legal_advice: str | None = desk("Legal advice")
    """``had``, ``declined`` or ``not-offered``."""
    explained: bool | None = desk("Effect explained")
    admission_repeated: bool | None = desk("Admission repeated")
    consent: bool | None = desk("Consents")
    signed_at: datetime | None = desk("Signed")
    offered_at: datetime | None = desk("Offered")
    declined_why: str | None = desk("Why not accepted", personal=True)
    given_on: Moment | None = desk("Given")
    """The day of the caution or the agreement: the conditions count from it."""
    completed_on: Moment | None = desk("Completed")
    ended_why: str | None = desk("Why it ended otherwise", personal=True)
    checks: tuple[str, ...] | None = desk("Quality checks")
    """Each ``QA01 yes`` or ``QA01 no reason``."""
    checked_by: str | None = desk("Checked by")
    checked_at: datetime | None = desk("Checked")
    signed_terms: tuple[str, ...] | None = desk("Conditions as signed", personal=True)
    """Each condition in the words of the document that was signed; what is varied since is not in them."""
    signed_until: Moment | None = desk("Last day as signed")
    """The last day of them all, as it was signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicFile:
    """Everything of the clinic that hangs on one case, each part in the order it was written."""

    appointments: tuple[tuple[EntityId, Appointment], ...] = ()
    reviews: tuple[tuple[EntityId, EvidenceReview], ...] = ()
    gravities: tuple[tuple[EntityId, Gravity], ...] = ()
    assessments: tuple[tuple[EntityId, Assessment], ...] = ()
    answers: tuple[tuple[EntityId, Answer], ...] = ()
    resolutions: tuple[tuple[EntityId, Resolution], ...] = ()
    conditions: tuple[tuple[EntityId, Condition], ...] = ()
