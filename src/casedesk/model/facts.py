"""What is known of a case: frozen facts, as the rules read them and the store keeps them.

Each class is one kind of entity. A field is written once, here: its type says how it is stored and carried
(:mod:`casedesk.model.entities`), its metadata who owns it. ``extract`` fields come from the force's records
system and a later extract may replace them; ``desk`` fields are the work done here, which no extract touches.

Field order is part of the stored format: new fields go at the end of their class and none is ever removed.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment

if TYPE_CHECKING:
    from casedesk.model.clinic import Assessment, EvidenceReview
    from casedesk.model.dossier import Interview, Point, PreviousDisposal


def extract(title: str, *, personal: bool = False) -> Any:
    """Declare a field that the force's records system owns. ``title`` is its name on screen."""
    return field(default=None, metadata={"title": title, "owner": "extract", "personal": personal})


def desk(title: str, *, personal: bool = False) -> Any:
    """Declare a field that work done at the desk owns."""
    return field(default=None, metadata={"title": title, "owner": "desk", "personal": personal})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One recorded crime (occurrence): the facts of the record and where it stands at the desk."""

    ref: str | None = extract("Occurrence")
    source: str | None = extract("Source")
    """The import profile the record came by."""
    force: str | None = extract("Force")
    offence_code: str | None = extract("Offence code")
    """CJS offence code, e.g. ``TH68010``."""
    offence_title: str | None = extract("Offence")
    ho_class: str | None = extract("HO class")
    """Home Office class and sub-class, ``nnn/nn``."""
    category: str | None = extract("Category")
    """The published crime type (data.police.uk) or recorded-crime category."""
    recorded_at: Moment | None = extract("Recorded")
    reported_at: Moment | None = extract("Reported")
    offence_from: Moment | None = extract("Offence from")
    offence_to: Moment | None = extract("Offence to")
    location: str | None = extract("Location", personal=True)
    area: str | None = extract("Area")
    summary: str | None = extract("Circumstances", personal=True)
    oic: str | None = extract("OIC")
    oic_number: str | None = extract("OIC collar number")
    oic_contact: str | None = extract("OIC contact")
    oic_unit: str | None = extract("OIC unit")
    supervisor: str | None = extract("Supervisor")
    flags: tuple[str, ...] | None = extract("Flags")
    """Words of :class:`casedesk.model.words.Flag`."""
    record_status: str | None = extract("Record status")
    """``open`` or ``filed`` in the records system."""
    outcome: str | None = extract("Outcome")
    """Outcome code proposed or recorded: ``1`` … ``23`` with ``1A``, ``2A``, ``3A``; other text if not understood."""
    outcome_text: str | None = extract("Outcome as recorded")
    """The outcome in the source's own words."""
    outcome_date: Moment | None = extract("Outcome date")
    rationale: str | None = extract("Rationale", personal=True)
    decided_by: str | None = extract("Decision maker")
    decided_rank: str | None = extract("Decision maker's rank")
    """``pc``, ``sgt``, ``insp``, ``ci``, ``supt``, ``staff``, ``ddm``, ``fcr`` or ``cps``."""
    public_interest: str | None = extract("Public-interest reasons", personal=True)
    evidence_led: str | None = extract("Evidence-led prosecution considered", personal=True)
    cps_reference: str | None = extract("CPS reference")
    cps_reason: str | None = extract("CPS reason")
    """``public-interest`` or ``evidential``."""
    charge_code: str | None = extract("Charged offence code")
    charge_ho_class: str | None = extract("Charged HO class")
    charged_on: Moment | None = extract("Charge or summons date")
    tic_parent: str | None = extract("TIC parent crime")
    tic_signed: bool | None = extract("TIC schedule signed")
    tic_accepted_on: Moment | None = extract("TIC accepted by court")
    proof_kind: str | None = extract("Proof of death or illness")
    proof_reference: str | None = extract("Proof reference")
    expiry_reason: str | None = extract("Reason the time limit expired")
    first_statement_on: Moment | None = extract("First qualifying statement or interview")
    """CJA 1988 s.39A: starts the six months of a domestic-abuse common assault."""
    value_pence: int | None = extract("Value of goods or damage")
    responsibility_accepted: bool | None = extract("Responsibility accepted")
    offender_agreed: bool | None = extract("Offender agreed")
    victim_consulted: bool | None = extract("Victim consulted")
    victim_views: str | None = extract("Victim's views", personal=True)
    body: str | None = extract("Other body")
    body_accepted_on: Moment | None = extract("Other body accepted")
    activity: str | None = extract("Activity undertaken")
    activity_completed_on: Moment | None = extract("Activity completed")
    vrr: str | None = extract("VRR")
    """``offered``, ``not-applicable`` or ``no``."""
    cancel_code: str | None = extract("Cancellation code")
    """``C1`` … ``C5`` when the record is proposed for cancellation."""
    verifiable_information: str | None = extract("Additional verifiable information", personal=True)
    owner: str | None = desk("Owner")
    team: str | None = desk("Team")
    stage: str | None = desk("Stage")
    """Word of :class:`casedesk.model.words.Stage`; none means open."""
    stage_note: str | None = desk("Stage note", personal=True)
    as_at: Moment | None = extract("Extract as at")
    review_on: Moment | None = desk("Next retention review")
    review_reason: str | None = desk("Kept because", personal=True)
    intake: str | None = desk("How it reached the team")
    """Word of :class:`casedesk.model.words.Intake`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A person linked to the crime as suspect."""

    name: str | None = extract("Name", personal=True)
    dob: Moment | None = extract("Date of birth", personal=True)
    sex: str | None = extract("Sex", personal=True)
    nominal: str | None = extract("Nominal reference", personal=True)
    status: str | None = extract("Suspect status")
    """Word of :class:`casedesk.model.words.SuspectStatus`."""
    sub_status: str | None = extract("Suspect sub-status")
    interviewed_on: Moment | None = extract("Interviewed under caution")
    admitted: bool | None = extract("Admission")
    disposal: str | None = extract("Disposal")
    """Outcome code that this suspect's disposal would give, where suspects were dealt with differently."""
    address: str | None = desk("Address for letters", personal=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Victim:
    """The victim of the crime: a person, a business or the state."""

    name: str | None = extract("Name", personal=True)
    kind: str | None = extract("Kind of victim")
    """Word of :class:`casedesk.model.words.VictimKind`."""
    dob: Moment | None = extract("Date of birth", personal=True)
    sex: str | None = extract("Sex", personal=True)
    support: str | None = extract("Supports police action")
    """Word of :class:`casedesk.model.words.Support`."""
    enhanced: bool | None = extract("Enhanced rights")
    enhanced_why: str | None = extract("Why enhanced", personal=True)
    contact_preference: str | None = extract("Contact preference", personal=True)
    safe_contact: str | None = extract("Safe contact", personal=True)
    """A warning shown before any contact is started."""
    phone: str | None = extract("Telephone", personal=True)
    language: str | None = extract("Language", personal=True)
    relationship: str | None = extract("Relationship to suspect", personal=True)
    withdrawal_kind: str | None = extract("Withdrawal record")
    """``statement``, ``pocket-book`` or ``bwv``."""
    withdrawal_on: Moment | None = extract("Withdrawal date")
    withdrawal_reference: str | None = extract("Withdrawal reference")
    informed_on: Moment | None = extract("Victim informed")
    informed_how: str | None = extract("How informed")
    informed_by: str | None = extract("Informed by")
    informed_who: str | None = extract("Who was informed", personal=True)
    """``victim``, ``parent`` or ``guardian``, or another representative."""
    update_days: int | None = desk("Agreed update interval in days")
    contact_times: str | None = desk("Good times to reach", personal=True)
    interpreter: bool | None = desk("Interpreter needed")
    needs: str | None = desk("Needs assessed", personal=True)
    views: str | None = desk("Views on the outcome", personal=True)
    views_on: Moment | None = desk("Views asked")
    remedy: str | None = desk("Community Remedy choice")
    statement: str | None = desk("Victim Personal Statement")
    """``offered``, ``declined``, ``taken`` or ``to-be-taken``; where it is taken, to be read aloud or not is a note."""
    compensation: str | None = desk("Compensation", personal=True)
    special_measures: str | None = desk("Special measures", personal=True)
    withdrawal_why: str | None = desk("Why support was withdrawn", personal=True)
    pressure: str | None = desk("Pressure on the victim considered", personal=True)
    address: str | None = desk("Address for letters", personal=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """One arrest and what followed from it: the facts that detention and bail clocks run on."""

    suspect: EntityId | None = extract("Suspect")
    suite: str | None = extract("Custody suite")
    number: str | None = extract("Custody number")
    arrested_at: datetime | None = extract("Arrested")
    arrived_at: datetime | None = extract("Arrived at station")
    relevant_at: datetime | None = extract("Relevant time")
    """Relevant time: PACE 1984 s.41(2)."""
    authorised_at: datetime | None = extract("Detention authorised")
    state: str | None = extract("Custody state")
    """Word of :class:`casedesk.model.words.CustodyState`."""
    bail_return_at: datetime | None = extract("Bail return")
    bail_ends_on: Moment | None = extract("Applicable bail period ends")
    conditions: str | None = extract("Bail conditions", personal=True)
    charged_at: datetime | None = extract("Charged")
    released_at: datetime | None = extract("Released")
    offence: str | None = extract("Arrested for")
    situation: str | None = extract("How detention began")
    """Which rule gives the relevant time: a function's name in :mod:`casedesk.rules.relevant_time`, hyphenated."""
    reviews: tuple[str, ...] | None = extract("Reviews held")
    """ISO 8601 instants, as an extract lists them; those recorded at the desk are events."""
    extended_until: datetime | None = extract("Detention extended to")
    """A superintendent's extension."""
    warrant_until: datetime | None = extract("Warrant of further detention to")
    under_18: bool | None = extract("Appears under 18")
    vulnerable: bool | None = extract("Vulnerable")
    appropriate_adult: str | None = extract("Appropriate adult", personal=True)
    """Who it is; empty while none has been arranged."""
    bail_arrest: bool | None = extract("Arrested for breach of bail or failing to answer it")
    """PACE 1984 s.46A: the first three hours after arrival do not count."""
    held_minutes: int | None = extract("Minutes held before bail")
    """Detention before an earlier release on bail in the same matter, which counts: PACE 1984 s.47(6)."""
    bail_months: int | None = extract("Months of bail period")
    """The applicable bail period as extended, in months from the day after arrest; three where it is not said."""
    review_on: Moment | None = desk("Next review under investigation")
    first_appearance_on: Moment | None = extract("First appearance in custody")
    sent_on: Moment | None = extract("Sent to the Crown Court")
    notice_kind: str | None = extract("Domestic abuse notice")
    """``dapn`` or ``dvpn``."""
    notice_at: datetime | None = extract("Notice given")
    notice_heard_at: datetime | None = extract("Application heard")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRecord:
    """One line of an outcomes extract: an outcome that the records system gave the crime, and when."""

    at: Moment | None = extract("Outcome date")
    text: str | None = extract("Outcome as recorded")
    codes: tuple[str, ...] | None = extract("May mean outcome")
    """Home Office codes that the wording may mean; empty where it means none."""
    ordinal: int | None = extract("Which of several identical lines")
    """0 for the first; 1 and up are repeats of the same line in the same file."""
    as_at: Moment | None = extract("Extract as at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something to be done in the case, by whom and by when."""

    what: str | None = desk("Action", personal=True)
    owner: str | None = desk("Owner")
    due_at: datetime | None = desk("Due")
    done_at: datetime | None = desk("Done")
    result: str | None = desk("Result", personal=True)
    why: str | None = desk("Why it matters", personal=True)
    set_at: datetime | None = desk("Set")
    """When it was asked for: how long the case has waited is counted from here."""
    after: EntityId | None = desk("Depends on")
    evidence: str | None = desk("Evidence it will produce", personal=True)
    template: str | None = desk("From template")
    category: str | None = desk("Category")
    """Word of the pack ``actions``: the categories of a CPS action plan."""
    request: str | None = desk("Request to")
    """The enabling team it was asked of, by its id in the pack ``actions``."""
    reference: str | None = desk("Their reference")
    chased_at: datetime | None = desk("Last chased")
    chases: int | None = desk("Times chased")
    late_why: str | None = desk("Why it is late", personal=True)
    done_by: str | None = desk("Done by")
    cancelled_at: datetime | None = desk("Cancelled")
    cancelled_why: str | None = desk("Why cancelled", personal=True)

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done: neither done nor cancelled."""
        return self.done_at is None and self.cancelled_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """Something that happened and that clocks and duties run from. An entry: corrected only by a later one."""

    kind: str | None = desk("Event")
    """Word of :class:`casedesk.model.words.EventKind`."""
    at: datetime | None = desk("When")
    until: datetime | None = desk("Until")
    subject: EntityId | None = desk("Of whom")
    """The custody record, suspect, victim or witness it is about; none where it is the case's."""
    number: int | None = desk("Number")
    by: str | None = desk("By", personal=True)
    rank: str | None = desk("Rank")
    text: str | None = desk("Note", personal=True)
    about: EntityId | None = desk("Corrects")
    withdrawn: bool | None = desk("Withdraws")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grading:
    """A THOR grading by a person: 0 to 3 each. An entry: a later grading takes its place, both stay in sight."""

    threat: int | None = desk("Threat")
    harm: int | None = desk("Harm")
    opportunity: int | None = desk("Opportunity")
    risk: int | None = desk("Risk")
    why: str | None = desk("Why", personal=True)
    at: datetime | None = desk("When")
    about: EntityId | None = desk("Corrects")
    withdrawn: bool | None = desk("Withdraws")


@dataclass(frozen=True, slots=True, kw_only=True)
class Excuse:
    """Why a duty was not met in time, or does not apply. An entry."""

    duty: str | None = desk("Duty")
    """The key of the duty: its clock, the person it is owed to and the day it began."""
    why: str | None = desk("Why", personal=True)
    at: datetime | None = desk("When")
    about: EntityId | None = desk("Corrects")
    withdrawn: bool | None = desk("Withdraws")


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A witness who is not the victim."""

    name: str | None = extract("Name", personal=True)
    phone: str | None = extract("Telephone", personal=True)
    contact_preference: str | None = extract("Contact preference", personal=True)
    safe_contact: str | None = extract("Safe contact", personal=True)
    language: str | None = extract("Language", personal=True)
    vulnerable: bool | None = extract("Vulnerable or intimidated")
    update_days: int | None = desk("Agreed update interval in days")
    availability: str | None = desk("Dates to avoid", personal=True)
    special_measures: str | None = desk("Special measures", personal=True)
    statement_on: Moment | None = desk("Statement taken")


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition of an out-of-court resolution, and whether it was kept."""

    suspect: EntityId | None = desk("Suspect")
    kind: str | None = desk("Kind of condition")
    """``rehabilitative``, ``reparative``, ``punitive`` or ``restrictive``."""
    what: str | None = desk("Condition", personal=True)
    starts_on: Moment | None = desk("Starts")
    due_on: Moment | None = desk("To be completed by")
    done_on: Moment | None = desk("Completed")
    failed_on: Moment | None = desk("Not complied with")
    note: str | None = desk("Note", personal=True)
    resolution: EntityId | None = desk("Resolution")
    service: str | None = desk("Service")
    """Id of the catalogue in the pack ``conditions``; none where it was written freely."""
    need: str | None = desk("Need it answers")
    """Id of a pathway of the assessment."""
    why: str | None = desk("Why it fits", personal=True)
    """Why it is appropriate, proportionate and achievable."""
    provider: str | None = desk("Provider")
    provider_reference: str | None = desk("Provider's reference")
    first_at: datetime | None = desk("First appointment")
    evidence: str | None = desk("Evidence required")
    hours: int | None = desk("Hours of attendance")
    amount_pence: int | None = desk("Amount")
    pay_to: str | None = desk("Paid to", personal=True)
    remedy: bool | None = desk("Community Remedy")
    """Whether it is the action that the victim chose."""
    withdrawn_why: str | None = desk("Why it was taken out", personal=True)
    victim: EntityId | None = desk("Victim")
    """Whom it concerns: who is paid, written to, or kept away from."""
    variations: tuple[str, ...] | None = desk("Variations", personal=True)
    """Each change since it was signed, in words: the day, by whom, what it was and what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """One person's place in a clinic. Missed or moved, it stays as it was and another follows it."""

    clinic: EntityId | None = desk("Clinic")
    suspect: EntityId | None = desk("Suspect")
    at: datetime | None = desk("When")
    minutes: int | None = desk("Minutes")
    state: str | None = desk("State")
    """Word of :class:`casedesk.model.words.AppointmentState`."""
    invited_at: datetime | None = desk("Invited")
    invited_by: str | None = desk("How invited")
    """Word of :class:`casedesk.model.words.Channel`."""
    appropriate_adult: str | None = desk("Appropriate adult", personal=True)
    interpreter: str | None = desk("Interpreter", personal=True)
    """The language, and who was booked."""
    solicitor: str | None = desk("Solicitor", personal=True)
    travel: str | None = desk("How they come", personal=True)
    adjustments: str | None = desk("Adjustments", personal=True)
    prepared: tuple[str, ...] | None = desk("Prepared")
    """Ids of the checks of the pack ``clinic`` that were ticked."""
    note: str | None = desk("Note", personal=True)
    why: str | None = desk("Why missed or cancelled", personal=True)
    follows: EntityId | None = desk("Follows")
    """The appointment that was missed or moved."""
    safe_contact: str | None = desk("Safe contact", personal=True)
    """A warning shown before the person is written to or rung."""
    avoid: tuple[str, ...] | None = desk("Not to be reached by")
    """Words of :class:`casedesk.model.words.Channel` that are not safe: an invitation that way is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Somebody is away and somebody else covers. It belongs to no case: see :data:`TEAM`."""

    away: str | None = desk("Away")
    cover: str | None = desk("Covered by")
    from_on: Moment | None = desk("From")
    until_on: Moment | None = desk("Until")
    """The last day, itself included."""
    ended_at: datetime | None = desk("Handed back")
    note: str | None = desk("Note", personal=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFlag:
    """A flag put on a case, or taken off it, at the desk: beside those of the extract, which it outdoes."""

    word: str | None = desk("Flag")
    """Word of :class:`casedesk.model.words.Flag`."""
    raised: bool | None = desk("Raised")
    """False takes a flag of the extract off. Where two desks disagree the flag stays up."""
    why: str | None = desk("Why", personal=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One contact with a victim, attempted or made. An entry: never edited, only corrected by a later one."""

    victim: EntityId | None = desk("Victim")
    at: datetime | None = desk("When")
    channel: str | None = desk("Channel")
    """Word of :class:`casedesk.model.words.Channel`."""
    made: bool | None = desk("Reached the victim")
    purposes: tuple[str, ...] | None = desk("Purposes")
    """Words of :class:`casedesk.model.words.Purpose`."""
    text: str | None = desk("What was said", personal=True)
    next_at: datetime | None = desk("Next contact promised")
    about: EntityId | None = desk("Corrects")
    withdrawn: bool | None = desk("Withdraws")
    """With ``about``: takes that entry back and says nothing in its place."""
    witness: EntityId | None = desk("Witness")
    """Where it was a witness who was contacted, and not a victim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One line of the case log. An entry: never edited, only corrected by a later one that points at it."""

    at: datetime | None = desk("When")
    text: str | None = desk("Entry", personal=True)
    topic: str | None = desk("Topic")
    """``note``, ``chase``, ``decision``, ``handover``, ``support`` or ``import``."""
    about: EntityId | None = desk("Corrects")
    withdrawn: bool | None = desk("Withdraws")
    """With ``about``: takes that entry back and says nothing in its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """The resolution of one suspect that an outcome rests on, told from what the clinic left behind; never stored."""

    suspect: EntityId | None = desk("Suspect")
    disposal: str | None = desk("Disposal")
    """Its name in words."""
    state: str | None = desk("State")
    """Word of :class:`casedesk.model.words.ResolutionState`."""
    disputed: tuple[str, ...] | None = desk("In dispute")
    """What desks said differently of it and nobody decided, in words."""
    review: str | None = desk("Evidential review")
    """Why the review that it rests on does not stand; none where it stands, or the disposal asks for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """A case with everything that hangs on it, as one value: what the rules judge and the case page shows."""

    id: EntityId
    case: Case
    suspects: tuple[tuple[EntityId, Suspect], ...] = ()
    victims: tuple[tuple[EntityId, Victim], ...] = ()
    custody: tuple[tuple[EntityId, Custody], ...] = ()
    outcome_records: tuple[tuple[EntityId, OutcomeRecord], ...] = ()
    actions: tuple[tuple[EntityId, Action], ...] = ()
    contacts: tuple[tuple[EntityId, Contact], ...] = ()
    log: tuple[tuple[EntityId, LogEntry], ...] = ()
    flag_marks: tuple[tuple[EntityId, CaseFlag], ...] = ()
    """What the desk said of flags; ``case.flags`` already holds the outcome."""
    events: tuple[tuple[EntityId, CaseEvent], ...] = ()
    gradings: tuple[tuple[EntityId, Grading], ...] = ()
    excuses: tuple[tuple[EntityId, Excuse], ...] = ()
    witnesses: tuple[tuple[EntityId, Witness], ...] = ()
    conditions: tuple[tuple[EntityId, Condition], ...] = ()
    appointments: tuple[tuple[EntityId, Appointment], ...] = ()
    reviews: "tuple[tuple[EntityId, EvidenceReview], ...]" = ()
    """With what follows: what tells the queue how far a clinic is prepared."""
    assessments: "tuple[tuple[EntityId, Assessment], ...]" = ()
    points: "tuple[tuple[EntityId, Point], ...]" = ()
    previous: "tuple[tuple[EntityId, PreviousDisposal], ...]" = ()
    interviews: "tuple[tuple[EntityId, Interview], ...]" = ()
    resting: tuple[tuple[EntityId, Resting], ...] = ()
    """The resolutions that its outcome may rest on; read for the finalisation check alone."""


TEAM = EntityId(b"casedesk:team".ljust(16, b"\0"))
"""Stands in the place of a case for what is the whole team's: absences. No case has this id."""


def flags_standing(
    extract: tuple[str, ...] | None, marks: tuple[tuple[EntityId, CaseFlag], ...]
) -> tuple[str, ...]:
    """The flags of a case: the extract's, with what the desk raised or took off."""
    desk_says = {mark.word: bool(mark.raised) for _, mark in marks if mark.word and mark.raised is not None}
    kept = [word for word in extract or () if desk_says.get(word, True)]
    return tuple(dict.fromkeys([*kept, *(word for word, raised in desk_says.items() if raised)]))


def standing(entries: tuple[tuple[EntityId, Any], ...]) -> tuple[tuple[EntityId, Any], ...]:
    """The entries (contacts or log entries) that still stand: not corrected, not withdrawn, nor a withdrawal.

    A correction that was itself withdrawn no longer hides what it corrected.
    """
    about: dict[EntityId, list[EntityId]] = {}
    for entry_id, entry in entries:
        if entry.about is not None:
            about.setdefault(entry.about, []).append(entry_id)
    if not about:
        return entries
    known: dict[EntityId, bool] = {}

    def stands(entry_id: EntityId) -> bool:
        if entry_id not in known:
            known[entry_id] = True  # a ring of entries about each other, which no desk writes, must end
            known[entry_id] = not any(stands(later) for later in about.get(entry_id, ()))
        return known[entry_id]

    return tuple((entry_id, entry) for entry_id, entry in entries if stands(entry_id) and not entry.withdrawn)
