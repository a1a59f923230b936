"""casedesk: a keyboard-driven casework desk for police staff in England and Wales."""

__version__ = "0.1.0"
