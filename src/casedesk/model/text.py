"""Text from outside, cleaned once at the border; and the folded copy that searching compares."""

import re
import unicodedata

MAX_TEXT = 100_000
"""The most characters one text may keep. Longer text is refused by the verb that takes it, never cut."""

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
_BREAKS = str.maketrans(dict.fromkeys("\r\x85\u2028\u2029", "\n"))
_KEPT_FORMAT = frozenset("\u200c\u200d")  # joiners that scripts and names need


def clean(text: str, *, lines: bool = False) -> str:
    """Make text from outside safe to store and to show.

    Terminal escapes, control characters, bidirectional overrides, lone surrogates and invisible characters go;
    white space folds to single spaces; the rest is Unicode NFC. With ``lines`` line breaks stay (notes,
    rationales), otherwise they become spaces (cells, names). Markup is not touched: it is never rendered as such.
    Clean text stays as it is.
    """
    if text.isascii() and text.isprintable():
        return _SPACES.sub(" ", text).strip() if "  " in text or text[:1] == " " or text[-1:] == " " else text
    kept = []
    for character in _ANSI.sub("", text).replace("\r\n", "\n").translate(_BREAKS):
        if character == "\n":
            kept.append("\n" if lines else " ")
        elif character in "\t\x0b\x0c":
            kept.append(" ")
        elif character in _KEPT_FORMAT or unicodedata.category(character)[0] != "C":
            kept.append(character)
    # Composed last: taking an invisible character out may bring a letter and its accent together.
    cleaned = _SPACES.sub(" ", unicodedata.normalize("NFC", "".join(kept)))
    if lines:
        cleaned = re.sub(r"\n{3,}", "\n\n", re.sub(r" ?\n ?", "\n", cleaned))
    return cleaned.strip()


def harmless(text: str) -> str:
    """Text that another installation wrote, safe to show whatever it holds: cleaned with its lines kept.

    Text that is safe already stays as it is, to the letter.
    """
    return text if text.replace("\n", "").isprintable() else clean(text, lines=True)


def folded(text: str) -> str:
    """Fold text for comparing and searching: no case, no accents ("Zoë O’Hara" meets "zoe o'hara")."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").replace("‘", "'"))
    plain = unicodedata.normalize("NFKD", plain.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c) and c not in _KEPT_FORMAT)


def counted(number: int, thing: str) -> str:
    """A number with its noun: ``1 line``, ``2 lines``, ``1,200 lines``."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def clip(text: str, width: int) -> str:
    """Shorten text to ``width`` characters with an ellipsis, for a cell that has no more room."""
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"
