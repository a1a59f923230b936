"""What taking a bundle in would do: from whom it is, what it changes case by case, what it leaves open."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textual.app import ComposeResult

from casedesk.bundles.manifest import BundleKind
from casedesk.desk.bundle_in import Preview
from casedesk.desk.waiting_room import TITLES, Reason
from casedesk.model.moments import show_instant
from casedesk.model.text import counted
from casedesk.screens.listing import ListScreen
from casedesk.store.incoming import Why
from casedesk.widgets.columns import Column
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Message
from casedesk.widgets.flow import Flow, Line, line

KIND_TITLES = {
    BundleKind.INCREMENTAL: "what this desk lacked",
    BundleKind.FULL: "everything its maker holds",
    BundleKind.CASES: "cases handed over",
    BundleKind.ACK: "a receipt only",
}
_MUTED, _WARN, _BLOCK = "$cd-muted", "bold $cd-warn", "bold $cd-block"
_HANG = 11


@dataclass(frozen=True, slots=True)
class CaseChange:
    """What a bundle brings to one case."""

    number: int
    ref: str
    operations: int
    disputed: tuple[str, ...]
    """The fields that would be in conflict."""


class BundlePreview(ListScreen[CaseChange]):
    """One bundle before it is taken in. What was decided is in :attr:`wanted`."""

    PLACE = "Bundle"
    ABOUT = (
        "What taking this bundle in would do. It was checked to its last byte, and nothing was changed yet. Where you "
        "doubt that this is the file they gave you, compare the check phrase with the one that its maker sees. t takes "
        "it in, all of it at once; Esc leaves it."
    )
    OFFERS = (
        Command("preview.take", "t", "Take in", "Take the bundle in, whole.", "take", "Bundle", show=95),
    )
    HINT = "An occurrence number"
    EMPTY = "It changes no case that is here."
    DEFAULT_CSS = """
    BundlePreview #said { padding: 0 1; background: $surface; }
    """

    def __init__(self, preview: Preview) -> None:
        super().__init__()
        self._preview = preview
        self.wanted = False
        """Whether it is to be taken in."""
        self._cases = case_changes(preview)

    def label_of(self, command: Command) -> str:
        """Leaving takes nothing in."""
        return "Leave it" if command.id == "screen.back" else super().label_of(command)

    def compose_between(self) -> ComposeResult:
        """What it is and what it leaves open."""
        yield Flow(id="said")

    def on_mount(self) -> None:
        """Say it. (The framework calls the list's own ``on_mount`` as well.)"""
        self.query_one("#said", Flow).show(list(preview_lines(self._preview)))

    def columns(self) -> Sequence[Column[CaseChange]]:
        """Which case, how much, and what it puts in dispute."""
        return [
            Column("ref", "Occurrence", lambda one: (one.ref, "strong"), 14, keep=95),
            Column("changes", "Operations", lambda one: f"{one.operations:,}", 10, align="right", keep=90),
            Column("disputed", "Disputed", lambda one: (_disputed(one), "block"), 20, flex=1, keep=80),
        ]

    def rows(self) -> Sequence[CaseChange]:
        """The cases, those with disputes first."""
        return self._cases

    def number_of(self, row: CaseChange) -> int:
        """The place in the list."""
        return row.number

    def words_of(self, row: CaseChange) -> str:
        """The reference and what is in dispute."""
        return f"{row.ref} {' '.join(row.disputed)}"

    def show_row(self, row: CaseChange) -> None:
        """Show what is in dispute in full."""
        many = f"{counted(row.operations, 'operation')} of this bundle."
        self.app.push_screen(Message(row.ref, many, "\n".join(f"≠ {one}" for one in row.disputed)))

    def action_take(self) -> None:
        """It is wanted."""
        self.wanted = True
        self.dismiss(None)


def case_changes(preview: Preview) -> list[CaseChange]:
    """What comes to each case, those with disputes first, then those with the most."""
    disputed: dict[str, list[str]] = {}
    for said in preview.conflicts:
        ref, _, name = said.partition(": ")
        disputed.setdefault(ref, []).append(name)
    refs = Counter(dict(preview.cases))
    for ref in disputed:
        refs.setdefault(ref, 0)
    order = sorted(refs.items(), key=lambda one: (one[0] not in disputed, -one[1], one[0]))
    return [
        CaseChange(number, ref, count, tuple(disputed.get(ref, ())))
        for number, (ref, count) in enumerate(order)
    ]


def _disputed(one: CaseChange) -> str:
    return f"≠ {', '.join(one.disputed)}" if one.disputed else ""


def preview_lines(preview: Preview) -> Iterator[Line]:
    """What the bundle is, what of it is new, and what it leaves open."""
    bundle, taken, said = preview.bundle, preview.taken, preview.bundle.manifest
    kind = KIND_TITLES[said.kind]
    yield line((f"Bundle {said.number} from {bundle.sender}", "bold $cd-accent"), (f"  {kind}", _MUTED))
    yield _labelled("Made", f"{show_instant(said.made_at)}, casedesk {said.program}, {said.marking}")
    yield _labelled("Check", bundle.phrase, "bold")
    if said.reason:
        yield _labelled("Why", said.reason)
    held = f", {taken.held:,} held already" if taken.held else ""
    documents = f", {counted(taken.attachments, 'document')}" if taken.attachments else ""
    freed = f", {taken.freed:,} that had waited" if taken.freed else ""
    yield _labelled(
        "Brings",
        f"{counted(taken.new, 'new operation')} in {counted(len(taken.cases), 'case')}{held}{freed}{documents}",
        "bold",
    )
    if bundle.taken_at is not None:
        yield _labelled(
            "Note", f"○ taken in before, {show_instant(bundle.taken_at)}: nothing happens twice", _MUTED
        )
    yield from _open_lines(preview)


def _open_lines(preview: Preview) -> Iterator[Line]:
    """What would be left for somebody to see to."""
    taken = preview.taken
    if preview.conflicts:
        many = counted(len(preview.conflicts), "conflict")
        yield _labelled("Disputes", f"≠ {many} in these cases: every value is kept, and you decide", _BLOCK)
    for gap in preview.gaps:
        yield _labelled("Gap", f"▲ {gap}: what comes after waits until that is here", _WARN)
    for why, count in taken.parked.items():
        if why is not Why.GAP:
            yield _labelled("Waits", f"▲ {count:,}: {TITLES[Reason(why.value)].lower()}", _WARN)
    if taken.not_shown:
        yield _labelled(
            "Newer", f"▲ {counted(taken.not_shown, 'change')} need a newer casedesk: kept, not shown", _WARN
        )
    if taken.not_allowed:
        yield _labelled(
            "Roles", f"▲ {taken.not_allowed:,} that their author may not do here: not applied", _WARN
        )
    if taken.without_content:
        yield _labelled("Hidden", f"○ {taken.without_content:,} of cases restricted to others", _MUTED)
    if taken.disposals:
        yield _labelled("Erases", f"▲ {counted(taken.disposals, 'case')} disposed of by colleagues", _WARN)


def _labelled(label: str, text: str, style: str = "") -> Line:
    return line((f"{label:<{_HANG}}", _MUTED), (text, style), hang=_HANG)
