"""How every command speaks of what went wrong: one line on stderr with a cure, and an honest exit status."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from casedesk import faults
from casedesk.model.errors import BadInputError, CasedeskError
from casedesk.model.text import clean

_FRAMEWORK = ("click", "typer")
_debugging = False


def debug(on: bool) -> None:
    """Say after an error also where in the program it was raised: kinds and places, never texts or values."""
    global _debugging
    _debugging = on


def _more(error: Exception) -> None:
    if _debugging:
        print("\n".join(faults.describe(error)), file=sys.stderr)


@contextmanager
def reporting() -> Iterator[None]:
    """Print an error that a user can act on, and leave with its exit status. Also a decorator of a command.

    A fault of casedesk itself goes to its log, and the line says where that is. What the command framework
    raises to end a command, and a closed pipe, pass through.
    """
    try:
        yield
    except CasedeskError as error:
        print(f"casedesk: {clean(str(error))}", file=sys.stderr)  # it may name a path or quote what was typed
        _more(error)
        raise SystemExit(error.exit_code) from None
    except Exception as error:
        if isinstance(error, BrokenPipeError) or _is_of_the_framework(error):
            raise
        print(faults.last_words(faults.record(error)), file=sys.stderr)
        _more(error)
        raise SystemExit(faults.EXIT_CODE) from None


def explain(error: Exception) -> int:
    """Say in one line what was typed wrongly and where to look; returns the exit status.

    Of a group of commands, typed without one, it shows what there is. Anything that the command framework did not
    raise is raised again.
    """
    show, say = getattr(error, "show", None), getattr(error, "format_message", None)
    if not _is_of_the_framework(error):
        raise error
    if say is None:  # the input ended at a question
        print("casedesk: Stopped: nothing was changed.", file=sys.stderr)
    elif show is not None and type(error).__name__ == "NoArgsIsHelpError":
        show()
    else:
        context = getattr(error, "ctx", None)
        said = clean(say().replace("Value error, ", ""))
        stop = "" if said[-1:] in (".", "?") else "."
        place = context.command_path if context else "casedesk"
        print(f"casedesk: {said}{stop} Try “{place} --help”.", file=sys.stderr)
    return BadInputError.exit_code


def flush_output() -> bool:
    """Write out what is still held back; False when nobody reads it any more, which is no fault of anybody."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # so that the end of Python stays quiet
        return False
    return True


def _is_of_the_framework(error: Exception) -> bool:
    return type(error).__module__.split(".")[0] in _FRAMEWORK
