"""Text from outside, cleaned once at the border; and the folded copy that searching compares."""

import re
import unicodedata

MAX_TEXT = 100_000
"""The most characters one text may keep. Longer text is refused by the verb that takes it, never cut silently."""

_ANSI = re.compile(
    r"""\x1b\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)?   # OSC: titles, links, clipboard
      | \x1b[PX^_][^\x1b]{0,4096}(?:\x1b\\)?        # DCS, SOS, PM, APC strings
      | \x1b\[[0-?]*[ -/]*[@-~]?                    # CSI
      | \x1b[ -/]*[0-~]?                            # other escapes
      | \x9b[0-?]*[ -/]*[@-~]?                      # 8-bit CSI
    """,
    re.VERBOSE,
)
_SPACES = re.compile(r"[^\S\n]+")
_INVISIBLE = frozenset(
    "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff\u00ad"
)
_KEPT_FORMAT = frozenset("\u200c\u200d")  # joiners that scripts and names need


def clean(text: str, *, lines: bool = False) -> str:
    """Make text from outside safe to store and to show.

    Terminal escapes, control characters, bidirectional overrides, lone surrogates and invisible characters go;
    white space folds to single spaces; the rest is Unicode NFC. With ``lines`` line breaks stay (notes,
    rationales), otherwise they become spaces (cells, names). Markup is not touched: it is never rendered as such.
    """
    if text.isascii() and text.isprintable():
        return _SPACES.sub(" ", text).strip() if "  " in text or text[:1] == " " or text[-1:] == " " else text
    text = _ANSI.sub("", text).replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    kept = []
    for character in unicodedata.normalize("NFC", text):
        if character == "\n":
            kept.append("\n" if lines else " ")
        elif character in "\t\x0b\x0c":
            kept.append(" ")
        elif character in _INVISIBLE:
            continue
        elif character in _KEPT_FORMAT or unicodedata.category(character)[0] != "C":
            kept.append(character)
    cleaned = _SPACES.sub(" ", "".join(kept))
    if lines:
        cleaned = re.sub(r" ?\n ?", "\n", re.sub(r"\n{3,}", "\n\n", cleaned))
    return cleaned.strip()


def folded(text: str) -> str:
    """Fold text for comparing and searching: no case, no accents ("Zoë O’Hara" meets "zoe o'hara")."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'").replace("‘", "'"))
    return "".join(c for c in plain if not unicodedata.combining(c))


def clip(text: str, width: int) -> str:
    """Shorten text to ``width`` characters with an ellipsis, for a cell that has no more room."""
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"
