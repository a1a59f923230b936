"""The many spellings of a name, an address, a telephone number or a day, as they are looked for in a letter."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from casedesk.model.moments import Moment, earliest_day
from casedesk.model.text import clean, folded

Finder = Callable[[str], bool]
"""Says whether something stands in a text."""

_LEAST_NAME = 3
"""Letters from which a single part of a name counts: shorter ones count in the whole name."""
_LEAST_ADDRESS = 6
_LEAST_NUMBER = 9
"""Digits from which a telephone number counts however it is written."""
_LONGEST = 200
"""Characters of a piece of an address that are looked for."""
_POSTCODE = re.compile(r"[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_DAY_IN_TEXT = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{'|'.join(_MONTHS)})\b|\b(?:{'|'.join(_MONTHS)})\s+\d{{1,4}}\b",
    re.IGNORECASE,
)
_LOOK_ALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝкмтвнАЕОРСУХІЈЅВНКМТοαρνικυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijshdqwkmtbhAEOPCYXIJSBHKMToapvikuxABEZHIKMNOPTYX",
)
"""Letters of other alphabets that look like ours."""
_ROADS = {
    "rd": "road", "st": "street", "str": "street", "ln": "lane", "ave": "avenue", "av": "avenue", "cl": "close",
    "dr": "drive", "ct": "court", "pl": "place", "cres": "crescent", "gdns": "gardens", "gdn": "garden",
    "terr": "terrace", "tce": "terrace", "sq": "square", "pk": "park", "gr": "grove", "hse": "house",
    "apt": "apartment",
}  # fmt: skip
_STREETS = frozenset(_ROADS.values()) | {
    "way", "walk", "row", "mews", "hill", "bank", "rise", "view", "green", "croft", "gate", "cottage", "cottages",
    "flats", "farm", "quay", "wharf", "parade", "villas", "yard", "fold", "drove", "end",
}  # fmt: skip
_NO_STREET = frozenset({"flat", "apartment", "unit", "room", "house", "floor", "block", "street", "road"})
_NO_NAMES = frozenset(
    {
        "unknown",
        "known",
        "not",
        "male",
        "female",
        "suspect",
        "person",
        "the",
        "and",
        "mrs",
        "miss",
        "none",
        "tbc",
    }
)
"""What stands in the place of a name, and titles."""
_ORDINARY = frozenset({
    "amber", "april", "art", "august", "baker", "bank", "banks", "bell", "berry", "best", "bill", "bird", "black",
    "blue", "bond", "bridge", "brook", "brown", "bush", "butcher", "carter", "case", "cash", "chance", "chase",
    "church", "clay", "cliff", "close", "cook", "cross", "crystal", "daisy", "dale", "dawn", "day", "dean", "down",
    "drew", "east", "eve", "faith", "field", "fish", "fisher", "fox", "frank", "good", "grace", "grant", "gray",
    "green", "grey", "guy", "hall", "hand", "harmony", "heath", "heather", "hill", "holly", "hope", "house",
    "hunter", "ivy", "jack", "joy", "june", "king", "knight", "lamb", "lane", "law", "lily", "little", "long",
    "love", "mark", "marsh", "mason", "may", "melody", "mercy", "miles", "mills", "moon", "nice", "nick", "noble",
    "north", "olive", "page", "parish", "park", "pat", "patience", "pearl", "penny", "pierce", "pool", "poppy",
    "porter", "potter", "power", "price", "rains", "ray", "read", "reed", "rice", "rich", "ring", "rob", "robin",
    "rock", "root", "rose", "ruby", "rush", "sandy", "savage", "say", "shepherd", "short", "silver", "sky", "smart",
    "smith", "snow", "south", "spring", "star", "stone", "street", "strong", "sue", "summer", "swift", "town",
    "victor", "violet", "wade", "wall", "walls", "ward", "waters", "way", "weeks", "wells", "west", "white", "will",
    "winter", "wise", "wood", "woods", "worth", "young",
})  # fmt: skip
"""Names that are ordinary words as well: in small letters they are taken for the word."""


def flat(text: str) -> str:
    """A text without case, accents, look-alikes and needless spaces."""
    return " ".join(folded(_latin(text)).split())


def anywhere(text: str | None, least: int) -> Finder:
    """Finds a text of the file as it stands; one of fewer characters than ``least`` is found nowhere."""
    wanted = flat(text or "")
    return lambda said: len(wanted) >= least and wanted in flat(said)


# -- names ------------------------------------------------------------------------------------------------------


def name_words(name: str | None) -> frozenset[str]:
    """The words of a name, folded."""
    return frozenset(word for word, _ in _words(name or ""))


def named(name: str | None, spared: Collection[str] = ()) -> Finder:
    """Finds somebody's whole name in either order, or a part of it as a word of its own that is not ``spared``."""
    whole = [word for word, _ in _words(name or "")]
    parts = {
        word for word in whole if len(word) >= _LEAST_NAME and word not in spared and word not in _NO_NAMES
    }
    orders = {" ".join(whole), " ".join((*whole[-1:], *whole[:-1]))} if len(whole) > 1 else set()
    if not parts:
        orders = {one for one in orders if not set(one.split()) <= {*spared, *_NO_NAMES}}

    def finds(said: str) -> bool:
        words = list(_words(_DAY_IN_TEXT.sub(" ", _latin(said))))
        text = f" {' '.join(word for word, _ in words)} "
        return any(f" {one} " in text for one in orders) or any(
            word in parts and not (small and word in _ORDINARY) for word, small in words
        )

    return finds


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """The words of a text, folded, each with whether it was written in small letters."""
    for found in re.findall(r"[^\W\d_]+", _latin(text)):
        yield folded(found), found.islower()


# -- addresses and numbers --------------------------------------------------------------------------------------


def address_pieces(address: str | None) -> tuple[str, ...]:
    """An address, line by line and between its commas; a number alone belongs to what follows it."""
    pieces: list[str] = []
    for piece in re.split(r"[\n,;]", address or ""):
        said = flat(piece)[:_LONGEST]
        if said and pieces and re.fullmatch(r"\d+[a-z]?", pieces[-1]):
            pieces[-1] = f"{pieces[-1]} {said}"
        elif said:
            pieces.append(said)
    return tuple(pieces)


def telling(pieces: Sequence[str]) -> tuple[str, ...]:
    """The pieces that tell where somebody lives: the first, a postcode, those with a number or a street; no town."""
    return tuple(
        piece
        for place, piece in enumerate(pieces)
        if (place == 0 or any(map(str.isdigit, piece)) or _is_street(piece))
        and (len(re.sub(r"\W", "", piece)) >= _LEAST_ADDRESS or _POSTCODE.fullmatch(piece))
    )


def street(piece: str) -> str:
    """The name of the street in a piece of an address; empty where there is none that would tell anything."""
    words = [word for word in piece.split() if not any(map(str.isdigit, word))]
    numbered = len(words) < len(piece.split())
    said = " ".join(words)
    if (
        not (numbered or _is_street(piece))
        or len(said) < _LEAST_ADDRESS
        or set(_expanded(said)) <= _NO_STREET
    ):
        return ""
    return said


def _is_street(piece: str) -> bool:
    words = _expanded(piece)
    return len(words) > 1 and words[-1] in _STREETS


def spaced(text: str) -> Finder:
    """Finds a piece of an address whatever stands between its letters, and with its street shortened or not."""
    letters = re.sub(r"[\W_]", "", "".join(_expanded(text)))
    if not letters:
        return lambda said: False
    pattern = re.compile(r"(?<![^\W_])" + r"[\W_]*".join(map(re.escape, letters)) + r"(?![^\W_])")
    return lambda said: pattern.search(" ".join(_expanded(said))) is not None


def _expanded(text: str) -> list[str]:
    """The words of a text, folded, its shortened streets written out."""
    return [_ROADS.get(word, word) for word in re.findall(r"[^\W_]+", flat(text))]


def telephone(number: str) -> Finder:
    """Finds a telephone number, or one of several, however it is written."""
    numbers = [_national(one) for one in re.split(r"[/,;\n]|\bor\b", number)]
    wanted = [one for one in numbers if len(one) >= _LEAST_NUMBER]
    plain = anywhere(number, _LEAST_ADDRESS)
    return lambda said: plain(said) or any(one in _digits(said) for one in wanted)


def _national(number: str) -> str:
    """The digits of a number without what comes before it in this country or from abroad."""
    return re.sub(r"^(?:0044|44)?0*", "", _digits(number))


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


# -- days -------------------------------------------------------------------------------------------------------


def birth(day: Moment) -> Finder:
    """Finds a date of birth in figures or words, day first or month first, with two figures of the year or four."""
    at = earliest_day(day)
    month = f"0?{at.month}"
    word = f"{_MONTHS[at.month - 1][:3]}[a-z]*\\.?"
    year = f"(?:{at.year}|'?{at.year % 100:02})"
    between = r"[\s./,\\–-]{1,3}"
    if len(day) == 7:
        ways = [f"{word}{between}{year}", f"{month}{between}{at.year}", f"{at.year}{between}{month}"]
    else:
        number = f"0?{at.day}"
        ordinal = f"{number}(?:st|nd|rd|th)?"
        ways = [
            f"{number}{between}{month}{between}{year}", f"{month}{between}{number}{between}{year}",
            f"{at.year}{between}{month}{between}{number}",
            rf"{ordinal}(?:\s+of)?[\s./,–-]*{word}[\s./,–-]*{year}", rf"{word}[\s./,–-]*{ordinal}[\s./,–-]+{year}",
            f"{at:%d%m%Y}", f"{at:%Y%m%d}",
        ]  # fmt: skip
    pattern = re.compile(rf"(?<![^\W_])(?:{'|'.join(ways)})(?![^\W_])")
    return lambda said: pattern.search(flat(said)) is not None


def _latin(text: str) -> str:
    return clean(text, lines=True).translate(_LOOK_ALIKES)
