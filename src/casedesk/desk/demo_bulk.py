"""The bulk of a large made-up caseload: lean cases, quickly made, that fill a queue of any size."""

import random
from datetime import date, timedelta
from itertools import accumulate

from casedesk.desk.demo_maker import SERIALS_A_DAY, Backdrop
from casedesk.model.entities import CASE, SUSPECT, VICTIM, Entity, Value
from casedesk.model.ids import EntityId, derived_id
from casedesk.model.moments import moment_of_day, moment_of_instant
from casedesk.store.journal import Unit

DAYS = 400
"""Over how many days the cases were recorded."""
_FIRST_SLOT = 2_000
"""The occurrence numbers of a day below this belong to the cases that are told in full."""
CAPACITY = DAYS * (SERIALS_A_DAY - _FIRST_SLOT)
"""How many lean cases there are occurrence numbers for."""
_DECIDED, _FILED = 0.45, 0.40
_WITH_SUSPECT, _WITH_VICTIM = 0.04, 0.08

Part = tuple[Entity, EntityId, EntityId, dict[str, Value]]
"""A case or somebody in it: the kind of entity, its id, the case's id, and the facts."""


class Bulk:
    """Makes lean cases one after the other."""

    def __init__(self, backdrop: Backdrop) -> None:
        self._backdrop = backdrop
        self._dice = backdrop.dice("bulk")
        self._as_at = moment_of_instant(backdrop.now)
        self._days = [_Day(backdrop.day(-1 - ago)) for ago in range(DAYS)]
        kinds, often = backdrop.common_kinds
        self._kinds = [self._same_for_kind(kind) for kind in kinds]
        self._often = list(accumulate(often))
        self._rationales = [
            text for one in backdrop.pack.proposals if one.code == "18" for text in one.rationale
        ]
        words = backdrop.pack.words
        self._places = [
            (f" {street}, {town}", f"{town} Neighbourhood")
            for street in words["streets"]
            for town in words["towns"]
        ]
        self._people = [f"{first} {last}" for first in words["female"] for last in words["surnames"]]
        self._people += [f"{first} {last}" for first in words["male"] for last in words["surnames"]]
        self._officers = [str(officer) for officer in backdrop.officers]
        self._sergeants = [str(officer) for officer in backdrop.supervisors]
        self._outcome = backdrop.outcomes["18"].name

    def write(self, unit: Unit, first: int, number: int) -> None:
        """Write so many cases, and bring the queue up to date."""
        made = self.cases(first, number)
        for entity in (CASE, SUSPECT, VICTIM):
            unit.preload(entity, [own for what, own, *_ in made if what is entity])
        for entity, own, case_id, facts in made:
            unit.extract(entity, own, case_id, facts, self._backdrop.now)
        unit.settle()

    def cases(self, first: int, number: int) -> list[Part]:
        """So many cases and the people in them, the ``first`` being the number of the first in the bulk."""
        return [part for nth in range(number) for part in self._case(first + nth)]

    def _case(self, number: int) -> list[Part]:
        dice = self._dice
        day = self._days[number % DAYS]
        ref = self._backdrop.reference(day.day, _FIRST_SLOT + number // DAYS)
        place, area = dice.choice(self._places)
        (kind,) = dice.choices(self._kinds, cum_weights=self._often)
        facts: dict[str, Value] = {
            "ref": ref,
            **kind,
            "recorded_at": day.recorded,
            "offence_from": day.before,
            "location": f"{dice.randrange(1, 140)}{place}",
            "area": area,
            "oic": dice.choice(self._officers),
            "supervisor": dice.choice(self._sergeants),
            "record_status": "open",
            "as_at": self._as_at,
        }
        case_id = derived_id("case", "rms", ref)
        chance = dice.random()
        if chance < _DECIDED:
            self._decide(facts, day, dice)
        if chance < _FILED:
            facts["record_status"] = "filed"
        parts: list[Part] = [(CASE, case_id, case_id, facts)]
        if chance > 1 - _WITH_SUSPECT:
            parts.append((SUSPECT, _child(case_id, "suspect"), case_id, self._suspect(number, dice)))
        if chance > 1 - _WITH_VICTIM:
            parts.append((VICTIM, _child(case_id, "victim"), case_id, self._victim(dice)))
        return parts

    def _decide(self, facts: dict[str, Value], day: "_Day", dice: random.Random) -> None:
        facts.update(
            outcome="18",
            outcome_text=self._outcome,
            outcome_date=day.after,
            rationale=dice.choice(self._rationales),
            decided_by=facts["supervisor"],
            decided_rank="sgt",
        )

    def _suspect(self, number: int, dice: random.Random) -> dict[str, Value]:
        return {
            "name": dice.choice(self._people),
            "nominal": f"{self._backdrop.pack.force.code}{_FIRST_SLOT + number:08}",
            "status": "named",
        }

    def _victim(self, dice: random.Random) -> dict[str, Value]:
        return {
            "name": dice.choice(self._people),
            "kind": "person",
            "support": "yes",
            "phone": f"07700 900{dice.randrange(1000):03}",
        }

    def _same_for_kind(self, kind: str) -> dict[str, Value]:
        offence, flags = self._backdrop.offences[kind], self._backdrop.pack.kinds[kind].flags
        facts: dict[str, Value] = {
            "source": "rms-occurrences",
            "force": self._backdrop.pack.force.name,
            "offence_code": offence.code,
            "offence_title": offence.title,
            "ho_class": offence.ho_class,
        }
        return {**facts, "flags": flags} if flags else facts


class _Day:
    """A day on which lean cases were recorded, with the moments they share."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.recorded = moment_of_day(day)
        self.before = moment_of_day(day - timedelta(days=1))
        self.after = moment_of_day(day + timedelta(days=1))


def _child(case_id: EntityId, entity: str) -> EntityId:
    return derived_id("demo", case_id.hex(), entity)
