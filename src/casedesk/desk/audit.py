"""Dip sampling: crimes drawn by a seed, judged again by auditors, and the figures that come of it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from math import sqrt
from random import Random

from casedesk.desk.desk import Desk
from casedesk.desk.finalised_code import code_of
from casedesk.desk.review_state import standing_approval
from casedesk.desk.typed import existing, given, one_of, required_text
from casedesk.model.entities import AUDIT, Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile, standing
from casedesk.model.finalising import Audit, Finalising
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import local, moment_of_day, show_moment
from casedesk.model.text import clean
from casedesk.reference.rows import hint
from casedesk.store.finalised import read_finalising, read_finalisings
from casedesk.store.records import read_cases

ACT = "audit.add"
"""The act of recording an audit."""
UNSAID = "(not recorded)"
"""Stands for crimes whose outcome, team or officer is not known."""
OTHER = "another outcome"
"""What an auditor who disagrees says where no outcome is named."""
_BATCH = 500
_SEEDS = 2**63

_STRATA: Mapping[str, Callable[[CaseFile, str], str | None]] = {
    "outcome": lambda _, outcome: outcome,
    "team": lambda file, _: file.case.team or file.case.oic_unit,
    "oic": lambda file, _: file.case.oic,
    "supervisor": lambda file, _: file.case.supervisor,
}
STRATA = tuple(_STRATA)
"""By what a sample may be spread, and figures grouped."""


@dataclass(frozen=True, slots=True)
class Pick:
    """One crime of a sample."""

    case_id: EntityId
    reference: str
    outcome: str
    stratum: str
    """The outcome, team or officer that it stands for; empty in a plain random sample."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Crimes drawn by a seed. The same crimes finalised by the same day give the same sample anywhere."""

    name: str
    """Says how it was drawn: size, seed, spread and the last day of finalising."""
    population: int
    picks: tuple[Pick, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """How often auditors agreed, of how many, with the range that so small a number leaves open."""

    group: str
    audited: int
    agreed: int
    low: float
    """Lower end of the 95% interval (Wilson), 0 to 1."""
    high: float

    @property
    def share(self) -> float:
        """The share that agreed, 0 to 1."""
        return self.agreed / self.audited if self.audited else 0.0


@dataclass(frozen=True, slots=True)
class BetweenTwo:
    """How two auditors judged the crimes that both looked at."""

    first: str
    second: str
    crimes: int
    alike: int
    """How many they gave the same outcome."""
    kappa: float | None
    """Cohen's kappa: 1 always alike, 0 no more alike than by chance; None where chance alone makes them alike."""
    meaning: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One audit with the crime it is of."""

    audit_id: EntityId
    audit: Audit
    auditor: str
    file: CaseFile
    outcome: str
    """The outcome that was judged."""


# -- drawing ----------------------------------------------------------------------------------------------------


def sample(
    desk: Desk, size: int, seed: int, *, by: str = "", until: date | None = None, outcome: str = ""
) -> Sample:
    """Draw finalised crimes at random, or spread over outcomes, teams, officers or supervisors by their share.

    Of each stratum at least one is drawn where the size allows it. ``until`` is the last day of finalising (today if
    not given), ``outcome`` the only one looked at. Raises BadInputError for a size or spread that makes no sense, a
    day to come, or where nothing is finalised.
    """
    if size < 1:
        raise BadInputError(f"A sample of {size} crimes.", "Draw at least one.")
    if not 0 <= seed < _SEEDS:
        raise BadInputError(f"{seed} cannot be a seed.", "Give a whole number from 0.")
    if by:
        one_of(by, STRATA, "way to spread a sample")
    today = local(desk.now).date()
    if until is not None and until > today:
        raise BadInputError(
            f"{show_moment(moment_of_day(until))} has not come: what will be finalised cannot be drawn.",
            "Give today or an earlier day: the sample can then be drawn again.",
        )
    last = until or today
    picks = sorted(_population(desk, by, last, outcome), key=lambda pick: pick.case_id)
    if not picks:
        raise BadInputError(
            "No crime is finalised that could be drawn.", "Finalise first, or look further back."
        )
    groups: dict[str, list[Pick]] = defaultdict(list)
    for pick in picks:
        groups[pick.stratum].append(pick)
    wanted = _allotted({name: len(group) for name, group in groups.items()}, min(size, len(picks)))
    drawn = [
        pick
        for name in sorted(groups)
        for pick in Random(f"{seed}/{name}").sample(groups[name], wanted[name])  # noqa: S311
    ]
    drawn.sort(key=lambda pick: (pick.stratum, pick.reference, pick.case_id))
    spread = f" by {by}" if by else ""
    only = f" of {outcome}" if outcome else ""
    name = f"{size}{only}{spread}, seed {seed}, to {last.isoformat()}"
    return Sample(name, len(picks), tuple(drawn))


def _population(desk: Desk, by: str, last: date, outcome: str) -> Iterator[Pick]:
    stratum = _STRATA.get(by)
    for file, left in _cases(desk, "SELECT DISTINCT case_id FROM approval"):
        approved = standing_approval(left)
        if approved is None or approved[1].at is None or local(approved[1].at).date() > last:
            continue
        code = approved[1].outcome or UNSAID
        if not outcome or code == outcome:
            yield Pick(file.id, file.case.ref or "", code, (stratum(file, code) or UNSAID) if stratum else "")


def _allotted(sizes: Mapping[str, int], size: int) -> dict[str, int]:
    """How many to draw of each group: by its share, rounded so that the sum is right, at least one where that fits."""
    total = sum(sizes.values())
    least = 1 if size >= len(sizes) else 0
    exact = {name: size * count / total for name, count in sizes.items()}
    wanted = {name: min(sizes[name], max(least, int(share))) for name, share in exact.items()}
    by_need = sorted(sizes, key=lambda name: (-(exact[name] - int(exact[name])), name))
    while sum(wanted.values()) != size:
        if sum(wanted.values()) < size:
            name = max(by_need, key=lambda one: (wanted[one] < sizes[one], exact[one] - wanted[one]))
            wanted[name] += 1
        else:
            name = max(by_need, key=lambda one: (wanted[one] > least, wanted[one] - exact[one]))
            wanted[name] -= 1
    return wanted


# -- judging ----------------------------------------------------------------------------------------------------


def record_audit(
    desk: Desk,
    case_id: EntityId,
    *,
    sample_name: str,
    agrees: bool,
    right: str = "",
    themes: Sequence[str] = (),
    text: str = "",
    about: EntityId | None = None,
) -> EntityId:
    """Record what an auditor thinks of a crime's outcome; with ``about`` it corrects an earlier audit, which stays.

    Of a crime that the same auditor judged in the same sample before, the earlier word is corrected by itself.

    ``themes`` are reasons of the pack ``returns`` or ids of rules. Raises BadInputError for an outcome or theme that
    there is not, or where somebody disagrees without an outcome or a remark.
    """
    left = read_finalising(desk.store.connection, case_id)
    case = desk.case(case_id).file.case
    if not left.approvals:
        raise BadInputError(
            f"{case.ref or 'The crime'} was never finalised here: there is no decision to audit.",
            "Audit a crime that “casedesk sample” draws.",
        )
    code = right.strip()
    if code and (code not in desk.packs.outcomes or not desk.packs.outcomes[code].selectable):
        codes = [one for one, known in desk.packs.outcomes.items() if known.selectable]
        raise BadInputError(f"{clean(code)!r} is not an outcome.", hint(code, codes) or "See the guidance.")
    if agrees and code and code != _outcome(code_of(case), left):
        raise BadInputError(
            f"You agree with the outcome and name another: {code}.", "Disagree, or leave the other out."
        )
    if not agrees and not code and not text.strip():
        raise BadInputError(
            "You disagree: with what?", "Name the outcome that would be right, or say what is wrong."
        )
    name = required_text(sample_name, "The sample's name")
    earlier = own_audit(desk, case_id, name)
    fields: dict[str, Value] = {
        "sample": name,
        "agrees": agrees,
        "right": None if agrees else code or None,
        "themes": tuple(_theme(desk, theme) for theme in dict.fromkeys(themes)),
        "text": required_text(text, "The remarks") if text.strip() else None,
        "at": desk.now,
        "about": existing(about, [known for known, _ in left.audits], "audit") or earlier,
    }
    audit_id = new_id()
    with desk.store.unit_of_work(ACT) as unit:
        unit.entry(AUDIT, audit_id, case_id, given(fields))
    return audit_id


def own_audit(desk: Desk, case_id: EntityId, sample_name: str) -> EntityId | None:
    """What the person at this desk thought of a crime in a sample already; None where that is nothing."""
    actors = _actors(desk)
    left = read_finalising(desk.store.connection, case_id)
    return next(
        (
            key
            for key, one in reversed(standing(left.audits))
            if one.sample == sample_name and actors.get(key) == desk.store.actor
        ),
        None,
    )


def _actors(desk: Desk) -> dict[EntityId, str]:
    """Who recorded each audit."""
    return {
        EntityId(audit_id): str(actor)
        for audit_id, actor in desk.store.connection.execute("SELECT id, actor FROM audit")
    }


def theme_title(desk: Desk, theme: str) -> str:
    """A theme in words: the reason's or the rule's title, or the theme as it stands."""
    reason = desk.packs.returns.reasons.get(theme)
    rule = desk.checker.rule(theme)
    return reason.title if reason else f"{rule.id} {rule.title}" if rule else theme


def _theme(desk: Desk, theme: str) -> str:
    reasons = desk.packs.returns.reasons
    if theme in reasons or desk.checker.rule(theme):
        return theme
    raise BadInputError(
        f"There is no reason or rule {clean(theme)!r}.",
        hint(theme, [*reasons, *(one.id for one in desk.checker.rules)]),
    )


def _outcome(recorded: str | None, left: Finalising) -> str:
    approved = standing_approval(left)
    return (approved[1].outcome if approved else recorded) or UNSAID


# -- figures ----------------------------------------------------------------------------------------------------


def audits(desk: Desk, sample_name: str = "") -> list[Judged]:
    """Every audit that stands, of one sample where it is named, in the order they were recorded in each case.

    Where an auditor judged a crime twice in one sample, on two installations, the later word counts.
    """
    actors = _actors(desk)
    found: dict[tuple[EntityId, str, str | None], Judged] = {}
    for file, left in _cases(desk, "SELECT DISTINCT case_id FROM audit"):
        for audit_id, audit in standing(left.audits):
            if audit.agrees is None or sample_name not in ("", audit.sample):
                continue
            auditor = actors.get(audit_id, "")
            found.pop((file.id, auditor, audit.sample), None)
            found[file.id, auditor, audit.sample] = Judged(
                audit_id, audit, auditor, file, _outcome(code_of(file.case), left)
            )
    return list(found.values())


def accuracy(found: Iterable[Judged], by: str = "") -> list[Share]:
    """How often auditors agreed: in all, or by outcome, team, officer or supervisor, the largest group first.

    A crime that several judged counts once for each. Raises BadInputError for another grouping.
    """
    stratum = _STRATA[one_of(by, STRATA, "grouping")] if by else None
    counted: dict[str, list[bool]] = defaultdict(list)
    for one in found:
        group = (stratum(one.file, one.outcome) or UNSAID) if stratum else "all"
        counted[group].append(bool(one.audit.agrees))
    shares = [
        Share(group, len(said), sum(said), *_wilson(sum(said), len(said))) for group, said in counted.items()
    ]
    return sorted(shares, key=lambda one: (-one.audited, one.group))


def between_auditors(found: Iterable[Judged]) -> list[BetweenTwo]:
    """How alike each two auditors judged the crimes that both looked at; the latest word of each counts."""
    said: dict[str, dict[EntityId, str]] = defaultdict(dict)
    for one in found:
        said[one.auditor][one.file.id] = one.outcome if one.audit.agrees else one.audit.right or OTHER
    pairs = []
    for first, second in combinations(sorted(said), 2):
        both = sorted(said[first].keys() & said[second].keys())
        if both:
            words = [(said[first][case_id], said[second][case_id]) for case_id in both]
            value = kappa(words)
            alike = sum(one == other for one, other in words)
            pairs.append(BetweenTwo(first, second, len(both), alike, value, meaning(value)))
    return pairs


def kappa(words: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two people's words for the same things: how much more alike than by chance.

    None without things, or where both used one word throughout: then chance alone makes them alike.
    """
    if not words:
        return None
    total = len(words)
    alike = sum(one == other for one, other in words)
    ones, others = Counter(one for one, _ in words), Counter(other for _, other in words)
    by_chance = sum(count * others[word] for word, count in ones.items())
    if by_chance == total * total:
        return None
    return (alike * total - by_chance) / (total * total - by_chance)


def meaning(value: float | None) -> str:
    """A kappa in words, by the bands of Landis and Koch (1977): a convention, not a test."""
    if value is None:
        return "cannot be told: both used one word throughout"
    bands = ((0.0, "slight"), (0.2, "fair"), (0.4, "moderate"), (0.6, "substantial"), (0.8, "almost perfect"))
    if value < 0:
        return "worse than chance"
    return [word for least, word in bands if value > least or least == 0.0][-1]


def themes_over_time(found: Iterable[Judged]) -> dict[str, Counter[str]]:
    """How often each theme was found in each month (``2026-11``), earliest first."""
    months: dict[str, Counter[str]] = {}
    for one in sorted((one for one in found if one.audit.at), key=lambda one: str(one.audit.at)):
        if one.audit.at is not None:
            month = f"{local(one.audit.at):%Y-%m}"
            months.setdefault(month, Counter()).update(one.audit.themes or ())
    return months


def _wilson(agreed: int, audited: int) -> tuple[float, float]:
    """The 95% interval of a share (Wilson's score)."""
    if not audited:
        return 0.0, 1.0
    z = 1.959964
    share, spread = agreed / audited, z * z / audited
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / audited + spread / (4 * audited)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def _cases(desk: Desk, sql: str) -> Iterator[tuple[CaseFile, Finalising]]:
    """The cases of a query of ours, with what finalising left behind."""
    ids = [EntityId(case_id) for (case_id,) in desk.store.connection.execute(sql)]
    for start in range(0, len(ids), _BATCH):
        some = ids[start : start + _BATCH]
        left = read_finalisings(desk.store.connection, some)
        for bundle in read_cases(desk.store.connection, some, ()):
            yield bundle.file, left[bundle.file.id]
