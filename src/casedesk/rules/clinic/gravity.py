"""The gravity score of an offence and where the force's matrix points: an aid, never the decision."""

from collections.abc import Collection
from dataclasses import dataclass

from casedesk.model.errors import BadInputError
from casedesk.model.words import Confidence
from casedesk.reference.gravity import Matrix, Weight
from casedesk.reference.offence_groups import Recorded
from casedesk.reference.packs import Packs
from casedesk.reference.rows import hint
from casedesk.rules.answers import weakest
from casedesk.rules.clinic.known import ClinicFacts


@dataclass(frozen=True, slots=True)
class Score:
    """A gravity score worked out, and where the matrix points with it."""

    base: int
    adjustment: int
    final: int
    default: str
    """Id of a disposal or another ending: ``cr``, ``cc``, ``charge``."""
    alternatives: tuple[str, ...]
    exceptional: tuple[str, ...]
    """Those of the alternatives that need an exceptional reason and higher authority on record."""
    note: str
    matrix: str
    """Name and version of the matrix."""
    steps: tuple[str, ...]
    """How it was worked out, in sentences."""
    status: Confidence
    source: str

    def needs_reason(self, disposal: str) -> bool:
        """Whether choosing this disposal departs from the matrix, so that the reason must be recorded."""
        return disposal != self.default


def score(
    packs: Packs,
    base: int,
    aggravating: Collection[str] = (),
    mitigating: Collection[str] = (),
    adjustment: int = 0,
) -> Score:
    """Work out a gravity score from the base score, the ids of the factors ticked, and the move up or down.

    Raises BadInputError for a score or a factor that there is not, a move beyond what the matrix allows, and a move
    without a factor that speaks for it.
    """
    matrix = packs.gravity
    if base not in matrix.levels:
        raise BadInputError(
            f"{base} is not a score of the matrix.", f"From {min(matrix.levels)} to {max(matrix.levels)}."
        )
    _check_factors(matrix, aggravating, Weight.AGGRAVATING)
    _check_factors(matrix, mitigating, Weight.MITIGATING)
    _check_move(matrix, adjustment, aggravating, mitigating)
    final = min(max(base + adjustment, min(matrix.levels)), max(matrix.levels))
    level = matrix.levels[final]
    return Score(
        base=base,
        adjustment=adjustment,
        final=final,
        default=level.default,
        alternatives=level.alternatives,
        exceptional=level.exceptional,
        note=level.note,
        matrix=matrix.name,
        steps=tuple(_steps(packs, base, aggravating, mitigating, adjustment, final)),
        status=weakest(level.status, matrix.status) if adjustment else level.status,
        source=level.source,
    )


def base_for(packs: Packs, facts: ClinicFacts) -> tuple[int, str] | None:
    """The base score that the force's matrix gives the offence, and its source; None where it gives none."""
    found = packs.gravity.base_for(Recorded(facts.offence_code, None, facts.offence))
    return (found.score, found.source) if found else None


def _check_factors(matrix: Matrix, ticked: Collection[str], weight: Weight) -> None:
    known = {one.id for one in matrix.factors_of(weight)}
    for one in ticked:
        if one not in known:
            raise BadInputError(f"There is no {weight.value} factor {one!r}.", hint(one, known))


def _check_move(
    matrix: Matrix, adjustment: int, aggravating: Collection[str], mitigating: Collection[str]
) -> None:
    if not -matrix.most_down <= adjustment <= matrix.most_up:
        raise BadInputError(
            f"The matrix does not move by {adjustment:+d}.",
            f"From {-matrix.most_down} to +{matrix.most_up}; record a departure from it as such.",
        )
    if adjustment > 0 and not aggravating:
        raise BadInputError("Nothing aggravating was named.", "Tick the factor that moves the score up.")
    if adjustment < 0 and not mitigating:
        raise BadInputError("Nothing mitigating was named.", "Tick the factor that moves the score down.")


def _steps(
    packs: Packs,
    base: int,
    aggravating: Collection[str],
    mitigating: Collection[str],
    adjustment: int,
    final: int,
) -> list[str]:
    matrix = packs.gravity
    steps = [f"Base score {base}."]
    for word, ticked in (("Aggravating", aggravating), ("Mitigating", mitigating)):
        titles = [matrix.factors[one].title for one in ticked]
        steps.append(f"{word}: {'; '.join(titles)}." if titles else f"{word}: nothing named.")
    if adjustment:
        steps.append(f"Moved {'up' if adjustment > 0 else 'down'} by {abs(adjustment)}.")
    if final != base + adjustment:
        steps.append(f"The scale ends at {final}.")
    level = matrix.levels[final]
    steps.append(f"Final score {final}: {packs.eligibility.title(level.default)}. {level.note}".rstrip())
    return steps
