"""Commands: one definition each, from which key, footer, palette, help and keymap file come.

A screen, a widget or the app lists what it offers once, in ``OFFERS``; a command that cannot be used now
stays where it is, dimmed, and says why when its key is pressed. No key is described in two places.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, ClassVar, TypeVar, cast

from textual.app import App
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen

R = TypeVar("R")

Allowed = Callable[[Any], str | None]
"""Given what a place knows (its ``command_context()``), says why a command cannot be used now, or None."""

GENERAL = "Everywhere"


def always(_context: Any) -> None:
    """The command can always be used."""


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that can be done from the keyboard."""

    id: str
    """Its name in the keymap file, for ever: ``queue.open``."""
    keys: str
    """Its default keys, comma-separated: ``enter,o``. The first is the one that is shown."""
    label: str
    """What the footer and the palette call it: a verb, one to three words."""
    help: str
    """What it does, in one sentence."""
    action: str
    """The method ``action_<action>`` of whoever offers it."""
    group: str = GENERAL
    """The heading under which the help lists it."""
    show: int = 0
    """Its weight in the footer: 0 is never shown; where room is short the lightest goes first."""
    allowed: Allowed = always
    priority: bool = False
    """Whether the key also works where something else has the focus, an open dialog included."""

    def binding(self) -> Binding:
        """The framework's binding for it. The footer is ours, so the framework's shows nothing."""
        return Binding(
            self.keys,
            f"run_command('{self.id}')",
            self.label,
            show=False,
            id=self.id,
            priority=self.priority,
        )

    def default_keys(self) -> tuple[str, ...]:
        """Its default keys one by one."""
        return split_keys(self.keys)


@dataclass(frozen=True, slots=True)
class LiveCommand:
    """A command as it stands at this moment, where the focus is."""

    command: Command
    node: "Commanded"
    """Who offers it."""
    keys: tuple[str, ...]
    """The keys that reach it now: none while an input takes what is typed."""
    label: str
    """What it is called now, the number of things it would touch included."""
    reason: str | None
    """Why it cannot be used now; None where it can."""

    async def run(self) -> None:
        """Do it, or say why not."""
        await self.node.run_command(self.command)


class Commanded:
    """A part of the app that offers commands: mixed into screens, widgets and the app, before their base."""

    BINDINGS: ClassVar[list[BindingType]]
    OFFERS: ClassVar[Sequence[Command]] = ()
    """What this class adds to what its bases offer. A command with the id of an inherited one replaces it."""
    WITHOUT: ClassVar[Sequence[str]] = ()
    """The ids of inherited commands that this class does not offer: their keys mean something else here."""
    PARTS: ClassVar[Sequence["type[Commanded]"]] = ()
    """The widgets inside that offer commands of their own, for the help and for checking a keymap."""
    PLACE: ClassVar[str] = ""
    """What this place is called on screen."""

    def __init_subclass__(cls, **options: Any) -> None:
        own = cls.__dict__.get("OFFERS", ())
        if own:
            cls.BINDINGS = [*cls.__dict__.get("BINDINGS", ()), *(command.binding() for command in own)]
        super().__init_subclass__(**options)

    def command_context(self) -> Any:
        """What the commands' ``allowed`` are asked about: the place itself, unless it has less to tell."""
        return self

    def reason_against(self, command: Command) -> str | None:
        """Why a command cannot be used now, in a sentence; None where it can."""
        return command.allowed(self.command_context())

    def offered(self, command: Command) -> bool:
        """Whether a command belongs to this very place at all; one that does not is not even shown."""
        return True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what is not offered here. What is offered always answers its key, if only with the reason."""
        if action == "run_command":
            return all(self.offered(command) for command in offers(type(self)) if command.id in parameters)
        return cast(bool | None, cast(Any, super()).check_action(action, parameters))

    def label_of(self, command: Command) -> str:
        """What a command is called just now: ``Assign 12 cases``, where its label says only ``Assign``."""
        return command.label

    def weight_of(self, command: Command) -> int:
        """How much a command counts just now where the footer has not room for all."""
        return command.show

    async def action_run_command(self, command_id: str) -> None:
        """Run the command that a key is bound to."""
        command = next((found for found in offers(type(self)) if found.id == command_id), None)
        if command is not None:
            await self.run_command(command)

    async def run_command(self, command: Command) -> None:
        """Do what a command says, or show why it cannot be done now."""
        reason = self.reason_against(command)
        if reason is not None:
            cast(DOMNode, self).app.notify(
                reason, title=f"{self.label_of(command)}: not now", severity="warning", markup=False
            )
            return
        done = getattr(self, f"action_{command.action}")()
        if isawaitable(done):
            await done


class CommandScreen(Commanded, Screen[R]):
    """A screen that offers commands."""


class CommandModal(Commanded, ModalScreen[R]):
    """A dialog that offers commands."""


def offers(place: type[Commanded]) -> tuple[Command, ...]:
    """What a class offers, its bases' commands first."""
    found: dict[str, Command] = {}
    for base in reversed(place.__mro__):
        for left_out in base.__dict__.get("WITHOUT", ()):
            found.pop(left_out, None)
        for command in base.__dict__.get("OFFERS", ()):
            found[command.id] = command
    return tuple(found.values())


def offers_within(place: type[Commanded]) -> tuple[Command, ...]:
    """What can be done in a place: its own commands and those of the widgets inside it."""
    found = {command.id: command for command in offers(place)}
    for part in place.PARTS:
        found |= {command.id: command for command in offers_within(part)}
    return tuple(found.values())


def live_commands(screen: Screen[Any]) -> list[LiveCommand]:
    """Every command within reach of the focus, from the screen outward, then those of the focused widget."""
    keys: dict[str, list[str]] = {}
    for key, active in screen.active_bindings.items():
        if active.binding.id is not None:
            keys.setdefault(active.binding.id, []).append(key)
    found = []
    for node in _reachable(screen):
        for command in filter(node.offered, offers(type(node))):
            reached = tuple(keys.get(command.id, ()))
            label, reason = node.label_of(command), node.reason_against(command)
            found.append(LiveCommand(command, node, reached, label, reason))
    return found


def _reachable(screen: Screen[Any]) -> Iterator[Commanded]:
    """What offers commands here: the screen, the app unless a dialog is open, the focus and what holds it."""
    if isinstance(screen, Commanded):
        yield screen
    if not screen.is_modal and isinstance(screen.app, Commanded):
        yield screen.app
    focused = screen.focused
    for node in focused.ancestors_with_self if focused is not None else ():
        if isinstance(node, Commanded) and not isinstance(node, (Screen, App)):
            yield node


def split_keys(keys: str) -> tuple[str, ...]:
    """Split a comma-separated list of keys."""
    return tuple(key.strip() for key in keys.split(",") if key.strip())


_SHOWN = {
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "tab": "Tab",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "delete": "Del",
    "backspace": "Backspace",
    "comma": ",",
}
_NAMED_CHARACTERS = {
    "question_mark": "?",
    "slash": "/",
    "backslash": "\\",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "full_stop": ".",
    "colon": ":",
    "semicolon": ";",
    "asterisk": "*",
    "exclamation_mark": "!",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "number_sign": "#",
    "at": "@",
}


def show_key(key: str) -> str:
    """Write a key as keyboards do: ``Ctrl+S``, ``F10``, ``?``, ``Shift+Tab``."""
    *modifiers, last = key.split("+") if len(key) > 1 else (key,)
    last = _NAMED_CHARACTERS.get(last, last)
    if modifiers or (len(last) > 1 and last[0] == "f" and last[1:].isdigit()):
        last = _SHOWN.get(last, last.upper() if len(last) <= 3 else last.capitalize())
    else:
        last = _SHOWN.get(last, last)
    return "+".join([*(modifier.capitalize() for modifier in modifiers), last])


def show_keys(keys: Iterable[str]) -> str:
    """Write several keys for the same thing."""
    return " or ".join(show_key(key) for key in keys)


def by_group(commands: Iterable[Command]) -> dict[str, list[Command]]:
    """Commands under their headings, in the order in which each was first met."""
    groups: dict[str, list[Command]] = {}
    for command in commands:
        groups.setdefault(command.group, []).append(command)
    return groups


def cheatsheet(places: Mapping[str, Sequence[Command]]) -> str:
    """Every command of every place as a Markdown page."""
    lines = [
        "# Keys",
        "",
        "Made from the commands themselves; run `python scripts/keys_doc.py` after changing one.",
        "Any of them can be moved: put its name and your keys under `[keys]` in the settings file,",
        'for example `"table.mark" = "m,space"`.',
    ]
    for place, commands in places.items():
        lines += ["", f"## {place}"]
        for group, members in by_group(commands).items():
            lines += ["", f"### {group}", "", "| Keys | What | Name |", "|---|---|---|"]
            lines += [
                f"| {_code(command.default_keys())} | **{command.label}.** {command.help} | `{command.id}` |"
                for command in members
            ]
    return "\n".join(lines) + "\n"


def _code(keys: Iterable[str]) -> str:
    return " ".join(f"`{show_key(key)}`" for key in keys).replace("|", "\\|")
