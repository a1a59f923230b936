"""The way in: unlocking the store that is there, or setting up a new one."""

from collections.abc import Callable
from dataclasses import replace

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from casedesk.desk.desk import Desk
from casedesk.desk.settings import Person, Settings
from casedesk.desk.setup import known_recovery_keys, set_up, unlock
from casedesk.model.errors import CasedeskError
from casedesk.model.text import clean
from casedesk.model.words import Role
from casedesk.screens.session import Session
from casedesk.store.keys import MIN_PASSPHRASE, check_passphrase
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Choice, Choose, Confirm
from casedesk.widgets.screen import DeskScreen

OnOpen = Callable[[Desk], None]
"""What to do with the desk once it is open."""
ROLE_TITLES = {
    Role.EARLY_OUTCOME: "Early Outcome Team officer",
    Role.OOCR_CASE_WORKER: "OOCR case worker",
    Role.OOCR_COORDINATOR: "OOCR co-ordinator",
    Role.FINALISATIONS: "Finalisations officer",
    Role.CASE_PROGRESSION: "Case progression officer",
}


class _Door(DeskScreen[None]):
    """A screen before the desk is open: a few inputs, a line that says what is wrong, nothing of the store."""

    DEFAULT_CSS = """
    _Door { align: center middle; }
    _Door #door { width: 64; max-width: 96%; height: auto; padding: 0 2; }
    _Door #door { border: round $cd-accent; background: $surface; }
    _Door Static { height: auto; }
    _Door .title { text-style: bold; margin-bottom: 1; }
    _Door .note { color: $cd-muted; margin-bottom: 1; }
    _Door #role { margin: 0 0 1 0; }
    _Door #recovery { margin-top: 1; }
    _Door Input { background: $background; }
    _Door #said { margin-top: 1; }
    _Door #said { color: $cd-block; text-style: bold; }
    _Door #said.-calm { color: $cd-muted; text-style: none; }
    """

    class Opened(Message):
        """The desk is open."""

        def __init__(self, desk: Desk) -> None:
            super().__init__()
            self.desk = desk

    class Refused(Message):
        """The desk did not open."""

        def __init__(self, error: CasedeskError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, session: Session, opened: OnOpen) -> None:
        super().__init__()
        self.session = session
        self._opened = opened
        self._busy = False

    def say(self, text: str, *, calm: bool = False) -> None:
        """Say what is wrong, or what is being done."""
        said = self.query_one("#said", Static)
        said.set_class(calm, "-calm")
        said.update(Content(text))

    def locked(self) -> None:
        """Locked again after work: ready for the next passphrase."""
        self.say("", calm=True)
        self.query_one("#passphrase", Input).focus()

    @on(Opened)
    def _is_open(self, event: "_Door.Opened") -> None:
        self._busy = False
        for box in self.query(Input).results(Input):
            if box.password:
                box.value = ""
        self._opened(event.desk)

    @on(Refused)
    def _is_refused(self, event: "_Door.Refused") -> None:
        self._busy = False
        self.say(str(event.error))
        for box in self.query(Input).results(Input):
            if box.password:
                box.value = ""
        self.query(Input).filter("#passphrase").first(Input).focus()


class UnlockScreen(_Door):
    """Asks for the passphrase."""

    PLACE = "Locked"
    ABOUT = "The store is encrypted. Only its passphrase opens it; nobody can read it without."
    OFFERS = (
        Command("unlock.go", "enter", "Unlock", "Open the store.", "go", "Locked", show=90, priority=True),
    )

    def compose_body(self) -> ComposeResult:
        """The passphrase."""
        person = self.session.settings.person
        with Vertical(id="door"):
            yield Static(
                Content(f"casedesk is locked{f' · {person.name}' if person.name else ''}"), classes="title"
            )
            yield Input(id="passphrase", password=True, placeholder="Passphrase", compact=True)
            yield Static(id="said")

    def __init__(self, session: Session, opened: OnOpen, *, try_keyring: bool = True) -> None:
        """``try_keyring``: open at once with what the operating system remembers; not just after locking."""
        super().__init__(session, opened)
        self._try_keyring = try_keyring

    def on_mount(self) -> None:
        """Ready to type; a passphrase that the operating system's keyring keeps is tried first."""
        self.query_one("#passphrase", Input).focus()
        if self._try_keyring:
            self._try_remembered()

    @work(thread=True, exit_on_error=False, group="unlock")
    def _try_remembered(self) -> None:
        from casedesk.desk.keyring_store import is_remembered, unlock_remembered

        try:
            if is_remembered(self.session.places):
                desk = unlock_remembered(self.session.places, self.session.clock)
                if desk is not None:
                    self.post_message(self.Opened(desk))
        except CasedeskError as error:
            self.post_message(self.Refused(error))

    def action_go(self) -> None:
        """Try the passphrase."""
        typed = self.query_one("#passphrase", Input).value
        if typed and not self._busy:
            self._busy = True
            self.say("Unlocking…", calm=True)
            self._unlock(typed)

    @work(thread=True, exit_on_error=False, group="unlock")
    def _unlock(self, passphrase: str) -> None:
        try:
            desk = unlock(self.session.places, passphrase, self.session.clock)
        except CasedeskError as error:
            self.post_message(self.Refused(error))
        else:
            self.post_message(self.Opened(desk))


class SetUpScreen(_Door):
    """The first run: who you are, and a passphrase."""

    PLACE = "Setting up"
    ABOUT = (
        "Your work is kept in an encrypted store on this computer. The passphrase is the only key to it: "
        "choose four or more unrelated words, and keep it where you keep others."
    )
    OFFERS = (
        Command("setup.go", "ctrl+s,f10", "Make the store", "Set up the store with what you typed.", "go",
                "Setting up", show=90, priority=True),
        Command("setup.role", "f3", "Role", "Choose your role.", "role", "Setting up", show=60),
    )  # fmt: skip

    def __init__(self, session: Session, opened: OnOpen) -> None:
        super().__init__(session, opened)
        self._role = Role.FINALISATIONS

    def compose_body(self) -> ComposeResult:
        """Name, number, role and the passphrase twice."""
        with Vertical(id="door"):
            yield Static(Content("Welcome to casedesk"), classes="title")
            yield Static(
                Content(f"This sets up an encrypted store in {self.session.places.home}. To look around first, quit "
                        "with Ctrl+Q and run “casedesk demo”."),
                classes="note",
            )  # fmt: skip
            yield Input(id="name", placeholder="Your name", compact=True)
            yield Input(id="number", placeholder="Your collar or staff number", compact=True)
            yield Static(id="role", classes="note")
            yield Input(id="passphrase", password=True, compact=True,
                        placeholder=f"New passphrase, {MIN_PASSPHRASE} characters or more")  # fmt: skip
            yield Input(id="again", password=True, placeholder="The same again", compact=True)
            yield Input(id="recovery", compact=True, placeholder=self._recovery_hint())
            yield Static(id="said")

    def _recovery_hint(self) -> str:
        try:
            known = known_recovery_keys(self.session.places, self.session.settings)
        except CasedeskError as error:
            return error.message
        return (
            "Recovery key: your force's is there already"
            if known
            else "Your force's recovery key (age1…), or none"
        )

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one("#name", Input).focus()
        self._show_role()

    def _show_role(self) -> None:
        self.query_one("#role", Static).update(Content(f"Role: {ROLE_TITLES[self._role]} (F3 changes it)"))

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        if event.input.id == "recovery":
            self.action_go()
        else:
            self.focus_next(Input)

    def action_role(self) -> None:
        """Choose a role."""

        def chosen(role: Role | None) -> None:
            if role is not None:
                self._role = role
                self._show_role()

        self.app.push_screen(Choose("Your role", [Choice(role, ROLE_TITLES[role]) for role in Role]), chosen)

    def action_go(self) -> None:
        """Set the store up, when everything is there."""
        if self._busy:
            return
        name, number = (clean(self.query_one(f"#{field}", Input).value) for field in ("name", "number"))
        passphrase, again = (self.query_one(f"#{field}", Input).value for field in ("passphrase", "again"))
        problem = self._problem(name, number, passphrase, again)
        if problem:
            self.say(problem)
            return
        settings = replace(self.session.settings, person=Person(name, number, self._role))
        given = tuple(word for word in self.query_one("#recovery", Input).value.split() if word != "none")
        if given or known_recovery_keys(self.session.places, settings):
            self._make(settings, passphrase, given)
            return

        def answered(without: bool | None) -> None:
            if without:
                self._make(settings, passphrase, ())

        text = (
            "If the passphrase is forgotten, nobody can ever open the store again: what is in it is lost. Your force "
            "keeps a recovery key for this; ask for it. A warning stays on every screen until one is added."
        )
        question = Confirm("Go without a recovery key?", text, yes="Go without", no="Back", dangerous=True)
        self.app.push_screen(question, answered)

    def _make(self, settings: Settings, passphrase: str, recovery: tuple[str, ...]) -> None:
        self._busy = True
        self.say("Making the store…", calm=True)
        self._set_up(settings, passphrase, recovery)

    def _problem(self, name: str, number: str, passphrase: str, again: str) -> str:
        if not name and not number:
            return "Type your name or your number: every record you make is signed with it."
        try:
            check_passphrase(passphrase)
        except CasedeskError as error:
            return str(error)
        return "" if passphrase == again else "The two passphrases differ."

    @work(thread=True, exit_on_error=False, group="unlock")
    def _set_up(self, settings: Settings, passphrase: str, recovery: tuple[str, ...]) -> None:
        try:
            desk = set_up(self.session.places, passphrase, settings, self.session.clock, recovery=recovery)
        except CasedeskError as error:
            self.post_message(self.Refused(error))
        else:
            self.post_message(self.Opened(desk))
