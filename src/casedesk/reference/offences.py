"""The offence codes of the criminal justice system: look-up by code and search by words (pack ``offences``).

The rows are in ``offences.csv`` (built, 14,000 of them), their description in ``offences.toml``. A force adds
or corrects one with an ``[[offence]]`` entry in its own ``offences.toml``.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from casedesk.model.text import folded
from casedesk.reference.loading import DATA, Pack, Row, read_pack

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
        words = _WORD.findall(folded(text))
        if not words:
            return []
        wanted = [f" {word}" for word in words]
        hits = [
            (self._rank(line, words), code)
            for code, line in self._lines.items()
            if all(word in line for word in wanted)
        ]
        return [found for _, code in sorted(hits)[:limit] if (found := self.get(code))]

    @cached_property
    def _lines(self) -> dict[str, str]:
        """Code and title of each offence as one line of folded words, each after a space."""
        titles = {code: row[1] for code, row in self._rows.items()}
        titles |= {code: offence.title for code, offence in self._local.items()}
        return {code: folded(f" {code} {title}").translate(_PUNCTUATION) for code, title in titles.items()}

    def _rank(self, line: str, words: list[str]) -> tuple[bool, bool, int, bool, bool, bool, int]:
        code, title = line[1:].split(" ", 1)
        present = set(title.split())
        return (
            code != words[0],
            not code.startswith(words[0]),
            sum(word not in present for word in words),
            not title.startswith(words[0]),
            not self._notifiable(code.upper()),
            _FULL_OFFENCE.fullmatch(code) is None,
            len(title),
        )

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
