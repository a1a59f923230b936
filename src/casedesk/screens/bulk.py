"""One act on many cases: what it is, what it would change, one question, one unit of work."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from textual.app import App

from casedesk.desk import bulk, bulk_export
from casedesk.desk.bulk import Plan
from casedesk.desk.caseload import ids_of
from casedesk.desk.desk import Desk
from casedesk.desk.paths import is_there
from casedesk.model.errors import CasedeskError
from casedesk.model.ids import EntityId
from casedesk.model.moments import earliest, earliest_day, local
from casedesk.model.text import counted
from casedesk.model.typed_moments import Lean
from casedesk.model.words import FLAG_TITLES
from casedesk.screens.session import Session
from casedesk.store.queue import QueueRow
from casedesk.widgets.dialogs import Choice, Choose, Confirm, Message, Prompt, error_message
from casedesk.widgets.fields import ChoiceField, Field, LinesField, MomentField, TextField, Values
from casedesk.widgets.form import Form
from casedesk.widgets.progress import Finished, Job, Progress
from casedesk.widgets.table import VirtualTable

T = TypeVar("T")
Make = Callable[[Desk, Sequence[EntityId]], Plan]
"""Makes the plan of an act for these cases."""

_PLAN_AT_ONCE = 1_000
"""Up to how many cases a plan is made without a sign of progress; more in a thread."""
_DO_AT_ONCE = 50
"""Up to how many are changed so: placing one anew takes a few milliseconds."""
_KEPT = "Nothing was changed."


@dataclass(frozen=True, slots=True)
class Chosen:
    """The cases that an act is about."""

    numbers: tuple[int, ...]
    """In the order of the list, then those it does not show."""
    hidden: int = 0
    """How many of them the list does not show."""
    ref: str = ""
    """The reference of the only one, where it is the one under the cursor."""

    @property
    def title(self) -> str:
        """Which they are, for the head of a dialog."""
        if self.ref:
            return self.ref
        apart = f", {self.hidden:,} of them not in this list" if self.hidden else ""
        return f"{counted(len(self.numbers), 'marked case')}{apart}"


def chosen(table: VirtualTable[QueueRow], listed: Sequence[int]) -> Chosen:
    """The marked cases, or the one under the cursor where none is marked."""
    marks, row = table.marks, table.cursor_row
    if not marks:
        return Chosen((row.n,), ref=row.ref) if row else Chosen(())
    shown = [number for number in listed if number in marks]
    return Chosen((*shown, *sorted(marks.difference(shown))), len(marks) - len(shown))


async def act_on(app: App[Any], session: Session, cases: Chosen) -> bool:
    """Let choose an act and lead through it; whether cases were changed. Runs in a worker."""
    choices = [Choice(ask, label, hint, key=key) for key, label, hint, ask in _ACTS]
    ask = await app.push_screen_wait(Choose(f"{cases.title}: what is to be done?", choices, typed=False))
    return ask is not None and await ask(app, session, cases)


# -- the acts ---------------------------------------------------------------------------------------------------


async def _assign(app: App[Any], session: Session, cases: Chosen) -> bool:
    me = session.desk.store.actor
    return await _ask(
        app, session, cases, "Assign to",
        [
            TextField("owner", "Whom", required=True, hint=f"a number; yours is {me}"),
            TextField("team", "Team", hint="as it is, if you leave this empty"),
        ],
        lambda values: partial(bulk.assign, owner=values["owner"], team=values["team"]),
    )  # fmt: skip


async def _release(app: App[Any], session: Session, cases: Chosen) -> bool:
    return await _preview(app, session, cases, bulk.release)


async def _action(app: App[Any], session: Session, cases: Chosen) -> bool:
    return await _ask(
        app, session, cases, "Set an action",
        [
            TextField("what", "What to do", required=True),
            MomentField("due", "By when", required=True, hint="tomorrow 10:00, fri 16:00", lean=Lean.FUTURE),
            TextField("owner", "For whom", hint="each case's owner, if you leave this empty"),
            LinesField("why", "Why", rows=2),
        ],
        lambda values: partial(
            bulk.set_action, what=values["what"], due=earliest(values["due"]), owner=values["owner"] or "",
            why=values["why"] or "",
        ),
    )  # fmt: skip


async def _flag(app: App[Any], session: Session, cases: Chosen) -> bool:
    words = [(flag.value, title) for flag, title in FLAG_TITLES.items()]
    return await _ask(
        app, session, cases, "Raise a flag",
        [
            ChoiceField("word", "Flag", required=True, choices=words),
            LinesField("why", "Reason", required=True, rows=2),
        ],
        lambda values: partial(bulk.add_flag, word=values["word"], why=values["why"]),
    )  # fmt: skip


async def _clinic(app: App[Any], session: Session, cases: Chosen) -> bool:
    return await _ask(
        app, session, cases, "To the out-of-court clinic",
        [LinesField("note", "Note", rows=2, hint="what the clinic should know")],
        lambda values: partial(bulk.to_clinic, note=values["note"] or ""),
    )  # fmt: skip


async def _cover(app: App[Any], session: Session, cases: Chosen) -> bool:
    now = session.clock()
    return await _ask(
        app, session, cases, "Cover for the owners of",
        [
            TextField("by", "Who covers", required=True, hint=f"a number; yours is {session.desk.store.actor}"),
            MomentField("from_on", "First day", required=True, lean=Lean.NEAREST, timed=False),
            MomentField("until_on", "Last day", required=True, hint="fri, 28/11", lean=Lean.FUTURE, timed=False),
            TextField("note", "Note"),
        ],
        lambda values: partial(
            bulk.cover, by=values["by"], from_on=earliest_day(values["from_on"]),
            until_on=earliest_day(values["until_on"]), note=values["note"] or "",
        ),
        {"from_on": f"{local(now):%d/%m/%Y}"},
    )  # fmt: skip


async def _export(app: App[Any], session: Session, cases: Chosen) -> bool:
    def wrong(text: str) -> str | None:
        if not text.strip():
            return "Type the path of a file."
        if _path(text).suffix.casefold() not in (".csv", ".json"):
            return "Let its name end in .csv or .json."
        return "That file is there already: nothing is overwritten." if is_there(_path(text)) else None

    said = "It holds names and is not encrypted: it is yours to protect. The access log notes that it was written."
    suggested = str(Path.home() / f"cases-{local(session.clock()):%Y-%m-%d-%H%M}.csv")
    typed = await app.push_screen_wait(Prompt(f"Write {cases.title} to", said, value=suggested, check=wrong))
    if typed is None:
        return False
    path = _path(typed)

    def write() -> int:
        return bulk_export.export(session.desk, ids_of(session.desk, cases.numbers), path)

    many = len(cases.numbers) > _PLAN_AT_ONCE
    written = await _run(app, write, f"Writing {path.name}" if many else "", "No file was written.")
    if written is not None:
        app.notify(f"{counted(written, 'case')} written to {path}.", timeout=6, markup=False)
    return False


async def _hand_over(app: App[Any], session: Session, cases: Chosen) -> bool:
    from casedesk.screens.sync_export import hand_over_cases

    return await hand_over_cases(app, session, ids_of(session.desk, cases.numbers), cases.title)


_ACTS = (
    ("a", "Assign to…", "Give them an owner, and a team if you like", _assign),
    ("r", "Take the owner off", "Anybody may take them then", _release),
    ("s", "Set an action…", "The same action with a time in each", _action),
    ("f", "Raise a flag…", "Whatever the extract says", _flag),
    ("l", "To the clinic…", "For an out-of-court resolution", _clinic),
    ("c", "Cover…", "A colleague covers for their owners", _cover),
    ("b", "Hand over…", "Give or lend them to a colleague's desk, with a bundle", _hand_over),
    ("x", "Export…", "Write them to a CSV or JSON file", _export),
)  # fmt: skip


# -- how an act goes --------------------------------------------------------------------------------------------


async def _ask(
    app: App[Any],
    session: Session,
    cases: Chosen,
    title: str,
    fields: Sequence[Field],
    make: Callable[[Values], Make],
    initial: dict[str, str] | None = None,
) -> bool:
    """Ask for what an act needs, then preview it. What is wrong with the answers is said in the form."""

    def check(values: Values) -> None:
        make(values)(session.desk, [])

    form = BulkForm(f"{title} · {cases.title}", fields, clock=session.clock, save=check, initial=initial)
    values = await app.push_screen_wait(form)
    return values is not None and await _preview(app, session, cases, make(values))


class BulkForm(Form):
    """Asks what an act needs; the preview comes next."""

    def label_of(self, command: Any) -> str:
        """Nothing is saved by it yet."""
        return "Preview" if command.id == "form.save" else super().label_of(command)


async def _preview(app: App[Any], session: Session, cases: Chosen, make: Make) -> bool:
    """Say what an act would change, ask, and do it; whether it was done."""
    desk, many = session.desk, len(cases.numbers) > _PLAN_AT_ONCE
    planned = await _run(
        app, lambda: make(desk, ids_of(desk, cases.numbers)), "Looking at the cases" if many else "", _KEPT
    )
    if planned is None:
        return False
    lines = [line.strip() for line in planned.as_lines()[1:]]
    if cases.ref:
        lines.insert(0, f"Case {cases.ref}, under the cursor: none is marked.")
    if not planned.changes:
        await app.push_screen_wait(Message(f"{planned.title}: nothing would change", *lines))
        return False
    count = counted(len(planned.changes), planned.thing)
    lines += ["One undo takes all of it back."]
    if cases.hidden:
        lines.insert(0, f"▲ {counted(cases.hidden, 'marked case')} not in the list that you see.")
    question = Confirm(
        f"{planned.title}: {count}?", "\n".join(lines), yes=f"Do it for {count}", no="Leave it"
    )
    if not await app.push_screen_wait(question):
        return False
    title = f"{planned.title}: {count}" if len(planned.changes) > _DO_AT_ONCE else ""
    done = await _run(app, lambda: bulk.carry_out(desk, planned), title, _KEPT)
    if done is None:
        return False
    said = f"{planned.title}: {counted(done, planned.thing)}. Ctrl+Z takes {'it' if done == 1 else 'all of it'} back."
    app.notify(said, timeout=6, markup=False)
    return True


async def _run(app: App[Any], act: Callable[[], T], title: str, kept: str) -> T | None:
    """Do something, in a thread with its progress where it has a title; None where it could not be done."""
    try:
        if not title:
            return act()
        job: Job[T] = lambda _report: act()  # noqa: E731 -- a job that cannot say how far it is
        ended: Finished[T] | None = await app.push_screen_wait(
            Progress(title, job, stopping="It is done whole or not at all, and cannot be stopped.")
        )
        if ended is None:
            return None
        if ended.error is None:
            return ended.value
        raise ended.error
    except CasedeskError as error:
        await app.push_screen_wait(error_message(error, kept=kept))
        return None


def _path(typed: str) -> Path:
    return Path(typed.strip().strip("'\"")).expanduser()
