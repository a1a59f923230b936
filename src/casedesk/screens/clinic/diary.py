"""The clinic's diary: the clinics, the slots of the one under the cursor, and what becomes of each appointment."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from textual import on
from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Static

from casedesk.desk import clinics
from casedesk.desk.clinic_diary import STATE_TITLES, Booked, ClinicDay, Slot, day_words, hours
from casedesk.desk.cover import covering
from casedesk.desk.day_sheet import suggested_name, write_day_sheet
from casedesk.desk.desk import Desk
from casedesk.model.errors import CasedeskError
from casedesk.model.ids import EntityId
from casedesk.model.moments import local, show_day, to_micros
from casedesk.model.text import clip, counted
from casedesk.model.words import AppointmentState
from casedesk.screens.clinic import diary_asks as asks
from casedesk.screens.clinic.casefile import open_casefile
from casedesk.screens.clinic.preparing import Checklist
from casedesk.screens.session import Session
from casedesk.screens.undoing import ask_undo
from casedesk.widgets.columns import Cell, Column
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Confirm, Prompt, error_message
from casedesk.widgets.rows import ListSource
from casedesk.widgets.screen import BACK, DeskScreen
from casedesk.widgets.table import VirtualTable

_STYLES = {
    AppointmentState.INVITED: "",
    AppointmentState.CONFIRMED: "ok",
    AppointmentState.ATTENDED: "ok",
    AppointmentState.MISSED: "block",
    AppointmentState.MOVED: "muted",
    AppointmentState.CANCELLED: "muted",
}
_NO_CLINIC = "No clinic is to come.\nPress n to open one."
_GROUP = "Clinic diary"


def open_diary(app: App[Any], session: Session) -> None:
    """Open the diary over what is on screen; where it cannot be read, say why."""
    try:
        screen = DiaryScreen(session)
    except CasedeskError as error:
        app.push_screen(error_message(error, title="No diary", kept="Nothing was changed."))
    else:
        app.push_screen(screen)


def _on_a_clinic(screen: "DiaryScreen") -> str | None:
    return None if screen.day else "No clinic is listed: n opens one."


def _on_one(screen: "DiaryScreen") -> str | None:
    """An appointment under the cursor."""
    return None if screen.booked else "Choose an appointment first: Tab goes to the slots."


def _on_standing(screen: "DiaryScreen") -> str | None:
    """An appointment under the cursor that is still to be kept."""
    one = screen.booked
    if one is None:
        return _on_one(screen)
    return None if one.stands else f"It is {STATE_TITLES[one.state].casefold()} already."


def _can_follow(screen: "DiaryScreen") -> str | None:
    one = screen.booked
    if one is None:
        return _on_one(screen)
    done = one.state in (AppointmentState.ATTENDED, AppointmentState.MOVED)
    return f"It is {STATE_TITLES[one.state].casefold()} already." if done else None


def _can_book(screen: "DiaryScreen") -> str | None:
    day = screen.day
    if day is None:
        return _on_a_clinic(screen)
    return (
        None if any(at > screen.session.clock() for at in day.free()) else "No slot of this clinic is free."
    )


class DiaryScreen(DeskScreen[None]):
    """Clinics above, the slots of one below."""

    PLACE = "Clinic diary"
    ABOUT = (
        "The clinics by day and place, and below them the slots of the one under the cursor. Tab goes between the two. "
        "In a free slot b or Enter books somebody in; on an appointment the keys record what becomes of it, Enter "
        "opens the clinic page of the person, and c there the case. Nothing is overwritten: an appointment that was "
        "missed or moved stays, another follows it. “Ready” counts the preparation: p shows the checklist, where what "
        "the case itself shows is ticked."
    )
    OFFERS = (
        BACK,
        Command("diary.new", "n", "New clinic", "Open a clinic: a place and hours on one day.", "new", _GROUP, show=66),
        Command("diary.book", "b", "Book", "Book somebody into a free slot.", "book", _GROUP, show=90,
                allowed=_can_book),
        Command("diary.invite", "i", "Invited", "Record that the invitation went out, and how.", "invite", _GROUP,
                show=86, allowed=_on_standing),
        Command("diary.confirm", "c", "Confirmed", "Record that the person said they will come.", "confirm", _GROUP,
                show=84, allowed=_on_standing),
        Command("diary.attended", "a", "Attended", "Record that the person came.", "attended", _GROUP, show=82,
                allowed=_on_standing),
        Command("diary.missed", "m", "Missed", "Record that the person did not come, why, and what follows.", "missed",
                _GROUP, show=81, allowed=_on_standing),
        Command("diary.move", "v", "Move", "Move the appointment, or book another after one that was missed.", "move",
                _GROUP, show=78, allowed=_can_follow),
        Command("diary.cancel", "x", "Cancel", "Cancel the appointment with a reason; its slot is free again.",
                "cancel_it", _GROUP, show=60, allowed=_on_standing),
        Command("diary.prepare", "p", "Prepare", "The checklist of the appointment.", "prepare", _GROUP, show=88,
                allowed=_on_one),
        Command("diary.arrange", "e", "Arrange", "Who comes along, adjustments, safe contact.", "arrange", _GROUP,
                show=76, allowed=_on_one),
        Command("diary.sheet", "s", "Day sheet", "Write the day sheet to a file, to print.", "sheet", _GROUP, show=64,
                allowed=_on_a_clinic),
        Command("diary.room", "r", "Room", "Change the room, the travel or the note of the clinic.", "room", _GROUP,
                show=45, allowed=_on_a_clinic),
        Command("diary.take-over", "t", "Take over", "Take a colleague's clinic over, or hand it back.", "take_over",
                _GROUP, show=55, allowed=_on_a_clinic),
        Command("diary.drop", "X,delete", "Not held", "Cancel a clinic that nobody is booked into.", "drop", _GROUP,
                show=30, allowed=_on_a_clinic),
        Command("diary.past", "o", "Past too", "Show clinics that are over as well, or no more.", "past", _GROUP,
                show=40),
        Command("diary.slots", "tab", "Slots", "Go between the clinics and the slots.", "other_list", _GROUP, show=92),
        Command("diary.undo", "ctrl+z,u", "Undo", "Take back what was done last.", "undo", _GROUP, show=35),
        Command("diary.refresh", "f5", "Refresh", "Read everything again.", "refresh_all", _GROUP),
    )  # fmt: skip
    PARTS = (VirtualTable,)
    DEFAULT_CSS = """
    DiaryScreen #clinics { height: 32%; min-height: 4; }
    DiaryScreen #day { height: 1; padding: 0 1; background: $surface; color: $cd-accent; text-style: bold; }
    DiaryScreen #one { height: 3; padding: 0 1; background: $surface; }
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._past = False
        self._read()

    def _read(self) -> None:
        self._days = clinics.clinics(self.session.desk, past=self._past)
        self._covered = covering(self.session.desk, self.session.clock())
        self._ready: dict[EntityId, tuple[int, int]] = {}
        self._shown: EntityId | None = None

    # What is under the cursors

    @property
    def days(self) -> VirtualTable[ClinicDay]:
        """The list of clinics."""
        return self.query_one("#clinics", VirtualTable)

    @property
    def table(self) -> VirtualTable[Slot]:
        """The slots of the clinic under the cursor."""
        return self.query_one("#slots", VirtualTable)

    @property
    def day(self) -> ClinicDay | None:
        """The clinic under the cursor."""
        return self.days.cursor_row if self.is_mounted else None

    @property
    def slot(self) -> Slot | None:
        """The slot under the cursor."""
        return self.table.cursor_row if self.is_mounted else None

    @property
    def booked(self) -> Booked | None:
        """The appointment under the cursor of the slots, while they have the focus."""
        slot = self.slot if self.table.has_focus else None
        return slot.booked if slot else None

    # What is shown

    def compose_body(self) -> ComposeResult:
        """The clinics, the one under the cursor in a line, its slots, and the appointment in full."""
        yield VirtualTable(
            self._day_columns(), self._day_source(), empty=_NO_CLINIC, markable=False, id="clinics"
        )
        yield Static(id="day")
        yield VirtualTable(
            self._slot_columns(), self._slot_source(None), empty="", markable=False, id="slots"
        )
        yield Static(id="one")

    def on_mount(self) -> None:
        """Start at the first clinic that is not over."""
        now = self.session.clock()
        first = next((place for place, day in enumerate(self._days) if day.closes_at > now), 0)
        if self._days:
            self.days.go_to(_number(self._days[first].id))
        self.days.focus()
        self._show_day()

    def _day_columns(self) -> list[Column[ClinicDay]]:
        return [
            Column("day", "Day", self._day_cell, 12, keep=95),
            Column("hours", "Hours", hours, 11, keep=85),
            Column("place", "Place", lambda day: (day.place, "strong"), 12, flex=3, keep=92),
            Column("room", "Room", lambda day: day.room, 8, flex=1, keep=40),
            Column("held", "Held by", self._held_cell, 14, flex=1, keep=80),
            Column("booked", "Booked", _booked_cell, 8, keep=90),
            Column("note", "", _note_cell, 13, flex=2, keep=75),
        ]

    def _slot_columns(self) -> list[Column[Slot]]:
        return [
            Column("at", "Time", lambda slot: f"{local(slot.at):%H:%M}", 5, keep=98),
            Column("state", "State", self._state_cell, 13, keep=95),
            Column("name", "Who", lambda slot: slot.booked.name if slot.booked else "", 16, flex=3, keep=94),
            Column(
                "ref", "Occurrence", lambda slot: slot.booked.ref if slot.booked else "", 12, flex=1, keep=90
            ),
            Column("ready", "Ready", self._ready_cell, 7, keep=92),
            Column("with", "With", _with_cell, 14, flex=2, keep=60),
        ]

    def _day_cell(self, day: ClinicDay) -> Cell:
        now = self.session.clock()
        said = show_day(day.day) if day.other_year else day_words(day)
        if day.closes_at <= now:
            return (said, "muted")
        if local(now).date() == day.day:
            return (f"Today {day_words(day)[4:]}", "accent")
        return (said, "strong")

    def _held_cell(self, day: ClinicDay) -> Cell:
        if day.away_cover:
            return (f"{day.worker}→{day.away_cover}", "accent")
        return (day.held_by, "accent" if day.covered_by else "")

    def _state_cell(self, slot: Slot) -> Cell:
        one = slot.booked
        if one is None:
            return ("free", "muted")
        if one.clash:
            return ("■ two at once", "block")
        if one.stands and one.until <= self.session.clock():
            return ("came or not?", "warn")
        if one.state == AppointmentState.BOOKED:
            return ("not invited", "warn")
        return (STATE_TITLES[one.state].casefold(), _STYLES[one.state])

    def _ready_cell(self, slot: Slot) -> Cell:
        one = slot.booked
        if one is None or not one.stands or one.id not in self._ready:
            return ""
        ready, every = self._ready[one.id]
        return (f"{ready} of {every}", "ok" if ready == every else "warn")

    def _day_source(self) -> ListSource[ClinicDay]:
        return ListSource(self._days, lambda day: _number(day.id))

    def _slot_source(self, day: ClinicDay | None) -> ListSource[Slot]:
        slots = day.slots() if day else ()
        for one in day.booked if day else ():
            if one.stands:
                self._ready[one.id] = clinics.readiness(self.session.desk, one)
        return ListSource(slots, _slot_number)

    def _show_day(self) -> None:
        """Show the slots of the clinic under the cursor."""
        day = self.day
        if day is None or day.id != self._shown:
            same = day is not None and day.id == self._shown
            self._shown = day.id if day else None
            self.table.set_empty("" if day is None else "Nobody is booked, and no slot is left.")
            self.table.set_source(self._slot_source(day))
            if not same:
                self.table.action_top()
        self.query_one("#day", Static).update(Content(self._day_line(day)))
        self._show_one()

    def _day_line(self, day: ClinicDay | None) -> str:
        if day is None:
            return f"You cover for {', '.join(self._covered)}." if self._covered else ""
        where = f"{day.place}{f', {day.room}' if day.room else ''}"
        parts = [f"{day_words(day)} {hours(day)} {where}"]
        if day.cancelled_why:
            parts.append(f"NOT HELD: {day.cancelled_why}")
        elif day.away_cover:
            parts.append(f"{day.worker} is away, {day.away_cover} covers")
        elif day.covered_by:
            parts.append(f"{day.covered_by} covers for {day.worker}")
        parts += [part for part in (day.travel, day.note) if part]
        return clip(" · ".join(parts), max(self.size.width - 2, 20))

    def _show_one(self) -> None:
        slot = self.slot
        one = slot.booked if slot else None
        room = max(self.size.width - 2, 20)
        if one is None:
            said = ["" if slot is None else "A free slot: b books somebody in."]
        else:
            head, rest = _about(one)
            said = [clip(head, room), clip(rest, 2 * room - 4)]
        first, *below_lines = said
        below = "".join(below_lines)
        warned = one is not None and bool(one.facts.safe_contact or one.facts.avoid)
        parts = [(first, "bold"), ("\n", ""), (below, "$cd-warn" if warned else "$cd-muted")]
        self.query_one("#one", Static).update(Content.assemble(*parts))
        self.refresh_bindings()

    @on(VirtualTable.RowHighlighted, "#clinics")
    def _day_moved(self) -> None:
        self._show_day()

    @on(VirtualTable.RowHighlighted, "#slots")
    def _slot_moved(self) -> None:
        self._show_one()

    def on_descendant_focus(self) -> None:
        """Which keys can be used depends on the list."""
        if self.is_mounted:
            self._show_one()

    def on_resize(self) -> None:
        """The lines are cut anew."""
        if self.is_mounted:
            self._show_day()

    @on(VirtualTable.RowOpened, "#clinics")
    def _day_opened(self) -> None:
        self.table.focus()

    @on(VirtualTable.RowOpened, "#slots")
    def _slot_opened(self) -> None:
        one = self.booked
        if one is not None:
            open_casefile(self.app, self.session, one.case_id, one.facts.suspect)
        else:
            self.action_book()

    # Read again

    def on_screen_resume(self) -> None:
        """Back from a case: what was done there shows here."""
        if self._shown is not None:
            self._again()

    def _again(
        self, said: str = "", clinic: EntityId | None = None, appointment: EntityId | None = None
    ) -> None:
        """Read everything again; the cursors stay, or go to the clinic and the appointment named."""
        slot = self.table.cursor_id if appointment is None else _number(appointment)
        shown = clinic or self._shown
        self._read()
        self.days.set_source(self._day_source())
        if shown is not None:
            self.days.go_to(_number(shown))
        self._show_day()
        if slot is not None:
            self.table.go_to(slot)
        self._show_one()
        refresh_status = getattr(self.app, "refresh_status", None)
        if refresh_status is not None:
            refresh_status()
        if said:
            self.app.notify(said, timeout=7, markup=False)

    def _do(self, act: Callable[[], object], said: str) -> None:
        """Do something that asks nothing; a refusal is shown."""
        try:
            warnings = act()
        except CasedeskError as error:
            self.app.push_screen(error_message(error, kept="Nothing was changed."))
        else:
            more = warnings if isinstance(warnings, list) else []
            self._again(" ".join([said, *more]))

    # Clinics

    def action_new(self) -> None:
        """Open a clinic."""
        asks.ask_new(self.app, self.session, lambda clinic_id, said: self._again(said, clinic_id))

    def action_room(self) -> None:
        """Change the room, the travel or the note of the clinic."""
        day = self.day
        if day is not None:
            asks.ask_clinic(self.app, self.session, day, self._again)

    def action_take_over(self) -> None:
        """Ask, then take the clinic over, or hand it back."""
        day = self.day
        if day is None:
            return
        desk = self.session.desk
        if day.covered_by:
            title, yes = f"Hand this clinic back to {day.worker}?", "Hand back"
        else:
            title, yes = f"Take this clinic over from {day.worker}?", "Take over"

        def answered(sure: bool | None) -> None:
            if not sure:
                return
            if day.covered_by:
                self._do(lambda: clinics.hand_back(desk, day.id), f"{day.worker} holds it again.")
            else:
                self._do(lambda: clinics.take_over(desk, day.id), f"You hold it for {day.worker}.")

        many = sum(one.stands for one in day.booked)
        text = f"{day.title}, {counted(many, 'appointment')}. The cases stay with their owners."
        self.app.push_screen(Confirm(title, text, yes=yes, no="Leave it"), answered)

    def action_drop(self) -> None:
        """Ask why, and cancel the clinic."""
        day = self.day
        if day is not None:
            asks.ask_why(
                self.app, f"Why is this clinic not held? {day.title}", "",
                lambda why: self._do(lambda: clinics.cancel_clinic(self.session.desk, day.id, why), "It is not held."),
            )  # fmt: skip

    def action_sheet(self) -> None:
        """Ask where to, and write the day sheet there."""
        day = self.day
        if day is None:
            return

        def typed(text: str | None) -> None:
            if text is None:
                return
            path = Path(text.strip().strip("'\"")).expanduser()
            try:
                write_day_sheet(self.session.desk, day.id, path)
            except CasedeskError as error:
                self.app.push_screen(error_message(error, title="Not written", kept="No file was written."))
            else:
                self.app.notify(f"Written: {path}.", timeout=6, markup=False)

        said = (
            "Names, times and references, nothing of offences or needs. The file is not encrypted; the access log "
            "notes that it was written. It ends in .docx or .txt."
        )
        suggested = str(Path.home() / suggested_name(day))
        self.app.push_screen(Prompt("Write the day sheet as", said, value=suggested), typed)

    def action_past(self) -> None:
        """Show clinics that are over as well, or no more."""
        self._past = not self._past
        self._again()

    # Appointments

    def action_book(self) -> None:
        """Choose a case, then ask for the rest and book."""
        day, slot = self.day, self.slot
        if day is None:
            return
        at = (
            slot.at if slot and slot.booked is None and self.table.has_focus else next(iter(day.free()), None)
        )

        def chosen(case_id: EntityId) -> None:
            asks.ask_booking(self.app, self.session, day, at, case_id, self._again)

        asks.ask_case(self.app, self.session, day, chosen)

    def action_invite(self) -> None:
        """Ask how the invitation went out."""
        one = self.booked
        if one is not None:
            asks.ask_invitation(self.app, self.session, one.case_id, one.id, self._again)

    def action_confirm(self) -> None:
        """Record that the person said they will come."""
        one = self.booked
        if one is not None:
            self._do(
                lambda: clinics.confirm(self.session.desk, one.case_id, one.id), f"{one.name} will come."
            )

    def action_attended(self) -> None:
        """Record that the person came."""
        one = self.booked
        if one is not None:
            self._do(lambda: clinics.attended(self.session.desk, one.case_id, one.id), f"{one.name} came.")

    def action_missed(self) -> None:
        """Ask why the person did not come, and what follows."""
        one = self.booked
        if one is not None:
            asks.ask_missed(self.app, self.session, one.case_id, one.id, self._again)

    def action_move(self) -> None:
        """Ask for another slot."""
        one = self.booked
        if one is not None:
            asks.ask_move(self.app, self.session, one.case_id, one.id, stands=one.stands, done=self._again)

    def action_cancel_it(self) -> None:
        """Ask why, and cancel the appointment."""
        one = self.booked
        if one is not None:
            asks.ask_why(
                self.app, f"Why is the appointment of {one.name} cancelled?", "",
                lambda why: self._do(
                    lambda: clinics.cancel(self.session.desk, one.case_id, one.id, why), "Cancelled: its slot is free."
                ),
            )  # fmt: skip

    def action_arrange(self) -> None:
        """Ask who comes along and what is arranged."""
        one = self.booked
        if one is not None:
            asks.ask_arrangements(self.app, self.session, one.case_id, one.id, one.facts, self._again)

    def action_prepare(self) -> None:
        """Show the checklist and keep the ticks."""
        one = self.booked
        if one is None:
            return
        desk = self.session.desk

        def ticked(names: Sequence[str] | None) -> None:
            if names is not None:
                self._do(lambda: _prepare(desk, one, names), "Noted.")

        checks = clinics.preparation_of(desk, one.case_id, one.id)
        self.app.push_screen(Checklist(f"Preparation: {one.name} · {one.ref}", checks), ticked)

    # The rest

    def action_other_list(self) -> None:
        """Go between the clinics and the slots."""
        (self.days if self.table.has_focus else self.table).focus()

    def label_of(self, command: Command) -> str:
        """Tab says which list it goes to."""
        if command.id == "diary.slots" and self.is_mounted and self.table.has_focus:
            return "Clinics"
        return super().label_of(command)

    def action_back(self) -> None:
        """Leave the slots, or the screen."""
        if self.table.has_focus:
            self.days.focus()
        else:
            self.dismiss(None)

    def action_undo(self) -> None:
        """Take back what was done last."""
        ask_undo(self.app, self.session, self._again)

    def action_refresh_all(self) -> None:
        """Read everything again."""
        self._again()


def _prepare(desk: Desk, one: Booked, names: Sequence[str]) -> list[str]:
    """Keep the ticks; what is still to do is said."""
    left = clinics.prepare(desk, one.case_id, one.id, names)
    return [
        f"Still to do: {'; '.join(check.check.title for check in left)}." if left else "Everything is ready."
    ]


def _number(entity: EntityId) -> int:
    """A number that stays the same however the list changes."""
    return int.from_bytes(entity)


def _slot_number(slot: Slot) -> int:
    return _number(slot.booked.id) if slot.booked else to_micros(slot.at)


def _booked_cell(day: ClinicDay) -> Cell:
    taken = sum(one.occupies for one in day.booked)
    every = taken + len(day.free())
    return f"{taken} of {every}" if every else "–"


def _note_cell(day: ClinicDay) -> Cell:
    if day.cancelled_why:
        return ("NOT HELD", "block")
    if any(one.clash for one in day.booked):
        return ("■ two at once", "block")
    waiting = sum(one.state == AppointmentState.BOOKED for one in day.booked)
    return (f"{waiting} not invited", "warn") if waiting else ""


def _with_cell(slot: Slot) -> Cell:
    one = slot.booked
    if one is None:
        return ""
    facts = one.facts
    parts = [
        word
        for word, value in (
            ("AA", facts.appropriate_adult), ("interpreter", facts.interpreter), ("solicitor", facts.solicitor)
        )
        if value
    ]  # fmt: skip
    if facts.safe_contact or facts.avoid:
        return ("▲SAFE " + " ".join(parts), "block")
    return ", ".join(parts)


def _about(one: Booked) -> tuple[str, str]:
    """An appointment in full: what it is, what must be read, who comes along and what is arranged."""
    facts = one.facts
    title = one.case.case.offence_title or one.case.case.category or ""
    invited = (
        f"invited {show_day(local(facts.invited_at).date())} by {facts.invited_by}"
        if facts.invited_at
        else ""
    )
    head = " · ".join(filter(None, (one.name, one.ref, title)))
    safe = "; ".join(
        filter(None, (facts.safe_contact, f"never by {', '.join(facts.avoid)}" if facts.avoid else ""))
    )
    told = [
        f"▲ {safe}" if safe else "",
        f"Why: {facts.why}" if facts.why else "",
        invited,
        *(
            f"{title}: {value}"
            for title, value in (
                ("AA", facts.appropriate_adult), ("Interpreter", facts.interpreter), ("Solicitor", facts.solicitor),
                ("Comes by", facts.travel), ("Adjustments", facts.adjustments), ("Note", facts.note),
            )
            if value
        ),
    ]  # fmt: skip
    return head, " · ".join(part for part in told if part)
