"""What leaves the store by a command: into a file, or in a form that is made for another program.

One rule for every command. A table, or plain lines, is read at the terminal: that is a consultation or a search.
Whatever else is written leaves the store, and has a line of its own in the access log before the first of it is out.
"""

from typing import TYPE_CHECKING

from casedesk.cli.output import Format

if TYPE_CHECKING:
    from casedesk.desk.desk import Desk
    from casedesk.model.ids import EntityId

_READ_HERE = (Format.TABLE, Format.PLAIN)


def leaves(how: Format) -> bool:
    """Whether what is written in this form leaves the store."""
    return how not in _READ_HERE


def disclose(desk: "Desk", how: Format, what: str, cases: int, case_id: "EntityId | None" = None) -> None:
    """Account for what is about to be written in this form, if that leaves the store.

    ``what`` names it (``queue``, ``search`` …), of so many cases; ``case_id`` is the only one, where it is one.
    Raises StoreError when it cannot be accounted for: then nothing may be written.
    """
    if leaves(how) and cases:
        from casedesk.desk import access

        access.disclosed(desk, what, cases, case_id=case_id, form=how.value)
