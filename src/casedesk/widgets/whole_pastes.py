"""What is pasted comes as one event, whatever it holds: nothing of it is ever taken for a key.

The framework's parser reads what stands in a paste as it reads keys. An escape code inside one breaks the text there
and sends what follows as key presses, which outside a field are commands. Here everything between the marks that a
terminal puts around a paste is taken out before the parser reads it.
"""

import sys
from collections.abc import Iterable, Iterator

from textual import events
from textual._time import get_time
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.driver import Driver
from textual.message import Message

START, END = BRACKETED_PASTE_START, BRACKETED_PASTE_END
"""The marks that a terminal puts around what is pasted."""
MOST = 4_000_000
"""The most characters of a paste that are kept. It is far more than a field takes, so none shows a text cut off."""
SETTLED = 0.05
"""Seconds of silence after the end of a paste until it is given, and what came behind it is read as keys."""
GIVEN_UP = 2.0
"""Seconds of silence after which a paste whose end did not come is taken to be over."""
_LONGEST_KEY = 16
"""Characters: what comes in one piece and is longer was pressed on no keyboard."""
_MARK = len(START)


class WholePastes(XTermParser):
    """The framework's parser, with pastes taken out of what it reads.

    A paste may itself hold the mark of an end. So the last end before a silence counts: nobody types within a
    twentieth of a second of pasting. Where no end comes a longer silence ends the paste; what comes of it later
    still, up to its end, is one more paste.
    """

    def __init__(self, debug: bool = False) -> None:
        self._pasting = self._ended = self._unended = False
        self._whole: list[str] = []
        """What was pasted, up to the last end."""
        self._rest: list[str] = []
        """What came since."""
        self._tail = ""
        """The last of what came, which may be the first part of an end."""
        self._kept = 0
        self._begun = 0
        """How much of the mark of a beginning came last."""
        self._begun_late = False
        """Whether the parser has taken that for a key meanwhile."""
        self._heard = 0.0
        super().__init__(debug)

    def feed(self, data: str) -> Iterable[Message]:
        """Read what came from the terminal; nothing means that no more will come."""
        if self._pasting and (not data or self._is_over()):
            yield from self._finish()
        self._heard = get_time()
        if not data:
            yield from super().feed(data)
        elif self._pasting:
            self._gather(data)
        else:
            yield from self._read(data)

    def tick(self) -> Iterable[Message]:
        """Look whether a silence has lasted long enough to mean something."""
        if self._pasting:
            if self._is_over():
                yield from self._finish()
        elif self._begun <= 1:  # more of it than Escape is no key of ours: the rest is waited for
            waited = self._timeout_time
            yield from super().tick()
            self._begun_late |= waited is not None and self._timeout_time is None

    def _is_over(self) -> bool:
        return get_time() - self._heard >= (SETTLED if self._ended else GIVEN_UP)

    def _read(self, data: str) -> Iterator[Message]:
        """Let the parser read what is pressed; stop where a paste begins."""
        if self._unended and (END in data or len(data) > _LONGEST_KEY):
            yield from super().feed(START)
            self._begin(data)
            return
        if self._begun_late and not data.startswith(START[self._begun :]):
            self._begun = 0
        came = START[: self._begun] + data
        place = came.find(START)
        if place < 0:
            yield from super().feed(data)
            self._begun = next(size for size in range(_MARK - 1, -1, -1) if came.endswith(START[:size]))
        else:
            cut = place + _MARK - self._begun
            yield from super().feed(START if self._begun_late and not place else data[:cut])
            self._begin(data[cut:])
        self._begun_late = False

    def _begin(self, data: str) -> None:
        self._pasting, self._begun = True, 0
        if data:
            self._gather(data)

    def _gather(self, data: str) -> None:
        """Keep what comes while a paste goes on, and look for its end."""
        came = self._tail + data
        place = came.rfind(END)
        if place >= 0:
            self._ended = True
            cut = place + _MARK - len(self._tail)
            self._keep(data[:cut])
            self._whole += self._rest
            self._rest = []
            data = came = data[cut:]
        self._keep(data)
        self._tail = came[1 - _MARK :]

    def _keep(self, data: str) -> None:
        if data and self._kept < MOST:
            self._rest.append(data)
            self._kept += len(data)

    def _finish(self) -> Iterator[Message]:
        """Give what was pasted as one event, then read what came behind it."""
        pasted, behind = (self._whole, self._rest) if self._ended else (self._rest, [])
        text = "".join(pasted).replace(START, "").replace(END, "").replace("\x00", "")
        self._unended = not self._ended
        self._pasting = self._ended = False
        self._whole, self._rest, self._tail, self._kept = [], [], "", 0
        for event in super().feed(END):
            yield events.Paste(text) if isinstance(event, events.Paste) else event
        if behind:
            yield from self._read("".join(behind))


def take_pastes_whole(driver: type[Driver]) -> None:
    """Let this driver read with the parser above. Each makes its parser from the name in its own module."""
    for name in (driver.__module__, "textual.drivers.win32"):
        module = sys.modules.get(name)
        if module is not None and hasattr(module, "XTermParser"):
            vars(module)["XTermParser"] = WholePastes
