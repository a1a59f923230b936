"""Sync: the daily routine of giving bundles to colleagues and taking theirs in."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from textual import work
from textual.app import App, ComposeResult

from casedesk.desk import sync_state, team
from casedesk.desk.sync_state import Need, Passed, PeerState, SyncState
from casedesk.desk.team import STATE_TITLES, Colleague
from casedesk.model.moments import show_instant, show_moment, show_short
from casedesk.model.text import counted
from casedesk.model.words import MemberState
from casedesk.screens import sync_people
from casedesk.screens.listing import ListScreen
from casedesk.screens.session import Session
from casedesk.widgets.columns import Cell, Column
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Message
from casedesk.widgets.flow import Flow, Line, line
from casedesk.widgets.table import VirtualTable

_SIGNS: dict[Need, Cell] = {Need.NOW: ("■", "block"), Need.SOON: ("▲", "warn"), Need.NOTHING: ("✓", "ok")}


def open_sync(app: App[Any], session: Session) -> None:
    """Open the sync screen."""
    app.push_screen(SyncScreen(session))


@dataclass(frozen=True, slots=True)
class Standing:
    """One colleague as the list shows them."""

    colleague: Colleague
    state: PeerState | None
    """How things stand with them; none for one who is no member any more."""


def _has_members(screen: "SyncScreen") -> str | None:
    return None if screen.sync.peers else "Nobody is a member yet: enrol a colleague first (e)."


def _on_somebody(screen: "SyncScreen") -> str | None:
    return None if screen.chosen else "Choose a colleague first."


def _on_a_member(screen: "SyncScreen") -> str | None:
    one = screen.chosen
    if one is None:
        return _on_somebody(screen)
    return None if one.colleague.is_active else "This colleague is no member any more."


class SyncScreen(ListScreen[Standing]):
    """Everybody that bundles go to and come from, and what to do next."""

    PLACE = "Sync"
    ABOUT = (
        "How things stand with each colleague: the last bundle to them and from them, and how much of what is here "
        "they have not said they hold. The line on top says what to do next. A day goes like this: i takes in what "
        "lies on the stick or in the shared folder, o decides what two desks said differently, x makes one bundle for "
        "everybody. A bundle says what its maker holds, so the next one begins there: one that is lost is made up for "
        "by the next. With a new colleague exchange cards first: c shows yours, e takes theirs in."
    )
    OFFERS = (
        Command("sync.export", "x", "Export", "Make a bundle for colleagues.", "export", "Sync", show=95,
                allowed=_has_members),
        Command("sync.import", "i", "Import", "Look at files or a folder, and take in the bundles among them.",
                "import", "Sync", show=94),
        Command("sync.card", "c", "My card", "Show your card with its eight words, and save it for a colleague.",
                "card", "Sync", show=80),
        Command("sync.enrol", "e", "Enrol", "Make a colleague a member from their card, step by step.", "enrol",
                "Sync", show=82),
        Command("sync.conflicts", "o", "Conflicts", "Decide what two desks said differently.", "conflicts", "Sync",
                show=78),
        Command("sync.waiting", "w", "Waiting", "See what came and could not be taken in.", "waiting", "Sync", show=72),
        Command("sync.media", "m", "Media", "The register of sticks and folders that bundles travel on.", "media",
                "Sync", show=62),
        Command("sync.lost", "l", "Lost laptop", "Report a colleague's laptop lost: nothing later is believed.",
                "lost", "Sync", show=60, allowed=_on_somebody),
        Command("sync.roles", "r", "Roles", "Say what a colleague may do here.", "roles", "Sync", show=46,
                allowed=_on_a_member),
        Command("sync.remove", "D,delete", "Remove", "Make no more bundles for a colleague.", "remove", "Sync",
                show=40, allowed=_on_somebody),
        Command("sync.past", "v", "Past too", "Show who is no member any more as well, or no more.", "past", "Sync",
                show=20),
    )  # fmt: skip
    HINT = "A colleague"
    EMPTY = (
        "Nobody is a member yet.\n"
        "Press c to save your card for a colleague.\n"
        "Press e to take theirs in: you compare eight words, in person or by phone."
    )
    DEFAULT_CSS = """
    SyncScreen #said { padding: 0 1; background: $surface; }
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._past = False
        self._seen = False
        self._read()

    def _read(self) -> None:
        desk = self.session.desk
        self.sync: SyncState = sync_state.sync_state(desk)
        self._standing = [Standing(one.colleague, one) for one in self.sync.peers]
        if self._past:
            self._standing += [Standing(one, None) for one in team.members(desk) if not one.is_active]
        self._numbers = {one: place for place, one in enumerate(self._standing)}

    @property
    def chosen(self) -> Standing | None:
        """The colleague under the cursor."""
        row: Standing | None = self.query_one("#list", VirtualTable).cursor_row
        return row

    def compose_between(self) -> ComposeResult:
        """What to do next, and what is open."""
        yield Flow(id="said")

    def on_mount(self) -> None:
        """Say what to do next. (The framework calls the list's own ``on_mount`` as well.)"""
        self._show_said()

    def _show_said(self) -> None:
        self.query_one("#said", Flow).show(said_lines(self.sync))

    def columns(self) -> Sequence[Column[Standing]]:
        """Who, when last to and from them, what they lack, and what to do."""
        return [
            Column("need", "", self._sign, 1, keep=96),
            Column("name", "Colleague", lambda one: (one.colleague.name, "strong"), 12, flex=1, keep=99),
            Column("to", "Last to", lambda one: self._ago(one, to=True), 9, keep=80),
            Column("from", "Last from", lambda one: self._ago(one, to=False), 9, keep=82),
            Column("lacks", "They lack", _lacks, 9, align="right", keep=84),
            Column("oldest", "Oldest", self._oldest, 8, align="right", keep=40),
            Column("next", "Next step", _next_step, 26, flex=4, keep=90),
        ]

    def _sign(self, one: Standing) -> Cell:
        return _SIGNS[one.state.need] if one.state else ("·", "muted")

    def _ago(self, one: Standing, *, to: bool) -> Cell:
        if one.state is None:
            return ""
        passed = one.state.last_to if to else one.state.last_from
        return ("never", "warn") if passed is None else ago(passed.at, self.session.clock())

    def _oldest(self, one: Standing) -> Cell:
        oldest = one.state.oldest if one.state else None
        return ago(oldest, self.session.clock()) if oldest else ""

    def rows(self) -> Sequence[Standing]:
        """Active members, the most pressing first; then the others, if they are wanted."""
        return self._standing

    def number_of(self, row: Standing) -> int:
        """The place in the list."""
        return self._numbers[row]

    def words_of(self, row: Standing) -> str:
        """Name and number."""
        return f"{row.colleague.name} {row.colleague.member.person or ''}"

    def show_row(self, row: Standing) -> None:
        """Show all that is known of a colleague."""
        vouched = team.vouched_by(self.session.desk, row.colleague)
        self.app.push_screen(Message(row.colleague.name, "\n".join(colleague_lines(row, vouched))))

    def changed(self, said: str = "") -> None:
        """Something was written: read everything again."""
        self._read()
        self._show_said()
        self.refresh_rows()
        self.refresh_bindings()
        refresh_status = getattr(self.app, "refresh_status", None)
        if refresh_status is not None:
            refresh_status()
        if said:
            self.app.notify(said, timeout=6, markup=False)

    def on_screen_resume(self) -> None:
        """Back from another screen: what was done there shows here."""
        if self._seen:
            self.changed()
        self._seen = True

    # Bundles

    @work
    async def action_export(self) -> None:
        """Make a bundle."""
        from casedesk.screens.sync_export import export_bundle

        one = self.chosen
        only = (
            [one.colleague] if one and one.state and len(self.sync.peers) > 1 and self._is_alone(one) else []
        )
        if await export_bundle(self.app, self.session, self.sync, only):
            self.changed()

    def _is_alone(self, one: Standing) -> bool:
        """Whether only this colleague lacks something."""
        needing = [peer for peer in self.sync.peers if peer.need]
        return len(needing) == 1 and needing[0].colleague.id == one.colleague.id

    @work
    async def action_import(self) -> None:
        """Take bundles in."""
        from casedesk.screens.sync_import import import_files

        if await import_files(self.app, self.session):
            self.changed()

    # Colleagues

    def action_card(self) -> None:
        """Show the own card."""
        sync_people.show_card(self.app, self.session)

    @work
    async def action_enrol(self) -> None:
        """Lead through taking in a card."""
        if await sync_people.enrol(self.app, self.session):
            self.changed()

    @work
    async def action_lost(self) -> None:
        """Report a laptop lost."""
        await self._ask(sync_people.report_lost)

    @work
    async def action_roles(self) -> None:
        """Say what a colleague may do."""
        await self._ask(sync_people.ask_roles)

    @work
    async def action_remove(self) -> None:
        """Remove a colleague."""
        await self._ask(sync_people.ask_remove)

    async def _ask(self, ask: Callable[[App[Any], Session, Colleague], Awaitable[str]]) -> None:
        """Ask about the colleague under the cursor, and show what came of it."""
        if self.chosen and (said := await ask(self.app, self.session, self.chosen.colleague)):
            self.changed(said)

    def action_past(self) -> None:
        """Show who is no member any more as well, or no more."""
        self._past = not self._past
        self.changed()

    # Elsewhere

    def action_conflicts(self) -> None:
        """Open the conflicts."""
        from casedesk.screens.conflicts import open_conflicts

        open_conflicts(self.app, self.session)

    def action_waiting(self) -> None:
        """Open the waiting room."""
        from casedesk.screens.waiting_room import open_waiting_room

        open_waiting_room(self.app, self.session)

    def action_media(self) -> None:
        """Open the register of media."""
        from casedesk.screens.media_register import open_media

        open_media(self.app, self.session)


def said_lines(state: SyncState) -> list[Line]:
    """What to do next; below it what is open."""
    style = "bold $cd-warn" if state.not_in_a_bundle or state.conflicts else "bold"
    counts = [
        f"{counted(state.not_in_a_bundle, 'change')} in no bundle" if state.not_in_a_bundle else "",
        f"≠ {counted(state.conflicts, 'conflict')}" if state.conflicts else "",
        f"{counted(state.waiting, 'change')} waiting" if state.waiting else "",
    ]
    open_ = " · ".join(filter(None, counts))
    lines = [line(("Next  ", "$cd-muted"), (state.next_step, style), hang=6)]
    return [*lines, line((f"      {open_}" if open_ else "      Nothing is open.", "$cd-muted"), hang=6)]


def ago(at: datetime, now: datetime) -> str:
    """How long something is ago, short: ``3 d``, ``now``."""
    span = now - at
    return show_short(span) if span.total_seconds() >= 60 else "now"


def _lacks(one: Standing) -> Cell:
    state = one.state
    if state is None or not state.operations:
        return ""
    return f"{state.changes:,}" if state.changes is not None else f"{state.operations:,} op"


def _next_step(one: Standing) -> Cell:
    if one.state is None:
        return (STATE_TITLES.get(MemberState(one.colleague.member.state or MemberState.LEFT), ""), "muted")
    return one.state.next_step if one.state.need else (one.state.next_step, "muted")


def colleague_lines(row: Standing, vouched: str) -> list[str]:
    """All that is known of a colleague, who compared their words, and how things stand with them."""
    one, state = row.colleague, row.state
    member = one.member
    title = STATE_TITLES.get(MemberState(member.state or MemberState.ACTIVE), "")
    since = f" since {show_moment(member.since)}" if member.since else ""
    roles = ", ".join(words for role, words in team.ROLE_TITLES.items() if one.may(role))
    lines = [
        f"{title}{since}; number {member.person or 'not given'}.",
        f"Words: {team.fingerprint(one)}; compared {vouched}.",
        f"May: {roles or 'nothing that needs a role'}.",
        f"Why: {member.why}" if member.why else "",
    ]
    if member.upto is not None:
        lines.append(f"Believed up to operation {member.upto:,}.")
    if state is not None:
        said = show_instant(state.said_at) if state.said_at else "never"
        lines += [
            f"Last bundle to them: {_passed(state.last_to)}",
            f"Last bundle from them: {_passed(state.last_from)}",
            f"They last said what they hold: {said}; {counted(state.operations, 'operation')} since.",
            f"They hold {counted(state.missing, 'operation')} that are not here." if state.missing else "",
            state.next_step,
        ]
    return [text for text in lines if text]


def _passed(passed: Passed | None) -> str:
    return f"number {passed.number}, {passed.kind}, {show_instant(passed.at)}" if passed else "none"
