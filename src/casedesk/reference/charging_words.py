"""The words of the pack ``charging``: pleas, stages, and what a case can show of an item or ask for it by."""

from enum import StrEnum


class Plea(StrEnum):
    """What plea is anticipated."""

    GUILTY = "GAP"
    NOT_GUILTY = "NGAP"


class Stage(StrEnum):
    """What a file is sent for: each asks for other material."""

    PRE_CHARGE_GUILTY = "pre-charge-gap"
    PRE_CHARGE_NOT_GUILTY = "pre-charge-ngap"
    THRESHOLD = "threshold"
    FIRST_HEARING_GUILTY = "first-hearing-gap"
    FIRST_HEARING_NOT_GUILTY = "first-hearing-ngap"
    CROWN_COURT = "crown-court"


STAGE_TITLES = {
    Stage.PRE_CHARGE_GUILTY: "Before charge, guilty plea anticipated",
    Stage.PRE_CHARGE_NOT_GUILTY: "Before charge, full code, not guilty anticipated",
    Stage.THRESHOLD: "Before charge, threshold test",
    Stage.FIRST_HEARING_GUILTY: "First hearing, guilty plea anticipated",
    Stage.FIRST_HEARING_NOT_GUILTY: "First hearing, not guilty anticipated",
    Stage.CROWN_COURT: "Crown Court",
}
"""The words on screen for each stage."""


class Need(StrEnum):
    """How much a stage needs something."""

    MUST = "must"
    IF_ANY = "if-any"
    """Where it exists or applies."""
    NOT = "not-needed"


class Fact(StrEnum):
    """What shows, or rules out, that an item is there: :mod:`casedesk.rules.material_facts` reads each off a case."""

    CHARGE = "charge"
    """The proposed charge's code is recorded."""
    STATEMENT = "statement"
    """A statement was taken, of the victim or a witness."""
    INTERVIEW = "interview"
    """A suspect was interviewed and what was said is recorded."""
    PREVIOUS = "previous"
    """Previous disposals of a suspect are recorded."""
    OIC_CONTACT = "oic-contact"
    VPS = "vps"
    """The Victim Personal Statement was offered, declined or taken."""
    VIEWS = "views"
    NEEDS = "needs"
    SPECIAL_MEASURES = "special-measures"
    """Special measures are recorded for a victim or witness."""
    COMPENSATION = "compensation"
    RATIONALE = "rationale"
    """A decision to charge or to refer to the CPS is recorded with its rationale."""
    REMAND = "remand"
    """The remand worksheet names a ground that is relied on, with its evidence."""
    POINTS = "points"
    """Points to prove are recorded for the case."""
    SUMMARY = "summary"
    LOCATION = "location"
    SUSPECT = "suspect"
    """A named suspect with a date of birth."""
    ARREST = "arrest"
    """When a suspect was arrested, or attended voluntarily, is recorded."""
    AVAILABILITY = "availability"
    EXHIBIT = "exhibit"
    TIMETABLE = "timetable"
    """An open action says which evidence it will produce, and by when."""


class Applies(StrEnum):
    """When a conditional item is wanted at all: read off the case in :mod:`casedesk.rules.material_facts`."""

    DOMESTIC_ABUSE = "domestic-abuse"
    VICTIM_PERSON = "victim-person"
    """A victim who can speak for themselves: a person or a business."""
    VULNERABLE = "vulnerable"
    """A victim or witness is vulnerable, intimidated, a child, or has special measures."""
    INJURY = "injury"
    DAMAGE_OR_LOSS = "damage-or-loss"
    DRUGS = "drugs"
    REMAND = "remand"
    """A suspect is in custody."""
    BAILED = "bailed"
    CPS = "cps"
    """The CPS decides."""


APPLIES_TITLES = {
    Applies.DOMESTIC_ABUSE: "it is domestic abuse",
    Applies.VICTIM_PERSON: "the victim is a person or a business",
    Applies.VULNERABLE: "a victim or witness is vulnerable or intimidated",
    Applies.INJURY: "somebody was hurt",
    Applies.DAMAGE_OR_LOSS: "something was damaged or lost",
    Applies.DRUGS: "it is about drugs",
    Applies.REMAND: "somebody is in custody",
    Applies.BAILED: "somebody is or was on bail",
    Applies.CPS: "the CPS decides",
}
"""When each applies, after "where"."""


class ChargeTest(StrEnum):
    """A test that a charging decision applies."""

    FULL_CODE = "full-code"
    THRESHOLD = "threshold"
