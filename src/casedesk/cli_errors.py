"""How every command speaks of what went wrong: one line on stderr with a cure, and an honest exit status."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from casedesk import faults
from casedesk.model.errors import CasedeskError


@contextmanager
def reporting() -> Iterator[None]:
    """Print an error that a user can act on, and leave with its exit status. Also a decorator of a command.

    A fault of casedesk itself goes to its log, and the line says where that is. What the command framework
    raises to end a command, and a closed pipe, pass through.
    """
    try:
        yield
    except CasedeskError as error:
        print(f"casedesk: {error}", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
    except Exception as error:
        if isinstance(error, BrokenPipeError) or type(error).__module__.split(".")[0] in ("click", "typer"):
            raise
        print(faults.last_words(faults.record(error)), file=sys.stderr)
        raise SystemExit(faults.EXIT_CODE) from None
