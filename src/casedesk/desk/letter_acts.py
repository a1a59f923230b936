"""The acts of paperwork, for undo and history."""

PAPERWORK_ACTS = {
    "letter.write": "writing a letter",
    "letter.address": "an address for letters",
}
"""How they are called on screen."""
