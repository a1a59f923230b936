"""The bulk review: opening it, the verdicts streaming in, the next crime, accepting a thousand.

Run: python -m benchmarks.review [CRIMES ...]. Makes a store of so many submitted crimes, one in five with something
wrong, in build/benchmarks, keeps it, and works in a copy. Judging is compared with the same rules put as one look
through the crimes for each rule.
"""

import asyncio
import shutil
import sys
import tempfile
from dataclasses import fields
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from benchmarks.check_rules import NOW, record, speaks
from benchmarks.measuring import KEPT, Spread, machine, peak_mib, seconds, sizes_asked, table
from benchmarks.probing import Stamped, memory
from casedesk.desk import accepting, bulk
from casedesk.desk.caseload import ids_of
from casedesk.desk.check import check_store
from casedesk.desk.demo import demo_settings
from casedesk.desk.desk import Desk
from casedesk.desk.review import check_all, open_review
from casedesk.desk.review_filter import parse_filter
from casedesk.desk.setup import set_up, unlock
from casedesk.desk.undo import undo
from casedesk.front import FrontApp
from casedesk.model.entities import CASE, SUSPECT, VICTIM, Entity
from casedesk.model.facts import CaseFile
from casedesk.rules.judged import Judged
from casedesk.rules.predicates import PREDICATES
from casedesk.screens.review import ReviewScreen
from casedesk.screens.session import Session
from casedesk.store import keys
from casedesk.store.places import Places
from casedesk.store.records import each_case

PASSPHRASE = "a benchmark's passphrase"  # noqa: S105 - of nobody's store
_LOT = 2_000
_ACCEPTED = 1_000
_KEYS = 60


class Probe(Stamped, FrontApp):
    """The app with every repaint stamped."""


def made(size: int) -> Path:
    """A store with so many submitted crimes, made where it is not there yet."""
    home = KEPT / f"review-{size}"
    if (home / "done").exists():
        return home
    shutil.rmtree(home, ignore_errors=True)
    dice = Random(1)
    cost = keys.GENERATED_COST
    with set_up(Places(home), PASSPHRASE, demo_settings(), lambda: NOW, cost=cost, recovery=None) as desk:
        for start in range(0, size, _LOT):
            with desk.store.unit_of_work("import") as unit:
                for number in range(start, min(start + _LOT, size)):
                    _write(unit, record(number, dice))
        desk.store.truncate_log()
    (home / "done").touch()
    return home


def _write(unit: Any, file: CaseFile) -> None:
    parts: list[tuple[Entity, Any, Any]] = [(CASE, file.id, file.case)]
    parts += [(SUSPECT, own, thing) for own, thing in file.suspects]
    parts += [(VICTIM, own, thing) for own, thing in file.victims]
    for entity, own, thing in parts:
        said = {field.name: getattr(thing, field.name) for field in fields(thing)}
        known = {name: value for name, value in said.items() if value is not None}
        unit.extract(entity, own, file.id, known, NOW)
    unit.set(CASE, file.id, file.id, {"stage": "submitted"})


def naively(desk: Desk) -> int:
    """The same rules, each put to all crimes in turn, as a query for each would be; how many findings."""
    found = 0
    for rule in desk.checker.rules:
        require, when, unless = (
            [PREDICATES[name].bind(rule.values) for name in names]
            for names in (rule.require, rule.when, rule.unless)
        )
        for bundle in each_case(desk.store.connection):
            file = bundle.file
            if not speaks(rule, file.case):
                continue
            judged = Judged(file, file.case, file.case.outcome, NOW, desk.checker.reference, False)
            failed = any(holds(judged) is False for holds in require)
            if failed and all(one(judged) for one in when) and not any(one(judged) for one in unless):
                found += 1
    return found


def on_the_desk(desk: Desk, size: int) -> dict[str, str]:
    """Opening, judging, narrowing and accepting, without a screen."""
    desk.checker.check(next(each_case(desk.store.connection)).file, NOW)
    before = memory()
    opened = seconds(lambda: open_review(desk))
    review = open_review(desk)
    judged = seconds(lambda: check_all(review))
    held = memory() - before
    stored = seconds(lambda: sum(1 for _ in check_store(desk)))
    narrowed = seconds(lambda: review.order(parse_filter("outcome:18 verdict:clean")))
    grouped = seconds(lambda: review.order(parse_filter(""), "finding"))
    clean = review.clean_to_do(review.numbers)[:_ACCEPTED]
    began = perf_counter()
    bulk.carry_out(desk, accepting.accept_clean(desk, ids_of(desk, clean)))
    accepted = perf_counter() - began
    again = seconds(
        lambda: review.take(review.look(desk.store.connection, review.catch_up()[:500], frozenset()))
    )
    undone = seconds(lambda: undo(desk))
    return {
        "crimes": f"{size:,}",
        "list opened (s)": f"{opened:.3f}",
        "judged from the store (a second)": f"{size / judged:,.0f}",
        "`casedesk check` (a second)": f"{size / stored:,.0f}",
        "filtered / grouped (ms)": f"{narrowed * 1000:.0f} / {grouped * 1000:.0f}",
        f"{len(clean):,} clean accepted (s)": f"{accepted:.2f}",
        "judged again after that (s)": f"{again:.2f}",
        "taken back (s)": f"{undone:.2f}",
        "memory of the judged list (MiB)": f"{held:.0f}",
    }


async def on_screen(desk: Desk) -> dict[str, str]:
    """The same on screen: until the list is there, and from a key to the next crime."""
    app = Probe(Session(desk.store.places, lambda: NOW, desk))
    async with app.run_test(size=(160, 48)):
        await app.settled(0.3)
        app.painted.clear()
        began = perf_counter()
        screen = ReviewScreen(app.session)
        app.push_screen(screen)
        while not app.painted or not len(screen.review):
            await asyncio.sleep(0.005)
        shown = app.painted[0] - began
        while not screen.is_checked:
            await asyncio.sleep(0.05)
        checked = perf_counter() - began
        await app.settled(0.3)
        following = Spread(tuple(await app.press_often("n", _KEYS)))
        accepting_one = []
        for _ in range(10):
            await app.press("n")
            if screen.crime and screen.crime.verdict.verdict == "clean":
                accepting_one.append((await app.press("a"))[-1])
    accepted = Spread(tuple(accepting_one)) if accepting_one else None
    return {
        "first paint of the review (s)": f"{shown:.2f}",
        "every verdict in the list (s)": f"{checked:.1f}",
        "next crime (ms)": following.shown(),
        "accept and go on (ms)": f"{accepted.median:.0f}" if accepted else "–",
    }


def measure(size: int) -> dict[str, str]:
    """Everything at one size, in a copy of its store."""
    with tempfile.TemporaryDirectory(dir=KEPT) as folder:
        home = Path(folder) / "store"
        shutil.copytree(made(size), home)
        with unlock(Places(home), PASSPHRASE, lambda: NOW) as desk:
            figures = on_the_desk(desk, size)
            if size <= 10_000:
                took = seconds(lambda: naively(desk))
                figures["one look for each rule (a second)"] = f"{size / took:,.0f}"
            figures |= asyncio.run(on_screen(desk))
    figures["peak of the process (MiB)"] = f"{peak_mib():.0f}"
    return figures


def main() -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    print(machine(), file=sys.stderr)
    found = [measure(size) for size in sizes_asked((1_000, 10_000))]
    names = list(dict.fromkeys(name for figures in found for name in figures if name != "crimes"))
    rows = [[name, *(figures.get(name, "–") for figures in found)] for name in names]
    table("The review", ["", *(figures["crimes"] for figures in found)], rows)


if __name__ == "__main__":
    main()
