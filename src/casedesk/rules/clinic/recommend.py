"""What speaks for and against each disposal, every factor in sight. The person decides."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from casedesk.model.words import Confidence
from casedesk.reference.eligibility import Ages, Disposal
from casedesk.reference.packs import Packs
from casedesk.rules.clinic.conditions import limits
from casedesk.rules.clinic.eligibility import Option, options
from casedesk.rules.clinic.gravity import Score
from casedesk.rules.clinic.known import ClinicFacts
from casedesk.rules.clinic.predicates import ADULT
from casedesk.rules.counting import months_from

CHARGE, NO_FURTHER_ACTION = "charge", "nfa"
_YOUNG = range(18, 26)
_VIEWS = {"recorded": "recorded", "sought": "sought, not given", "none": "not sought"}


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that was weighed."""

    title: str
    value: str
    toward: tuple[str, ...]
    """Ids of the disposals and endings it speaks for."""
    against: tuple[str, ...]
    why: str
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Where the factors point. Never a decision."""

    factors: tuple[Factor, ...]
    points_to: tuple[str, ...]
    """Ids of disposals that nothing blocks and of other endings, the likeliest first; empty if too little is known."""
    words: str


def recommend(
    packs: Packs, facts: ClinicFacts, score: Score | None, needs: Mapping[str, int]
) -> Recommendation:
    """Weigh what is known. ``needs``: the score of each pathway, 0 none, 1 some, 2 significant.

    No disposal that a rule blocks is pointed to.
    """
    judged = options(packs, facts)
    factors = (
        *_by_score(packs, score),
        *_by_evidence(facts),
        *_by_history(facts),
        *_by_needs(packs, needs),
        *_by_victim(facts),
        *_by_kind(facts),
        *_by_person(facts),
        *_by_limit(packs, facts),
        *_by_rules(facts, judged),
    )
    open_ = _not_recorded(judged, score)
    if open_:
        return Recommendation(factors, (), f"Too little is recorded. {' '.join(open_)} You decide.")
    lawful = [one.disposal.id for one in judged if one.lawful]
    points_to = _points_to(facts, score, needs, lawful)
    return Recommendation(factors, points_to, _words(packs, points_to))


def spent_on(
    disposal: str, given_on: date, conditions_end: date | None = None, *, months: int = 3
) -> date | None:
    """The day a caution is spent (MoJ disclosure checker): None for what is no caution, or not established.

    A simple caution at once; a conditional caution on the earlier of the end of its conditions and ``months`` months
    from the day it was given.
    """
    if disposal == "sc":
        return given_on
    if disposal != "cc":
        return None
    last = months_from(given_on, months)
    return last if conditions_end is None else min(conditions_end, last)


def _not_recorded(judged: tuple[Option, ...], score: Score | None) -> tuple[str, ...]:
    """What to record where the disposal of the matrix stands open only because something is not recorded."""
    wanted = [score.default] if score is not None else ["cr", "cc"]
    for option in judged:
        if option.disposal.id in wanted and option.blocks and all(one.unknown for one in option.blocks):
            return tuple(dict.fromkeys(one.cure for one in option.blocks))
    return ()


def _points_to(
    facts: ClinicFacts, score: Score | None, needs: Mapping[str, int], lawful: list[str]
) -> tuple[str, ...]:
    if score is not None:
        wanted = [score.default, *_by_merit(facts, needs, [*score.alternatives])]
    else:
        wanted = _by_merit(facts, needs, ["cr", "cc"])
    endings = {CHARGE, NO_FURTHER_ACTION}
    found = [one for one in wanted if one in lawful or one in endings]
    if not any(one in lawful for one in found) and "o22" in lawful:
        found.append("o22")
    if facts.evidential == "not-met":
        return (*(one for one in found if one not in endings), NO_FURTHER_ACTION)
    if not found and facts.evidential == "met":
        found.append(CHARGE)
    return tuple(dict.fromkeys(found))


def _by_merit(facts: ClinicFacts, needs: Mapping[str, int], ids: list[str]) -> list[str]:
    """With history or a significant need the conditional caution comes before the community resolution."""
    heavier = bool(facts.similar or facts.previous) or any(points >= 2 for points in needs.values())
    return sorted(
        ids, key=lambda one: {"cc": 0, "cr": 1}.get(one, 2) if heavier else {"cr": 0, "cc": 1}.get(one, 2)
    )


def _words(packs: Packs, points_to: tuple[str, ...]) -> str:
    if not points_to:
        return "Too little is recorded to point anywhere. You decide."
    first, *others = (packs.eligibility.title(one) for one in points_to)
    then = f"; then to: {', '.join(others)}" if others else ""
    return f"The factors point to: {first}{then}. You decide."


def _by_score(packs: Packs, score: Score | None) -> Iterator[Factor]:
    if score is None:
        yield Factor("Gravity", "not scored", (), (), "Record the gravity score.", Confidence.CONVENTION, "")
        return
    yield Factor(
        "Gravity", f"{score.final} ({packs.eligibility.title(score.default)})", (score.default, *score.alternatives),
        (), score.note, score.status, f"{score.matrix}. {score.source}",
    )  # fmt: skip


def _by_evidence(facts: ClinicFacts) -> Iterator[Factor]:
    test = "Full Code Test"
    if facts.evidential == "not-met":
        yield Factor(
            "Evidential stage", "not met", (NO_FURTHER_ACTION,), ("cr", "cc", "sc", CHARGE),
            "A case that fails it does not go on.", Confidence.CONFIRMED, test,
        )  # fmt: skip
    elif facts.evidential == "met":
        yield Factor(
            "Evidential stage", "met", ("cr", "cc", CHARGE), (), "There is a realistic prospect of conviction.",
            Confidence.CONFIRMED, test,
        )  # fmt: skip
    if facts.admission == "full" and not facts.defences:
        yield Factor(
            "Admission",
            "full",
            ("cr", "cc"),
            (),
            "It opens a caution.",
            Confidence.CONFIRMED,
            "CJA 2003 s.23(3)",
        )
    elif facts.admission in ("part", "none", "denial") or facts.defences:
        yield Factor(
            "Admission", "not full, or a defence", ("o22", CHARGE), ("cc", "sc"),
            "A caution needs a full admission; outcome 22 needs none.", Confidence.CONFIRMED, "CJA 2003 s.23(3)",
        )  # fmt: skip


def _by_history(facts: ClinicFacts) -> Iterator[Factor]:
    said = "; ".join(facts.previous)
    source = "NPCC guidance on community resolutions, 2022; Director's Guidance"
    if facts.similar:
        yield Factor(
            "History", said or "similar offence in 24 months", (CHARGE,), ("cr", "cc", "sc"),
            "A repeat must be justified: can conditions break the pattern?", Confidence.UNVERIFIED, source,
        )  # fmt: skip
    elif facts.previous:
        yield Factor("History", said, ("cc",), (), "Not a first offence.", Confidence.SECONDARY, source)
    elif facts.previous_checked:
        yield Factor(
            "History", "checked, none", ("cr",), (), "A first offence.", Confidence.SECONDARY, source
        )


def _by_needs(packs: Packs, needs: Mapping[str, int]) -> Iterator[Factor]:
    for need, points in sorted(needs.items(), key=lambda one: -one[1]):
        if points <= 0:
            continue
        known = packs.conditions.pathways.get(need)
        significant = points >= 2
        yield Factor(
            f"Need: {known.title if known else need}",
            "significant" if significant else "some",
            ("cc", "o22") if significant else ("cr", "cc", "o22"),
            (),
            "Conditions can answer it." if significant else "A referral or an agreed action may answer it.",
            Confidence.CONVENTION,
            "Needs assessment",
        )


def _by_victim(facts: ClinicFacts) -> Iterator[Factor]:
    if facts.has_victim:
        yield Factor(
            "Victim's views", _VIEWS.get(facts.victim_views or "none", "not sought"), (), (),
            "Read them before you decide. They are weighed, and are no veto.", Confidence.SECONDARY,
            "NPCC guidance on community resolutions, 2022; CJA 2003 s.23ZA",
        )  # fmt: skip


def _by_kind(facts: ClinicFacts) -> Iterator[Factor]:
    if facts.domestic:
        yield Factor(
            "Domestic abuse", facts.risk_grade or "not graded", (CHARGE,), ("cr",),
            "A conditional caution only on CARA principles and for standard risk.", Confidence.SECONDARY,
            "Project CARA, 2024",
        )  # fmt: skip
    if facts.hate:
        yield Factor(
            "Hate crime", "yes", (CHARGE,), ("cr", "cc"), "Generally unsuitable; the CPS decides.",
            Confidence.CONFIRMED, "Director's Guidance on adult conditional cautions, 3.1",
        )  # fmt: skip
    if facts.weapon:
        yield Factor(
            "Knife or weapon", "yes", (CHARGE,), ("cr", "cc", "o22"), "Prosecution is normally required.",
            Confidence.SECONDARY, "CPS guidance on knife crime",
        )  # fmt: skip


def _by_person(facts: ClinicFacts) -> Iterator[Factor]:
    if facts.age is not None and facts.age[0] in _YOUNG:
        yield Factor(
            "Age and maturity", str(facts.age[0]), (), (CHARGE,), "Weigh maturity from 18 to 25.",
            Confidence.UNVERIFIED, "General list of mitigating factors",
        )  # fmt: skip
    if facts.vulnerable:
        yield Factor(
            "Vulnerability", "yes", (), (CHARGE,), "Weigh it, and have an appropriate adult present.",
            Confidence.UNVERIFIED, "General list of mitigating factors; PACE Code C",
        )  # fmt: skip
    if facts.exploitation:
        yield Factor(
            "Exploitation", "flagged", (), ("cr", "cc", "sc"), "Consider MSA 2015 s.45 first.",
            Confidence.UNVERIFIED, "Modern Slavery Act 2015 s.45",
        )  # fmt: skip


def _by_limit(packs: Packs, facts: ClinicFacts) -> Iterator[Factor]:
    if facts.limit_day is None:
        return
    found = limits(packs, facts, facts.day)
    left = (facts.limit_day - facts.day).days
    yield Factor(
        "Limit on prosecution",
        f"{left} days left" if left >= 0 else "passed",
        (),
        ("cc",) if found.too_short else (),
        "Conditions must end early enough to prosecute a breach.",
        Confidence.CONFIRMED,
        "MCA 1980 s.127",
    )


def _by_rules(facts: ClinicFacts, judged: tuple[Option, ...]) -> Iterator[Factor]:
    for option in judged:
        if option.blocks and _is_thought_of(facts, option.disposal):
            first = option.blocks[0]
            yield Factor(
                f"Rules: {option.disposal.title}", first.message, (), (option.disposal.id,),
                first.cure, first.status, first.source,
            )  # fmt: skip


def _is_thought_of(facts: ClinicFacts, disposal: Disposal) -> bool:
    """Whether a disposal is worth a word: offered, in force, and for a person of that age."""
    child = facts.age is not None and facts.age[0] < ADULT
    return disposal.offered and not disposal.part_6 and (disposal.ages is not Ages.CHILD or child)
