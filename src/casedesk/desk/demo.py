"""The made-up caseload: something true to show on every screen, for every role, at any time of day.

Everything counts from the moment it is made and follows from the seed: the same seed, size and moment give
the same cases. Up to :data:`TOLD_IN_FULL` cases are told in full, by the mix of the ``demo`` pack; what is
asked for beyond that is lean (:mod:`casedesk.desk.demo_bulk`).
"""

from collections.abc import Callable, Sequence

from casedesk.desk import demo_clinic, demo_custody, demo_proposals, demo_scenes
from casedesk.desk.demo_bulk import CAPACITY, Bulk
from casedesk.desk.demo_case import Draft, write_cases
from casedesk.desk.demo_duties import keep_informed
from casedesk.desk.demo_maker import Backdrop, Maker
from casedesk.desk.desk import Desk
from casedesk.desk.settings import Person, Settings
from casedesk.model.errors import BadInputError, PackError
from casedesk.reference.demo import demo_colleagues, demo_force, load_demo
from casedesk.reference.demo_parts import Scene
from casedesk.reference.rows import hint

TOLD_IN_FULL = 2_000
"""How many cases at most are told in full, with people, log and contacts."""

Progress = Callable[[int, int], None]
"""Called with (made, of how many) now and then."""

_BATCH = 500
_BULK_BATCH = 1_000
_UNIT = 50_000

_BUILDERS: dict[str, Callable[[Maker, Scene, int], Draft]] = {
    "custody": demo_custody.in_custody,
    "bail-protecting": demo_custody.bail_protecting,
    "bail-coming": demo_custody.bail_coming,
    "bail-later": demo_custody.bail_later,
    "bail-lapsed": demo_custody.bail_lapsed,
    "wanted": demo_custody.wanted,
    "investigated": demo_custody.released_under_investigation,
    "victim-today": demo_scenes.victim_today,
    "victim-overdue": demo_scenes.victim_overdue,
    "victim-later": demo_scenes.victim_later,
    "action-due": demo_scenes.action_due,
    "action-overdue": demo_scenes.action_overdue,
    "open": demo_scenes.under_investigation,
    "resolution": demo_scenes.resolution,
    "waiting": demo_scenes.waiting,
    "clinic": demo_clinic.matter,
    "published": demo_scenes.published,
    "proposed": demo_proposals.proposed,
    "proposed-flawed": demo_proposals.flawed,
    "returned": demo_proposals.returned,
    "finalised": demo_proposals.finalised,
    "filed": demo_proposals.filed,
}
"""What makes a case of each scene of the pack."""


def demo_settings() -> Settings:
    """The settings of the person at whose desk the demo opens. Raises PackError."""
    first = demo_colleagues()[0]
    return Settings(Person(first.name, first.number, first.role, first.rank, first.team, demo_force().name))


def build_demo(desk: Desk, *, seed: int, size: int, progress: Progress | None = None) -> None:
    """Fill an empty desk with ``size`` made-up cases. A desk that this fails on half-way is to be thrown away.

    Raises BadInputError for a size that cannot be made, PackError when the ``demo`` pack does not hold
    together, and StoreError when the store cannot be written.
    """
    most = TOLD_IN_FULL + CAPACITY
    if not 1 <= size <= most:
        raise BadInputError(f"A demo of {size:,} cases cannot be made.", f"Give a size from 1 to {most:,}.")
    backdrop = Backdrop(load_demo(desk.packs.overlay), desk.packs, seed, desk.now)
    plot = _plot(backdrop, min(size, TOLD_IN_FULL))
    with desk.store.unit_of_work("demo") as unit:
        demo_clinic.open_clinics(unit, backdrop)
        for start in range(0, len(plot), _BATCH):
            some = plot[start : start + _BATCH]
            write_cases(
                unit, [_draft(backdrop, start + at, *one) for at, one in enumerate(some)], backdrop.now
            )
            _say(progress, start + len(some), size)
    if size > len(plot):
        _fill_up(desk, backdrop, len(plot), size, progress)


def _fill_up(desk: Desk, backdrop: Backdrop, told: int, size: int, progress: Progress | None) -> None:
    """Add lean cases to those that were told in full, in units that keep the write-ahead log small."""
    bulk = Bulk(backdrop)
    lean = size - told
    for start in range(0, lean, _UNIT):
        with desk.store.unit_of_work("demo") as unit:
            for first in range(start, min(start + _UNIT, lean), _BULK_BATCH):
                number = min(_BULK_BATCH, lean - first)
                bulk.write(unit, first, number)
                _say(progress, told + first + number, size)


def _draft(backdrop: Backdrop, slot: int, scene: Scene, nth: int) -> Draft:
    maker = Maker(backdrop, slot)
    draft = _BUILDERS[scene.id](maker, scene, nth)
    keep_informed(maker, draft)
    return draft


def _plot(backdrop: Backdrop, size: int) -> list[tuple[Scene, int]]:
    """Which scene each case is of, and the how many-th of it, in the order in which they are made."""
    scenes = backdrop.pack.scenes
    for scene in scenes:
        if scene.id not in _BUILDERS:
            raise PackError(f"demo: [[scene]] {scene.id}: there is no such scene.", hint(scene.id, _BUILDERS))
    counts = _shares([scene.cases for scene in scenes], size)
    plot = [(scene, nth) for scene, count in zip(scenes, counts, strict=True) for nth in range(count)]
    backdrop.dice("plot").shuffle(plot)
    return plot


def _shares(weights: Sequence[int], total: int) -> list[int]:
    """Share a number out by weight, the largest remainders rounded up."""
    exact = [weight * total / sum(weights) for weight in weights]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda at: shares[at] - exact[at])
    for at in by_remainder[: total - sum(shares)]:
        shares[at] += 1
    return shares


def _say(progress: Progress | None, done: int, size: int) -> None:
    if progress:
        progress(done, size)
