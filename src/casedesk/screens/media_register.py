"""The register of media: which sticks and folders bundles travel on, who holds them, what became of them."""

from collections.abc import Sequence
from typing import Any

from textual.app import App

from casedesk.desk import media_register
from casedesk.desk.media_register import ENDS, KINDS, STATE_TITLES, OnIt, Registered
from casedesk.model.moments import show_instant, show_moment
from casedesk.model.text import counted
from casedesk.screens.listing import ListScreen
from casedesk.screens.session import Session
from casedesk.screens.undoing import ask_undo
from casedesk.widgets.columns import Cell, Column
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Message
from casedesk.widgets.fields import ChoiceField, LinesField, TextField, Values
from casedesk.widgets.form import Form
from casedesk.widgets.table import VirtualTable

_KIND_TITLES = {"stick": "Stick", "share": "Shared folder", "other": "Other"}
_SHOWN = 6
"""So many of a medium's bundles are listed."""


def open_media(app: App[Any], session: Session) -> None:
    """Open the register."""
    app.push_screen(MediaScreen(session))


def _in_use(screen: "MediaScreen") -> str | None:
    one = screen.chosen
    if one is None:
        return "No medium is registered: n registers one."
    return None if one.is_in_use else "It is no longer in use."


class MediaScreen(ListScreen[Registered]):
    """Every medium that is in use, with what went onto it."""

    PLACE = "Media"
    ABOUT = (
        "Every stick and folder that bundles travel on: who holds it, which bundles this desk put onto it, and whether "
        "those they were for have acknowledged them. A medium stays on the register until it is returned, destroyed or "
        "lost, with a note of how. Bundles are encrypted whatever happens to the stick. Enter lists what went onto it."
    )
    OFFERS = (
        Command("media.add", "n", "Register", "Register a stick or a folder.", "add", "Media", show=90),
        Command("media.hand", "h", "Held by", "Say who holds it now.", "hand", "Media", show=80, allowed=_in_use),
        Command("media.end", "D,delete", "Ended", "Say that it was returned, destroyed or lost.", "end", "Media",
                show=85, allowed=_in_use),
        Command("media.past", "v", "Past too", "Show those no longer in use as well, or no more.", "past", "Media",
                show=50),
        Command("media.undo", "ctrl+z,u", "Undo", "Take back what was done last.", "undo", "Media", show=35),
    )  # fmt: skip
    HINT = "A label or a name"
    EMPTY = (
        "No medium is registered.\nPress n to register the stick or the shared folder that bundles travel on."
    )

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._past = False
        self._read()

    def _read(self) -> None:
        self._media = media_register.media(self.session.desk, past=self._past)

    @property
    def chosen(self) -> Registered | None:
        """The medium under the cursor."""
        row: Registered | None = self.query_one("#list", VirtualTable).cursor_row
        return row

    def columns(self) -> Sequence[Column[Registered]]:
        """Which, who holds it, what went onto it."""
        return [
            Column("label", "Label", lambda one: (one.label, "strong"), 14, flex=2, keep=99),
            Column("kind", "Kind", lambda one: _KIND_TITLES.get(one.medium.kind or "", ""), 13, keep=60),
            Column("holder", "Held by", lambda one: one.medium.holder or "", 10, flex=1, keep=90),
            Column("bundles", "Bundles", lambda one: f"{len(one.bundles):,}" if one.bundles else "", 7, align="right",
                   keep=70),
            Column("last", "Last", lambda one: show_instant(one.bundles[0].at) if one.bundles else "", 17, keep=50),
            Column("open", "Not acknowledged", _open, 16, keep=80),
            Column("state", "State", _state, 14, keep=85),
        ]  # fmt: skip

    def rows(self) -> Sequence[Registered]:
        """The media."""
        return self._media

    def number_of(self, row: Registered) -> int:
        """A number that stays the same however the list changes."""
        return int.from_bytes(row.id)

    def words_of(self, row: Registered) -> str:
        """Label, kind and holder."""
        return f"{row.label} {row.medium.kind or ''} {row.medium.holder or ''}"

    def show_row(self, row: Registered) -> None:
        """List what went onto it."""
        ended = (
            f"{STATE_TITLES[row.state]}, {show_moment(row.medium.ended_on)}"
            if row.medium.ended_on
            else "In use"
        )
        lines = [_on_it(one) for one in row.bundles[:_SHOWN]]
        if len(row.bundles) > _SHOWN:
            lines.append(f"and {len(row.bundles) - _SHOWN:,} earlier")
        said = f"{ended}; held by {row.medium.holder or 'nobody'}."
        bundles = "\n".join(lines) or "This desk has put no bundle onto it."
        self.app.push_screen(Message(row.label, said, row.medium.why or "", bundles))

    def _again(self, said: str = "") -> None:
        self._read()
        self.refresh_rows()
        self.refresh_bindings()
        refresh_status = getattr(self.app, "refresh_status", None)
        if refresh_status is not None:
            refresh_status()
        if said:
            self.app.notify(said, timeout=5, markup=False)

    def action_add(self) -> None:
        """Register a medium."""
        desk = self.session.desk

        def save(values: Values) -> None:
            media_register.add(desk, values["label"], values["kind"], values["holder"] or "")

        def saved(values: Values | None) -> None:
            if values is not None:
                self._again(f"{values['label']} is registered.")

        fields = [
            TextField("label", "Label", required=True, hint="what is written on it: CID stick 4"),
            ChoiceField("kind", "Kind", required=True, choices=[(one, _KIND_TITLES[one]) for one in KINDS]),
            TextField("holder", "Held by", hint=f"you, {desk.store.actor}, if you leave this empty"),
        ]
        initial = {"kind": "stick"}
        form = Form("Register a medium", fields, clock=self.session.clock, save=save, initial=initial)
        self.app.push_screen(form, saved)

    def action_hand(self) -> None:
        """Say who holds it now."""
        one = self.chosen
        if one is None:
            return

        def save(values: Values) -> None:
            media_register.hand(self.session.desk, one, values["holder"])

        def saved(values: Values | None) -> None:
            if values is not None:
                self._again(f"{one.label} is held by {values['holder']}.")

        fields = [TextField("holder", "Held by", required=True)]
        self.app.push_screen(
            Form(f"Who holds {one.label}?", fields, clock=self.session.clock, save=save), saved
        )

    def action_end(self) -> None:
        """Say what became of it."""
        one = self.chosen
        if one is None:
            return

        def save(values: Values) -> None:
            media_register.end(self.session.desk, one, values["state"], values["note"])

        def saved(values: Values | None) -> None:
            if values is not None:
                self._again(f"{one.label}: {STATE_TITLES[values['state']].lower()}.")

        fields = [
            ChoiceField(
                "state",
                "What became of it",
                required=True,
                choices=[(end, STATE_TITLES[end]) for end in ENDS],
            ),
            LinesField(
                "note", "Note", required=True, rows=2, hint="who took it, how it was destroyed, who was told"
            ),
        ]
        title = f"{one.label} is no longer in use"
        self.app.push_screen(Form(title, fields, clock=self.session.clock, save=save), saved)

    def action_past(self) -> None:
        """Show those no longer in use as well, or no more."""
        self._past = not self._past
        self._again()

    def action_undo(self) -> None:
        """Take back what was done last."""
        ask_undo(self.app, self.session, self._again)


def _open(one: Registered) -> Cell:
    waiting = sum(not bundle.acknowledged for bundle in one.bundles)
    return (f"▲ {counted(waiting, 'bundle')}", "warn") if waiting else ""


def _state(one: Registered) -> Cell:
    return (STATE_TITLES.get(one.state, one.state), "" if one.is_in_use else "muted")


def _on_it(one: OnIt) -> str:
    said = "acknowledged" if one.acknowledged else "not acknowledged"
    holds = counted(one.operations, "operation")
    return f"Bundle {one.number}, {show_instant(one.at)}, for {', '.join(one.names)}: {holds}, {said}"
