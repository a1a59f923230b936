"""The tab of documents: the files kept with the case, and what each belongs to."""

from collections.abc import Sequence
from typing import ClassVar

from casedesk.desk.asking import Verb
from casedesk.desk.document_verbs import DOCUMENTS
from casedesk.desk.documents import Listed, listed, read_text
from casedesk.desk.incoming_file import shown_size
from casedesk.model.errors import CasedeskError
from casedesk.model.media import Media
from casedesk.model.moments import show_instant
from casedesk.screens.casepage.rows import MUTED, Row, cell_of, day_cell, fact, head_line, text_lines
from casedesk.screens.casepage.tab import RowTab, verb_commands
from casedesk.widgets.columns import Column
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import error_message
from casedesk.widgets.flow import BLANK, Line, line


def _unreadable(tab: "DocumentsTab") -> str | None:
    """Why the document under the cursor cannot be read here."""
    row = tab.table.cursor_row
    one = None if row is None else dict(tab.view.dossier.documents).get(tab.subject)  # type: ignore[arg-type] # None is no key
    if one is None:
        return "No file is attached."
    if one.removed:
        return "It was taken off."
    return None if Media(one.media_type or "", "").is_text else "It is no text: s saves a copy to look at."


class DocumentsTab(RowTab):
    """Documents in the order of attaching."""

    TAB = "documents"
    PLACE = "Case: documents"
    VERBS: ClassVar[Sequence[Verb]] = DOCUMENTS
    EMPTY = "No file is attached. Press a to take one into the encrypted store."
    OFFERS: ClassVar[Sequence[Command]] = (
        Command("documents.read", "r", "Read", "Read a text document here. Enter does the same.", "read_text",
                "Documents", show=78, allowed=_unreadable),
        *verb_commands("Documents", DOCUMENTS, weight=76),
    )  # fmt: skip

    def columns(self) -> Sequence[Column[Row]]:
        """Number, title, kind, size, what it belongs to, since when."""
        return [
            Column("number", "#", cell_of(0), 2, align="right", keep=80),
            Column("title", "Document", cell_of(1), 24, flex=2, keep=99),
            Column("kind", "Kind", cell_of(2), 12, keep=60),
            Column("size", "Size", cell_of(3), 8, align="right", keep=50),
            Column("belongs", "Belongs to", cell_of(4), 12, flex=1, keep=70),
            Column("added", "Attached", cell_of(5), 12, align="right", keep=40),
        ]

    def rows(self) -> Sequence[Row]:
        """Those that stand; those taken off last."""
        view = self.view
        found = listed(view.desk, view.file, view.dossier)
        return [
            self._row(one) for one in sorted(found, key=lambda one: (bool(one.document.removed), one.number))
        ]

    def _row(self, one: Listed) -> Row:
        document = one.document
        title = document.title or document.name or "(without a title)"
        gone = bool(document.removed)
        size = shown_size(document.size or 0)
        return Row(
            one.id,
            (
                str(one.number), (f"× {title}", "muted") if gone else (title, "strong"), one.kind, size,
                one.belongs or "the case", day_cell(document.added_at, self.view.now),
            ),
            lambda: _detail(one, title, size),
            one.id,
        )  # fmt: skip

    def open_row(self, row: Row) -> None:
        """Enter: a text is read, of anything else what is known of it."""
        if _unreadable(self):
            super().open_row(row)
        else:
            self.action_read_text()

    def action_read_text(self) -> None:
        """Show a text document, at most so much of it as the terminal takes."""
        chosen = self.subject
        if chosen is None:
            return
        try:
            found = read_text(self.view.desk, self.view.file.id, chosen)
        except CasedeskError as error:
            self.app.push_screen(error_message(error, title="Not shown", kept="Nothing was changed."))
            return
        more = [BLANK, line(("There is more: s saves the whole.", "$cd-warn"))] if found.cut else []
        self.read([head_line(found.title), *text_lines(found.text), *more])


def _detail(one: Listed, title: str, size: str) -> Sequence[Line]:
    document = one.document
    added = f", attached {show_instant(document.added_at)}" if document.added_at else ""
    lines = [
        head_line(f"{one.number}. {title}"),
        line((f"{one.kind}, {size}{added}", "")),
        fact("File", document.name or ""),
        fact("Belongs to", one.belongs or "the case"),
    ]
    if document.removed:
        lines.append(line(("× Taken off. Its content stays until the case is disposed of.", "$cd-warn")))
    elif one.doubt:
        lines.append(line((f"■ {one.doubt}.", "bold $cd-block")))
    return [*lines, line((f"SHA-256 {document.sha256 or ''}", MUTED), hang=8)]
