"""One word for one thing: the closed vocabularies of the field."""

from enum import StrEnum


class Role(StrEnum):
    """Whose desk it is. The role orders the views and says which verbs are usual, never what is true."""

    EARLY_OUTCOME = "early-outcome"
    OOCR_CASE_WORKER = "oocr-case-worker"
    OOCR_COORDINATOR = "oocr-coordinator"
    FINALISATIONS = "finalisations"
    CASE_PROGRESSION = "case-progression"


class Severity(StrEnum):
    """How much a finding matters: ``block`` (cannot be finalised so), ``warn`` (look again), ``info``."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


class Confidence(StrEnum):
    """How well a rule or fact in a pack is sourced. ``unverified`` warns by default and never blocks."""

    CONFIRMED = "confirmed"
    SECONDARY = "secondary"
    UNVERIFIED = "unverified"
    CONVENTION = "convention"


class Flag(StrEnum):
    """What about an occurrence changes who must act, how soon and by what rule."""

    DOMESTIC_ABUSE = "da"
    INTIMATE_PARTNER = "intimate"
    HATE = "hate"
    KNIFE = "knife"
    CHILD_ABUSE = "child"
    SEXUAL = "sexual"
    ALCOHOL = "alcohol"
    ONLINE = "online"
    EXPLOITATION = "exploitation"
    MENTAL_HEALTH = "mental-health"


class SuspectStatus(StrEnum):
    """Where a linked suspect stands in the investigation."""

    NAMED = "named"
    """Identified by name; not yet dealt with."""
    WANTED = "wanted"
    IN_CUSTODY = "in-custody"
    BAILED = "bailed"
    UNDER_INVESTIGATION = "rui"
    """Released under investigation."""
    VOLUNTARY = "voluntary"
    """Interviewed or to be interviewed voluntarily."""
    CHARGED = "charged"
    DEALT_WITH = "dealt-with"
    """Disposed of otherwise than by charge."""
    DESCRIBED = "described"
    """Described or known by nickname only: not a named suspect."""
    ELIMINATED = "eliminated"


class VictimKind(StrEnum):
    """Who or what the crime was done to."""

    PERSON = "person"
    BUSINESS = "business"
    STATE = "state"


class Support(StrEnum):
    """Whether the victim supports police action."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Channel(StrEnum):
    """How a person was contacted."""

    PHONE = "phone"
    IN_PERSON = "in-person"
    EMAIL = "email"
    TEXT = "text"
    LETTER = "letter"
    VIDEO = "video"
    PORTAL = "portal"


class Purpose(StrEnum):
    """What a victim contact was for. The duties of the Victims' Code look for these words."""

    ARREST = "arrest"
    INTERVIEW = "interview"
    BAIL = "bail"
    CHARGE = "charge"
    OUTCOME = "outcome"
    NO_FURTHER_ACTION = "nfa"
    UPDATE = "update"
    NEEDS_ASSESSMENT = "needs"
    PERSONAL_STATEMENT = "vps"
    VIEWS = "views"
    REVIEW_RIGHT = "vrr"
    SAFEGUARDING = "safeguarding"
    OTHER = "other"
    REPORT = "report"
    """Written confirmation of the report."""
    REFERRAL = "referral"
    """Referral to a support service."""
    NO_INVESTIGATION = "no-investigation"
    RELEASE = "release"
    """Released without charge."""
    OUT_OF_COURT = "out-of-court"
    """Told of an out-of-court disposal."""
    HEARING = "hearing"
    """Told of a hearing's time, or of what it decided."""
    ATTENDANCE = "attendance"
    """Told that they must give evidence."""
    RESULT = "result"
    """Told of the outcome at court and the sentence."""
    PROPERTY = "property"
    COMPLAINT = "complaint"


class Stage(StrEnum):
    """Where a case stands at the desk. When two desks disagree the earlier in this list is shown: open beats closed."""

    RETURNED = "returned"
    OPEN = "open"
    CLINIC = "clinic"
    """Meant for an out-of-court resolution: it waits for, or is in, a clinic."""
    SUBMITTED = "submitted"
    FINALISED = "finalised"


class Intake(StrEnum):
    """How a case reached the team."""

    ARREST = "arrest"
    VOLUNTARY = "voluntary"
    """A voluntary interview, held or arranged."""
    REFERRAL = "referral"


class EventKind(StrEnum):
    """What happened: an event that starts, stops or moves a clock, or meets a duty. Recorded once, never edited."""

    REVIEW = "review"
    """A review of detention was held."""
    POSTPONED = "review-postponed"
    EXTENSION = "extension"
    """A superintendent extended detention; ``until`` says to when."""
    WARRANT = "warrant"
    """A court granted or extended a warrant of further detention; ``until`` says to when."""
    HOSPITAL = "hospital"
    """In hospital, with the travel there and back, from ``at`` to ``until`` (none: still there)."""
    QUESTIONED = "questioned"
    """Questioned for evidence while in hospital, from ``at`` to ``until``."""
    BAIL_EXTENSION = "bail-extension"
    """The applicable bail period was extended to ``number`` months in all, or by a court to ``until``."""
    CPS_BAIL = "cps-bail"
    """Released on bail for a CPS charging decision: the period stands still."""
    CPS_REQUEST = "cps-request"
    """The DPP asked for more: the period runs again."""
    IN_PATIENT = "in-patient"
    """An in-patient from the day of ``at`` to the day of ``until`` while on bail."""
    CONDITIONS = "conditions"
    """Bail conditions were changed or cancelled."""
    BREACH = "breach"
    """A breach of bail conditions was reported."""
    BREACH_DEALT_WITH = "breach-dealt-with"
    SAFEGUARDED = "safeguarding-check"
    """The safeguarding check after conditions ended was made."""
    RUI_REVIEW = "rui-review"
    """The case of a suspect released under investigation was reviewed."""
    CERTIFICATE = "evidence-sufficient"
    """Sufficient evidence came to the knowledge of whoever decides: some time limits run from then."""
    LIMIT_MET = "proceedings-started"
    """Information laid, written charge issued or charge made: the time limit on prosecution is met."""
    TRIAL_STARTED = "trial-started"
    NOT_INVESTIGATED = "decision-not-to-investigate"
    OUT_OF_COURT_CONSIDERED = "out-of-court-disposal-considered"
    OUT_OF_COURT_GIVEN = "out-of-court-disposal-given"
    NO_FURTHER_ACTION = "police-decision-not-to-prosecute"
    SUSPECT_TOLD = "suspect-told"
    """The suspect was given written notice that they are not to be prosecuted."""
    CPS_SUBMITTED = "submitted-to-cps"
    CPS_DECISION = "cps-decision"
    REVIEW_REQUESTED = "review-requested"
    """The victim asked for a review of the decision."""
    REVIEW_ACKNOWLEDGED = "review-acknowledged"
    REVIEW_DECIDED = "review-decided"
    HEARING_NOTIFIED = "hearing-date-received-from-court"
    HEARING_OUTCOME = "bail-hearing-outcome-received-from-court"
    WITNESS_REQUIRED = "witness-requirement-received-from-cps"
    COURT_RESULT = "outcome-received-from-court"
    SENTENCED = "sentence"
    STATEMENT_TAKEN = "statement-taken"
    PROPERTY_FREE = "property-no-longer-needed"
    PROPERTY_RETURNED = "property-returned"
    COMPLAINT = "complaint-received"
    COMPLAINT_ACKNOWLEDGED = "complaint-acknowledged"
    EXPENSES_CLAIMED = "completed-claim-received"
    EXPENSES_PAID = "expenses-paid"
    FILE_SUBMITTED = "file-submitted"
    """The file went to the CPS."""
    FIRST_HEARING = "first-hearing"
    SENT = "sending"
    """Sent to the Crown Court."""
    PTPH = "plea-and-trial-preparation-hearing"
    STAGE_1 = "stage-1-served"
    STAGE_2 = "stage-2-served"
    STAGE_3 = "stage-3-served"
    UPGRADE_REQUESTED = "upgrade-requested"
    UPGRADE_SUBMITTED = "upgrade-submitted"
    AVAILABILITY_CHANGED = "availability-changed"
    AVAILABILITY_SENT = "availability-sent"
    SPLIT_OR_MERGED = "cases-split-or-merged"
    CPS_TOLD_OF_LINKS = "cps-told-of-links"
    FILE_ASSESSED = "file-assessed"
    DISPUTE_RECORDED = "dispute-recorded"


class Account(StrEnum):
    """What a suspect said of an offence when interviewed."""

    ADMISSION = "admission"
    PART_ADMISSION = "part-admission"
    DENIAL = "denial"
    NO_COMMENT = "no-comment"
    PREPARED = "prepared-statement"
    SELF_DEFENCE = "self-defence"


class Service(StrEnum):
    """The usual panels and services that a person is referred to."""

    VICTIM_SUPPORT = "victim-support"
    IDVA = "idva"
    """Independent domestic violence adviser."""
    ISVA = "isva"
    MARAC = "marac"
    MASH = "mash"
    NRM = "nrm"
    """National Referral Mechanism: modern slavery and exploitation."""
    PREVENT = "prevent"
    ADULT_SAFEGUARDING = "adult-safeguarding"
    LIAISON_AND_DIVERSION = "liaison-and-diversion"
    MENTAL_HEALTH = "mental-health"
    YOUTH_JUSTICE = "youth-justice"
    THREAT_TO_LIFE = "threat-to-life"
    """The force's process for threats to kill."""
    COUNTY_LINES = "county-lines"
    RESTORATIVE_JUSTICE = "restorative-justice"
    WITNESS_CARE = "witness-care"


class DecisionKind(StrEnum):
    """What was decided."""

    CHARGE = "charge"
    NO_FURTHER_ACTION = "nfa"
    REFER_TO_CPS = "refer-to-cps"
    OUT_OF_COURT = "out-of-court"
    REMAND = "remand"
    BAIL = "bail"
    OTHER = "other"


class AppointmentState(StrEnum):
    """Where an appointment of a clinic stands."""

    BOOKED = "booked"
    """The slot is kept; nobody was invited yet."""
    INVITED = "invited"
    CONFIRMED = "confirmed"
    ATTENDED = "attended"
    MISSED = "missed"
    MOVED = "moved"
    """Another appointment follows it."""
    CANCELLED = "cancelled"


class ResolutionState(StrEnum):
    """Where an out-of-court resolution stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    """Checked, and with the person who may authorise it."""
    AUTHORISED = "authorised"
    REFUSED = "refused"
    """Not authorised: it goes back to whoever proposed it."""
    OFFERED = "offered"
    DECLINED = "declined"
    """Not accepted, or denied when it was offered: it goes back to the decision maker."""
    ACTIVE = "active"
    """Accepted and signed: conditions run."""
    COMPLETED = "completed"
    FAILED = "failed"
    """Conditions were not kept, and the decision maker ended it."""
    WITHDRAWN = "withdrawn"


class TeamRole(StrEnum):
    """What an installation's operations may do besides ordinary casework, when a bundle brings them."""

    APPROVAL = "approval"
    """Finalise crimes."""
    DISPOSAL = "disposal"
    """Erase cases."""
    MEMBERSHIP = "membership"
    """Add and remove members."""


class MemberState(StrEnum):
    """Whether an installation belongs to the team. When two desks disagree the earlier in this list is shown."""

    LOST = "lost"
    """Lost or stolen: nothing it says after a point is believed."""
    LEFT = "left"
    ACTIVE = "active"


class CustodyState(StrEnum):
    """Where an arrest stands; or a voluntary attendance, which has no detention clock."""

    DETAINED = "detained"
    BAILED = "bailed"
    UNDER_INVESTIGATION = "rui"
    CHARGED = "charged"
    RELEASED = "released"
    VOLUNTARY = "voluntary"
    """Attended voluntarily, or is to: no detention, no bail."""
    REMANDED = "remanded"
    """Kept in custody by a court."""


FLAG_TITLES = {
    Flag.DOMESTIC_ABUSE: "Domestic abuse",
    Flag.INTIMATE_PARTNER: "Intimate partner",
    Flag.HATE: "Hate crime",
    Flag.KNIFE: "Knife or blade",
    Flag.CHILD_ABUSE: "Child abuse",
    Flag.SEXUAL: "Rape or serious sexual",
    Flag.ALCOHOL: "Alcohol",
    Flag.ONLINE: "Online",
    Flag.EXPLOITATION: "Exploitation",
    Flag.MENTAL_HEALTH: "Mental health",
}
"""The words on screen for each flag."""
FLAG_TAGS = {
    Flag.DOMESTIC_ABUSE: "DA",
    Flag.INTIMATE_PARTNER: "IP",
    Flag.HATE: "HATE",
    Flag.KNIFE: "KNIFE",
    Flag.CHILD_ABUSE: "CHILD",
    Flag.SEXUAL: "RASSO",
    Flag.ALCOHOL: "ALC",
    Flag.ONLINE: "ONLINE",
    Flag.EXPLOITATION: "EXPL",
    Flag.MENTAL_HEALTH: "MH",
}
"""The short form of each flag, for columns of a list."""


def flag_tag(word: str) -> str:
    """A flag's short form; an unknown flag as it stands."""
    return FLAG_TAGS[Flag(word)] if word in set(Flag) else word.upper()
