"""What casedesk says when something cannot be done: what happened, what was kept, what to do."""


class CasedeskError(Exception):
    """An error a user can act on.

    ``message`` says in one line what is wrong and where; ``cure`` says in one line what to do about it.
    Neither ever holds a secret. The doors (app and CLI) print both and nothing else.
    """

    exit_code = 2

    def __init__(self, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.message} {self.cure}".strip()


class BadInputError(CasedeskError):
    """Something a person typed, or a file they gave, does not say what it should."""


class PackError(CasedeskError):
    """A data pack does not hold together: names the pack, the entry and the field."""


class StoreError(CasedeskError):
    """The store cannot be opened, read or written; nothing already saved is affected."""

    exit_code = 3


class WrongPassphraseError(StoreError):
    """The passphrase does not open this store."""


class NotFoundError(CasedeskError):
    """What was asked for is not in this store."""


class TooSoonError(StoreError):
    """Passphrases were wrong a moment ago: the next one may be tried only after ``seconds``."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            f"The last passphrase was wrong: the next one can be tried in {seconds} s.",
            "Wait, then try again.",
        )
        self.seconds = seconds


class NewerStoreError(StoreError):
    """A newer casedesk made this store: it can be read here, not written."""

    def __init__(self, held: int, known: int) -> None:
        super().__init__(
            f"A newer casedesk made this store (version {held}; this one knows up to {known}): "
            "it can be read here, not written.",
            "Update casedesk to write in it.",
        )
