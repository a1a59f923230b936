"""The offence codes of the criminal justice system: look-up by code and search by words (pack ``offences``).

The rows are in ``offences.csv`` (built, 14,000 of them), their description in ``offences.toml``. A force adds
or corrects one with an ``[[offence]]`` entry in its own ``offences.toml``.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from casedesk.model.text import folded
from casedesk.reference.loading import DATA, Pack, Row, read_pack
from casedesk.reference.word_index import WordIndex, best_of

ROWS = "offences.csv"
HEADER = ["code", "title", "class", "group", "mode", "max", "notifiable", "recordable"]
_MAXIMUM = re.compile(r"life|[1-9][0-9]?[ym]")
_WORD = re.compile(r"[^\W_]+")
_FULL_OFFENCE = re.compile(r"[a-z]{2}[0-9]{5}")
"""The usual shape of a code; attempts, conspiracies and codes of older lists are shaped otherwise."""
_PUNCTUATION = {ord(mark): " " for mark in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~£–—‘’“”"}


class Mode(StrEnum):
    """Where an offence can be tried."""

    EITHER_WAY = "either-way"
    INDICTABLE = "indictable"
    SUMMARY = "summary"
    SUMMARY_MOTORING = "summary-motoring"

    @property
    def summary_only(self) -> bool:
        """Whether it can be tried by magistrates only."""
        return self in (Mode.SUMMARY, Mode.SUMMARY_MOTORING)


@dataclass(frozen=True, slots=True)
class Offence:
    """One offence code."""

    code: str
    title: str
    ho_class: str | None
    """Home Office class and sub-class, ``nnn/nn``; None where the source gives none."""
    ho_group: str | None
    mode: Mode
    maximum: str | None
    """The longest custodial sentence: ``life``, ``7y``, ``6m``. None: not in the source."""
    notifiable: bool
    """Whether it counts in the recorded-crime statistics."""
    recordable: bool
    """Whether it goes on the Police National Computer."""


class Offences:
    """All offence codes. Rows become :class:`Offence` objects only when they are asked for."""

    def __init__(self, pack: Pack, rows: dict[str, list[str]]) -> None:
        self.version = pack.version
        self._rows = rows
        self._modes = {letter: pack.table("mode").choice(letter, Mode) for letter in pack.table("mode").keys}
        self._groups = {short: pack.table("group").text(short) for short in pack.table("group").keys}
        self._local = pack.build("offence", self._local_offence)

    def __len__(self) -> int:
        return len(self._rows.keys() | self._local.keys())

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and self.get(code) is not None

    def __iter__(self) -> Iterator[Offence]:
        yield from (self._of_row(row) for code, row in self._rows.items() if code not in self._local)
        yield from self._local.values()

    def get(self, code: str) -> Offence | None:
        """The offence of this code, in capitals or not; None when the code is not in the list."""
        key = code.strip().upper()
        if key in self._local:
            return self._local[key]
        row = self._rows.get(key)
        return self._of_row(row) if row else None

    def search(self, text: str, limit: int = 20) -> list[Offence]:
        """The offences whose code or title has a word that begins with each word of ``text``, best first.

        Best is: the code itself, a code that begins so, whole words rather than beginnings, a title that
        begins so, a notifiable offence, a full offence of the national list, a shorter title.
        """
        words = list(dict.fromkeys(_WORD.findall(folded(text))))
        found = self._index.with_all(words)
        if not found:
            return []
        better = [
            self._codes.having(words[0]),
            self._codes.beginning(words[0]),
            *reversed(_with_at_least(found, [self._index.having(word) for word in words])),
            self._titles.beginning(words[0]),
        ]
        best = best_of(found, better, limit)
        return [offence for place in best if (offence := self.get(self._order[place]))]

    @cached_property
    def _lines(self) -> dict[str, list[str]]:
        """The folded words of each offence by its code: the code's first."""
        titles = {code: row[1] for code, row in self._rows.items()}
        titles |= {code: offence.title for code, offence in self._local.items()}
        return {
            code: folded(f"{code} {title}").translate(_PUNCTUATION).split() for code, title in titles.items()
        }

    @cached_property
    def _order(self) -> list[str]:
        """The codes, those that are more often meant first."""
        return sorted(self._lines, key=self._rank)

    @cached_property
    def _index(self) -> WordIndex:
        return WordIndex(self._lines[code] for code in self._order)

    @cached_property
    def _codes(self) -> WordIndex:
        return WordIndex(self._lines[code][:1] for code in self._order)

    @cached_property
    def _titles(self) -> WordIndex:
        """The first word of each title."""
        return WordIndex(self._lines[code][1:2] for code in self._order)

    def _rank(self, code: str) -> tuple[bool, bool, int, str]:
        full = _FULL_OFFENCE.fullmatch(code.lower()) is not None
        return (not self._notifiable(code), not full, sum(map(len, self._lines[code])), code)

    def _notifiable(self, code: str) -> bool:
        return self._local[code].notifiable if code in self._local else self._rows[code][6] == "1"

    def _of_row(self, row: list[str]) -> Offence:
        code, title, ho_class, group, mode, maximum, notifiable, recordable = row
        return Offence(
            code,
            title,
            ho_class or None,
            self._groups.get(group),
            self._modes[mode],
            maximum or None,
            notifiable == "1",
            recordable == "1",
        )

    def _local_offence(self, row: Row) -> Offence:
        row.unknown(
            {"id", "title", "ho_class", "ho_group", "mode", "maximum", "notifiable", "recordable", "source"}
        )
        if row.id != row.id.strip().upper():
            raise row.error("id", "an offence code is written in capitals")
        maximum = row.optional_text("maximum")
        if maximum and not _MAXIMUM.fullmatch(maximum):
            raise row.error(
                "maximum", f"“{maximum}” is not a sentence", "Write life, 7y (years) or 6m (months)."
            )
        return Offence(
            code=row.id,
            title=row.text("title"),
            ho_class=row.optional_text("ho_class"),
            ho_group=row.optional_text("ho_group"),
            mode=row.choice("mode", Mode),
            maximum=maximum,
            notifiable=row.flag("notifiable"),
            recordable=row.flag("recordable"),
        )


def _with_at_least(found: frozenset[int], having: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """Of what was found, the places that are in at least one of the sets, in at least two, and so on."""
    at_least = [found] + [frozenset[int]()] * len(having)
    for one in having:
        for number in range(len(having), 0, -1):
            at_least[number] |= at_least[number - 1] & one
    return at_least[1:]


def load_offences(overlay: Path | None = None) -> Offences:
    """Read all offence codes. Raises :class:`casedesk.model.errors.PackError`."""
    pack = read_pack("offences", overlay)
    pack.unknown({"file", "mode", "group", "offence"})
    return Offences(pack, _read_rows(pack))


def _read_rows(pack: Pack) -> dict[str, list[str]]:
    try:
        with (DATA / ROWS).open(encoding="utf-8", newline="") as lines:
            reader = csv.reader(lines)
            header = next(reader, [])
            rows = {row[0]: row for row in reader if len(row) == len(HEADER)}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise pack.error(ROWS, f"cannot be read: {error}", "Install casedesk again.") from None
    if header != HEADER or len(rows) != pack.table("file").integer("rows"):
        raise pack.error(ROWS, "is not the file that offences.toml describes", "Install casedesk again.")
    return rows
