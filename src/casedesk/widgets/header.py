"""The line at the top of every screen: marking, whose desk, which place, what must not be overlooked."""

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from casedesk.model.text import clip
from casedesk.widgets.services import DeskStatus

Part = tuple[str, str]
"""A piece of text with the style it is drawn in (a content style with theme variables)."""

_MARKING = "bold $cd-marking-text on $cd-marking"
_WARNING = "bold $cd-block"
_PLACE = "bold"
_PLAIN = ""


class DeskHeader(Widget):
    """The header. It follows the app's ``desk_status``; the place is its screen's."""

    DEFAULT_CSS = """
    DeskHeader { dock: top; height: 1; background: $cd-chrome; color: $cd-chrome-text; }
    """

    def __init__(self, place: str) -> None:
        super().__init__()
        self._place = place
        self._status = DeskStatus()

    def on_mount(self) -> None:
        """Follow the app's status, where it has one."""
        if hasattr(self.app, "desk_status"):
            self.watch(self.app, "desk_status", self.show_status)

    def show_status(self, status: DeskStatus) -> None:
        """Show this status."""
        self._status = status
        self.refresh()

    def show_place(self, place: str) -> None:
        """Call the place something else: the case that is open, the file that is read."""
        self._place = place
        self.refresh()

    def render(self) -> Content:
        """Draw the line for the width there is."""
        return Content.assemble(*header_line(self._status, self._place, self.size.width))


def header_line(status: DeskStatus, place: str, width: int) -> list[Part]:
    """Lay out the header in ``width`` cells.

    The marking, the number of conflicts (``≠ 3``) and the warnings are always whole. Where room is short the words
    about changes get fewer, then the program's name goes, then the desk's, then the place is cut.
    """
    marking = f" {status.marking} "
    disputes = f"  ≠ {status.conflicts:,}" if status.conflicts else ""
    warnings = disputes + "".join(f"  ■ {warning}" for warning in status.warnings)
    for middle, changes in _choices(status, place):
        left = width - cell_len(marking) - cell_len(middle) - cell_len(changes) - cell_len(warnings) - 3
        if left >= 0:
            break
    else:
        middle = clip(place, max(cell_len(place) + left, 0))
        left = width - cell_len(marking) - cell_len(middle) - cell_len(changes) - cell_len(warnings) - 3
    return [
        (marking, _MARKING),
        (f" {middle}", _PLACE),
        (" " * (max(left, 0) + 1), _PLAIN),
        (changes, _PLAIN),
        (warnings, _WARNING),
        (" ", _PLAIN),
    ]


def _choices(status: DeskStatus, place: str) -> list[tuple[str, str]]:
    """The middle and the words about changes, from the fullest to the barest."""
    full = [part for part in ("casedesk", status.desk, place) if part]
    long = brief = barest = ""
    if status.unbundled:
        count = f"{status.unbundled:,}"
        long = f"{count} change{'s' if status.unbundled != 1 else ''} not in any bundle"
        brief, barest = f"{count} not in a bundle", f"{count} unbundled"
    return [
        (" · ".join(full), long),
        (" · ".join(full), brief),
        (" · ".join(full[1:]), brief),
        (" · ".join(full[1:]), barest),
        (place, barest),
    ]
