"""What each placeholder of a letter is filled in with. What is not recorded stays in the letter as a named gap."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from casedesk.desk.case_asks import RANK_TITLES
from casedesk.desk.condition_builder import victim_of
from casedesk.desk.letter_scene import Scene, concerns_victim, is_at_risk, is_open
from casedesk.model.clinic import Gravity
from casedesk.model.facts import Condition
from casedesk.model.moments import Moment, earliest_day, local
from casedesk.model.text import clean, folded
from casedesk.model.words import ResolutionState
from casedesk.reference.letter_words import Audience, Placeholder
from casedesk.reference.letters import Effect, Letter
from casedesk.rules.clinic.shown import condition_words, day_word

Filled = str | tuple[str, ...] | None
SIGNED = frozenset({"caution-record", "agreement", "resolution-agreement"})
"""The papers that the person signs: once signed, they keep their conditions as they were."""
_NOT_SET = ("force", "team")
_OFFICE = ("address", "phone", "email", "hours", "complaints", "support", "advice")
_ADMISSIONS = {"full": "full", "part": "in part", "none": "none", "denial": "denied"}
_ADVICE = {"had": "taken", "declined": "offered and declined", "not-offered": "not offered"}
_STAGES = {
    "met": "met", "not-met": "not met", "out-of-court": "met by an out-of-court resolution",
    "prosecute": "calls for a prosecution", "no-further-action": "calls for no further action",
}  # fmt: skip


def long_day(day: date) -> str:
    """A day as a letter writes it: ``Friday 20 November 2026``."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def filled(scene: Scene, letter: Letter, what: Placeholder, *, easy: bool) -> Filled:
    """What stands for a placeholder; None or nothing where it is not recorded."""
    if what.typed:
        return clean(scene.typed.get(what.id, ""), lines=True)
    if letter.id in SIGNED and scene.resolution.signed_terms and what.id in _AS_SIGNED:
        return _AS_SIGNED[what.id](scene)
    if what.id in ("name", "address"):
        return clean(_addressee(scene, letter, what.id) or "", lines=what.id == "address")
    if what.id.startswith("effect."):
        effect = effect_of(scene)
        said = getattr(effect, what.id.partition(".")[2]) if effect else None
        return said and (said.easy if easy else said.text)
    value = _VALUES[what.id](scene)
    if isinstance(value, tuple):
        return tuple(clean(one, lines=True) for one in value)
    return clean(value, lines=True) if value else None


def terms_to_sign(scene: Scene) -> tuple[str, ...]:
    """The conditions in the words of the document that the person signs."""
    return tuple(clean(_condition(scene, one), lines=True) for one in scene.conditions)


def gap(what: Placeholder) -> str:
    """What stands where nothing is recorded: ``[address not recorded]``."""
    if what.typed:
        return f"[{what.title} not written]"
    unset = what.id in _NOT_SET or what.id.startswith("office.")
    return f"[{what.title} not {'set' if unset else 'recorded'}]"


def effect_of(scene: Scene) -> Effect | None:
    """What the disposal means in plain words; None where there is none."""
    return scene.desk.packs.letters.effects.get(scene.disposal)


def _addressee(scene: Scene, letter: Letter, what: str) -> str | None:
    case = scene.matter.file.case
    match letter.audience:
        case Audience.SUSPECT:
            return scene.matter.person.name if what == "name" else scene.matter.person.address
        case Audience.VICTIM:
            victim = scene.victim
            return (victim.name if what == "name" else victim.address) if victim else None
        case Audience.PROVIDER:
            return scene.condition.provider if scene.condition and what == "name" else None
        case Audience.OFFICER:
            return _oic(scene) if what == "name" else case.oic_unit
        case Audience.RECORDS:
            return "The OOCR administrators" if what == "name" else None
        case Audience.CPS:
            return "The Crown Prosecution Service" if what == "name" else None
        case Audience.TEAM:
            return "The clinic's file" if what == "name" else None


# -- the force --------------------------------------------------------------------------------------------------


def _force(scene: Scene) -> str:
    named = scene.desk.settings.person.force
    return scene.desk.packs.letters.office["force"] or ("" if named.isdigit() else named)


def _office(key: str) -> Callable[[Scene], Filled]:
    return lambda scene: scene.desk.packs.letters.office[key]


def _oic(scene: Scene) -> str:
    case = scene.matter.file.case
    return " ".join(dict.fromkeys(part for part in (case.oic, case.oic_number) if part))


def _place(scene: Scene) -> str:
    """Where the clinic is, with its room where one is named."""
    clinic = scene.clinic
    return ", ".join(part for part in (clinic.place, clinic.room) if part) if clinic else ""


# -- days -------------------------------------------------------------------------------------------------------


def _instant(at: datetime | None) -> str:
    return long_day(local(at).date()) if at else ""


def _moment(at: Moment | None) -> str:
    """A moment, as precisely as it is known."""
    if at is None:
        return ""
    return f"{earliest_day(at):%B %Y}" if len(at) == 7 else long_day(earliest_day(at))


def _offence_day(scene: Scene) -> str:
    case = scene.matter.file.case
    first, last = _moment(case.offence_from), _moment(case.offence_to)
    return f"{first} to {last}" if first and last and first != last else first or last


def _last_day(scene: Scene) -> date | None:
    return max((earliest_day(one.due_on) for one in scene.conditions if one.due_on), default=None)


def _last(scene: Scene) -> str:
    day = _last_day(scene)
    return long_day(day) if day else ""


def _spent(scene: Scene) -> str:
    from casedesk.rules.clinic.recommend import spent_on

    given = scene.resolution.given_on
    day = (
        spent_on(scene.disposal, earliest_day(given), _last_day(scene)) if given and scene.disposal else None
    )
    return long_day(day) if day else ""


def _limit(scene: Scene) -> str:
    from casedesk.rules.prosecution_facts import summary_limit

    answer = summary_limit(scene.matter.file, scene.desk.packs)
    if answer is None:
        return "not known to be limited to six months: check"
    return _instant(answer.due)


# -- conditions -------------------------------------------------------------------------------------------------


def _condition(scene: Scene, one: Condition) -> str:
    """A condition as the person reads it: what, whom it concerns, with whom, by when, and what shows it."""
    parts = [_what(one, victim_of(one, scene.matter.victims))]
    if one.provider:
        parts.append(f"With: {one.provider}.")
    if one.first_at:
        parts.append(f"First appointment: {_instant(one.first_at)} at {local(one.first_at):%H:%M}.")
    if one.due_on:
        parts.append(f"{day_word(one).capitalize()} {_moment(one.due_on)}.")
    if one.evidence:
        parts.append(f"What shows it: {one.evidence}.")
    return " ".join(parts)


def _what(one: Condition, victim: str = "") -> str:
    said = clean(condition_words(one)) if one.what else "[condition not recorded]"
    more = []
    if one.amount_pence:
        more.append(f"£{one.amount_pence / 100:,.2f}{f' to {victim}' if victim else ''}")
    elif victim and folded(victim) not in folded(said):
        more.append(f"concerning {victim}")
    if one.hours:
        more.append(f"{one.hours} {'hour' if one.hours == 1 else 'hours'}")
    return f"{said} ({', '.join(more)})." if more else f"{said}."


def _for_victim(one: Condition) -> str:
    """A condition as the victim reads it: what and by when, not with whom."""
    if one.due_on is None:
        return _what(one)
    return f"{_what(one)} {day_word(one).capitalize()} {_moment(one.due_on)}."


def _with_state(scene: Scene, one: Condition) -> str:
    if one.done_on:
        state = f"done {_moment(one.done_on)}"
    elif one.failed_on:
        state = f"not kept, {_moment(one.failed_on)}"
    else:
        state = "late" if is_at_risk(scene, one) else "still to be done"
    named = "" if scene.victim_id else victim_of(one, scene.matter.victims)
    return f"{_what(one, named)} {state[0].upper()}{state[1:]}."


def _some(
    keep: Callable[[Scene, Condition], bool], say: Callable[[Scene, Condition], str]
) -> Callable[[Scene], Filled]:
    return lambda scene: tuple(say(scene, one) for one in scene.conditions if keep(scene, one))


def _about_condition(say: Callable[[Condition], Filled]) -> Callable[[Scene], Filled]:
    return lambda scene: say(scene.condition) if scene.condition else None


def _paid(scene: Scene) -> str:
    return f"£{scene.payment.amount_pence / 100:,.2f}" if scene.payment and scene.payment.amount_pence else ""


# -- the decision -----------------------------------------------------------------------------------------------


def _yes(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


def _rank(word: str) -> str:
    return RANK_TITLES.get(word, word).lower()


def _disposal(scene: Scene) -> str:
    effect = effect_of(scene)
    return effect.title if effect else ""


def _plain(scene: Scene) -> str:
    effect = effect_of(scene)
    return effect.plain if effect else ""


def _outcome(scene: Scene) -> str:
    known = scene.desk.packs.eligibility.disposals.get(scene.disposal)
    if known is None or not known.outcome:
        return ""
    waits = scene.disposal == "o22" and scene.state != ResolutionState.COMPLETED
    return f"{known.outcome}, not before the activity is completed" if waits else known.outcome


def _gravity(scene: Scene) -> str:
    found: Gravity | None = scene.matter.gravity
    if found is None:
        return ""
    weighed = "".join(
        f"; {title}: {', '.join(some)}"
        for title, some in (("aggravating", found.aggravating), ("mitigating", found.mitigating))
        if some
    )
    return f"{found.final} (from {found.base}{weighed}; {found.matrix or 'matrix not named'})"


def _needs(scene: Scene) -> tuple[str, ...]:
    from casedesk.desk import assessment
    from casedesk.desk.needs_profile import profile

    held = assessment.assessments(scene.desk, scene.matter.case_id, scene.matter.suspect)
    found = [own for own, one in held if not one.given_up_why]
    if not found:
        return ()
    sittings = [
        assessment.read(scene.desk, scene.matter.case_id, own) for own in dict.fromkeys((found[0], found[-1]))
    ]
    later = sittings[1].scores() if len(sittings) > 1 else None
    rows: Sequence[str] = [
        " ".join(
            part
            for part in (
                f"{row.title}: {row.bar} {row.level}.",
                f"{row.change}." if row.change else "",
                f"{row.facts[0].upper()}{row.facts[1:]}." if row.facts else "",
                f"Strengths: {row.strengths}." if row.strengths else "",
            )
            if part
        )
        for row in profile(sittings[0].scores(), later)
    ]
    return tuple(rows)


def _needs_day(scene: Scene) -> str:
    found = scene.matter.assessment
    return _instant(found[1].completed_at or found[1].started_at) if found else ""


_VALUES: dict[str, Callable[[Scene], Filled]] = {
    "today": lambda scene: _instant(scene.desk.now),
    "reference": lambda scene: scene.matter.file.case.ref,
    "force": _force,
    "team": _office("team"),
    **{f"office.{key}": _office(key) for key in _OFFICE},
    "worker": lambda scene: scene.desk.settings.person.name,
    "worker.number": lambda scene: scene.desk.settings.person.number,
    "oic": _oic,
    "suspect.name": lambda scene: scene.matter.person.name,
    "suspect.birth": lambda scene: _birth(scene.matter.person.dob),
    "suspect.address": lambda scene: scene.matter.person.address,
    "offence": lambda scene: scene.matter.file.case.offence_title,
    "offence.code": lambda scene: scene.matter.file.case.offence_code,
    "offence.day": _offence_day,
    "clinic.place": _place,
    "appointment.day": lambda scene: _instant(scene.appointment.at) if scene.appointment else None,
    "appointment.time": lambda scene: (
        f"{local(scene.appointment.at):%H:%M}" if scene.appointment and scene.appointment.at else None
    ),
    "appointment.minutes": lambda scene: (
        str(scene.appointment.minutes) if scene.appointment and scene.appointment.minutes else None
    ),
    "appointment.adult": lambda scene: scene.seen.appropriate_adult if scene.seen else None,
    "appointment.interpreter": lambda scene: scene.seen.interpreter if scene.seen else None,
    "appointment.solicitor": lambda scene: scene.seen.solicitor if scene.seen else None,
    "appointment.adjustments": lambda scene: scene.seen.adjustments if scene.seen else None,
    "missed.day": lambda scene: _instant(scene.missed.at) if scene.missed else None,
    "disposal": _disposal,
    "disposal.plain": _plain,
    "given.day": lambda scene: _moment(scene.resolution.given_on),
    "last.day": _last,
    "spent.day": _spent,
    "completed.day": lambda scene: _moment(scene.resolution.completed_on),
    "conditions": _some(lambda _, __: True, _condition),
    "conditions.open": _some(lambda _, one: is_open(one), _condition),
    "conditions.failed": _some(is_at_risk, _condition),
    "conditions.states": _some(lambda _, __: True, _with_state),
    "conditions.varied": lambda scene: tuple(told for one in scene.conditions for told in one.variations or ()),
    "conditions.victim": _some(
        lambda scene, one: concerns_victim(one) and scene.is_told(one), lambda _, one: _for_victim(one)
    ),
    "provider": _about_condition(lambda one: one.provider),
    "provider.reference": _about_condition(lambda one: one.provider_reference),
    "referral.what": _about_condition(lambda one: clean(condition_words(one)) if one.what else None),
    "referral.hours": _about_condition(lambda one: str(one.hours) if one.hours else None),
    "referral.first": _about_condition(
        lambda one: f"{_instant(one.first_at)} at {local(one.first_at):%H:%M}" if one.first_at else None
    ),
    "referral.due": _about_condition(lambda one: _moment(one.due_on)),
    "referral.evidence": _about_condition(lambda one: one.evidence),
    "admission": lambda scene: _ADMISSIONS.get(scene.matter.review.admission or ""),
    "admission.repeated": lambda scene: _yes(scene.resolution.admission_repeated),
    "advice": lambda scene: _ADVICE.get(scene.resolution.legal_advice or ""),
    "explained": lambda scene: _yes(scene.resolution.explained),
    "consent": lambda scene: _yes(scene.resolution.consent),
    "signed.day": lambda scene: _instant(scene.resolution.signed_at),
    "evidential": lambda scene: _STAGES.get(scene.matter.review.evidential or ""),
    "interest": lambda scene: _STAGES.get(scene.matter.review.interest or ""),
    "gravity": _gravity,
    "authoriser": lambda scene: scene.resolution.authoriser,
    "authoriser.rank": lambda scene: _rank(scene.resolution.authoriser_rank or ""),
    "authorised.day": lambda scene: _instant(scene.resolution.authorised_at),
    "outcome.code": _outcome,
    "ended.why": lambda scene: scene.resolution.ended_why,
    "cps": lambda scene: scene.matter.file.case.cps_reference or scene.matter.review.cps_decision,
    "limit.day": _limit,
    "rationale": lambda scene: scene.resolution.rationale,
    "considered": lambda scene: scene.resolution.considered,
    "victim.name": lambda scene: scene.victim.name if scene.victim else None,
    "victim.views": lambda scene: scene.victim.views if scene.victim else None,
    "victim.remedy": lambda scene: scene.victim.remedy if scene.victim else None,
    "payment.amount": _paid,
    "payment.day": lambda scene: _moment(scene.payment.done_on) if scene.payment else None,
    "needs": _needs,
    "needs.day": _needs_day,
}  # fmt: skip
"""What gives the value of each placeholder that is not typed, an addressee's or an effect's."""


def _birth(dob: Moment | None) -> str:
    if dob is None:
        return ""
    day = earliest_day(dob)
    return f"{day:%B %Y}" if len(dob) == 7 else f"{day.day} {day:%B} {day.year}"


_AS_SIGNED: dict[str, Callable[[Scene], Filled]] = {
    "conditions": lambda scene: scene.resolution.signed_terms,
    "last.day": lambda scene: _moment(scene.resolution.signed_until),
}
"""What a paper that was signed keeps, whatever was varied since."""
