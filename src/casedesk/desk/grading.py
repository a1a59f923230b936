"""THOR at the desk: grading a case, and how it is graded now, by whom, when and why."""

from dataclasses import dataclass
from datetime import datetime

from casedesk.desk.desk import Desk
from casedesk.model.entities import GRADING, Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile
from casedesk.model.ids import EntityId, new_id
from casedesk.model.text import MAX_TEXT, clean
from casedesk.reference.thor import GRADES, MOST, Thor
from casedesk.rules.thor import Suggestion, latest_grading, levels, suggested


@dataclass(frozen=True, slots=True)
class Graded:
    """A grading by a person that stands: its four levels in the order of ``GRADES``."""

    levels: tuple[int, int, int, int]
    who: str
    at: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class CaseGrades:
    """How a case is graded: what a person said, if anybody has, beside what the pack suggests."""

    suggestion: Suggestion
    graded: Graded | None
    thor: Thor

    @property
    def levels(self) -> tuple[int, int, int, int]:
        """The levels that count: a person's before those suggested."""
        return self.graded.levels if self.graded else self.suggestion.levels

    @property
    def total(self) -> int:
        """The levels as one number, of at most ``thor.most``."""
        return self.thor.total(*self.levels)


def grade(
    desk: Desk,
    case_id: EntityId,
    *,
    threat: int,
    harm: int,
    opportunity: int,
    risk: int,
    why: str = "",
) -> EntityId:
    """Grade a case. An earlier grading stays in sight and counts no more.

    Raises BadInputError when a level is not 0 to 3, or when it departs from the suggestion and no reason is given.
    """
    given = (threat, harm, opportunity, risk)
    thor = desk.packs.thor
    for name, level in zip(GRADES, given, strict=True):
        if type(level) is not int or not 0 <= level <= MOST:
            raise BadInputError(
                f"{thor.grades[name].label} {level!r} is not a level.", f"Give a number from 0 to {MOST}."
            )
    suggestion = suggested(desk.case(case_id).file, desk.packs)
    reason = clean(why, lines=True)
    if len(reason) > MAX_TEXT:
        raise BadInputError(
            f"The reason has {len(reason):,} characters; the most is {MAX_TEXT:,}.", "Say it more briefly."
        )
    if not reason and (departs := departures(thor, suggestion, given)):
        raise BadInputError(
            f"The grading departs from what is suggested: {', '.join(departs)}.", "Say why in a few words."
        )
    entry_id = new_id()
    fields: dict[str, Value] = dict(zip(GRADES, given, strict=True)) | {"at": desk.now}
    if reason:
        fields["why"] = reason
    with desk.store.unit_of_work("thor.grade") as unit:
        unit.entry(GRADING, entry_id, case_id, fields)
    return entry_id


def departures(thor: Thor, suggestion: Suggestion, given: tuple[int, int, int, int]) -> list[str]:
    """Where levels depart from those suggested, in words: ``Threat 3, not 2``. Empty where they agree."""
    return [
        f"{thor.grades[name].label} {level}, not {meant}"
        for name, level, meant in zip(GRADES, given, suggestion.levels, strict=True)
        if level != meant
    ]


def grades_of(desk: Desk, file: CaseFile) -> CaseGrades:
    """How a case is graded now."""
    return CaseGrades(suggested(file, desk.packs), _graded(desk, file), desk.packs.thor)


def _graded(desk: Desk, file: CaseFile) -> Graded | None:
    found = latest_grading(file)
    if found is None:
        return None
    entry_id, grading = found
    row = desk.store.connection.execute("SELECT actor FROM grading WHERE id = ?", (entry_id,)).fetchone()
    return Graded(levels(grading), row[0] if row else "", grading.at, grading.why or "")
