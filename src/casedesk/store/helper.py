"""Other processes for what can be done apart from the tables that are being written.

Plain values go to and fro, through pipes that nobody else has. Where no other process can be had, or one ends on the
way, everything is done here: what comes out is the same.
"""

import gc
import marshal
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import connection
from multiprocessing.connection import Connection as Pipe
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from threading import Thread
from typing import Any, cast

Work = Callable[[Any], Any]
"""What makes plain values of plain values, in whichever process: another one imports it by its name."""

_MOST = 2
"""How many processes help at most: more would wait for the one that writes."""
_AHEAD = 2
"""How many pieces a process has at most: the one it works on, and the next."""
_PATIENCE = 5.0
"""Seconds that a process may take to notice that it is not needed any more."""


@dataclass(frozen=True)
class Task:
    """A kind of work, as it is done here and in another process: the same comes out.

    What it was given to work with, such as a key, is never shown.
    """

    here: Work = field(repr=False)
    there: Work = field(repr=False)


@dataclass(slots=True, eq=False)
class Piece:
    """Something to be done."""

    task: Task
    given: Any
    made: Any = None
    is_asked: bool = False
    is_done: bool = False

    def do(self) -> None:
        """Do it in this process."""
        self.made, self.is_done = self.task.here(self.given), True


@dataclass(slots=True, eq=False)
class _Process:
    """Another process, with the pieces that it was asked for, in order."""

    pipe: Pipe
    asked: deque[Piece] = field(default_factory=deque)


class Helper:
    """Other processes, as the first one sees them. Used by one thread."""

    def __init__(self, tasks: tuple[Task, ...] = (), pipes: Iterable[Pipe] = ()) -> None:
        self._tasks = tasks
        self._processes = [_Process(pipe) for pipe in pipes]

    def begin(self, task: Task, given: Any = None) -> Piece:
        """Have something done meanwhile, if another process can take it."""
        piece = Piece(task, given)
        self._ask(piece)
        return piece

    def finish(self, piece: Piece) -> Any:
        """What was made of it. It is done here when nobody began with it."""
        while not piece.is_done:
            if piece.is_asked:
                self._collect(wait=True)
            else:
                piece.do()
        return piece.made

    def in_order(self, task: Task, pieces: Iterable[Any]) -> Iterator[Any]:
        """Do one task with each of these, some here and some there; the results come in order."""
        held: deque[Piece] = deque()
        for given in pieces:
            held.append(self.begin(task, given))
            while held and (len(held) >= self._most_held() or held[0].is_done):
                yield self._first(held)
        while held:
            yield self._first(held)

    def _most_held(self) -> int:
        """How many pieces there are at most from the first that is wanted to the last that was thought of."""
        return 1 + 4 * _AHEAD * len(self._processes)

    def _first(self, held: deque[Piece]) -> Any:
        """The first piece's result. While it is not there yet, another piece is done here."""
        self._collect()
        while not held[0].is_done:
            for piece in held:
                self._ask(piece)
            idle = next((piece for piece in held if not piece.is_asked and not piece.is_done), None)
            if idle is None:
                self._collect(wait=True)
            else:
                idle.do()
                self._collect()
        return held.popleft().made

    def _ask(self, piece: Piece) -> None:
        """Give a piece to the process with the least to do, if one can still take any."""
        if piece.is_asked or piece.is_done or not self._processes:
            return
        process = min(self._processes, key=lambda one: len(one.asked))
        if len(process.asked) < _AHEAD:
            piece.is_asked = True
            process.asked.append(piece)
            with self._losing(process):
                process.pipe.send_bytes(marshal.dumps((self._tasks.index(piece.task), piece.given)))

    def _collect(self, *, wait: bool = False) -> None:
        """Take what is done there; with ``wait`` until there is anything."""
        busy = {process.pipe: process for process in self._processes if process.asked}
        for pipe in connection.wait(list(busy), None if wait else 0):
            process = busy[cast(Pipe, pipe)]
            with self._losing(process):
                made = marshal.loads(process.pipe.recv_bytes())  # noqa: S302 - written by our own process
                piece = process.asked.popleft()
                piece.made, piece.is_done = made, True

    @contextmanager
    def _losing(self, process: _Process) -> Iterator[None]:
        """Do without a process from here on when it is gone: what it was asked for is done here."""
        try:
            yield
        except (OSError, EOFError):
            self._processes.remove(process)
            for piece in process.asked:
                piece.is_asked = False


@contextmanager
def helping(tasks: tuple[Task, ...], *, wanted: bool = True) -> Iterator[Helper]:
    """A helper for these tasks while the block lasts. Without other processes where none are wanted or can be had."""
    with ExitStack() as stack:
        number = min(_MOST, (os.cpu_count() or 1) - 1) if wanted else 0
        pipes = [_begun(tasks, stack) for _ in range(number)]
        yield Helper(tasks, filter(None, pipes))


def _begun(tasks: tuple[Task, ...], stack: ExitStack) -> Pipe | None:
    """Begin a process that ends with the stack; None where that cannot be."""
    from multiprocessing import get_context

    context = get_context("spawn")  # a forked one would share the database's files and locks
    here, there = context.Pipe()
    stack.enter_context(here)
    with there:
        process = context.Process(
            target=_serve, args=(there, tuple(task.there for task in tasks)), daemon=True
        )
        try:
            with _uninterrupted():
                process.start()
        except Exception:  # noqa: BLE001 - whatever forbids it, the work can be done here
            return None
    stack.callback(_end, process)
    stack.callback(here.close)
    return here


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """What begins in the block is never interrupted from the keyboard: that is for the first process to deal with."""
    try:
        usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:  # only the main thread can say so; the process says it as soon as it can
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual or signal.SIG_DFL)


def _end(process: BaseProcess) -> None:
    """Let a process end, now that its pipe is closed."""
    process.join(_PATIENCE)
    if process.is_alive():
        process.kill()
        process.join()


def _serve(pipe: Pipe, works: tuple[Work, ...]) -> None:
    """Do what is asked until the pipe is closed. An interruption, and any error, are for the first process to tell."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # as the first process does: nothing here makes a cycle
    asked: SimpleQueue[bytes | None] = SimpleQueue()
    Thread(target=_listen, args=(pipe, asked), daemon=True).start()
    with suppress(Exception):  # the first process meets the same error where it belongs, and tells of it
        while (message := asked.get()) is not None:
            number, given = marshal.loads(message)  # noqa: S302 - written by our own process
            pipe.send_bytes(marshal.dumps(works[number](given)))
    pipe.close()


def _listen(pipe: Pipe, asked: "SimpleQueue[bytes | None]") -> None:
    """Take in what is asked, so that whoever asks never waits for an answer to be taken first."""
    with suppress(OSError, EOFError):
        while True:
            asked.put(pipe.recv_bytes())
    asked.put(None)
