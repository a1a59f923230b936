"""How the screens of bundles look, in a small terminal and a large one.

Each picture was looked at by a person before it was kept. After a wanted change: look again, then run
``pytest tests/journeys/test_sync_looks.py --snapshot-update``.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from textual.events import Paste
from textual.pilot import Pilot

from casedesk.bundles import cards
from casedesk.bundles.manifest import BundleKind
from casedesk.desk import bundle_in, bundles, conflict_desk, device_cards, media_register, restricted, team
from casedesk.desk.desk import Desk
from casedesk.desk.setup import unlock
from casedesk.front import FrontApp
from casedesk.model.ids import decode, encode
from casedesk.screens.sync_export import Written
from casedesk.store.places import Places
from tests.conftest import PASSPHRASE, FrozenClock
from tests.desk.team_of_two import Two, a_shared_case, introduce, make_desk, make_two, say
from tests.journeys.conftest import Officer
from tests.journeys.sync_team import app_on, press
from tests.screens.harness import NARROW, WIDE

Compare = Callable[..., bool]
NOW = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
FINGERPRINT = "mofiv vojog balak jizoj zibak zolak motor vajib"
PHRASE = "panit havir bovol datug"
STONE = (
    "The window was broken by a stone that somebody threw over the fence late on Saturday night. Nobody was seen, and "
    "the neighbour heard a car drive off."
)
BALL = (
    "The window was broken by a ball that a child kicked over the fence late on Saturday. Nobody was seen, and the "
    "neighbour heard children laugh."
)


@pytest.fixture(scope="session")
def scene_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ann's desk on a morning with something of everything; made once, each picture is of a copy."""
    root = tmp_path_factory.mktemp("team")
    clock = FrozenClock(NOW - timedelta(days=3))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundles, "__version__", "1.0")
        two = make_two(root, clock)
        _exchange(two, clock)
        _colleagues(two, root, clock)
        clock.now = NOW - timedelta(minutes=40)
        _disagree(two)
        _lose_one(two)
        _stick(two, root)
    two.ann.close()
    two.bob.close()
    return root


def _exchange(two: Two, clock: FrozenClock) -> None:
    """What both have held for days."""
    for number in range(1, 5):
        a_shared_case(two.ann, f"42/{number}/26", summary="Window broken", offence_title="Criminal damage")
    media_register.add(two.ann, "CID stick 4")
    media_register.add(two.ann, "Team folder", "share", "the whole team")
    medium = next(one.id for one in media_register.media(two.ann) if one.label == "CID stick 4")
    two.send(two.ann, medium=medium, reason="Daily exchange")
    two.send(two.bob)
    clock.advance(timedelta(days=2))


def _colleagues(two: Two, root: Path, clock: FrozenClock) -> None:
    """Cat, who has had nothing yet; Dev, who is up to date; Eve, who left."""
    for name, number in (("Cat Obi", "1003"), ("Dev Rai", "1004"), ("Eve Sims", "1005")):
        with make_desk(root / name, name, number, clock) as other:
            introduce(two.ann, other, ("approval",))
            if name.startswith("Dev"):
                introduce(other, two.ann)
                (back,) = (one for one in team.members(other) if one.name == "Ann")
                forth = next(one for one in team.members(two.ann) if one.name == name)
                bundle_in.take_in(other, bundles.export(two.ann, [forth], two.stick, reason="First").path)
                bundle_in.take_in(two.ann, bundles.export(other, [back], two.stick).path)
    team.remove(
        two.ann,
        next(one for one in team.members(two.ann) if one.name == "Eve Sims"),
        "Moved to another force",
    )


def _disagree(two: Two) -> None:
    """Two disputes that are open, and one that is decided."""
    one, other, third, fourth = (two.ann.find(f"42/{number}/26") for number in range(1, 5))
    two.send(two.ann)
    two.send(two.bob)
    for desk, owner, text in ((two.ann, "1001", STONE), (two.bob, "1002", BALL)):
        two.clock.advance(timedelta(minutes=1))
        say(desk, one, owner=owner)
        say(desk, other, summary=text)
        say(desk, third, location="Mill Lane" if desk is two.ann else "Mill Road")
    two.send(two.bob)
    disputed = conflict_desk.conflict(two.ann, third, "1")
    conflict_desk.take(two.ann, disputed, disputed.sides[0], "The body-worn video shows the street sign")
    bob = two.member(two.ann, two.bob)
    restricted.restrict(two.ann, fourth, [bob], "Source to protect")


def _lose_one(two: Two) -> None:
    """A bundle of Bob's that is lost on its way, so that the next one leaves a gap."""
    case_id = two.bob.find("42/3/26")
    for text in ("Neighbour rang", "Statement is in"):
        (told,) = two.bob.store.connection.execute("SELECT have FROM peer").fetchone()
        say(two.bob, case_id, summary=text)
        lost = two.out(two.bob)
        own = encode(two.bob.store.identity.device)
        held = orjson.loads(told) | {own: lost.manifest.have[decode(own)]}
        two.bob.store.connection.execute("UPDATE peer SET have = ?", (orjson.dumps(held).decode(),))
    bundle_in.take_in(two.ann, lost.path)
    two.bob.store.connection.execute("UPDATE peer SET have = ?", (told,))


def _stick(two: Two, root: Path) -> None:
    """What lies on the stick this morning."""
    shutil.rmtree(two.stick)
    two.stick.mkdir()
    a_shared_case(two.bob, "42/90/26", summary="Shed opened", offence_title="Burglary")
    say(two.bob, two.bob.find("42/2/26"), location="Mill Road 7")
    coming = two.out(two.bob, reason="Daily exchange", kind=BundleKind.FULL)
    coming.path.rename(two.stick / "1f0c9a6e2b44.casebundle")
    two.out(two.ann).path.rename(two.stick / "77ab31d0e955.casebundle")
    (two.stick / "c0ffee000000.casebundle").write_bytes(b"not a bundle")
    with make_desk(root / "Fay", "Fay Holt", "1006", two.clock) as fay:
        (two.stick / "fay-holt.casecard").write_bytes(device_cards.write_own_card(fay)[1])
    say(two.ann, two.ann.find("42/3/26"), location="Mill Lane 9")


@pytest.fixture
def scene(scene_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Ann's desk, open, with everything that would differ from day to day standing still."""
    shutil.copytree(scene_home / "ann", tmp_path / "ann")
    shutil.copytree(scene_home / "stick", tmp_path / "stick")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cards, "phrase_of", lambda *_parts, count: FINGERPRINT)
    monkeypatch.setattr(bundle_in, "words", lambda _digest, _count: PHRASE)
    monkeypatch.setattr(bundles, "words", lambda _digest, _count: PHRASE)
    with unlock(Places(tmp_path / "ann"), PASSPHRASE, FrozenClock(NOW)) as desk:
        desk.store.set_meta("bundle-folder", "/media/stick")
        yield desk


PLACES: dict[str, tuple[str, ...]] = {
    "sync": ("S",),
    "colleague": ("S", "enter"),
    "card": ("S", "c"),
    "enrol-card": ("S", "e", "=stick/fay-holt.casecard", "enter"),
    "enrol-words": ("S", "e", "=stick/fay-holt.casecard", "enter", "y", "+mofiv vojog balak", "ctrl+s"),
    "export": ("S", "x"),
    "files": ("S", "i", "=stick", "enter"),
    "bundle": ("S", "i", "=stick/1f0c9a6e2b44.casebundle", "enter"),
    "conflicts": ("exclamation_mark",),
    "conflict": ("exclamation_mark", "down", "enter"),
    "conflict-text": ("exclamation_mark", "enter"),
    "decided": ("exclamation_mark", "d"),
    "waiting": ("S", "w"),
    "media": ("S", "m"),
    "leaving": ("ctrl+q",),
    "restricted": ("down", "down", "down", "enter"),
    "disputed-case": ("enter",),
    "hand-over": ("b", "b"),
}
"""Each picture and the keys that lead to it from the queue; ``=`` puts a text in place of what is there, ``+`` adds."""


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "160x48"])
@pytest.mark.parametrize("place", PLACES)
def test_the_screen(snap_compare: Compare, scene: Desk, place: str, size: tuple[int, int]) -> None:
    app = app_on(scene, FrozenClock(NOW))
    assert snap_compare(app, run_before=_going(app, PLACES[place]), terminal_size=size)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "160x48"])
def test_a_bundle_that_was_written(snap_compare: Compare, scene: Desk, size: tuple[int, int]) -> None:
    app = app_on(scene, FrozenClock(NOW))
    to = [one for one in team.members(scene) if one.is_active]
    made = bundles.export(scene, to, Path("stick"), reason="Daily exchange")
    fixed = replace(made, path=Path("/media/stick/3087fa888909.casebundle"), bytes=12_345)

    async def go(pilot: Pilot[Any]) -> None:
        await _going(app, ("S",))(pilot)
        app.push_screen(Written(fixed))
        await pilot.pause()

    assert snap_compare(app, run_before=go, terminal_size=size)


def _going(app: FrontApp, keys: tuple[str, ...]) -> Callable[[Pilot[Any]], Any]:
    async def go(pilot: Pilot[Any]) -> None:
        officer = Officer(app, pilot)
        await officer.press()
        for key in keys:
            if key[0] == "=" and len(key) > 1:
                await press(officer, "end", "ctrl+u")
            if key[0] in "=+" and len(key) > 1:
                await app.on_event(Paste(key[1:]))
                await officer.press()
            else:
                await press(officer, key)

    return go
