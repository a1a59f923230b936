"""What bundles cost: out, looked at, in, in again; the daily few; memory. Beside them the obvious way.

    python -m benchmarks.bundles [OPERATIONS ...]

A made-up colleague's whole caseload (ten operations a case) comes to a new desk and goes on from there to another
colleague, through the real files and the encrypted store. Every operation is decrypted, hashed, checked against its
chain and its author's signature, folded, its case placed in the queue and indexed; going out it is compressed,
encrypted, written through to the disk and read back whole. The obvious way writes the same headers and contents as
lines of JSON, compressed, and reads them into one table of a plain database: no encryption, no signatures, no
merging, nothing to look at afterwards. Each measure is a process of its own, so that memory can be told.
"""

import base64
import gzip
import json
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO

import orjson

from benchmarks.made_chain import Chain
from benchmarks.measuring import Spread, machine, milliseconds, peak_mib, seconds, sizes_asked, table
from casedesk.bundles.body import Signed
from casedesk.bundles.manifest import BundleKind
from casedesk.desk import bundle_in, bundles, device_cards, team
from casedesk.desk.desk import Desk
from casedesk.desk.record import add_log_entry
from casedesk.desk.settings import Person, Settings
from casedesk.desk.setup import set_up, unlock
from casedesk.model.ids import EntityId
from casedesk.model.moments import system_clock
from casedesk.store import keys
from casedesk.store.places import Places
from casedesk.store.registry import Registry

SIZES = (1_000, 10_000, 100_000)
MOST = 400_000
"""So many go into one bundle: more have no room in it."""
FEW, CASES, LATE = 60, 20, 500
RUNS = 9
PASSPHRASE = "not a secret at all"  # noqa: S105 - it protects nothing
PERSON = Person(name="Alex Doe", number="7042", team="Crime Management", force="42")
PLAIN_COLUMNS = ("header", "sig", "payload")


def prepare(home: Path, size: int) -> None:
    """A new desk with two members, and the first one's bundles: everything, then a few more at a time."""
    chain, other = Chain(1), Chain(2)
    with set_up(
        Places(home / "desk"), PASSPHRASE, Settings(PERSON), system_clock, cost=keys.GENERATED_COST
    ) as desk:
        for card in (chain.card, other.card):
            team.enrol(desk, card, card.fingerprint, ())
        own, worked = device_cards.own_card(desk), chain.worked(size)
        for number in range(1, 2 + (size - 1) // MOST):
            some = islice(worked, MOST)
            chain.bundle(home / f"all{number}.casebundle", number, own, some, desk.now)
        for name, among in (("few", size), ("late", LATE)):
            for run in range(RUNS):
                number += 1
                lines = chain.entries(FEW, CASES, among)
                chain.bundle(home / f"{name}{run}.casebundle", number, own, lines, desk.now)


def opened(home: Path) -> Desk:
    return unlock(Places(home / "desk"), PASSPHRASE, system_clock)


def everything(home: Path) -> list[Path]:
    """The bundles that hold all of it, in their order."""
    return sorted(home.glob("all*.casebundle"))


def importing(home: Path) -> dict[str, float]:
    with opened(home) as desk:
        return {"s": sum(seconds(partial(bundle_in.take_in, desk, one)) for one in everything(home))}


def again(home: Path) -> dict[str, float]:
    return importing(home)


def verifying(home: Path) -> dict[str, float]:
    with opened(home) as desk:
        return {"s": sum(seconds(partial(bundle_in.verify, desk, one)) for one in everything(home))}


def previewing(home: Path) -> dict[str, float]:
    """Of the first bundle: of the others nothing can be said before it is taken in."""
    with opened(home) as desk:
        return {"s": seconds(lambda: bundle_in.preview(desk, everything(home)[0]))}


def exporting(home: Path) -> dict[str, float]:
    with opened(home) as desk:
        folder = home / "stick"
        folder.mkdir()
        to = [_other(desk)]

        def export() -> None:
            while bundles.export(desk, to, folder, kind=BundleKind.FULL).to_come:
                pass

        return {"s": seconds(export), "MB": sum(made.stat().st_size for made in folder.iterdir()) / 1e6}


def few(home: Path) -> dict[str, float]:
    """So many new operations taken in; so many written and given out."""
    with opened(home) as desk:
        paths = iter([home / f"{name}{run}.casebundle" for name in ("few", "late") for run in range(RUNS)])
        inward = milliseconds(lambda: bundle_in.take_in(desk, next(paths)), RUNS)
        late = milliseconds(lambda: bundle_in.take_in(desk, next(paths)), RUNS)
        to = [_other(desk)]
        folder = home / "few"
        folder.mkdir()
        _say_it_holds_all(desk, to[0])
        took: list[float] = []
        for _ in range(RUNS):
            for (case_id,) in desk.store.connection.execute(
                "SELECT id FROM cases LIMIT ?", (CASES,)
            ).fetchall():
                for _ in range(FEW // CASES):
                    add_log_entry(desk, EntityId(case_id), "Rang again.")
            took += milliseconds(lambda: bundles.export(desk, to, folder), 1).values
            _say_it_holds_all(desk, to[0])
        outward = Spread(tuple(took))
        return {
            name: figure for which, one in (("in", inward), ("late", late), ("out", outward))
            for name, figure in ((which, one.median), (f"{which} p95", one.p95))
        }  # fmt: skip


def _other(desk: Desk) -> team.Colleague:
    return next(one for one in team.members(desk) if one.id == Chain(2).device)


def _say_it_holds_all(desk: Desk, one: team.Colleague) -> None:
    """As if that member had said that it holds all that is here."""
    registry = Registry(desk.store.connection)
    have = {
        base64.b64encode(registry.device_ids[device]).decode().rstrip("="): seq
        for (_, device), (seq, _) in registry.vv.items()
    }
    desk.store.connection.execute(
        "INSERT OR REPLACE INTO peer (device, have, lacks, number, made_at, came_at) VALUES (?, ?, '[]', 1, 0, 0)",
        (one.id, orjson.dumps(have).decode()),
    )


def plain(home: Path) -> dict[str, float]:
    """The obvious way there and back."""
    some = Chain(1).worked(int((home / "size").read_text(encoding="utf-8")))
    path = home / "plain.jsonl.gz"
    return {
        "out": _write_plainly(path, some),
        "in": seconds(lambda: _read_plainly(path, home / "plain.db")),
        "MB": path.stat().st_size / 1e6,
    }


def _write_plainly(path: Path, some: Iterator[Signed]) -> float:
    """Write them as lines; how long that took, their making aside."""
    took = 0.0
    with gzip.open(path, "wt", compresslevel=1, encoding="utf-8") as file:
        while part := list(islice(some, 10_000)):
            took += seconds(partial(_lines, file, part))
    return took


def _lines(file: IO[str], some: Iterable[Signed]) -> None:
    for one in some:
        cells = one.header.decode(), base64.b64encode(one.sig).decode(), (one.payload or b"").decode()
        file.write(json.dumps(dict(zip(PLAIN_COLUMNS, cells, strict=True))) + "\n")


def _read_plainly(path: Path, to: Path) -> None:
    db = sqlite3.connect(to, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute(
        "CREATE TABLE op (id TEXT, seq INTEGER, header TEXT, sig TEXT, payload TEXT, PRIMARY KEY (id, seq))"
    )
    db.execute("BEGIN")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            said = json.loads(line)
            header = json.loads(said["header"])
            db.execute(
                "INSERT OR IGNORE INTO op VALUES (?, ?, ?, ?, ?)",
                (header["device"], header["seq"], *(said[name] for name in PLAIN_COLUMNS)),
            )
    db.execute("COMMIT")
    db.close()


MEASURES: dict[str, Callable[[Path], dict[str, float]]] = {
    one.__name__: one for one in (verifying, previewing, importing, again, exporting, few, plain)
}
"""In the order in which they are taken: what comes later needs what came before."""


def apart(name: str, home: Path) -> dict[str, float]:
    """Take one measure in a process of its own; with the most memory that it had, in MiB."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.bundles", "--measure", name, str(home)],
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measured(size: int) -> tuple[list[str], list[str]]:
    """Two lines: of everything, of the few."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "size").write_text(str(size), encoding="utf-8")
        prepare(home, size)
        found = {name: apart(name, home) for name in MEASURES}

    def rate(name: str, key: str = "s", of: int = size) -> str:
        return f"{found[name][key]:.2f} ({of / found[name][key]:,.0f})"

    everything = [
        f"{size:,}",
        rate("exporting"), rate("verifying"), rate("previewing", of=min(size, MOST)), rate("importing"), rate("again"),
        rate("plain", "out"), rate("plain", "in"),
    ]  # fmt: skip
    some, peak = found["few"], max(found[name]["MiB"] for name in ("previewing", "importing", "again"))
    rest = [
        f"{size:,}", f"{found['exporting']['MB']:.1f}", f"{found['plain']['MB']:.1f}",
        f"{found['exporting']['MiB']:.0f}", f"{peak:.0f}",
        *(f"{some[which]:.1f} ({some[f'{which} p95']:.1f})" for which in ("out", "in", "late")),
    ]  # fmt: skip
    return everything, rest


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        found = MEASURES[sys.argv[2]](Path(sys.argv[3]))
        print(json.dumps({**found, "MiB": peak_mib()}))
        return
    lines = [measured(size) for size in sizes_asked(SIZES)]
    table(
        "Everything: seconds (operations a second)",
        ("operations", "export", "verify", "preview", "import", "again", "JSON lines out", "JSON lines in"),
        [line for line, _ in lines],
    )
    table(
        f"Size; most memory; and {FEW} new operations in {CASES} cases, median (95th percentile)",
        (
            "operations",
            "MB",
            "JSON MB",
            "export MiB",
            "import MiB",
            "out ms",
            "in, of all cases",
            "of the last 500",
        ),
        [line for _, line in lines],
    )
    print(machine())


if __name__ == "__main__":
    main()
