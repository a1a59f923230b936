"""The fold: what the journal means, kept as tables.

Applying an operation is commutative and idempotent: whatever order operations of different installations come
in, the tables end the same. The rules are those of an observed-remove register per field: an operation removes
exactly the heads it names in ``over`` and becomes a head itself unless something already replaced it.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson

from casedesk.model.entities import (
    ABSENCE,
    CASE,
    CLINIC,
    ENTITIES,
    MEDIUM,
    MEMBER,
    Column,
    Entity,
    Field,
)
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId, decode
from casedesk.store.columns import TO_COLUMN, columns_of, mask_of
from casedesk.store.connection import Connection
from casedesk.store.disputed import Said, disagree, shown
from casedesk.store.operations import (
    ERASABLE,
    SCHEMA,
    Operation,
    OpKind,
    content_of,
    is_erasable,
    parse_operation,
)
from casedesk.store.schema import table_name

Head = list[int]
"""One operation's share in an entity's heads: device index, number, field mask, extract as-at (0 for desk work)."""

_BATCH = 500
_DEVICE, _SEQ, _MASK, _AS_AT = range(4)
UNREADABLE = "its content cannot be read"
LATER = "it names work that is later than itself"
ELSEWHERE = "it stands in a case where it cannot be"
"""Why an operation that is held in its chain is quarantined."""
OF_TEAM = frozenset(entity.name for entity in (ABSENCE, CLINIC, MEDIUM, MEMBER))
"""What belongs to everybody and to no case."""


class UnfitError(ValueError):
    """An operation says what nobody can say who wrote it in its place; its text is why."""


def why_unfit(error: ValueError) -> str:
    """Why an operation is quarantined that the fold refused."""
    return str(error) if isinstance(error, UnfitError) else UNREADABLE


@dataclass(slots=True)
class Row:
    """What the fold remembers of an entity's row: its number and which operations each field rests on."""

    n: int
    case_id: EntityId
    hlc: int
    """No operation of the row reads later."""
    heads: list[Head] = field(default_factory=list)
    other: "Row | None" = None
    """Another row of the same id, where somebody wrote one: in another case, or an entry of another author."""

    def dots(self, bit: int, as_at: int = 0) -> list[tuple[int, int]]:
        """The (device index, sequence number) pairs that the field of this bit rests on.

        With ``as_at`` only extracts no later than that.
        """
        return [
            (head[_DEVICE], head[_SEQ])
            for head in self.heads
            if head[_MASK] & bit and (not as_at or 0 != head[_AS_AT] <= as_at)
        ]


class Fold:
    """Applies operations to the tables of one connection, inside the caller's transaction."""

    def __init__(
        self,
        connection: Connection,
        *,
        device_index: Callable[[bytes], int],
        is_held: Callable[[bytes, bytes, int], bool],
        flush_journal: Callable[[], None],
    ) -> None:
        """``is_held(space, device, seq)`` tells whether an operation has been applied already.

        ``flush_journal`` writes operations that the caller still holds back, before the fold reads any.
        """
        self._db = connection
        self._flush_journal = flush_journal
        self._device_index = device_index
        self._is_held = is_held
        self._rows: dict[str, dict[EntityId, Row | None]] = {name: {} for name in ENTITIES}
        self._next: dict[str, int] = {}
        self._fresh: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        self._unwritten: set[EntityId] = set()
        """Entities whose rows may be among those held back."""
        self._waiting = 0
        self._unshown: dict[str, int] = {}
        self._to_come: set[tuple[int, int]] = set()
        self._any_disposed = bool(connection.execute("SELECT EXISTS (SELECT 1 FROM disposed)").fetchone()[0])
        self._any_dead = bool(connection.execute("SELECT EXISTS (SELECT 1 FROM dead)").fetchone()[0])
        self._any_conflict = bool(connection.execute("SELECT EXISTS (SELECT 1 FROM conflict)").fetchone()[0])
        self.touched: set[EntityId] = set()
        """Cases that operations applied since the owner last cleared this belong to."""

    # -- what is there ---------------------------------------------------------------------------------------

    def row(self, entity: Entity, entity_id: EntityId, case_id: EntityId) -> Row | None:
        """The row of an entity of a case, or None when nothing has been said of it there yet."""
        return next(self._of_case(self._row(entity, entity_id), case_id), None)

    def _row(self, entity: Entity, entity_id: EntityId) -> Row | None:
        """The row that was met last of all of this id, or None."""
        rows = self._rows[entity.name]
        if entity_id not in rows:
            self.preload(entity, (entity_id,))
        return rows[entity_id]

    @staticmethod
    def _of_case(row: Row | None, case_id: EntityId) -> Iterator[Row]:
        """The rows of one id that stand in a case: one, or several authors' entries."""
        while row is not None:
            if row.case_id == case_id:
                yield row
            row = row.other

    def preload(self, entity: Entity, ids: Iterable[EntityId]) -> None:
        """Read the rows of many entities at once, so that a bulk act does not ask one by one."""
        rows = self._rows[entity.name]
        wanted = [entity_id for entity_id in ids if entity_id not in rows]
        rows.update(dict.fromkeys(wanted))
        for start in range(0, len(wanted), 500):
            some = wanted[start : start + 500]
            for entity_id, n, case_id, hlc, heads in self._db.execute(
                "SELECT id, n, case_id, hlc, heads "  # noqa: S608 - table names are ours
                f"FROM {table_name(entity)} WHERE id IN ({','.join('?' * len(some))})",
                [bytearray(entity_id) for entity_id in some],
            ):
                rows[entity_id] = Row(n, case_id, hlc, orjson.loads(heads), rows[entity_id])

    def forget_rows(self) -> None:
        """Drop what was read, so that memory does not grow with a bulk act. Writes what is pending first."""
        self.flush()
        for rows in self._rows.values():
            rows.clear()

    def flush(self) -> None:
        """Write the new rows that are still held back."""
        self._flush_new()
        for why, count in self._unshown.items():
            self._db.execute(
                "INSERT INTO not_shown VALUES (?, ?) "
                "ON CONFLICT (why) DO UPDATE SET operations = operations + excluded.operations",
                (why, count),
            )
        self._unshown.clear()

    def _flush_new(self, only: str = "") -> None:
        """Write new rows that are held back: all of them, or those of one entity."""
        for key in [key for key in self._fresh if only in ("", key[0])]:
            name, *columns = key
            rows = self._fresh.pop(key)
            named = "".join(f', "{column}"' for column in columns)
            marks = ",".join("?" * (6 + len(columns)))
            self._db.executemany(
                f"INSERT INTO {table_name(ENTITIES[name])} (n, id, case_id, hlc, actor, heads{named}) "  # noqa: S608
                f"VALUES ({marks})",
                rows,
            )
            self._waiting -= len(rows)
        if not self._fresh:
            self._unwritten.clear()

    # -- applying --------------------------------------------------------------------------------------------

    def apply(self, op: Operation, fields: dict[str, Any] | None = None) -> None:
        """Fold one operation in. ``fields`` spares reading the payload again when the caller just wrote it.

        An operation of an unknown kind, entity or field is kept in the journal and counted as not shown. Raises
        ValueError, with nothing applied, when the payload cannot be read; UnfitError when it cannot stand where it
        does.
        """
        try:
            self._apply(op, fields)
        finally:
            self._forget_dead(op)

    def _apply(self, op: Operation, fields: dict[str, Any] | None) -> None:
        if op.schema > SCHEMA:
            self._count_unshown(f"format {op.schema}")
            return
        if op.kind == OpKind.DISPOSE:
            covers = covers_of(op.body() if fields is None else {"fields": fields})
            if covers.get(op.device, 0) >= op.seq:
                raise UnfitError(LATER)
            self._apply_disposal(op, covers)
            return
        if op.payload is None or self._is_disposed(op):
            return
        if op.over and any(
            device == op.device and seq >= op.seq for dots in op.over.values() for device, seq in dots
        ):
            raise UnfitError(LATER)
        if (op.entity_id != op.case_id) if op.entity == CASE.name else self._is_of_no_case(op):
            raise UnfitError(ELSEWHERE)
        entity = ENTITIES.get(op.entity)
        if entity is None:
            self._count_unshown(f"entity {op.entity}")
            return
        if fields is None:
            fields = op.body().get("fields") or {}
        if op.kind == OpKind.ENTRY and entity.entry:
            self._apply_entry(entity, op, fields)
        elif op.kind in (OpKind.SET, OpKind.EXTRACT) and not entity.entry:
            self._apply_fields(entity, op, fields)
        else:
            self._count_unshown(f"kind {op.kind} of {entity.name}")
            return
        self.touched.add(op.case_id)

    @staticmethod
    def _is_of_no_case(op: Operation) -> bool:
        """Whether it is of the team, and stands in a case."""
        return op.case_id != TEAM and op.entity in OF_TEAM

    def _is_disposed(self, op: Operation) -> bool:
        """Whether a disposal that came before covers this operation; its payload is erased then."""
        if not self._any_disposed or not is_erasable(op.kind, op.entity):
            return False
        covered = self._db.execute(
            "SELECT 1 FROM disposed WHERE case_id = ? AND device = ? AND seq >= ? AND hlc > ?",
            (op.case_id, self._device_index(op.device), op.seq, op.hlc),
        ).fetchone()
        if covered is None:
            return False
        self._flush_journal()
        self._db.execute(
            "UPDATE op SET payload = NULL WHERE device = ? AND seq = ? AND case_id = ?",
            (self._device_index(op.device), op.seq, op.case_id),
        )
        return True

    def _apply_disposal(self, op: Operation, covers: dict[bytes, int]) -> None:
        """Erase what the disposal's author had seen of the case; fold what came beside it anew.

        What reads later than the disposal itself its author had not seen, whatever number the disposal names.
        """
        self.forget_rows()
        self._flush_journal()
        self._any_disposed = True
        for device_id, seq in covers.items():
            device = self._device_index(device_id)
            self._db.execute(
                "INSERT OR IGNORE INTO disposed VALUES (?, ?, ?, ?)", (op.case_id, device, seq, op.hlc)
            )
            self._db.execute(
                "UPDATE op SET payload = NULL WHERE case_id = ? AND hlc < ? AND device = ? AND seq <= ? "  # noqa: S608
                f"AND {ERASABLE}",
                (op.case_id, op.hlc, device, seq),
            )
        self._drop_case(op.case_id)
        survivors = self._db.execute(
            "SELECT header, sig, payload FROM op WHERE case_id = ? AND payload IS NOT NULL AND kind <> ? ORDER BY n",
            (op.case_id, OpKind.DISPOSE.value),
        ).fetchall()
        counted = dict(self._unshown)
        # Each was applied, and yet is not folded again: one that names a later of them must wait for it as at first.
        # What came before the disposal may not have been, as when it is set aside; what came after it may, as when the
        # disposal itself was.
        again = [
            one
            for one in (parse_operation(header, sig, payload) for header, sig, payload in survivors)
            if self._is_held(one.space, one.device, one.seq)
        ]
        self._to_come = {(self._device_index(survivor.device), survivor.seq) for survivor in again}
        for survivor in again:
            self._to_come.discard((self._device_index(survivor.device), survivor.seq))
            with suppress(ValueError):  # it was quarantined when it came
                self.apply(survivor)
        self._unshown = counted  # what is not shown of them was counted when they came
        self.touched.add(op.case_id)

    def _drop_case(self, case_id: EntityId) -> None:
        """Take every row of a case out of the derived tables."""
        numbers = self._db.execute("SELECT n FROM cases WHERE id = ?", (case_id,)).fetchall()
        self._db.executemany("DELETE FROM queue WHERE n = ?", numbers)
        self._db.executemany("DELETE FROM due_item WHERE n = ?", numbers)
        self._db.executemany("DELETE FROM words WHERE rowid = ?", numbers)
        for entity in ENTITIES.values():
            name = table_name(entity)
            of_case = "id" if entity is CASE else "case_id"  # the case's own row is found by its id alone
            self._db.execute(f"DELETE FROM {name} WHERE {of_case} = ?", (case_id,))  # noqa: S608
        self._db.execute("DELETE FROM dead WHERE case_id = ?", (case_id,))
        self._db.execute("DELETE FROM conflict WHERE case_id = ?", (case_id,))
        self._next.clear()

    def _count_unshown(self, why: str) -> None:
        self._unshown[why] = self._unshown.get(why, 0) + 1

    def _columns(self, entity: Entity, fields: dict[str, Any]) -> dict[str, Column]:
        columns = columns_of(entity, fields)
        if len(columns) < len(fields):
            for name in fields.keys() - columns.keys():
                self._count_unshown(f"field {entity.name}.{name}")
        return columns

    def _number(self, entity: Entity) -> int:
        number = self._next.get(entity.name)
        if number is None:
            (number,) = self._db.execute(
                f"SELECT coalesce(max(n), 0) + 1 FROM {table_name(entity)}"  # noqa: S608
            ).fetchone()
        self._next[entity.name] = number + 1
        return int(number)

    def _insert(self, entity: Entity, op: Operation, heads: list[Head], columns: dict[str, Column]) -> Row:
        row = Row(self._number(entity), op.case_id, op.hlc, heads, self._rows[entity.name].get(op.entity_id))
        # Only what was said is bound: binding NULL costs as much as binding a value.
        said = columns
        if None in columns.values():
            said = {name: value for name, value in columns.items() if value is not None}
        self._fresh.setdefault((entity.name, *said), []).append(
            (
                row.n,
                bytearray(op.entity_id),
                bytearray(op.case_id),
                op.hlc,
                op.actor if entity.entry else "",
                orjson.dumps(heads).decode(),
                *said.values(),
            )
        )
        self._unwritten.add(op.entity_id)
        self._waiting += 1
        if self._waiting >= _BATCH:
            self.flush()
        self._rows[entity.name][op.entity_id] = row
        return row

    def _apply_entry(self, entity: Entity, op: Operation, fields: dict[str, Any]) -> None:
        """Write an entry down. Of one id each author has one, the first; what another says under it stands beside."""
        columns = self._columns(entity, fields)
        device = self._device_index(op.device)
        rows = list(self._of_case(self._row(entity, op.entity_id), op.case_id))
        own = [row for row in rows if any(head[_DEVICE] == device for head in row.heads)]
        same = next((row for row in own or rows if self._says(entity, row, columns)), None)
        if same is not None and not own:
            self._written_twice(entity, op, same, [device, op.seq, 0, 0])
        elif same is None and not own:
            self._insert(entity, op, [[device, op.seq, 0, 0]], columns)

    def _says(self, entity: Entity, row: Row, columns: dict[str, Column]) -> bool:
        """Whether an entry says this and nothing else."""
        self.flush()
        named = ", ".join(f'"{of.name}"' for of in entity.fields)
        held = self._db.execute(
            f"SELECT {named} FROM {table_name(entity)} WHERE n = ?",  # noqa: S608
            (row.n,),
        ).fetchone()
        return tuple(held) == tuple(columns.get(of.name) for of in entity.fields)

    def _written_twice(self, entity: Entity, op: Operation, row: Row, head: Head) -> None:
        """The same entry under another name, as a copied store writes it anew: it stands once, as it was first."""
        row.heads.append(head)
        self._db.execute(
            f"UPDATE {table_name(entity)} SET heads = ?, hlc = min(hlc, ?), "  # noqa: S608
            "actor = iif((hlc, actor) > (?, ?), ?, actor) WHERE n = ?",
            (orjson.dumps(row.heads).decode(), op.hlc, op.hlc, op.actor, op.actor, row.n),
        )

    def _apply_fields(self, entity: Entity, op: Operation, fields: dict[str, Any]) -> None:
        columns = self._columns(entity, fields)
        bits = entity.bits
        mask = mask_of(entity.name, *columns)
        device = self._device_index(op.device)
        row = self.row(entity, op.entity_id, op.case_id)
        if row is None and not op.over and not self._any_dead:
            self._insert(entity, op, [[device, op.seq, mask, op.as_at]], columns)
            return
        if row is None:
            row = self._insert(entity, op, [], {})
        if op.entity_id in self._unwritten:
            self._flush_new(entity.name)
        reopened = self._remove_overridden(entity, op, row)
        dead = self._dead_mask(entity, op, device) & mask
        alive = mask & ~dead
        contested = 0
        for head in row.heads:
            contested |= head[_MASK]
        row.heads = [head for head in row.heads if head[_MASK]]
        if alive:
            row.heads.append([device, op.seq, alive, op.as_at])
        settled = {
            name: value
            for name, value in columns.items()
            if alive & bits[name] and not contested & bits[name]
        }
        self._write(entity, op, row, settled)
        for name in entity.names_in((mask & (contested | dead)) | (reopened & ~mask)):
            self._settle(entity, op, row, entity.by_name[name])
        if self._any_conflict:
            for name in settled:
                self._agreed(entity, op, name)

    def _remove_overridden(self, entity: Entity, op: Operation, row: Row) -> int:
        """Take the heads named in ``over`` away; remember those that have not come yet. Returns the fields' mask.

        What reads later than the operation its author had not seen, whatever it names: nobody replaces work that is
        still to be written.
        """
        reopened = 0
        for name, dots in op.over.items():
            bit = entity.bits.get(name)
            if bit is None:
                continue
            reopened |= bit
            for device_id, seq in dots:
                device = self._device_index(device_id)
                for head in row.heads:
                    if head[_DEVICE] == device and head[_SEQ] == seq and self._reads_after(op, row, head):
                        head[_MASK] &= ~bit
                if (device, seq) in self._to_come or not self._is_held(op.space, device_id, seq):
                    self._any_dead = True
                    self._db.execute(
                        "INSERT INTO dead VALUES (?, ?, ?, ?, ?, ?) "
                        "ON CONFLICT DO UPDATE SET hlc = max(hlc, excluded.hlc)",
                        (device, seq, op.entity_id, op.case_id, name, op.hlc),
                    )
        return reopened

    def _reads_after(self, op: Operation, row: Row, head: Head) -> bool:
        """Whether an operation reads later than one that its entity rests on, as whoever had seen it writes."""
        if op.hlc > row.hlc:
            return True
        self._flush_journal()
        found = self._db.execute(
            "SELECT hlc FROM op WHERE device = ? AND seq = ?", (head[_DEVICE], head[_SEQ])
        ).fetchone()
        return found is None or op.hlc > found[0]

    def _dead_mask(self, entity: Entity, op: Operation, device: int) -> int:
        """Which fields of this operation were replaced before it came."""
        if not self._any_dead:
            return 0
        found = self._db.execute(
            "SELECT field FROM dead WHERE device = ? AND seq = ? AND entity_id = ? AND case_id = ? AND hlc > ?",
            (device, op.seq, op.entity_id, op.case_id, op.hlc),
        ).fetchall()
        mask = 0
        for (name,) in found:
            mask |= entity.bits.get(name, 0)
        return mask

    def _forget_dead(self, op: Operation) -> None:
        """The operation has come: what was noted of it beforehand has done its work."""
        if self._any_dead:
            self._db.execute(
                "DELETE FROM dead WHERE device = ? AND seq = ?", (self._device_index(op.device), op.seq)
            )

    def _write(self, entity: Entity, op: Operation, row: Row, values: dict[str, Column]) -> None:
        row.hlc = max(row.hlc, op.hlc)
        sets = "".join(f', "{name}" = ?' for name in values)
        self._db.execute(
            f"UPDATE {table_name(entity)} SET hlc = max(hlc, ?), heads = ?{sets} WHERE n = ?",  # noqa: S608
            (op.hlc, orjson.dumps(row.heads).decode(), *values.values(), row.n),
        )

    def _settle(self, entity: Entity, op: Operation, row: Row, of: Field) -> None:
        """Show the right value of a field that rests on none or several operations, and say whether they disagree.

        Desk work hides extracts; among extracts the latest as-at speaks. Equal values never conflict.
        """
        bit = 1 << of.bit
        heads = [head for head in row.heads if head[_MASK] & bit]
        self._flush_journal()
        speaking = [head for head in heads if not head[_AS_AT]]
        said = [self._said(entity, head, of) for head in speaking or heads]
        if not speaking and said:
            latest_as_at = max(head[_AS_AT] for head in heads)
            said = [max(one for head, one in zip(heads, said, strict=True) if head[_AS_AT] == latest_as_at)]
        self._db.execute(
            f'UPDATE {table_name(entity)} SET "{of.name}" = ? WHERE n = ?',  # noqa: S608
            (shown(entity, of, said), row.n),
        )
        if disagree(entity, of, said):
            self._any_conflict = True
            self._db.execute(
                "INSERT OR IGNORE INTO conflict VALUES (?, ?, ?, ?)",
                (entity.name, op.entity_id, of.name, op.case_id),
            )
        else:
            self._agreed(entity, op, of.name)

    def _agreed(self, entity: Entity, op: Operation, name: str) -> None:
        self._db.execute(
            "DELETE FROM conflict WHERE entity_id = ? AND entity = ? AND field = ? AND case_id = ?",
            (op.entity_id, entity.name, name, op.case_id),
        )

    def _said(self, entity: Entity, head: Head, of: Field) -> Said:
        """What an operation said of a field."""
        found = self._db.execute(
            "SELECT op.hlc, device.id, op.payload FROM op JOIN device ON device.ix = op.device "
            "WHERE op.device = ? AND op.seq = ?",
            (head[_DEVICE], head[_SEQ]),
        ).fetchone()
        if found is None or found[2] is None:
            return Said(0, b"", head[_SEQ], None)
        raw = content_of(found[2])["fields"].get(of.name)
        to_column = TO_COLUMN[entity.name, of.name]
        return Said(found[0], found[1], head[_SEQ], None if raw is None else to_column(raw))


def covers_of(body: dict[str, Any]) -> dict[bytes, int]:
    """What a disposal erases: up to which operation of each device. Raises ValueError when that cannot be read."""
    try:
        covers = {decode(device): seq for device, seq in body["fields"]["covers"].items()}
    except (KeyError, TypeError, AttributeError):
        raise ValueError("not a disposal") from None
    if any(type(seq) is not int or not 0 <= seq < 2**63 for seq in covers.values()):
        raise ValueError("not a disposal")
    return covers
