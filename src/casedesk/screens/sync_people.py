"""Colleagues: one's own card, enrolling somebody from theirs, what they may do, and laptops that were lost."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Static

from casedesk.bundles.cards import Card
from casedesk.desk import device_cards, team, waiting_room
from casedesk.desk.desk import Desk
from casedesk.desk.device_cards import CARD_SUFFIX
from casedesk.desk.paths import is_file, is_folder, is_there
from casedesk.desk.team import Colleague
from casedesk.model.errors import BadInputError, CasedeskError
from casedesk.model.moments import show_instant
from casedesk.model.text import clip, counted
from casedesk.model.words import MemberState, TeamRole
from casedesk.screens.jobs import run
from casedesk.screens.places_typed import first_folder, path_of, remember_folder
from casedesk.screens.session import Session
from casedesk.store.incoming import Taken
from casedesk.widgets.big_words import BigWords
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Choice, Choose, Confirm, Dialog, Message, Prompt, error_message
from casedesk.widgets.fields import Field, LinesField, ManyField, NumberField, TextField, Values
from casedesk.widgets.form import Form
from casedesk.widgets.progress import Reporter

_NOBODY = "Nobody was added."
_WORDS = 8
_FOUND_HINT = "why nobody else can have used it"


# -- one's own card ---------------------------------------------------------------------------------------------


class CardDialog(Dialog[None]):
    """One's own card: its eight words, large, to be read out."""

    PLACE = "My card"
    DEFAULT_CSS = """
    CardDialog > #box { width: 112; }
    """
    OFFERS: ClassVar[Sequence[Command]] = (
        Command("card.save", "s", "Save to a folder", "Write the card's file for a colleague.", "save", "My card",
                show=90),
        Command("card.close", "escape,enter", "Close", "Close the card.", "close", "My card", show=80),
    )  # fmt: skip

    def __init__(self, session: Session) -> None:
        self._session = session
        self._card = device_cards.own_card(session.desk)
        super().__init__(f"Your card: {self._card.name} ({self._card.actor})")

    def compose_body(self) -> ComposeResult:
        """The words, and what to do with them."""
        yield BigWords(self._card.fingerprint)
        yield Static(
            Content(
                "Save the card for your colleague. When they enrol it, read these words out to them: side by side, or "
                "on a call where you know each other's voice."
            ),
            classes="dialog--text",
        )

    def action_save(self) -> None:
        """Ask for a folder, and write the card there."""

        def chosen(typed: str | None) -> None:
            if typed is not None:
                self._write(path_of(typed))

        self.app.push_screen(
            Prompt(
                "Save your card to which folder?",
                "A stick, or a folder your colleague can read. The card holds no casework and no secret.",
                value=first_folder(self._session),
                check=folder_problem,
            ),
            chosen,
        )

    def _write(self, folder: Path) -> None:
        try:
            _, path = device_cards.write_own_card_to(self._session.desk, folder)
        except CasedeskError as error:
            self.app.push_screen(error_message(error, kept="No card was saved."))
            return
        remember_folder(self._session, folder)
        self.app.notify(f"Saved as {path}.", timeout=8, markup=False)

    def action_close(self) -> None:
        """Close the card."""
        self.dismiss(None)


def show_card(app: App[Any], session: Session) -> None:
    """Show one's own card."""
    app.push_screen(CardDialog(session))


def folder_problem(typed: str) -> str | None:
    """What is wrong with a folder that was typed; None where nothing is."""
    return (
        None if typed.strip() and is_folder(path_of(typed)) else "There is no such folder. Is the stick in?"
    )


# -- enrolling ------------------------------------------------------------------------------------------------


class EnrolForm(Form):
    """The words as they are read out, and what the new member may do."""

    def label_of(self, command: Command) -> str:
        """The words of its keys."""
        named = {"form.save": "Enrol", "form.leave": "Leave: add nobody"}
        return named.get(command.id) or super().label_of(command)


async def enrol(app: App[Any], session: Session, path: Path | None = None) -> bool:
    """Lead through making a colleague a member, from a card file; whether one was. Runs in a worker."""
    path = path or await _ask_for_card(app, session)
    if path is None:
        return False
    try:
        card = device_cards.read_card_file(path)
    except CasedeskError as error:
        await app.push_screen_wait(error_message(error, title="This card is not taken in", kept=_NOBODY))
        return False
    desk = session.desk
    warning = team.warning_of(desk, card)
    if not await app.push_screen_wait(_about_card(card, path, warning)):
        return False

    def save(values: Values) -> None:
        words = values["words"].split()
        if len(words) != _WORDS:
            raise BadInputError(
                f"These are {len(words)} words; there are {_WORDS}.", "Ask for all of them again."
            )
        team.enrol(desk, card, values["words"], values["roles"] or (), found=values.get("found") or "")

    title = (
        f"Step 3 of 3 · Compare with {card.name}\n"
        "Ask them to open Sync on their own screen and press c: it shows eight words. Let them read the words out, and "
        "type what you hear. If casedesk refuses the words, the card is not theirs."
    )
    fields: list[Field] = [
        TextField("words", "Words you hear", required=True, hint="eight words of five letters"),
        ManyField("roles", "They may", choices=role_choices(), suggested=(TeamRole.APPROVAL.value,)),
    ]
    if team.reported_lost(desk, card):
        fields.insert(1, LinesField("found", "How it was found", required=True, rows=2, hint=_FOUND_HINT))
    form = EnrolForm(
        title, fields, clock=session.clock, save=save, initial={"roles": TeamRole.APPROVAL.value},
    )  # fmt: skip
    if await app.push_screen_wait(form) is None:
        return False
    freed = await _let_in(app, session)
    await app.push_screen_wait(
        Message(
            f"{card.name} is a member",
            f"Bundles can be made for them, and theirs are taken in here.{freed}",
            "They must enrol you as well: press c, save your card for them, and read your words out.",
        )
    )
    return True


async def _ask_for_card(app: App[Any], session: Session) -> Path | None:
    """The card's file: typed, or chosen among those of a folder."""
    typed = await app.push_screen_wait(
        Prompt(
            "Step 1 of 3 · Where is your colleague's card?",
            f"They saved it with c in Sync. Give the folder or the file, which ends in {CARD_SUFFIX}.",
            value=first_folder(session),
            check=lambda typed: None if is_there(path_of(typed)) else "There is no such file or folder.",
        )
    )
    if not typed:
        return None
    path = path_of(typed)
    if is_file(path):
        return path
    own = session.desk.store.identity.device
    found: list[Choice[Path]] = []
    for one in _cards_in(path):
        try:
            card = device_cards.read_card_file(one)
        except CasedeskError:
            found.append(Choice(one, one.name, "No card, or one that was changed"))
        else:
            if card.device != own:
                found.append(
                    Choice(
                        one, f"{card.name} ({card.actor})", f"{one.name}, made {show_instant(card.made_at)}"
                    )
                )
    if not found:
        nothing = BadInputError(
            "There is no card of a colleague in that folder.", "Ask them to save theirs there: c in Sync."
        )
        await app.push_screen_wait(error_message(nothing, title="No card", kept=_NOBODY))
        return None
    remember_folder(session, path)
    if len(found) == 1:
        return found[0].value
    return await app.push_screen_wait(Choose("Step 1 of 3 · Whose card is it?", found, typed=False))


def _cards_in(folder: Path) -> list[Path]:
    try:
        return sorted(one for one in folder.iterdir() if one.suffix == CARD_SUFFIX)[:9]
    except OSError:
        return []


async def _let_in(app: App[Any], session: Session) -> str:
    """Take in what had waited for a change of the team, and say so; empty where nothing could be taken in."""
    desk = session.desk
    if not waiting_room.count(desk):
        return ""

    def job(_report: Reporter) -> Taken:
        return waiting_room.retry(desk)

    taken = await run(
        app, "Taking in what waited", job, stopping="It is done whole or not at all.",
        kept="The team is changed. What waits, waits as before: r in the waiting room tries again.",
    )  # fmt: skip
    came = taken.freed + taken.filled if taken else 0
    return (
        f" {counted(came, 'change')} that had waited {'was' if came == 1 else 'were'} taken in."
        if came
        else ""
    )


def _about_card(card: Card, path: Path, warning: str) -> Confirm:
    """Whose card it says it is. Its words are not shown: they are to be heard, not copied."""
    text = (
        f"It says it is of {card.name}, number {card.actor}, made {show_instant(card.made_at)}.\n"
        f"The file is {clip(str(path), 200)}.\n\n"
        + (f"▲ {warning}\n\n" if warning else "")
        + "Anybody can write a name on a card. So the next step compares eight words, which your colleague reads out "
        "from their own screen. You have to be with them, or on a call where you know their voice."
    )
    return Confirm("Step 2 of 3 · Is this the card you expect?", text, yes="Go on", no="Leave")


def role_choices() -> tuple[tuple[str, str], ...]:
    """What a member may be allowed, with its words."""
    return tuple((role.value, title) for role, title in team.ROLE_TITLES.items())


# -- what becomes of a colleague --------------------------------------------------------------------------------


async def ask_roles(app: App[Any], session: Session, one: Colleague) -> str:
    """Ask what a colleague may do here; what was done about it, empty where it was left. Runs in a worker."""

    def save(values: Values) -> None:
        team.set_roles(session.desk, one, values["roles"] or ())

    held = ",".join(role.value for role in TeamRole if one.may(role))
    field = ManyField("roles", "They may", choices=role_choices())
    title = (
        f"What may {one.name} do?\nWhat they wrote without the role waits; it is applied once they have it."
    )
    form = Form(title, [field], clock=session.clock, save=save, initial={"roles": held})
    if await app.push_screen_wait(form) is None:
        return ""
    return f"What {one.name} may do was changed.{await _let_in(app, session)}"


async def ask_remove(app: App[Any], session: Session, one: Colleague) -> str:
    """Ask why and up to where they are believed, and make no more bundles for a colleague. As :func:`ask_roles`."""
    desk = session.desk

    def save(values: Values) -> None:
        team.remove(desk, one, values["why"], values["upto"])

    title = f"Remove {one.name}\nWhat came from them stays. What they were given, they keep."
    fields = [LinesField("why", "Why", required=True, rows=2), _upto(desk, one)]
    if await app.push_screen_wait(Form(title, fields, clock=session.clock, save=save)) is None:
        return ""
    freed = await _let_in(app, session)
    back = "" if one.member.state == MemberState.LOST else " Enrol them again with their card if they return."
    return f"{one.name} is no member any more.{back}{freed}"


async def report_lost(app: App[Any], session: Session, one: Colleague) -> str:
    """Ask up to where a lost laptop is to be believed, and why. As :func:`ask_roles`."""
    desk = session.desk
    limit = 0

    def save(values: Values) -> None:
        nonlocal limit
        limit = team.lost(desk, one, values["upto"], values["why"])

    title = (
        f"The laptop of {one.name} is lost\n"
        "▲ Nothing that it wrote later is taken in, and no bundle is made for it. What it holds is encrypted. Tell "
        "your information security contact."
    )
    fields = [
        _upto(desk, one),
        LinesField(
            "why", "What happened", required=True, rows=2, hint="when and where it was lost, who was told"
        ),
    ]
    if await app.push_screen_wait(Form(title, fields, clock=session.clock, save=save)) is None:
        return ""
    freed = await _let_in(app, session)
    return f"Of {one.name} nothing after operation {limit:,} is taken in.{freed} Give everybody a bundle that says so."


def _upto(desk: Desk, one: Colleague) -> NumberField:
    """Up to which operation somebody is believed."""
    return NumberField(
        "upto",
        "Believed up to",
        hint=f"{team.believed_now(desk, one):,}: what is held and believed here",
        most=10**9,
    )
