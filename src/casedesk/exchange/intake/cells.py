"""Readers of cells: one small function for each format of a profile, made once for each column."""

import re
from collections.abc import Callable
from functools import lru_cache

from casedesk.exchange.intake.dates import read_birthday, read_day, read_instant, read_moment
from casedesk.exchange.intake.taken import MAX_SHOWN, CellError
from casedesk.model.entities import Value
from casedesk.model.moments import moment_of_instant
from casedesk.model.text import MAX_TEXT, clean, clip
from casedesk.model.words import Flag
from casedesk.reference.profiles import Column, Format, squash

Reader = Callable[[str], Value]
"""Reads a cell that is not empty; gives None when nothing readable is in it. Raises :class:`CellError`."""

DATED = frozenset({Format.DAY, Format.BIRTHDAY, Format.MOMENT, Format.INSTANT, Format.INSTANTS})
"""Formats of dates."""
TAKES_DATES = DATED | {Format.TEXT, Format.LINES}
"""Formats in which a cell that a spreadsheet holds as a date is as it should be."""

FORMULA = CellError("formula cell: casedesk never works formulas out", "Put the value itself in the cell.")

_FLAGS = tuple(flag.value for flag in Flag)
_LITERAL = re.compile(r'="([^"]*)"')
_FORMULA = re.compile(r"=[^= ]")
_SHORTENED = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
_SPLIT = re.compile(r"[;,|\n]")
_SPLIT_TIMES = re.compile(r"[;|\n]")
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_LENGTH = re.compile(r"(?:(\d{1,3}):(?=[0-5]\d$))?(\d{1,6})", re.ASCII)
_POUNDS = re.compile(r"£? ?(\d{1,3}(?:,\d{3}){1,3}|\d{1,10})(?:\.(\d{1,2}))?")
_CLASS = re.compile(r"0*(\d{1,3}) ?[/.-] ?(\d{1,2})")
_CLASS_RUN = re.compile(r"[0-9]{5}")
_DAY_MONTH = re.compile(r"\d{1,2}[- ][A-Za-z]{3}|[A-Za-z]{3}[- ]\d{1,2}")
_OUTCOME = re.compile(
    r"(?:(?:h\.?o|home office|outcome|oc|type|code|number|no)[ .:#-]*)*"
    r"0?(\d{1,2})([aA]?)(?:\.0+)?(?![ .):–—-]*\d)(?! *(?:[/&+,]|or\b|and\b|to\b|and/or\b) *\d)(?:[ .):–—-].*)?",
    re.IGNORECASE | re.DOTALL,
)
"""One code, with what it says behind it; not a fraction (``1.6``), nor two codes (``16 or 18``, ``1-6``)."""
_DIGITS = re.compile(r"\d+[aA]?")


def show(cell: str) -> str:
    """Make a cell fit for a message: cleaned and shortened."""
    return clip(clean(cell), MAX_SHOWN)


def plain(cell: str, *, lines: bool = False) -> str:
    """The text of a cell, cleaned; ``="0123"``, which keeps spreadsheets from changing it, is ``0123``.

    Raises :class:`CellError` for a formula and for text longer than the store keeps.
    """
    text = clean(cell, lines=lines)
    if text[:1] == "=" and _FORMULA.match(text):
        literal = _LITERAL.fullmatch(text)
        if not literal:
            raise FORMULA
        text = clean(literal[1])
    if len(text) > MAX_TEXT:
        raise CellError(f"more than {MAX_TEXT:,} characters in one cell", "Shorten the text.")
    return text


def reader(column: Column, police_uk: Callable[[str], tuple[tuple[str, ...], bool] | None]) -> Reader:
    """Make the reader of a column.

    ``police_uk`` gives, for an outcome as data.police.uk words it, the codes it may mean and whether it is
    final; None for a wording it does not know.
    """
    make = _FACTORIES.get(column.format)
    read = make(column) if make else _police_uk(column.format, police_uk)
    return _limited(read, column.longest) if column.longest else read


def _limited(read: Reader, longest: int) -> Reader:
    def limited(cell: str) -> Value:
        value = read(cell)
        if isinstance(value, str) and len(value) > longest:
            raise CellError(f"longer than {longest} characters", "Check that the columns have not shifted.")
        return value

    return limited


def _text(_: Column) -> Reader:
    return lambda cell: plain(cell) or None


def _lines(_: Column) -> Reader:
    return lambda cell: plain(cell, lines=True) or None


def _reference(_: Column) -> Reader:
    def read(cell: str) -> Value:
        text = plain(cell)
        if "+" in text and _SHORTENED.fullmatch(text):
            raise CellError(
                "a spreadsheet has shortened the number, and its last digits are gone",
                "Export it again with this column as text.",
            )
        return text or None

    return read


def _dated(parse: Callable[[str], Value]) -> Callable[[Column], Reader]:
    @lru_cache(maxsize=65536)
    def read(cell: str) -> Value:
        text = plain(cell)
        return parse(text) if text else None

    return lambda _: read


def _word(column: Column) -> Reader:
    means = _means(column)

    @lru_cache(maxsize=4096)
    def read(cell: str) -> Value:
        text = plain(cell)
        return means(text) if text else None

    return read


def _yes_no(column: Column) -> Reader:
    means = _means(column)
    values: dict[str, bool | None] = {"yes": True, "no": False, "unknown": None}

    @lru_cache(maxsize=256)
    def read(cell: str) -> Value:
        text = plain(cell)
        return values[means(text)] if text else None

    return read


def _flag(column: Column) -> Reader:
    said = _yes_no(column)
    return lambda cell: (column.flag,) if said(cell) else None


def _flags(column: Column) -> Reader:
    means = _means(column)

    @lru_cache(maxsize=4096)
    def read(cell: str) -> Value:
        words = {means(word) for word in _SPLIT.split(plain(cell, lines=True)) if word.strip()}
        return in_order(words)

    return read


def in_order(words: set[str]) -> tuple[str, ...] | None:
    """Flags in the order the model lists them, so that the same flags are always the same value."""
    return tuple(flag for flag in _FLAGS if flag in words) if words else None


def _means(column: Column) -> Callable[[str], str]:
    vocabulary = column.vocabulary
    if vocabulary is None:
        raise TypeError(f"{column.id} has no vocabulary")
    spellings = vocabulary.spellings()
    allowed = ", ".join(vocabulary.words)

    def means(text: str) -> str:
        word = spellings.get(squash(text))
        if word is None:
            if column.keep_unknown:
                return text
            raise CellError(f"“{show(text)}” is not a word of this column", f"Write one of: {allowed}.")
        return word

    return means


def _pounds(_: Column) -> Reader:
    def read(cell: str) -> Value:
        text = plain(cell)
        if not text:
            return None
        found = _POUNDS.fullmatch(text)
        if not found:
            raise CellError("not an amount of money", "Write pounds and pence as 1234.56.")
        return int(found[1].replace(",", "")) * 100 + int((found[2] or "0").ljust(2, "0"))

    return read


def _instants(_: Column) -> Reader:
    def read(cell: str) -> Value:
        parts = (part.strip() for part in _SPLIT_TIMES.split(plain(cell, lines=True)))
        return tuple(sorted({moment_of_instant(read_instant(part)) for part in parts if part})) or None

    return read


def _number(_: Column) -> Reader:
    def read(cell: str) -> Value:
        text = plain(cell)
        if not text:
            return None
        if not _WHOLE.fullmatch(text):
            raise CellError("not a whole number", "Write it in digits.")
        return int(text)

    return read


def _minutes(_: Column) -> Reader:
    def read(cell: str) -> Value:
        text = plain(cell)
        if not text:
            return None
        found = _LENGTH.fullmatch(text)
        if not found:
            raise CellError("not a length of time", "Write hours and minutes as 5:30, or minutes as 330.")
        return int(found[1] or 0) * 60 + int(found[2])

    return read


def _offence_code(_: Column) -> Reader:
    return lambda cell: plain(cell).replace(" ", "").upper() or None


def _ho_class(_: Column) -> Reader:
    @lru_cache(maxsize=4096)
    def read(cell: str) -> Value:
        text = plain(cell)
        found = _CLASS.fullmatch(text)
        if found:
            return f"{int(found[1]):03}/{int(found[2]):02}"
        if _CLASS_RUN.fullmatch(text):
            return f"{text[:3]}/{text[3:]}"
        if _DAY_MONTH.fullmatch(text):
            raise CellError(
                "a spreadsheet has made a date of the class", "Export it again with this column as text."
            )
        return text or None

    return read


def _outcome_code(column: Column) -> Reader:
    names = column.vocabulary.spellings() if column.vocabulary else {}

    @lru_cache(maxsize=4096)
    def read(cell: str) -> Value:
        text = plain(cell)
        found = _OUTCOME.fullmatch(text)
        if found:
            return f"{int(found[1])}{found[2].upper()}"
        squashed = squash(text)
        if _DIGITS.fullmatch(squashed):
            return text  # “-1” or “1 6”: what stood between the digits may have meant something
        return names.get(squashed, text) or None

    return read


def _police_uk(form: Format, outcome: Callable[[str], tuple[tuple[str, ...], bool] | None]) -> Reader:
    @lru_cache(maxsize=256)
    def read(cell: str) -> Value:
        known = outcome(plain(cell))
        codes, final = known or ((), None)
        if form is Format.POLICE_UK_CODES:
            return codes
        if form is Format.POLICE_UK_CODE:
            return codes[0] if final and len(codes) == 1 else None
        return None if final is None else "filed" if final else "open"

    return read


_FACTORIES: dict[Format, Callable[[Column], Reader]] = {
    Format.REFERENCE: _reference,
    Format.TEXT: _text,
    Format.LINES: _lines,
    Format.WORD: _word,
    Format.YES_NO: _yes_no,
    Format.FLAGS: _flags,
    Format.FLAG: _flag,
    Format.DAY: _dated(read_day),
    Format.BIRTHDAY: _dated(read_birthday),
    Format.MOMENT: _dated(read_moment),
    Format.INSTANT: _dated(read_instant),
    Format.INSTANTS: _instants,
    Format.NUMBER: _number,
    Format.MINUTES: _minutes,
    Format.POUNDS: _pounds,
    Format.OFFENCE_CODE: _offence_code,
    Format.HO_CLASS: _ho_class,
    Format.OUTCOME_CODE: _outcome_code,
}
