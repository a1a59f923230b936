"""How fast a search is over a store full of log entries, against looking through them with LIKE.

Run: python -m benchmarks.search [ENTRIES]. The default is small; 1,000,000 entries take some minutes to write.
Every entry goes through the journal, five to a case. The words are made up and as unequally common as words are.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import accumulate
from pathlib import Path
from random import Random

from benchmarks.measuring import Spread, machine, milliseconds, table
from casedesk.desk.caseload import view_of
from casedesk.desk.desk import Desk
from casedesk.desk.search import as_typed
from casedesk.desk.settings import Person, Settings
from casedesk.desk.setup import set_up
from casedesk.model.entities import CASE, LOG_ENTRY, SUSPECT, VICTIM
from casedesk.model.ids import EntityId, derived_id
from casedesk.store import keys
from casedesk.store.places import Places
from casedesk.store.queue import PAGE, QueueReader
from casedesk.store.words import purge

ENTRIES = 20_000
PER_CASE = 5
RUNS = 9
PASSPHRASE = "correct horse battery staple"  # noqa: S105 - it protects nothing
COMMON = (
    "the", "to", "of", "and", "victim", "was", "called", "no", "reply", "officer", "statement", "suspect",
    "interview", "bail", "update", "evidence", "cctv", "requested", "witness", "contacted", "phone",
)  # fmt: skip
NAMES = ("Smith", "Smyth", "Jarrett", "O’Hara", "Khan", "Okafor", "Whitlock", "Nowak", "Patel", "Wright")
FIRST = ("Kyle", "Anna", "Rhys", "Zoë", "Maryam", "Sean", "Priya", "Tom", "Lucy", "Omar")


class Vocabulary:
    """Made-up words, the n-th n times rarer than the first, among the common ones."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        syllables = [c + v for c in "bcdfghjklmnprstvw" for v in "aeiou"]
        self.rare = ["".join(dice.choices(syllables, k=dice.randint(2, 4))) for _ in range(30_000)]
        self._weights = list(accumulate(1 / (place + 1) for place in range(len(self.rare))))

    def entry(self) -> str:
        """What might be written in a log: 12 to 40 words."""
        length = self._dice.randint(12, 40)
        rare = self._dice.choices(self.rare, cum_weights=self._weights, k=length)
        return " ".join(self._dice.choice(COMMON) if self._dice.random() < 0.5 else word for word in rare)


def fill(desk: Desk, entries: int, words: Vocabulary, dice: Random) -> Spread:
    """Write the entries; returns how long each thousand cases took, in seconds."""
    spans, began = [], time.perf_counter()
    with desk.store.unit_of_work("benchmark") as unit:
        for number in range(entries // PER_CASE):
            case_id = derived_id("case", str(number))
            facts = {
                "ref": f"4326{number:07}", "offence_title": "Theft from a shop", "category": "Shoplifting",
                "location": f"{dice.randrange(99)} High Street", "oic": f"PC {dice.choice(NAMES)}",
                "flags": ("da",) if dice.random() < 0.1 else (), "outcome": dice.choice((None, "15", "16", "18")),
                "owner": str(7000 + dice.randrange(50)),
            }  # fmt: skip
            unit.extract(CASE, case_id, case_id, facts, unit.now)
            for entity in (SUSPECT, VICTIM):
                name = {"name": f"{dice.choice(FIRST)} {dice.choice(NAMES)}"}
                unit.extract(entity, derived_id(entity.name, str(number)), case_id, name, unit.now)
            for entry_id, text in _entries(number, words):
                at = unit.now - timedelta(minutes=dice.randrange(500_000))
                unit.entry(LOG_ENTRY, entry_id, case_id, {"at": at, "text": text, "topic": "note"})
            if number % 1000 == 999:
                unit.settle()
                spans.append(time.perf_counter() - began)
                began = time.perf_counter()
    return Spread(tuple(spans or [time.perf_counter() - began]))


def _entries(number: int, words: Vocabulary) -> Iterator[tuple[EntityId, str]]:
    for place in range(PER_CASE):
        yield derived_id("entry", str(number), str(place)), words.entry()


def like(desk: Desk, word: str) -> int:
    """What a search without an index does: every entry is read."""
    (count,) = desk.store.connection.execute(
        "SELECT count(DISTINCT case_id) FROM log_entry WHERE text LIKE ?", (f"%{word}%",)
    ).fetchone()
    return int(count)


def measure(desk: Desk, words: Vocabulary) -> None:
    """The tables."""
    asked = {
        "common word": "victim", "two common words": "victim statement", "common word begun": "vic*",
        "two letters begun": "co*", "phrase of common words": '"no reply"', "rarer word": words.rare[300],
        "rare word": words.rare[20_000], "in one place": "in:log victim", "not": "victim -phone",
        "word and fields": "victim flag:da outcome:16 owner:7007", "fields alone": "flag:da outcome:16",
        "by sound": "sounds:smyth", "nobody is called so": "suspect:smithe",
    }  # fmt: skip
    rows = []
    for title, typed in asked.items():
        found = as_typed(desk, desk.store.connection, f"{typed} ")
        span = milliseconds(lambda typed=typed: as_typed(desk, desk.store.connection, f"{typed} "), RUNS)  # type: ignore[misc] # the loop's own
        rows.append((title, typed, found.count_shown, span.shown()))
    table(
        "First page of a search, with snippets (ms, least and most)",
        ("asked", "typed", "cases", "time"),
        rows,
    )
    measure_filter(desk)
    rows = [
        (word, f"{like(desk, word):,}", milliseconds(lambda word=word: like(desk, word), 3).shown())  # type: ignore[misc] # the loop's own
        for word in ("victim", words.rare[20_000])
    ]
    table("The same by LIKE over the log (ms)", ("word", "cases", "time"), rows)


def measure_filter(desk: Desk) -> None:
    """The table of the queue's filter."""
    reader = QueueReader(desk.store.connection)
    rows = []
    for typed in ("smith", "sm", "theft", "oic:okafor", "flag:da smith", "in:log victim"):
        view = view_of(desk, "open", words=typed)
        span = milliseconds(lambda view=view: (reader.first(view), reader.count(view)), RUNS)  # type: ignore[misc] # the loop's own
        rows.append((typed, f"{reader.count(view):,}", span.shown()))
    table(f"Filter of the queue: first {PAGE} and the count (ms)", ("typed", "cases", "time"), rows)


def main() -> int:
    """Make the store, measure, throw it away."""
    entries = int(sys.argv[1]) if sys.argv[1:] else ENTRIES
    dice = Random(7)
    words = Vocabulary(dice)
    with tempfile.TemporaryDirectory() as folder:
        places = Places(Path(folder) / "home")
        settings = Settings(Person(number="7042"))
        with set_up(places, PASSPHRASE, settings, cost=keys.GENERATED_COST, recovery=None) as desk:
            spans = fill(desk, entries, words, dice)
            print(f"{machine()}\n{entries:,} log entries in {entries // PER_CASE:,} cases")
            print(
                f"written through the journal: {1000 * (PER_CASE + 3) / spans.median:,.0f} operations a second"
            )
            print(f"file: {places.store.stat().st_size / 1_048_576:,.0f} MB")
            measure(desk, words)
            with desk.store.transaction():
                span = milliseconds(lambda: purge(desk.store.connection), 1)
                print(f"\nindex purged of what was erased: {span.median:,.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
