"""Taking bundles in: any mix of files in any order, each with a line; looked at first, then taken in."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from textual import work
from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Static

from casedesk.desk import bundle_in, bundle_pile
from casedesk.desk.bundle_in import Imported, Preview
from casedesk.desk.bundle_pile import Looked, Result, Sort, came_of, look, take_in_all
from casedesk.desk.paths import is_folder, is_there
from casedesk.model.moments import show_instant
from casedesk.model.text import counted
from casedesk.screens.bundle_preview import KIND_TITLES, BundlePreview
from casedesk.screens.jobs import StoppedError, go_on, run
from casedesk.screens.listing import ListScreen
from casedesk.screens.places_typed import first_folder, paths_of, remember_folder
from casedesk.screens.session import Session
from casedesk.screens.sync_people import enrol
from casedesk.widgets.columns import Cell, Column
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Message, Prompt
from casedesk.widgets.progress import Reporter
from casedesk.widgets.table import VirtualTable

_UNTOUCHED = "Nothing was taken in."
_SORTS: dict[Sort, Cell] = {
    Sort.BUNDLE: ("bundle", "accent"), Sort.HELD: ("held", "muted"), Sort.OWN: ("yours", "muted"),
    Sort.CARD: ("card", "accent"), Sort.STRANGER: ("■ refused", "block"), Sort.UNFINISHED: ("unfinished", "muted"),
}  # fmt: skip


@dataclass(slots=True)
class FileRow:
    """One file of the pile."""

    number: int
    looked: Looked
    result: Result | None = None
    """What came of it, once bundles were taken in."""


def _has_bundles(screen: "PileScreen") -> str | None:
    return None if screen.coming else "There is no bundle here that can be taken in."


class PileScreen(ListScreen[FileRow]):
    """The files that were given, each with what it is. It comes back when it is left."""

    PLACE = "Files to take in"
    ABOUT = (
        "What lies in the folder, or was dropped here: each file with what it is. Enter shows what a bundle would "
        "change, leads through a card, or says why a file is refused. t takes in every bundle, each whole or not at "
        "all, in the order that they need. Files are only read: none is moved or deleted."
    )
    OFFERS = (
        Command("pile.take", "t", "Take in", "Take in every bundle of the list.", "take", "Files", show=95,
                allowed=_has_bundles),
    )  # fmt: skip
    HINT = "A name or a word"
    EMPTY = "There is no bundle and no card here."
    DEFAULT_CSS = """
    PileScreen #said { height: 1; padding: 0 1; color: $cd-muted; }
    """

    def __init__(self, session: Session, pile: Sequence[Looked]) -> None:
        super().__init__()
        self.session = session
        self._show_pile(pile)

    def _show_pile(self, pile: Sequence[Looked]) -> None:
        self._files = [FileRow(number, one) for number, one in enumerate(pile)]

    @property
    def coming(self) -> list[FileRow]:
        """The bundles that can be taken in and were not yet."""
        return [one for one in self._files if one.looked.can_take_in and one.result is None]

    def label_of(self, command: Command) -> str:
        """With how many bundles it takes in."""
        if command.id == "pile.take" and self.coming:
            return f"Take in {counted(len(self.coming), 'bundle')}"
        return super().label_of(command)

    def compose_between(self) -> ComposeResult:
        """How many files there are of each sort."""
        yield Static(self._said(), id="said")

    def _said(self) -> Content:
        sorts = [one.looked.sort for one in self._files]
        parts = [
            counted(sorts.count(Sort.BUNDLE), "bundle") + " to take in",
            f"{sorts.count(Sort.HELD)} held already" if Sort.HELD in sorts else "",
            counted(sorts.count(Sort.CARD), "card") if Sort.CARD in sorts else "",
            f"{sorts.count(Sort.STRANGER)} refused" if Sort.STRANGER in sorts else "",
        ]
        return Content(" · ".join(filter(None, parts)))

    def columns(self) -> Sequence[Column[FileRow]]:
        """What it is, from whom, and what it says or came to."""
        return [
            Column("sort", "What", self._sort, 10, keep=95),
            Column("from", "From", lambda one: (_sender(one.looked), "strong"), 10, flex=1, keep=90),
            Column("made", "Made", lambda one: _made(one.looked), 17, keep=60),
            Column("said", "What it says", _message, 30, flex=5, keep=99),
            Column("file", "File", lambda one: (one.looked.path.name, "muted"), 14, flex=2, keep=40),
        ]

    def _sort(self, one: FileRow) -> Cell:
        if one.result is None:
            return _SORTS[one.looked.sort]
        if one.result.imported is not None:
            return ("✓ taken in", "ok")
        return ("■ refused", "block") if one.result.refused else _SORTS[one.looked.sort]

    def rows(self) -> Sequence[FileRow]:
        """Bundles in the order in which they are taken in, then the others."""
        return self._files

    def number_of(self, row: FileRow) -> int:
        """The place in the pile."""
        return row.number

    def words_of(self, row: FileRow) -> str:
        """What it says, and the file's name."""
        return f"{_sender(row.looked)} {row.looked.message} {row.looked.path.name}"

    def show_row(self, row: FileRow) -> None:
        """Look at a bundle, enrol from a card, or say why a file is left."""
        self._show_file(row)

    @work
    async def _show_file(self, row: FileRow) -> None:
        if row.looked.bundle is not None and row.result is None:
            imported = await look_and_take(self.app, self.session, row.looked)
            if imported is not None:
                row.result = Result(row.looked, came_of(imported), imported)
                self.query_one("#list", VirtualTable).reload()
                self.refresh_bindings()
        elif row.looked.sort is Sort.CARD:
            if await enrol(self.app, self.session, row.looked.path):
                await self._look_again()
        else:
            said = row.result.message if row.result else row.looked.message
            await self.app.push_screen_wait(Message(row.looked.path.name, said))

    async def _look_again(self) -> None:
        """Somebody is a member now: what was refused may be taken in."""
        paths = [one.looked.path for one in self._files]
        pile = await _look(self.app, self.session, paths)
        if pile is not None:
            self._show_pile(pile)
            self.refresh_rows()
            self.query_one("#said", Static).update(self._said())
            self.refresh_bindings()

    @work
    async def action_take(self) -> None:
        """Take in every bundle."""
        wanted = [one for one in self._files if one.result is None]
        desk, rows = self.session.desk, {one.looked.path: one for one in wanted}
        results: list[Result] = []

        def job(report: Reporter) -> None:
            def progress(one: Looked, done: int, total: int) -> None:
                go_on(report, done, total, one.message)

            for result in take_in_all(desk, [one.looked for one in wanted], progress):
                results.append(result)
                if report.stopped:
                    return

        title = f"Taking in {counted(len(self.coming), 'bundle')}"
        stopping = "Stopping leaves out what is not in yet; each bundle goes in whole or not at all."
        await run(self.app, title, job, stopping=stopping, kept=_UNTOUCHED)
        for result in results:
            if not isinstance(result.refused, StoppedError) and (result.imported or result.refused):
                rows[result.looked.path].result = result
        self.query_one("#list", VirtualTable).reload()
        self.refresh_bindings()
        taken = [one.imported for one in results if one.imported is not None]
        await self.app.push_screen_wait(Message(*_summary(taken, results)))


def _summary(taken: Sequence[Imported], results: Sequence[Result]) -> list[str]:
    """What came of the pile, and what to do next."""
    refused = [one for one in results if one.refused is not None]
    lines = [f"{counted(len(taken), 'bundle')} taken in"]
    lines += [f"{one.bundle.sender}: {came_of(one)}" for one in taken[-6:]]
    if refused:
        lines.append(f"■ {counted(len(refused), 'bundle')} refused: {refused[0].message}")
    return [*lines, _next(taken)]


def _next(taken: Sequence[Imported]) -> str:
    """What to do next."""
    if any(one.taken.conflicts > 0 for one in taken):
        return "Next: o in Sync decides what two desks said differently."
    if any(one.gaps for one in taken):
        return "Next: w in Sync says what is missing and whom to ask. Nothing is lost."
    return ""


def _sender(one: Looked) -> str:
    if one.bundle is not None:
        return one.bundle.sender
    return one.card.name if one.card is not None else ""


def _made(one: Looked) -> Cell:
    if one.bundle is not None:
        return show_instant(one.bundle.manifest.made_at)
    return show_instant(one.card.made_at) if one.card is not None else ""


def _message(one: FileRow) -> Cell:
    if one.result is not None:
        return one.result.message
    if one.looked.bundle is not None:
        manifest = one.looked.bundle.manifest
        before = ", taken in before" if one.looked.sort is Sort.HELD else ""
        many = counted(manifest.operations, "operation")
        return f"number {manifest.number}: {KIND_TITLES[manifest.kind]}, {many}{before}"
    return (one.looked.message, "" if one.looked.sort in (Sort.BUNDLE, Sort.CARD, Sort.STRANGER) else "muted")


# -- how it goes ------------------------------------------------------------------------------------------------


async def import_files(app: App[Any], session: Session) -> bool:
    """Ask for files or a folder, and lead through taking in what is there; whether that was done. Runs in a worker."""
    typed = await app.push_screen_wait(
        Prompt(
            "Take in what?",
            "A folder, such as the stick, or files: drop them on the terminal, or paste their paths.",
            value=first_folder(session),
            check=_problem,
        )
    )
    if not typed:
        return False
    paths = paths_of(typed)
    pile = await _look(app, session, paths)
    if pile is None:
        return False
    folder = paths[0] if is_folder(paths[0]) else paths[0].parent
    remember_folder(session, folder)
    if len(pile) == 1 and not is_folder(paths[0]):
        return await _one_file(app, session, pile[0])
    await app.push_screen_wait(PileScreen(session, pile))
    return True


async def _one_file(app: App[Any], session: Session, one: Looked) -> bool:
    if one.bundle is not None:
        imported = await look_and_take(app, session, one)
        if imported is not None:
            await app.push_screen_wait(Message(*_summary([imported], ())))
        return imported is not None
    if one.sort is Sort.CARD:
        return await enrol(app, session, one.path)
    await app.push_screen_wait(Message(one.path.name, one.message, problem=one.sort is Sort.STRANGER))
    return False


def _problem(typed: str) -> str | None:
    for path in paths_of(typed):
        if not is_there(path):
            return f"{path.name or typed} is not there. Is the stick in?"
    return None if typed.strip() else "Give a folder or a file."


async def _look(app: App[Any], session: Session, paths: Sequence[Path]) -> list[Looked] | None:
    def job(report: Reporter) -> list[Looked]:
        found = bundle_pile.files_in(paths)
        report(0, len(found))
        return look(session.desk, found)

    return await run(app, "Looking at the files", job, stopping=_UNTOUCHED, kept=_UNTOUCHED)


async def look_and_take(app: App[Any], session: Session, one: Looked) -> Imported | None:
    """Show what a bundle would do, and take it in if that is wanted; None where it was not."""
    job = partial(_preview, session, one.path)
    preview = await run(app, f"Looking into {one.message}", job, stopping=_UNTOUCHED, kept=_UNTOUCHED)
    if preview is None:
        return None
    screen = BundlePreview(preview)
    await app.push_screen_wait(screen)
    if not screen.wanted:
        return None
    take = partial(_take_in, session, one.path)
    return await run(app, f"Taking in {one.message}", take, stopping=_UNTOUCHED, kept=_UNTOUCHED)


def _preview(session: Session, path: Path, report: Reporter) -> Preview:
    return bundle_in.preview(session.desk, path, partial(go_on, report))


def _take_in(session: Session, path: Path, report: Reporter) -> Imported:
    return bundle_in.take_in(session.desk, path, partial(go_on, report))
