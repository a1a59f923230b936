"""The words of the packs ``letters``: for whom a letter is, when it can be written, what it may be filled in with.

What may stand in a letter is decided here and not in a pack: every placeholder belongs to a group, and some groups
never go to some people, whatever a template says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Audience(StrEnum):
    """Whom a letter is for."""

    SUSPECT = "suspect"
    VICTIM = "victim"
    PROVIDER = "provider"
    OFFICER = "officer"
    """The OIC and the supervisor."""
    RECORDS = "records"
    """The administrators who finish the record."""
    CPS = "cps"
    TEAM = "team"
    """The clinic's own file."""


class When(StrEnum):
    """What must be there before a letter can be written."""

    APPOINTMENT = "appointment"
    """An appointment to come, or of today."""
    MISSED = "missed"
    RESOLUTION = "resolution"
    """A resolution that was proposed, whatever became of it."""
    AUTHORISED = "authorised"
    """The resolution was authorised, or has gone further."""
    ACTIVE = "active"
    """The resolution was accepted, and its conditions run."""
    ACCEPTED = "accepted"
    """The resolution was accepted; it runs, or has ended."""
    OPEN_CONDITIONS = "open-conditions"
    """A condition is still to be done."""
    AT_RISK = "at-risk"
    """A condition is late, or was not kept."""
    ENDED = "ended"
    """Completed, or ended because conditions were not kept."""
    COMPLETED = "completed"
    FAILED = "failed"
    """Conditions were not kept, and the decision maker ended it."""
    VICTIM = "victim"
    """The case has a victim who can be written to."""
    PROVIDER = "provider"
    """A condition names who provides it."""
    PAYMENT = "payment"
    """A condition of compensation was met."""
    ASSESSMENT = "assessment"
    """A needs assessment was begun."""


class Given(StrEnum):
    """What a paragraph may wait for: it is left out where this is not so."""

    ADULT = "adult"
    """An appropriate adult comes."""
    INTERPRETER = "interpreter"
    SOLICITOR = "solicitor"
    ADJUSTMENTS = "adjustments"
    CAUTION = "caution"
    """A conditional or simple caution."""
    CONDITIONAL_CAUTION = "conditional-caution"
    COMMUNITY_RESOLUTION = "community-resolution"
    OUTCOME_22 = "outcome-22"
    CONDITIONS = "conditions"
    VICTIM = "victim"
    VICTIM_CONDITIONS = "victim-conditions"
    """A condition concerns the victim: it makes good, keeps away, or is the remedy they chose."""
    REMEDY = "remedy"
    """The victim chose an action of the Community Remedy."""
    COMPLETED = "completed"
    FAILED = "failed"
    PENALTY = "penalty"
    """A financial penalty is among the conditions."""
    CPS = "cps"
    """The CPS decided, or is named in the case."""
    ACCEPTED = "accepted"
    """The resolution was accepted and signed, whatever became of it."""
    VIEWS = "views"
    """The victim's views are recorded."""
    VARIED = "varied"
    """A condition was varied since it was signed."""


class Group(StrEnum):
    """What kind of thing a placeholder tells."""

    PLAIN = "plain"
    """Names of the force, days, references: anybody may have them."""
    OFFENCE = "offence"
    SUSPECT_NAME = "suspect-name"
    SUSPECT_ADDRESS = "suspect-address"
    SUSPECT_BIRTH = "suspect-birth"
    ATTENDANCE = "attendance"
    """When and where the suspect is seen, and what they need there."""
    NEEDS = "needs"
    """What the assessment found: health, drink, drugs, money, home."""
    CONDITIONS = "conditions"
    """All conditions: those of rehabilitation tell of needs."""
    VICTIM_CONDITIONS = "victim-conditions"
    REFERRAL = "referral"
    """One condition, as its provider must know it."""
    DECISION = "decision"
    """Admission, advice, consent: what the record of the decision shows."""
    REASONS = "reasons"
    """The rationale and what it weighs."""
    VICTIM = "victim"
    """The victim's name and choices."""
    VICTIM_CONTACT = "victim-contact"


_ALL = frozenset(Group)
_ABOUT_SUSPECT = frozenset(
    {
        Group.SUSPECT_NAME, Group.SUSPECT_ADDRESS, Group.SUSPECT_BIRTH, Group.ATTENDANCE, Group.NEEDS,
        Group.CONDITIONS, Group.REFERRAL, Group.DECISION, Group.REASONS,
    }
)  # fmt: skip
NEVER: Mapping[Audience, frozenset[Group]] = {
    Audience.SUSPECT: frozenset({Group.REASONS, Group.VICTIM, Group.VICTIM_CONTACT}),
    Audience.VICTIM: _ABOUT_SUSPECT | {Group.VICTIM_CONTACT},
    Audience.PROVIDER: frozenset(
        {Group.OFFENCE, Group.SUSPECT_ADDRESS, Group.NEEDS, Group.CONDITIONS, Group.DECISION, Group.REASONS,
         Group.ATTENDANCE, Group.VICTIM, Group.VICTIM_CONTACT}
    ),
    Audience.OFFICER: frozenset({Group.NEEDS, Group.VICTIM_CONTACT}),
    Audience.RECORDS: frozenset({Group.NEEDS, Group.VICTIM_CONTACT}),
    Audience.CPS: frozenset({Group.NEEDS, Group.VICTIM_CONTACT}),
    Audience.TEAM: frozenset(),
}  # fmt: skip
"""What never goes to whom. A template cannot lift it; a letter may name more."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One thing that can be filled in."""

    id: str
    title: str
    """What it is, as a gap names it: ``[address not recorded]``."""
    group: Group = Group.PLAIN
    many: bool = False
    """Whether it is a list: it stands alone in its paragraph, which is repeated for each."""
    typed: bool = False
    """Whether it is asked for when the letter is written, because nothing recorded gives it."""


def _known(*some: Placeholder) -> dict[str, Placeholder]:
    return {one.id: one for one in some}


_P = Placeholder
PLACEHOLDERS: Mapping[str, Placeholder] = _known(
    _P("today", "day of writing"),
    _P("reference", "reference"),
    _P("force", "name of the force"),
    _P("team", "name of the team"),
    _P("office.address", "address of the team"),
    _P("office.phone", "telephone of the team"),
    _P("office.email", "email of the team"),
    _P("office.hours", "hours of the team"),
    _P("office.complaints", "how to complain"),
    _P("office.support", "support for victims"),
    _P("office.advice", "how to get legal advice"),
    _P("worker", "name of the case worker"),
    _P("worker.number", "number of the case worker"),
    _P("oic", "officer in the case"),
    _P("name", "name"),
    _P("address", "address"),
    _P("suspect.name", "name of the suspect", Group.SUSPECT_NAME),
    _P("suspect.birth", "date of birth", Group.SUSPECT_BIRTH),
    _P("suspect.address", "address of the suspect", Group.SUSPECT_ADDRESS),
    _P("offence", "offence", Group.OFFENCE),
    _P("offence.code", "offence code", Group.OFFENCE),
    _P("offence.day", "day of the offence", Group.OFFENCE),
    _P("clinic.place", "place of the clinic", Group.ATTENDANCE),
    _P("appointment.day", "day of the appointment", Group.ATTENDANCE),
    _P("appointment.time", "time of the appointment", Group.ATTENDANCE),
    _P("appointment.minutes", "length of the appointment", Group.ATTENDANCE),
    _P("appointment.adult", "appropriate adult", Group.ATTENDANCE),
    _P("appointment.interpreter", "interpreter", Group.ATTENDANCE),
    _P("appointment.solicitor", "solicitor", Group.ATTENDANCE),
    _P("appointment.adjustments", "adjustments", Group.ATTENDANCE),
    _P("missed.day", "day of the missed appointment", Group.ATTENDANCE),
    _P("disposal", "resolution"),
    _P("disposal.plain", "what the resolution is"),
    _P("effect.means", "what it means"),
    _P("effect.record", "what is kept on record"),
    _P("effect.breach", "what happens if it is not kept"),
    _P("effect.declined", "what happens if it is not accepted"),
    _P("given.day", "day it was given"),
    _P("last.day", "last day for the conditions"),
    _P("spent.day", "day it is spent", Group.DECISION),
    _P("completed.day", "day it was completed"),
    _P("conditions", "conditions", Group.CONDITIONS, many=True),
    _P("conditions.open", "conditions still to be done", Group.CONDITIONS, many=True),
    _P("conditions.failed", "conditions not kept", Group.CONDITIONS, many=True),
    _P("conditions.states", "conditions and what became of them", Group.CONDITIONS, many=True),
    _P("conditions.varied", "variations since it was signed", Group.CONDITIONS, many=True),
    _P("conditions.victim", "conditions that concern the victim", Group.VICTIM_CONDITIONS, many=True),
    _P("provider", "provider", Group.REFERRAL),
    _P("provider.reference", "reference of the provider", Group.REFERRAL),
    _P("referral.what", "what the person is to do", Group.REFERRAL),
    _P("referral.hours", "hours", Group.REFERRAL),
    _P("referral.first", "first appointment", Group.REFERRAL),
    _P("referral.due", "day it is to be done by", Group.REFERRAL),
    _P("referral.evidence", "what shows that it was done", Group.REFERRAL),
    _P("admission", "admission", Group.DECISION),
    _P("admission.repeated", "admission repeated", Group.DECISION),
    _P("advice", "legal advice", Group.DECISION),
    _P("explained", "effect explained", Group.DECISION),
    _P("consent", "consent", Group.DECISION),
    _P("signed.day", "day it was signed", Group.DECISION),
    _P("evidential", "evidential stage", Group.DECISION),
    _P("interest", "public-interest stage", Group.DECISION),
    _P("gravity", "gravity score", Group.DECISION),
    _P("authoriser", "authorised by", Group.DECISION),
    _P("authoriser.rank", "rank of the authoriser", Group.DECISION),
    _P("authorised.day", "day it was authorised", Group.DECISION),
    _P("outcome.code", "outcome code", Group.DECISION),
    _P("ended.why", "why it ended", Group.DECISION),
    _P("cps", "CPS reference", Group.DECISION),
    _P("limit.day", "last day to start proceedings", Group.DECISION),
    _P("rationale", "rationale", Group.REASONS),
    _P("considered", "alternatives considered", Group.REASONS),
    _P("victim.name", "name of the victim", Group.VICTIM),
    _P("victim.views", "views of the victim", Group.VICTIM),
    _P("victim.remedy", "Community Remedy choice", Group.VICTIM),
    _P("payment.amount", "amount paid", Group.VICTIM_CONDITIONS),
    _P("payment.day", "day of the payment", Group.VICTIM_CONDITIONS),
    _P("needs", "needs by pathway", Group.NEEDS, many=True),
    _P("needs.day", "day of the assessment", Group.NEEDS),
    _P("typed.reason", "reason", typed=True),
    _P("typed.reply", "day to reply by", typed=True),
    _P("typed.old", "what was agreed before", Group.CONDITIONS, typed=True),
    _P("typed.new", "what is agreed now", Group.CONDITIONS, typed=True),
    _P("typed.next", "what happens next", typed=True),
    _P("typed.decision", "decision", typed=True),
    _P("typed.officer", "name and rank of the authorised officer", typed=True),
    _P("typed.service", "service", Group.REFERRAL, typed=True),
    _P("typed.request", "what is asked for", Group.REFERRAL, typed=True),
)
"""Everything that a template can ask for, by its name."""
