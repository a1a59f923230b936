"""Keys that come faster than the screen follows: each waits until the one before it has done all it does.

The framework hands keys to whatever has the focus when they arrive. A key that opens a form would lose those typed
right behind it: they would go to the screen below, as commands, or to nobody.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen

Typed = events.Key | events.Paste
"""What a person types or pastes."""

_LONGEST = 0.5
"""Seconds that a key is waited for: one that waits for an answer itself must not hold up the answer."""
_LOOK = 0.01
"""Seconds between two looks at whether a new screen can take keys."""


class Landed(Message):
    """A key, and whatever it set off on its way, has been dealt with: this follows it up to the app."""

    def __init__(self, turn: int | None = None) -> None:
        super().__init__()
        self.turn = turn
        """Which key; none where a screen says that it can take keys now."""


class TypingOrder:
    """Hands keys on one after the other; at a person's pace none is held back.

    ``deal`` hands one to the framework. A screen that has an attribute ``is_awake`` takes none until that is true.
    """

    def __init__(self, app: App[Any], deal: Callable[[events.Event], Awaitable[None]]) -> None:
        self._app, self._deal = app, deal
        self._waiting: deque[Typed] = deque()
        self._turn = 0
        self._busy = False
        self._looks = 0
        self._target: MessagePump | None = None
        """Where the key went whose end is waited for."""

    async def take(self, event: Typed) -> None:
        """Hand a key on, now or when its turn comes."""
        self._waiting.append(event)
        if not self._busy or self._is_gone():
            await self._go_on()
        else:
            self._wait_no_longer()

    async def landed(self, turn: int | None) -> None:
        """The key of this turn has done all it does, or was waited for long enough; or a screen has woken."""
        if self._busy and (turn == self._turn or (turn is None and self._looks)):
            await self._go_on()

    async def _go_on(self) -> None:
        self._turn += 1
        self._busy = bool(self._waiting)
        if not self._busy:
            return
        turn = self._turn
        if not self._is_awake():
            self._looks += 1
            self._app.set_timer(_LOOK, lambda: self.landed(turn))
            return
        self._looks = 0
        event = self._waiting.popleft()
        self._target = (self._app.focused or self._app.screen) if self._app.screen_stack else None
        await self._deal(event)
        if self._is_gone() or self._target is None or not self._target.post_message(Landed(turn)):
            await self.landed(turn)
        elif self._waiting:
            self._wait_no_longer()

    def _wait_no_longer(self) -> None:
        """Go on at the latest when a key that cannot have ended has been waited for long enough."""
        turn = self._turn
        self._app.set_timer(_LONGEST, lambda: self.landed(turn))

    def _is_gone(self) -> bool:
        """Whether what took the last key is on no screen any more, so that its end will not be told."""
        target = self._target
        if target is None:
            return False
        return not (target.is_running and target.is_attached) or (
            isinstance(target, DOMNode) and _screen_of(target) not in self._app.screen_stack
        )

    def _is_awake(self) -> bool:
        if not self._app.screen_stack or self._looks * _LOOK >= _LONGEST:
            return True
        return bool(getattr(self._app.screen, "is_awake", True))


def _screen_of(node: DOMNode) -> Screen[Any] | None:
    return next((one for one in node.ancestors_with_self if isinstance(one, Screen)), None)
