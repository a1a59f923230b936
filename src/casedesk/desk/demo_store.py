"""Where demo caseloads live, and when one is made anew."""

import shutil
from collections.abc import Callable
from datetime import datetime

from casedesk.desk.desk import Desk
from casedesk.desk.setup import set_up, unlock
from casedesk.model.errors import CasedeskError
from casedesk.model.moments import Clock, local, system_clock
from casedesk.store import keys
from casedesk.store.places import Places, demo_home

_MADE = "demo-made"


def open_demo(
    *,
    seed: int,
    size: int,
    fresh: bool = False,
    say: Callable[[str], None] = lambda _: None,
    clock: Clock = system_clock,
) -> Desk:
    """Open the demo caseload of this seed and size, making it when there is none.

    Its dates are relative to the day it was made, so an untouched one of another day is made anew; one that was
    worked in is kept until ``fresh``. Raises StoreError when it cannot be made or is open elsewhere.
    """
    places = Places(demo_home() / f"{seed}-{size}")
    passphrase_file = places.home / "passphrase"
    desk = _reopened(places, clock)  # also a fresh one must not be made under another casedesk's feet
    if desk is not None:
        if not fresh and (_is_of(desk, clock()) or _worked_in(desk)):
            return desk
        desk.close()
    from casedesk.desk.demo import build_demo, demo_settings

    say(f"Making {size:,} made-up cases in {places.home} …")
    if places.home.exists():
        shutil.rmtree(places.home)
    passphrase = keys.generated_passphrase()
    desk = set_up(places, passphrase, demo_settings(), clock, cost=keys.GENERATED_COST, recovery=None)
    try:
        keys.write_file(passphrase_file, passphrase + "\n")
        build_demo(desk, seed=seed, size=size)
        desk.store.set_meta(_MADE, f"{local(clock()).date().isoformat()} {_operations(desk)}")
    except BaseException:
        desk.close()
        shutil.rmtree(places.home, ignore_errors=True)
        raise
    return desk


def _reopened(places: Places, clock: Clock) -> Desk | None:
    """The demo that is there; None when there is none or it does not open."""
    try:
        desk = unlock(places, (places.home / "passphrase").read_text(encoding="utf-8").strip(), clock)
    except FileNotFoundError:
        return None
    except CasedeskError as error:
        if "another casedesk" in error.message:
            raise
        return None
    if desk.store.meta(_MADE) is None:
        desk.close()
        return None
    return desk


def _is_of(desk: Desk, now: datetime) -> bool:
    return str(desk.store.meta(_MADE)).startswith(local(now).date().isoformat())


def _worked_in(desk: Desk) -> bool:
    return str(desk.store.meta(_MADE)).split()[1] != str(_operations(desk))


def _operations(desk: Desk) -> int:
    (number,) = desk.store.connection.execute("SELECT coalesce(max(n), 0) FROM op").fetchone()
    return int(number)
