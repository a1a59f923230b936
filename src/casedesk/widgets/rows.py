"""Where a table's rows come from: by page from a store, or from a list."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

PAGE = 64
"""Rows fetched at once: a screenful and a bit. Each may lie on a page of its own that is decrypted first, so more would
be felt when paging."""
PAGES_KEPT = 48


class RowSource(Protocol[R_co]):
    """An order of rows known by their ids, of which any stretch can be read at once.

    The order itself does not change: another order, or a filter, is another source. While the whole order is
    still being read a source may know its length and only some of its rows.
    """

    def __len__(self) -> int:
        """How many rows there are."""

    def id_at(self, index: int) -> int | None:
        """The id of the row at a place; None while that is not known."""

    def find(self, row_id: int) -> int | None:
        """The place of a row; None where it is not among them."""

    def window(self, start: int, count: int) -> Sequence[R_co | None]:
        """Read ``count`` rows, or those there are, prepared for showing.

        None stands for a row that is not known yet, or no longer there. Called while painting: a few
        milliseconds.
        """


class ListSource(Generic[R]):
    """Rows from a list, each with the id that ``key`` gives."""

    def __init__(self, rows: Sequence[R], key: Callable[[R], int]) -> None:
        self._rows = rows
        self._ids = [key(row) for row in rows]
        self._places = {row_id: place for place, row_id in enumerate(self._ids)}

    def __len__(self) -> int:
        return len(self._rows)

    def id_at(self, index: int) -> int | None:
        """The id of the row at a place."""
        return self._ids[index]

    def find(self, row_id: int) -> int | None:
        """The place of a row; None where it is not among them."""
        return self._places.get(row_id)

    def window(self, start: int, count: int) -> Sequence[R]:
        """A stretch of the list."""
        return self._rows[start : start + count]


class PagedRows(Generic[R]):
    """The rows of a source, read in pages of :data:`PAGE`, of which the last :data:`PAGES_KEPT` are kept."""

    def __init__(self, source: RowSource[R]) -> None:
        self.source = source
        self._pages: OrderedDict[int, Sequence[R | None]] = OrderedDict()

    def row(self, index: int) -> R | None:
        """The row at a place, reading its page if it is not at hand."""
        number, offset = divmod(index, PAGE)
        page = self._pages.get(number)
        if page is None:
            page = self.source.window(number * PAGE, PAGE)
            self._pages[number] = page
            if len(self._pages) > PAGES_KEPT:
                self._pages.popitem(last=False)
        else:
            self._pages.move_to_end(number)
        return page[offset] if offset < len(page) else None

    def forget(self, index: int | None = None) -> None:
        """Forget the page that holds a place, or every page: the rows may have changed."""
        if index is None:
            self._pages.clear()
        else:
            self._pages.pop(index // PAGE, None)
