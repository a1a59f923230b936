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


class Stage(StrEnum):
    """Where a case stands at the desk. When two desks disagree the earlier in this list is shown: open beats closed."""

    RETURNED = "returned"
    OPEN = "open"
    SUBMITTED = "submitted"
    FINALISED = "finalised"


class CustodyState(StrEnum):
    """Where an arrest stands."""

    DETAINED = "detained"
    BAILED = "bailed"
    UNDER_INVESTIGATION = "rui"
    CHARGED = "charged"
    RELEASED = "released"


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
