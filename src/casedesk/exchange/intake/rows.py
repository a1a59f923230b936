"""Turns the records of an extract into facts: a profile and a heading, compiled once into small functions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from casedesk.exchange.intake.cells import DATED, TAKES_DATES, Reader, in_order, reader, show
from casedesk.exchange.intake.headings import Headings, Slot
from casedesk.exchange.intake.occurrences import WINDOW, Occurrences, Repeats, Told
from casedesk.exchange.intake.taken import (
    Addition,
    Broken,
    CellError,
    Reading,
    Record,
    RejectedRow,
    SkippedRow,
    TakenEntity,
    TakenRow,
    Where,
)
from casedesk.model.entities import Value
from casedesk.model.ids import derived_id
from casedesk.model.moments import Moment, moment_of_instant
from casedesk.model.text import folded
from casedesk.model.words import CustodyState, Intake
from casedesk.reference.police_uk import load_police_uk
from casedesk.reference.profiles import Format, LineKind, Profile

Fields = dict[str, Value]
_Key = tuple[str, ...]
REPEATED = "It says nothing that an earlier line of the same occurrence has not said."
_FLAGS = frozenset({Format.FLAG, Format.FLAGS})


@dataclass(frozen=True, slots=True)
class _Plan:
    """How one entity is read from a line: where each field stands and what reads it."""

    entity: str
    number: int
    cells: tuple[tuple[int, str, Reader], ...]
    flags: tuple[tuple[int, Reader], ...] = ()

    def places(self) -> tuple[int, ...]:
        """Where its cells stand."""
        return tuple(sorted({at for at, _, _ in self.cells}))


class RowReader:
    """Reads the records of one extract, in order: it remembers what earlier lines said."""

    def __init__(self, profile: Profile, headings: Headings, *, as_at: Moment | None, pad: bool) -> None:
        self._profile = profile
        self._headings = headings
        self._as_at = as_at
        self._pad = pad
        self._width = len(headings.names)
        lookup = _police_uk(profile)
        self._slots = [(slot, reader(slot.column, lookup)) for slot in headings.slots]
        self._case = self._plan("case", 1)
        self._outcome = self._plan("outcome_record", 1)
        self._people = [(plan, plan.places()) for plan in self._person_plans()]
        self._reference = next(((at, read) for at, name, read in self._case.cells if name == "ref"), None)
        self._own = next(
            ((slot.at, read) for slot, read in self._slots if slot.column.id == profile.own_reference), None
        )
        self._notes = [
            (slot.at, slot.column.title, read)
            for slot, read in self._slots
            if slot.column.entity == "log_entry"
        ]
        self._occurrences = Occurrences()
        self._repeats = Repeats()
        self._read = self._outcome_line if profile.line is LineKind.OUTCOME_RECORD else self._case_line
        self._adds = profile.line is LineKind.ADDITION

    def read(self, record: Record | Broken) -> Reading:
        """Read one record."""
        if isinstance(record, Broken):
            return self._reject(record, "", "", record.reason, record.cure)
        cells = record.cells
        if len(cells) != self._width:
            missing = self._width - len(cells)
            if missing > 0 and self._pad:
                cells.extend([""] * missing)
            elif missing > 0 or any(cells[self._width :]):
                return self._ragged(record)
        if record.troubles and (found := self._troubled(record)):
            return found
        try:
            reference = self._text(cells, self._reference)
            if self._adds:
                return self._addition_line(record, reference)
            return self._read(record, reference) if reference else self._without_reference(record)
        except CellError:
            return self._diagnosed(record)

    def _case_line(self, record: Record, reference: str) -> Reading:
        case = TakenEntity("case", self._case_key(reference), self._case_fields(record.cells))
        others = self._others(record.cells, self._profile.namespace, reference) if self._people else []
        return self._told(record, reference, case, others, None)

    def _addition_line(self, record: Record, reference: str) -> Reading:
        """A line whose case another extract may tell of: it speaks for the case only where it alone knows it."""
        cells, profile = record.cells, self._profile
        number = self._text(cells, self._own)
        own = not reference
        if own and not number:
            return self._without_reference(record)
        name, namespace = (number, profile.own_namespace) if own else (reference, profile.namespace)
        fields = self._case_fields(cells)
        fields["ref"] = name
        flags: Value = None
        if not own:
            flags = fields.pop("flags", None)
            fields = _stated(fields)
            fields.pop("as_at", None)  # when the occurrence itself was drawn, this extract does not say
        case = TakenEntity("case", ("case", namespace, name), fields, partial=not own)
        others = [(plan, _as_added(entity)) for plan, entity in self._others(cells, namespace, name)]
        arrests = [entity for _, entity in others if entity.entity == "custody"]
        addition = Addition(
            own=own,
            number=number,
            number_key=("case", profile.own_namespace, number),
            intake=_intake(profile.intake, arrests) if own or arrests else "",
            flags=flags if isinstance(flags, tuple) else (),
            note=self._note(cells),
        )
        return self._told(record, name if own else f"\n{name}", case, others, addition)

    def _note(self, cells: list[str]) -> str:
        said = ((title, self._value(cells, at, read)) for at, title, read in self._notes)
        return "\n".join(f"{title}: {value}" for title, value in said if isinstance(value, str))

    def _told(
        self,
        record: Record,
        reference: str,
        case: TakenEntity,
        others: list[tuple[_Plan, TakenEntity]],
        addition: Addition | None,
    ) -> Reading:
        if self._occurrences.known(reference):
            return self._told_again(record, reference, case, others, addition)
        entities: dict[_Key, Mapping[str, Value]] = {case.key: case.fields}
        entities.update((entity.key, entity.fields) for _, entity in others)
        self._occurrences.remember(reference, Told(record.line, entities))
        people = tuple(entity for _, entity in others)
        return TakenRow(record.line, reference.strip(), case, people, self._original(record), addition)

    def _outcome_line(self, record: Record, reference: str) -> Reading:
        known: Fields = {
            name: value for name, value in self._case_fields(record.cells).items() if value is not None
        }
        known.pop("as_at", None)  # when the crime itself was drawn, an outcomes file does not say
        case = TakenEntity("case", self._case_key(reference), known, partial=True)
        fields = self._fields(record.cells, self._outcome)
        for name in ("at", "text"):
            if fields[name] is None:
                slot = self._slot(self._outcome, name)
                return self._reject(
                    record, slot.heading, "", "the cell is empty", "An outcome needs its date and its words."
                )
        at, text = str(fields["at"]), str(fields["text"])
        ordinal = self._repeats.count(f"{reference}\n{at}\n{text}")
        fields["ordinal"] = ordinal
        if self._as_at is not None:
            fields["as_at"] = self._as_at
        key = ("outcome", self._profile.namespace, reference, at, text, str(ordinal))
        outcome = TakenEntity("outcome_record", key, fields)
        return TakenRow(record.line, reference, case, (outcome,), self._original(record))

    def _told_again(
        self,
        record: Record,
        reference: str,
        case: TakenEntity,
        others: list[tuple[_Plan, TakenEntity]],
        addition: Addition | None,
    ) -> Reading:
        """A further line of an occurrence may add people; where it repeats something it must agree."""
        told = self._occurrences.recall(reference)
        if told is None:
            return self._reject(
                record,
                self._headings.names[self._name_at],
                reference.strip(),
                f"an earlier line, more than {WINDOW:,} occurrences before this one, told of it already",
                "Sort the extract so that the lines of one occurrence stand together.",
            )
        fresh = []
        for plan, entity in [(self._case, case), *others]:
            before = told.entities.get(entity.key)
            if before is None:
                fresh.append(entity)
                continue
            if (
                entity.partial and entity.entity == "case"
            ):  # several people may be held for different offences
                continue
            for name, value in entity.fields.items():
                if value is not None and value != before.get(name) and name != "as_at":
                    return self._disagrees(record, plan, name, told.line)
        if not fresh and not (addition and (addition.note or addition.flags)):
            return SkippedRow(record.line, REPEATED)
        told.entities.update((entity.key, entity.fields) for entity in fresh)
        as_at = case.fields.get(
            "as_at"
        )  # a further line may come from a later extract than the store holds, too
        bare = TakenEntity("case", case.key, {} if as_at is None else {"as_at": as_at}, partial=True)
        return TakenRow(record.line, reference.strip(), bare, tuple(fresh), self._original(record), addition)

    def _case_fields(self, cells: list[str]) -> Fields:
        fields = self._fields(cells, self._case)
        fields["source"] = self._profile.name
        if self._as_at is not None and fields.get("as_at") is None:
            fields["as_at"] = self._as_at
        return fields

    def _fields(self, cells: list[str], plan: _Plan) -> Fields:
        empty = self._profile.empty
        fields: Fields = {}
        for at, name, read in plan.cells:
            cell = cells[at]
            fields[name] = read(cell) if cell and cell not in empty else None
        if plan.flags:
            words: set[str] = set()
            for at, read in plan.flags:
                found = self._value(cells, at, read)
                if isinstance(found, tuple):
                    words.update(found)
            fields["flags"] = in_order(words)
        return fields

    def _value(self, cells: list[str], at: int, read: Reader) -> Value:
        cell = cells[at]
        return read(cell) if cell and cell not in self._profile.empty else None

    def _text(self, cells: list[str], column: tuple[int, Reader] | None) -> str:
        """The text of a cell whose column may be missing."""
        value = self._value(cells, *column) if column else None
        return value if isinstance(value, str) else ""

    def _others(self, cells: list[str], namespace: str, reference: str) -> list[tuple[_Plan, TakenEntity]]:
        made: list[tuple[_Plan, TakenEntity]] = []
        keys: set[_Key] = set()
        suspects: dict[int, _Key] = {}
        for plan, places in self._people:
            for at in places:
                if cells[at]:
                    break
            else:
                continue
            fields = self._fields(cells, plan)
            if all(value is None for value in fields.values()):
                continue
            key = person_key(plan.entity, plan.number, namespace, reference, fields)
            while key in keys:  # two people of one name in one line are two people
                key = (*key, "again")
            keys.add(key)
            if plan.entity == "suspect":
                suspects[plan.number] = key
            elif plan.entity == "custody":
                suspect = suspects.get(plan.number)
                fields["suspect"] = derived_id(*suspect) if suspect else None
            made.append((plan, TakenEntity(plan.entity, key, fields)))
        return made

    @property
    def _name_at(self) -> int:
        """Where the cell stands that names the case."""
        return next(column[0] for column in (self._reference, self._own) if column)

    def _case_key(self, reference: str) -> _Key:
        return ("case", self._profile.namespace, reference)

    def _plan(self, entity: str, number: int) -> _Plan:
        own = [
            (slot, read)
            for slot, read in self._slots
            if slot.column.entity == entity and slot.number == number
        ]
        return _Plan(
            entity,
            number,
            tuple(
                (slot.at, name, read)
                for slot, read in own
                if slot.column.format not in _FLAGS
                for name in slot.column.fields
            ),
            tuple((slot.at, read) for slot, read in own if slot.column.format in _FLAGS),
        )

    def _person_plans(self) -> list[_Plan]:
        numbers = range(1, self._profile.people_up_to + 1)
        plans = [
            self._plan(entity, number)
            for entity in ("suspect", "victim", "witness", "custody")
            for number in numbers
        ]
        return [plan for plan in plans if plan.cells]

    def _reject(
        self, record: Record | Broken, column: str, value: str, reason: str, cure: str
    ) -> RejectedRow:
        return RejectedRow(record.line, column, show(value), reason, cure, self._original(record))

    def _original(self, record: Record | Broken) -> tuple[str, ...]:
        """The cells of the extract, without casedesk's own where a rejects file is taken in again."""
        own = self._headings.own
        if not own:
            return tuple(record.cells)
        return tuple(cell for at, cell in enumerate(record.cells) if at not in own)

    def _ragged(self, record: Record) -> RejectedRow:
        reason = f"the line has {len(record.cells)} cells where the heading has {self._width}"
        return self._reject(
            record, "", "", reason, "Put a cell that holds the delimiter or a line break between quotes."
        )

    def _without_reference(self, record: Record) -> Reading:
        if self._profile.blank_reference:
            return SkippedRow(record.line, self._profile.blank_reference)
        heading = self._headings.names[self._name_at]
        return self._reject(record, heading, "", "the reference is empty", "Every line must name its case.")

    def _troubled(self, record: Record) -> RejectedRow | None:
        """The rejection of a record some of whose cells cannot be read as they stand in the workbook."""
        found = []
        for slot, _ in self._slots:
            trouble = (record.troubles or {}).get(slot.at)
            if trouble is None:
                continue
            if _matters(trouble.where, slot.column.format):
                found.append((slot, CellError(trouble.reason, trouble.cure)))
        return self._at_fault(record, found) if found else None

    def _diagnosed(self, record: Record) -> RejectedRow:
        """The rejection of a record with every cell at fault, so that all can be put right at once."""
        found = []
        for slot, read in self._slots:
            try:
                self._value(record.cells, slot.at, read)
            except CellError as error:
                found.append((slot, error))
        return self._at_fault(record, found)

    def _at_fault(self, record: Record, found: list[tuple[Slot, CellError]]) -> RejectedRow:
        first, error = found[0]
        also = {slot.heading: one.reason for slot, one in found[1:] if slot.at != first.at}
        reason = "; ".join([error.reason, *(f"{heading}: {why}" for heading, why in also.items())])
        return self._reject(record, first.heading, record.cells[first.at], reason, error.cure)

    def _slot(self, plan: _Plan, name: str) -> Slot:
        """The column that a field is read from; for one that no column states, the first of its entity."""
        own = [
            slot
            for slot in self._headings.slots
            if slot.column.entity == plan.entity and slot.number == plan.number
        ]
        return next((slot for slot in own if name in slot.column.fields), own[0])

    def _disagrees(self, record: Record, plan: _Plan, name: str, line: int) -> RejectedRow:
        slot = self._slot(plan, name)
        return self._reject(
            record,
            slot.heading,
            record.cells[slot.at],
            f"line {line} of the same occurrence says otherwise",
            "Make the lines of one occurrence agree, or leave the cell empty on the later line.",
        )


def _matters(where: Where, form: Format) -> bool:
    """Whether a trouble of a workbook's cell is one in a column of this format."""
    if where is Where.DATES:
        return form in DATED
    return where is Where.ANYWHERE or form not in TAKES_DATES


def person_key(
    entity: str, position: int, namespace: str, reference: str, fields: Mapping[str, Value]
) -> _Key:
    """What tells a person or arrest from the others of the occurrence, in this extract and in later ones.

    ``position`` is the number of the person on the line, for where nothing else tells.
    """
    own = (entity, namespace, reference)
    if entity == "custody":
        if number := fields.get("number"):
            return (*own, "number", str(number))
        arrested = fields.get("arrested_at")
        if arrested is not None and not isinstance(arrested, str | int | bytes | tuple):
            return (*own, "arrested", moment_of_instant(arrested))
    elif nominal := fields.get("nominal"):
        return (*own, "nominal", str(nominal))
    elif name := fields.get("name"):
        return (*own, "name", folded(str(name)), str(fields.get("dob") or ""))
    return (*own, "position", str(position))


def _stated(fields: Fields) -> Fields:
    """The fields that say something."""
    return {name: value for name, value in fields.items() if value is not None}


def _as_added(entity: TakenEntity) -> TakenEntity:
    """A person or arrest as a line of additions states it: an arrest wholly, of people only what it says.

    The records system knows the people of an occurrence better than a custody system does.
    """
    if entity.entity != "custody":
        return replace(entity, fields=_stated(entity.fields))
    return replace(
        entity, fields={**entity.fields, "state": entity.fields.get("state") or _state(entity.fields)}
    )


def _state(arrest: Fields) -> str | None:
    """Where an arrest stands, if its times say so and no column does."""
    if arrest.get("charged_at"):
        return CustodyState.CHARGED.value
    if arrest.get("released_at"):
        return CustodyState.BAILED.value if arrest.get("bail_return_at") else None
    return CustodyState.DETAINED.value if arrest.get("arrested_at") or arrest.get("arrived_at") else None


def _intake(usual: str, arrests: list[TakenEntity]) -> str:
    voluntary = arrests and all(one.fields["state"] == CustodyState.VOLUNTARY for one in arrests)
    return Intake.VOLUNTARY.value if voluntary else usual


def _police_uk(profile: Profile) -> Callable[[str], tuple[tuple[str, ...], bool] | None]:
    """Looks up outcomes as data.police.uk words them; the pack is read only for a profile that needs it."""

    @lru_cache(maxsize=1)
    def words() -> Callable[[str], tuple[tuple[str, ...], bool] | None]:
        pack = load_police_uk(profile.overlay)

        def look_up(text: str) -> tuple[tuple[str, ...], bool] | None:
            outcome = pack.outcome(text)
            return (outcome.codes, outcome.final) if outcome else None

        return look_up

    return lambda text: words()(text)
