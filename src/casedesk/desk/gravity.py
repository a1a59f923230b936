"""The gravity score of a suspect's offence: base score, factors and where it ended, kept with the matrix's version."""

from collections.abc import Sequence

from casedesk.desk.case_asks import line, optional_text
from casedesk.desk.desk import Desk
from casedesk.desk.matter import Matter, read_matter
from casedesk.model.entities import GRAVITY, Value
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from casedesk.rules.clinic.gravity import Score, score


def score_offence(
    desk: Desk,
    case_id: EntityId,
    suspect: EntityId | None = None,
    *,
    base: int,
    offence: str = "",
    aggravating: Sequence[str] = (),
    mitigating: Sequence[str] = (),
    adjustment: int = 0,
    why: str = "",
) -> Score:
    """Record a gravity score; scoring again replaces it. Gives the score with where the matrix points.

    Raises BadInputError for a score or factor that there is not, a move that the matrix does not allow or that no
    factor speaks for, or when it is scored so already.
    """
    matter = read_matter(desk, case_id, suspect)
    made = score(desk.packs, base, aggravating, mitigating, adjustment)
    case = matter.file.case
    fields: dict[str, Value] = {
        "suspect": matter.suspect,
        "offence": line(offence, "The offence", 300) or case.offence_code or case.offence_title,
        "base": made.base,
        "aggravating": tuple(aggravating) or None,
        "mitigating": tuple(mitigating) or None,
        "adjustment": made.adjustment,
        "final": made.final,
        "matrix": made.matrix,
        "why": optional_text(why, "The reasons"),
    }
    held = dict(matter.clinic.gravities).get(matter.gravity_id)
    if held is not None and all(getattr(held, name) == value for name, value in fields.items()):
        raise BadInputError("It is scored so already.", "Change something, or leave it.")
    with desk.store.unit_of_work("clinic.gravity") as unit:
        unit.set(GRAVITY, matter.gravity_id, case_id, {**fields, "scored_at": desk.now})
    return made


def score_of(desk: Desk, matter: Matter) -> Score | None:
    """The score as it was recorded, worked out again; None where there is none, or the matrix has changed since."""
    held = matter.gravity
    if held is None or held.base is None:
        return None
    try:
        return score(
            desk.packs, held.base, held.aggravating or (), held.mitigating or (), held.adjustment or 0
        )
    except BadInputError:  # a factor or a score that the force's matrix no longer has
        return None
