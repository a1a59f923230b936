"""What a table tells its owner."""

from typing import TYPE_CHECKING, Any

from textual.message import Message

if TYPE_CHECKING:
    from casedesk.widgets.table import VirtualTable


class TableMessage(Message, namespace="virtual_table"):
    """Something that the user did in a table."""

    def __init__(self, table: "VirtualTable[Any]") -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> "VirtualTable[Any]":
        """The table, so that handlers can select by it."""
        return self.table


class RowHighlighted(TableMessage, namespace="virtual_table"):
    """The cursor is on another row, or on none."""

    def __init__(self, table: "VirtualTable[Any]", row_id: int | None, index: int) -> None:
        super().__init__(table)
        self.row_id = row_id
        """None on an empty list, or where the row is not known yet."""
        self.index = index

    def can_replace(self, message: Message) -> bool:
        """Only the last of many matters."""
        return isinstance(message, RowHighlighted) and message.table is self.table


class RowOpened(TableMessage, namespace="virtual_table"):
    """A row was opened."""

    def __init__(self, table: "VirtualTable[Any]", row_id: int) -> None:
        super().__init__(table)
        self.row_id = row_id


class MarksChanged(TableMessage, namespace="virtual_table"):
    """A row was marked, or a mark taken off."""

    def __init__(self, table: "VirtualTable[Any]", count: int) -> None:
        super().__init__(table)
        self.count = count
        """How many rows are marked now, shown or not."""


class HeadClicked(TableMessage, namespace="virtual_table"):
    """The head of a column was clicked."""

    def __init__(self, table: "VirtualTable[Any]", column: str) -> None:
        super().__init__(table)
        self.column = column
        """The column's key."""
