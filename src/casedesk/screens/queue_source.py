"""The rows of the queue in one order, and the groups in it."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from casedesk.store.queue import QueueReader, QueueRow


@dataclass(frozen=True, slots=True)
class Group:
    """The cases of one band, which stand together in the order."""

    band: int
    start: int
    """The place of its first case."""
    count: int | None
    """How many there are; None while the end of the group is not known."""


class QueueSource:
    """The rows of one order, read by page. While the order is being read only its two ends are known."""

    def __init__(
        self,
        reader: QueueReader,
        head: Sequence[int],
        total: int,
        tail: Sequence[int] = (),
        groups: Sequence[Group] = (),
    ) -> None:
        """``groups`` are those of the part that is known; none where the list is not grouped."""
        self._reader = reader
        self._head, self._tail, self._total = head, tail, total
        self._groups = groups
        self._firsts = {head[group.start]: group for group in groups}

    def __len__(self) -> int:
        return self._total

    @property
    def known(self) -> Sequence[int]:
        """The numbers of the cases from the first on, as far as they are known."""
        return self._head

    def id_at(self, index: int) -> int | None:
        """The number of the case at a place; None while it is not known."""
        if index < len(self._head):
            return self._head[index]
        from_end = index - (self._total - len(self._tail))
        return self._tail[from_end] if 0 <= from_end < len(self._tail) else None

    def find(self, row_id: int) -> int | None:
        """The place of a case."""
        try:
            return self._head.index(row_id)
        except ValueError:
            return None

    def window(self, start: int, count: int) -> Sequence[QueueRow | None]:
        """Read a stretch."""
        numbers = [self.id_at(place) for place in range(start, min(start + count, self._total))]
        rows = {row.n: row for row in self._reader.rows([n for n in numbers if n is not None])}
        return [None if n is None else rows.get(n) for n in numbers]

    @property
    def is_grouped(self) -> bool:
        """Whether it has groups."""
        return bool(self._groups)

    def group_from(self, row_id: int) -> Group | None:
        """The group that begins with this case; None where none does."""
        return self._firsts.get(row_id)

    def group_at(self, index: int) -> Group | None:
        """The group that a place lies in; None where that is not known."""
        if index >= len(self._head):
            return None
        place = bisect_right(self._groups, index, key=lambda group: group.start)
        return self._groups[place - 1] if place else None


def find_groups(reader: QueueReader, order: Sequence[int], *, reverse: bool, whole: bool) -> list[Group]:
    """The bands of an order by priority, or of its beginning where it is not ``whole``.

    Each end is found by halving, so that a million cases need some hundred looks.
    """
    sign = -1 if reverse else 1

    def band_of(number: int) -> int:
        rows = reader.rows([number])
        return sign * rows[0].band if rows else 0

    groups: list[Group] = []
    start = 0
    while start < len(order):
        band = band_of(order[start])
        end = max(bisect_right(order, band, lo=start, key=band_of), start + 1)
        groups.append(Group(sign * band, start, end - start if whole or end < len(order) else None))
        start = end
    return groups
