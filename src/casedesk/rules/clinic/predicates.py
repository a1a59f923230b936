"""The named predicates that the rules of the pack ``eligibility`` compose.

A predicate is a small pure function of what is :class:`Asked`. It answers True (holds), False (fails) or None: what it
needs is not recorded.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from casedesk.model.facts import Condition
from casedesk.reference.conditions import CatalogueService, ConditionKind
from casedesk.reference.eligibility import REFUSE, Disposal, Eligibility
from casedesk.reference.packs import Packs
from casedesk.rules.clinic.authority import authority_of, rank_enough, rank_of_table
from casedesk.rules.clinic.dates import all_due_by, last_allowed
from casedesk.rules.clinic.known import ClinicFacts
from casedesk.rules.clinic.names import same_person
from casedesk.rules.counting import add_days
from casedesk.rules.judged import last_day, london_day

_CAUTION = "cc"
"""The conditional caution, whose caps are held against what has none of its own."""
ADULT = 18


@dataclass(frozen=True, slots=True)
class Asked:
    """What a predicate is asked of: the facts, the disposal they are judged for, and the packs."""

    facts: ClinicFacts
    disposal: Disposal
    packs: Packs

    @property
    def book(self) -> Eligibility:
        """The pack of the rules."""
        return self.packs.eligibility

    def service(self, name: str | None) -> CatalogueService | None:
        """A service of the catalogue; None where a condition was written freely."""
        return self.packs.conditions.services.get(name) if name else None


Predicate = Callable[[Asked], bool | None]
PREDICATES: dict[str, Predicate] = {}
"""Every predicate by name."""


def predicate(function: Predicate) -> Predicate:
    """Register a function under its own name."""
    PREDICATES[function.__name__] = function
    return function


# -- offered, in force -------------------------------------------------------------------------------------------------


@predicate
def always_said(asked: Asked) -> bool | None:
    """Never holds: what the rule says is said of every case."""
    return False


@predicate
def offered_by_force(asked: Asked) -> bool | None:
    """The force offers the disposal."""
    return asked.disposal.offered


@predicate
def part_6_in_force(asked: Asked) -> bool | None:
    """PCSC Act 2022 Part 6 is in force on the day."""
    since = asked.book.in_force_from
    return since is not None and asked.facts.day >= since


@predicate
def offence_after_commencement(asked: Asked) -> bool | None:
    """The offence was committed on or after the first day of Part 6."""
    since, day = asked.book.in_force_from, asked.facts.offence_day
    return None if since is None or day is None else day >= since


# -- the person and the evidence ---------------------------------------------------------------------------------------


@predicate
def is_adult(asked: Asked) -> bool | None:
    """The person is surely 18 or over on the day."""
    return _aged(asked, adult=True)


@predicate
def is_child(asked: Asked) -> bool | None:
    """The person is surely under 18 on the day."""
    return _aged(asked, adult=False)


def _aged(asked: Asked, *, adult: bool) -> bool | None:
    if asked.facts.age is None:
        return None
    least, most = asked.facts.age
    if least >= ADULT:
        return adult
    return not adult if most < ADULT else None


@predicate
def review_stands(asked: Asked) -> bool | None:
    """What the completed evidential review rests on is as it was."""
    return not asked.facts.look_again


@predicate
def evidential_met(asked: Asked) -> bool | None:
    """The evidential stage of the Full Code Test was met."""
    return None if asked.facts.evidential is None else asked.facts.evidential == "met"


@predicate
def interest_out_of_court(asked: Asked) -> bool | None:
    """The public-interest stage points to an out-of-court disposal."""
    return None if asked.facts.interest is None else asked.facts.interest == "out-of-court"


@predicate
def admitted_in_full(asked: Asked) -> bool | None:
    """The admission is full and covers every point."""
    if asked.facts.admission is None:
        return None
    return asked.facts.covers_all if asked.facts.admission == "full" else False


@predicate
def no_defence_raised(asked: Asked) -> bool | None:
    """No defence was raised."""
    return None if asked.facts.defences is None else not asked.facts.defences


@predicate
def admits_or_accepts(asked: Asked) -> bool | None:
    """The offence is admitted without a defence, or responsibility is accepted."""
    facts = asked.facts
    if facts.responsibility or (facts.admission in ("full", "part") and facts.defences == ()):
        return True
    refused = facts.admission in ("none", "denial") or bool(facts.defences)
    return False if refused and facts.responsibility is False else None


@predicate
def admits_or_accepts_now(asked: Asked) -> bool | None:
    """When it is offered the offence is admitted again, or responsibility is accepted."""
    facts = asked.facts
    if facts.admission_repeated or facts.responsibility:
        return True
    return None if facts.admission_repeated is None else False


@predicate
def indictable_only(asked: Asked) -> bool | None:
    """The offence can be tried on indictment only."""
    return None if asked.facts.mode is None else asked.facts.mode == "indictable"


@predicate
def cps_decided(asked: Asked) -> bool | None:
    """A decision of the CPS is recorded."""
    return asked.facts.cps_decision


@predicate
def specified_offence(asked: Asked) -> bool | None:
    """The offence is among the specified either-way offences that the pack knows."""
    return asked.facts.specified


@predicate
def similar_before(asked: Asked) -> bool | None:
    """There was a similar offence within the months of the pack."""
    return asked.facts.similar


@predicate
def history_checked(asked: Asked) -> bool | None:
    """It is recorded that the history was checked."""
    return asked.facts.previous_checked


@predicate
def exceptional_reason(asked: Asked) -> bool | None:
    """An exceptional reason is recorded."""
    return bool(asked.facts.exceptional.strip())


# -- what kind of case -------------------------------------------------------------------------------------------------


@predicate
def hate_crime(asked: Asked) -> bool | None:
    """The case is flagged as hate crime."""
    return asked.facts.hate


@predicate
def domestic_abuse(asked: Asked) -> bool | None:
    """The case is flagged as domestic abuse."""
    return asked.facts.domestic


@predicate
def intimate_partner(asked: Asked) -> bool | None:
    """The abuse is between intimate partners."""
    return asked.facts.intimate


@predicate
def intimate_allowed(asked: Asked) -> bool | None:
    """The force lets an inspector allow it, and an exceptional reason is recorded."""
    return asked.book.intimate_override and bool(asked.facts.exceptional.strip())


@predicate
def risk_not_high(asked: Asked) -> bool | None:
    """The case is not graded high risk."""
    return None if asked.facts.risk_grade is None else asked.facts.risk_grade != "high"


@predicate
def risk_not_medium(asked: Asked) -> bool | None:
    """The case is not graded medium risk; that it is not graded is another rule's to say."""
    return asked.facts.risk_grade != "medium"


@predicate
def no_controlling_behaviour(asked: Asked) -> bool | None:
    """There is no coercive or controlling behaviour."""
    return None if asked.facts.controlling is None else not asked.facts.controlling


@predicate
def knife_or_weapon(asked: Asked) -> bool | None:
    """The case is flagged for a knife or weapon."""
    return asked.facts.weapon


@predicate
def no_weapon(asked: Asked) -> bool | None:
    """The case is not flagged for a knife or weapon."""
    return not asked.facts.weapon


@predicate
def no_special_type(asked: Asked) -> bool | None:
    """Neither a sexual offence nor an offence against a child."""
    return not (asked.facts.sexual or asked.facts.child_victim)


@predicate
def not_low_value_shop_theft(asked: Asked) -> bool | None:
    """It is not theft from a shop of low value."""
    return None if asked.facts.low_value_shop_theft is None else not asked.facts.low_value_shop_theft


@predicate
def not_low_value_damage(asked: Asked) -> bool | None:
    """It is not criminal damage of low value."""
    return None if asked.facts.low_value_damage is None else not asked.facts.low_value_damage


# -- the limit on prosecution ------------------------------------------------------------------------------------------


@predicate
def limit_runs(asked: Asked) -> bool | None:
    """A limit on prosecution runs: the offence is summary-only."""
    return asked.facts.limited


@predicate
def limit_not_passed(asked: Asked) -> bool | None:
    """The last day to prosecute has not passed."""
    last = asked.facts.limit_day
    return None if last is None else asked.facts.day <= last


@predicate
def room_before_limit(asked: Asked) -> bool | None:
    """Conditions could still run for the least time before the limit, less the buffer."""
    allowed = last_allowed(asked.book, asked.facts)
    if asked.facts.limit_day is None:
        return None
    return allowed is not None and allowed >= add_days(asked.facts.day, asked.book.limits.least_days)


@predicate
def due_before_limit(asked: Asked) -> bool | None:
    """Every condition is due before the limit on prosecution, less the buffer."""
    if asked.facts.limit_day is None:
        return None
    return all_due_by(asked.facts.conditions, last_allowed(asked.book, asked.facts) or date.min)


# -- victim ------------------------------------------------------------------------------------------------------------


@predicate
def victim_known(asked: Asked) -> bool | None:
    """There is a victim other than the state."""
    return asked.facts.has_victim


@predicate
def views_sought(asked: Asked) -> bool | None:
    """Every victim's views are recorded, or were sought."""
    return asked.facts.victim_views is not None and asked.facts.victim_views != "none"


@predicate
def remedy_chosen(asked: Asked) -> bool | None:
    """A victim chose an action of the Community Remedy."""
    return asked.facts.remedy_chosen


@predicate
def remedy_attached_or_reason(asked: Asked) -> bool | None:
    """It is attached, or it is said why it would be inappropriate."""
    return asked.facts.remedy_attached or bool(asked.facts.remedy_why.strip())


# -- conditions --------------------------------------------------------------------------------------------------------


@predicate
def has_conditions(asked: Asked) -> bool | None:
    """There is at least one condition."""
    return bool(asked.facts.conditions)


@predicate
def cara_condition(asked: Asked) -> bool | None:
    """A condition is a service that follows the CARA principles."""
    return any(one.service in asked.packs.conditions.cara for one in asked.facts.conditions)


@predicate
def has_penalty(asked: Asked) -> bool | None:
    """A condition is a financial penalty."""
    return bool(penalties(asked))


@predicate
def no_penalty(asked: Asked) -> bool | None:
    """No condition is a financial penalty."""
    return not penalties(asked)


@predicate
def hours_within_caution_cap(asked: Asked) -> bool | None:
    """Attendance other than for rehabilitation comes to no more than a conditional caution may ask for."""
    cap = asked.book.limits.hours.get(_CAUTION)
    return cap is None or sum(one or 0 for one in hours(asked)) <= cap


@predicate
def penalty_within_cap(asked: Asked) -> bool | None:
    """The financial penalties come to no more than the cap of the mode of trial."""
    found = penalties(asked)
    cap = asked.book.limits.penalty_pence.get(asked.facts.mode or "")
    total = sum(one or 0 for one in found)
    caps = asked.book.limits.penalty_pence.values()
    if total > (max(caps) if cap is None else cap):
        return False
    return None if cap is None or None in found else True


def penalties(asked: Asked) -> list[int | None]:
    """The amounts of the conditions that are financial penalties; None for one without an amount."""
    return [one.amount_pence for one in asked.facts.conditions if _is_penalty(asked, one)]


def _is_penalty(asked: Asked, condition: Condition) -> bool:
    """By the catalogue; freely written, a punitive condition with an amount."""
    known = asked.service(condition.service)
    if known is not None:
        return known.penalty
    return condition.kind == ConditionKind.PUNITIVE and condition.amount_pence is not None


@predicate
def hours_within_cap(asked: Asked) -> bool | None:
    """Attendance other than for rehabilitation comes to no more than the cap of the disposal."""
    cap = asked.book.limits.hours.get(asked.disposal.id)
    found = hours(asked)
    if cap is None:
        return True
    if sum(one or 0 for one in found) > cap:
        return False
    return None if None in found else True


def hours(asked: Asked) -> list[int | None]:
    """The hours of the conditions that are not rehabilitative; None where a service of hours has none recorded."""
    found: list[int | None] = []
    for one in asked.facts.conditions:
        known = asked.service(one.service)
        counted = one.kind != ConditionKind.REHABILITATIVE
        if counted and (one.hours is not None or (known is not None and known.hours is not None)):
            found.append(one.hours)
    return found


@predicate
def due_after_given(asked: Asked) -> bool | None:
    """Every condition is due after the day it is given: what is past cannot be agreed."""
    days = [last_day(one.due_on) for one in asked.facts.conditions if one.due_on]
    return all(day > asked.facts.day for day in days)


@predicate
def first_in_time(asked: Asked) -> bool | None:
    """Every first appointment lies between the day it is given and the last day of its condition."""
    return all(
        asked.facts.day <= (first := london_day(one.first_at))
        and (one.due_on is None or first <= last_day(one.due_on))
        for one in asked.facts.conditions
        if one.first_at
    )


@predicate
def due_within_most(asked: Asked) -> bool | None:
    """Every condition is due within the most days allowed."""
    return all_due_by(asked.facts.conditions, add_days(asked.facts.day, asked.book.limits.exceptional_days))


@predicate
def due_within_normal(asked: Asked) -> bool | None:
    """Every condition is due within the usual days."""
    return all_due_by(asked.facts.conditions, add_days(asked.facts.day, asked.book.limits.normal_days))


@predicate
def not_punitive_alone(asked: Asked) -> bool | None:
    """Some condition is not punitive, or it is said why nothing else is suitable."""
    kinds = {one.kind for one in asked.facts.conditions}
    if kinds != {ConditionKind.PUNITIVE.value} or asked.facts.exceptional.strip():
        return True
    return all((one.why or "").strip() for one in asked.facts.conditions)


@predicate
def conditions_reasoned(asked: Asked) -> bool | None:
    """Each condition says why it is appropriate, proportionate and achievable."""
    return all((one.why or "").strip() for one in asked.facts.conditions)


@predicate
def providers_complete(asked: Asked) -> bool | None:
    """Each condition with a provider names it, its first appointment and the evidence required."""
    provided = [
        one
        for one in asked.facts.conditions
        if one.provider or ((known := asked.service(one.service)) is not None and known.provided)
    ]
    return all(one.provider and one.first_at and one.evidence for one in provided)


@predicate
def payments_complete(asked: Asked) -> bool | None:
    """Each payment to somebody has its amount, its payee and its day."""
    paid = [
        one
        for one in asked.facts.conditions
        if not _is_penalty(asked, one)
        and (
            one.amount_pence is not None or ((known := asked.service(one.service)) is not None and known.paid)
        )
    ]
    return all(one.amount_pence and one.pay_to and one.due_on for one in paid)


# -- authority and reasons ---------------------------------------------------------------------------------------------


@predicate
def authorised_person(asked: Asked) -> bool | None:
    """The authoriser is a sergeant or above, the CPS, or authorised by the DPP."""
    if asked.facts.dpp_authorised:
        return True
    return None if asked.facts.authoriser_rank is None else rank_enough(asked.facts.authoriser_rank, "sgt")


@predicate
def rank_at_least_inspector(asked: Asked) -> bool | None:
    """The authoriser is an inspector or above."""
    return None if asked.facts.authoriser_rank is None else rank_enough(asked.facts.authoriser_rank, "insp")


@predicate
def not_self_authorised(asked: Asked) -> bool | None:
    """Whoever authorises it did not propose it."""
    facts = asked.facts
    if not facts.authoriser or not facts.proposer:
        return None
    return not same_person(facts.authoriser, facts.proposer)


@predicate
def authority_sufficient(asked: Asked) -> bool | None:
    """The authoriser has the rank that the force's table asks for in this case."""
    needed = rank_of_table(asked.book, asked.facts, asked.disposal.id)
    if needed is None:
        return True
    if needed == REFUSE:
        return True  # no rank may: E17 says so
    if asked.facts.authoriser_rank is None:
        return None
    if needed == "cps" and asked.facts.cps_decision:
        return True
    enough = rank_enough(asked.facts.authoriser_rank, needed)
    if not enough:
        return False
    worst = rank_of_table(asked.book, asked.facts, asked.disposal.id, unknown_counts=True)
    return True if worst is None or rank_enough(asked.facts.authoriser_rank, worst) else None


@predicate
def authority_not_refused(asked: Asked) -> bool | None:
    """The force's table does not refuse the disposal in this case."""
    found = authority_of(asked.book, asked.facts, asked.disposal.id)
    return found is None or found.rank != "refuse"


@predicate
def matrix_or_reason(asked: Asked) -> bool | None:
    """The matrix points to the disposal, or the reason for another way is recorded."""
    facts = asked.facts
    if facts.deviation.strip():
        return True
    return None if facts.matrix_default is None else facts.matrix_default == asked.disposal.id


@predicate
def rationale_long_enough(asked: Asked) -> bool | None:
    """The rationale has the least number of words."""
    return len(asked.facts.rationale.split()) >= asked.book.limits.rationale_words


# -- safeguarding ------------------------------------------------------------------------------------------------------


@predicate
def self_harm_answered(asked: Asked) -> bool | None:
    """Thoughts of self-harm were disclosed."""
    return asked.facts.self_harm


@predicate
def risk_acted_on(asked: Asked) -> bool | None:
    """An action on that risk is recorded."""
    return asked.facts.risk_action


@predicate
def risk_declined_with_reason(asked: Asked) -> bool | None:
    """A referral on that risk was considered and not made, and the reason is recorded."""
    return bool(asked.facts.risk_declined)


@predicate
def exploitation_flagged(asked: Asked) -> bool | None:
    """The case is flagged for exploitation."""
    return asked.facts.exploitation


@predicate
def exploitation_notified(asked: Asked) -> bool | None:
    """A referral to the NRM or a Duty to Notify is recorded."""
    return asked.facts.notified


@predicate
def slavery_defence_considered(asked: Asked) -> bool | None:
    """The defence of MSA 2015 s.45 was considered."""
    return asked.facts.slavery_defence


# -- giving it, and after ----------------------------------------------------------------------------------------------


@predicate
def admission_repeated(asked: Asked) -> bool | None:
    """The admission was made to the authorised person."""
    return asked.facts.admission_repeated


@predicate
def effect_explained(asked: Asked) -> bool | None:
    """The effect was explained, with the warning about a breach."""
    return asked.facts.explained


@predicate
def consents(asked: Asked) -> bool | None:
    """The person agrees."""
    return asked.facts.consent


@predicate
def signed_document(asked: Asked) -> bool | None:
    """The signed document gives the offence, the admission, the consent and the conditions."""
    facts = asked.facts
    parts = (
        facts.signed,
        bool(facts.offence or facts.offence_code),
        facts.admission_repeated,
        facts.consent,
        bool(facts.conditions),
    )
    if False in parts:
        return False
    return None if None in parts else True


@predicate
def advice_offered(asked: Asked) -> bool | None:
    """Legal advice was had or declined."""
    return None if asked.facts.legal_advice is None else asked.facts.legal_advice in ("had", "declined")


@predicate
def is_vulnerable(asked: Asked) -> bool | None:
    """The person is vulnerable."""
    return asked.facts.vulnerable


@predicate
def adult_present(asked: Asked) -> bool | None:
    """An appropriate adult is arranged."""
    return asked.facts.appropriate_adult


@predicate
def activity_completed(asked: Asked) -> bool | None:
    """The activity was completed, by today."""
    done = asked.facts.completed_on
    return done is not None and done <= asked.facts.today


@predicate
def breached(asked: Asked) -> bool | None:
    """A condition was not complied with."""
    return asked.facts.breach


@predicate
def breach_decided_by_officer(asked: Asked) -> bool | None:
    """Whoever decided on the breach is an authorised person or the CPS."""
    rank = asked.facts.breach_rank
    return None if rank is None else rank_enough(rank, "sgt")
