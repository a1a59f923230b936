"""What the rules of the clinic read: every fact about one suspect, what it is called, and where it comes from.

They are read off the files by :func:`casedesk.rules.clinic.facts.clinic_facts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from casedesk.model.facts import Condition
from casedesk.model.ids import EntityId


def fact(title: str, record: str = "", default: Any = None) -> Any:
    """Declare a fact: its name on screen, and what to record where it is not known (``Record …``)."""
    return field(default=default, metadata={"title": title, "record": record})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicFacts:
    """Everything the rules read about one suspect. None: not recorded."""

    suspect: EntityId
    today: date
    given_on: date | None = fact("Given on", "the day it is given")
    """The day the standing resolution was given; none before that, when today stands for it."""
    disposal: str | None = fact("Disposal", "the disposal")
    """Of the standing resolution."""
    age: tuple[int, int] | None = fact("Age", "the suspect's date of birth")
    """The least and the most that the age may be, on the day it is given, or today."""
    offence: str | None = fact("Offence", "the offence")
    offence_code: str | None = fact("Offence code", "the offence code")
    offence_day: date | None = fact("Day of the offence", "the day of the offence")
    mode: str | None = fact("Mode of trial", "the mode of trial in the evidential review")
    """``summary``, ``either-way`` or ``indictable``."""
    limit_day: date | None = fact("Last day to prosecute")
    limited: bool | None = fact("Limit on prosecution")
    low_value_shop_theft: bool | None = fact("Low-value shop theft", "the value of the goods", False)
    low_value_damage: bool | None = fact("Low-value criminal damage", "the value of the damage", False)
    specified: bool = fact("Specified either-way offence", default=False)
    evidential: str | None = fact("Evidential stage", "the evidential stage in the evidential review")
    """``met`` or ``not-met``."""
    interest: str | None = fact("Public-interest stage", "the public-interest stage in the evidential review")
    admission: str | None = fact("Admission", "the admission in the evidential review")
    """``full``, ``part``, ``none`` or ``denial``."""
    covers_all: bool | None = fact("Admission covers every point", "whether the admission covers every point")
    defences: tuple[str, ...] | None = fact("Defences raised", "whether a defence was raised")
    responsibility: bool | None = fact("Accepts responsibility", "whether responsibility is accepted")
    domestic: bool = fact("Domestic abuse", default=False)
    intimate: bool | None = fact("Intimate partner", "what the victim is to the suspect")
    hate: bool = fact("Hate crime", default=False)
    weapon: bool = fact("Knife or weapon", default=False)
    sexual: bool = fact("Sexual offence", default=False)
    child_victim: bool = fact("Child victim", default=False)
    exploitation: bool = fact("Exploitation", default=False)
    risk_grade: str | None = fact("Risk grade", "the DASH or DARA grade in the evidential review")
    """``standard``, ``medium`` or ``high``."""
    controlling: bool | None = fact(
        "Coercive or controlling behaviour", "whether there is coercive or controlling behaviour"
    )
    similar: bool | None = fact(
        "Similar offence in 24 months", "whether there was a similar offence in the last 24 months"
    )
    previous: tuple[str, ...] = fact("Previous disposals", default=())
    previous_checked: bool | None = fact("History checked", "that the history was checked")
    cps_decision: bool = fact("CPS decision", default=False)
    has_victim: bool | None = fact("Victim", "the victim, or that the state is the victim")
    victim_views: str | None = fact("Victim's views", "the victim's views, or the attempts to get them")
    """``recorded``, ``sought`` or ``none``: of the victim of whom least is known."""
    remedy_chosen: bool = fact("Community Remedy chosen", default=False)
    remedy_attached: bool = fact("Community Remedy attached", default=False)
    remedy_why: str = fact("Why the remedy is not attached", default="")
    conditions: tuple[Condition, ...] = fact("Conditions", default=())
    """Those that stand: not taken out."""
    gravity: int | None = fact("Gravity score", "the gravity score")
    matrix_default: str | None = fact("Matrix", "the gravity score")
    """Where the score points: id of a disposal or another ending."""
    deviation: str = fact("Why another than the matrix's", default="")
    rationale: str = fact("Rationale", default="")
    exceptional: str = fact("Exceptional reason", default="")
    proposer: str | None = fact("Proposed by", "who proposes it")
    authoriser: str | None = fact("Authorised by", "who authorises it")
    authoriser_rank: str | None = fact("Authoriser's rank", "the authoriser's rank")
    dpp_authorised: bool | None = fact("Authorised by the DPP", "whether the DPP authorised them")
    legal_advice: str | None = fact("Legal advice", "whether legal advice was had, declined or not offered")
    vulnerable: bool | None = fact("Vulnerable", "whether the suspect is vulnerable")
    appropriate_adult: bool = fact("Appropriate adult", default=False)
    explained: bool | None = fact("Effect explained", "that the effect was explained")
    admission_repeated: bool | None = fact("Admission repeated", "that the admission was repeated")
    consent: bool | None = fact("Consents", "whether the suspect consents")
    signed: bool = fact("Document signed", default=False)
    self_harm: bool | None = fact("Thoughts of self-harm", "the answer about self-harm", False)
    risk_action: bool = fact("Action on the risk of self-harm", default=False)
    notified: bool = fact("NRM or Duty to Notify", default=False)
    slavery_defence: bool = fact("Defence of modern slavery considered", default=False)
    breach: bool = fact("Conditions not complied with", default=False)
    breach_rank: str | None = fact("Who decided on the breach", "who decided on the breach")
    completed_on: date | None = fact("Completed", "the day the activity was completed")
    look_again: tuple[str, ...] = fact("Changed since the review", default=())
    """What the completed evidential review rests on and is not as it was, in words."""
    risk_declined: str = fact("Why no action on the risk", default="")
    """The reason recorded where a referral on the risk of self-harm was considered and not made."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Where each fact comes from, by its name."""

    @property
    def day(self) -> date:
        """The day the disposal is given; today while it is not."""
        return self.given_on or self.today


TITLES = {one.name: str(one.metadata["title"]) for one in fields(ClinicFacts) if "title" in one.metadata}
"""The names of the facts on screen."""
RECORD = {one.name: str(one.metadata["record"]) for one in fields(ClinicFacts) if one.metadata.get("record")}
"""What to record where a fact is not known."""
