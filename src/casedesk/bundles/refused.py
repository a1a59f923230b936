"""What is said when a bundle, or a file that should be one, is not taken in."""

from casedesk.model.errors import CasedeskError

UNCHANGED = "Nothing was changed."
DAMAGED = "damaged"
FOR_OTHERS = ("key", "addressee")
"""The codes of a bundle that is whole, as far as can be seen, and meant for others."""


class RefusedError(CasedeskError):
    """A bundle or card that is not taken in. The store is as it was; the message holds nothing of the content.

    ``why`` is one word for tests and the log: ``size``, ``key``, ``magic``, ``format``, ``signature``, ``addressee``,
    ``own``, ``body``, ``record``, ``json``, ``card``, ``expired``. Of a damaged file it says where it is damaged.
    """

    exit_code = 4

    def __init__(self, why: str, message: str, cure: str, *, is_damage: bool = False) -> None:
        super().__init__(f"{message} {UNCHANGED}", cure)
        self.why = why
        self.is_damage = is_damage

    @property
    def code(self) -> str:
        """What is the matter, in a word for programs: ``damaged``, wherever it is, or :attr:`why`."""
        return DAMAGED if self.is_damage else self.why


def damaged(why: str, what: str) -> RefusedError:
    """A file that is not as it was written."""
    return RefusedError(
        why,
        f"The bundle is damaged: {what}.",
        "Ask for it again, on another stick or by another way.",
        is_damage=True,
    )
