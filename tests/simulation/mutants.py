"""Faults planted on purpose: each is something that could be got wrong, and the simulation must notice it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from casedesk.desk import bundle_in, bundles
from casedesk.desk.desk import Desk
from casedesk.store import authors, disputed, hlc, incoming, journal, outgoing
from casedesk.store.fold import Fold
from casedesk.store.incoming import Incoming
from casedesk.store.journal import Unit
from casedesk.store.parked import Why
from casedesk.store.registry import Registry, formers
from tests.simulation import places

Plant = Callable[[pytest.MonkeyPatch], None]
MUTANTS: dict[str, tuple[int, Plant]] = {}
"""Each fault: the seed of a world that notices it, and what plants it."""


def mutant(seed: int) -> Callable[[Plant], Plant]:
    """Register a fault under its function's name."""

    def register(plant: Plant) -> Plant:
        MUTANTS[plant.__name__] = seed, plant
        return plant

    return register


@mutant(0)
def signatures_are_not_checked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(incoming, "is_signed", lambda *_: True)


@mutant(26)
def the_end_of_a_run_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Incoming, "_end_run", lambda self: None)


@mutant(1)
def operations_are_applied_across_a_gap(patch: pytest.MonkeyPatch) -> None:
    kept = Incoming._judge

    def judge(self: Incoming, op: Any, *, loose: bool) -> Why | None:
        why = kept(self, op, loose=loose)
        if why is Why.GAP:
            author = self._author(op.device)
            assert author is not None
            self._follow(author, op)
            self._take(author, op, self._registry.device(op.device))
            return None
        return why

    patch.setattr(Incoming, "_judge", judge)


@mutant(0)
def what_is_replaced_stays(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Fold, "_remove_overridden", lambda *_: 0)


@mutant(2)
def what_was_replaced_before_it_came_lives(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Fold, "_dead_mask", lambda *_: 0)


@mutant(2)
def everything_named_counts_as_come(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Registry, "is_held", lambda *_: True)


@mutant(1)
def others_chains_are_looked_for_in_the_own_space(patch: pytest.MonkeyPatch) -> None:
    def is_held(self: Registry, space: bytes, device: bytes, seq: int) -> bool:
        ix = self.devices.get(device)
        return ix is not None and self.have(self.spaces[space], ix)[0] >= seq

    patch.setattr(Registry, "is_held", is_held)


@mutant(1)
def the_earlier_of_two_is_shown(patch: pytest.MonkeyPatch) -> None:
    kept = disputed.shown
    patch.setattr(
        "casedesk.store.fold.shown",
        lambda entity, of, said: min(said).value if said else kept(entity, of, said),
    )


@mutant(4)
def a_disputed_stage_shows_the_later(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(disputed, "_SAFER", {})


@mutant(0)
def what_waits_is_never_tried_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Incoming, "_free", lambda self: False)


@mutant(1)
def a_disposal_of_others_is_not_applied(patch: pytest.MonkeyPatch) -> None:
    kept = Incoming._apply
    patch.setattr(Incoming, "_apply", lambda self, op: None if op.kind == "dispose" else kept(self, op))


@mutant(25)
def what_comes_after_its_disposal_lives(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Fold, "_is_disposed", lambda *_: False)
    patch.setattr(Incoming, "_is_disposed", lambda *_: False)


@mutant(1)
def a_bundle_is_saved_in_pieces(patch: pytest.MonkeyPatch) -> None:
    kept = Incoming._settle

    def settle(self: Incoming) -> None:
        kept(self)
        self._db.execute("COMMIT")
        self._db.execute("BEGIN IMMEDIATE")

    patch.setattr(Incoming, "_settle", settle)


@mutant(1)
def a_preview_is_kept(patch: pytest.MonkeyPatch) -> None:
    kept = bundle_in.preview

    def preview(desk: Desk, path: Any, progress: Any = None) -> Any:
        made = kept(desk, path, progress)
        bundle_in.take_in(desk, path)
        return made

    patch.setattr(bundle_in, "preview", preview)


@mutant(0)
def a_wrong_clock_is_believed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(hlc, "is_ahead", lambda *_: False)


@mutant(0)
def what_waits_for_the_clock_waits_for_ever(patch: pytest.MonkeyPatch) -> None:
    kept = hlc.is_ahead
    patch.setattr(hlc, "is_ahead", lambda remote, wall_ms, _now: kept(remote, wall_ms, places.START))


@mutant(57)
def a_clock_follows_another_by_an_hour_only(patch: pytest.MonkeyPatch) -> None:
    """What is written next then reads earlier than what it replaces."""

    def absorb(last: int, remote: int, now: datetime) -> int:
        return max(last, min(remote, hlc.tick(0, now + timedelta(hours=1))))

    patch.setattr(hlc, "absorb", absorb)


@mutant(0)
def what_reads_earlier_is_replaced_by_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Fold, "_reads_after", lambda *_: False)


@mutant(5)
def what_one_addressee_holds_is_kept_from_all(patch: pytest.MonkeyPatch) -> None:
    def floors(desk: Desk, devices: Any) -> dict[bytes, int]:
        told = [bundles.told(desk, device) for device in devices]
        known = set().union(*told) if told else set()
        return {device: max(one.get(device, 0) for one in told) for device in known}

    patch.setattr(bundles, "floors", floors)


@mutant(0)
def what_was_sent_counts_as_received(patch: pytest.MonkeyPatch) -> None:
    sent: dict[tuple[bytes, bytes], dict[bytes, int]] = {}

    def floors(desk: Desk, devices: Any) -> dict[bytes, int]:
        own = desk.store.identity.device
        last = sent.get((own, devices[0]), {})
        sent[own, devices[0]] = outgoing.have(desk.store.connection)
        return last

    patch.setattr(bundles, "floors", floors)


@mutant(0)
def the_last_of_a_chain_stays_behind(patch: pytest.MonkeyPatch) -> None:
    kept = outgoing.above

    def above(connection: Any, floors: Any, withheld: Any = (), reached: Any = None) -> Any:
        going = list(kept(connection, floors, withheld, reached))
        return iter(going[:-1])

    patch.setattr(outgoing, "above", above)


@mutant(3)
def a_closed_gap_stays_open(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Incoming, "_reached", lambda self, device, seq, digest: (seq, digest))


@mutant(0)
def an_older_bundle_tells_what_is_held(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(bundles, "told", lambda desk, device: outgoing.have(desk.store.connection))


@mutant(0)
def acts_of_others_are_not_noted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(incoming, "Units", _NoUnits)


class _NoUnits:
    def add(self, op: Any) -> None:
        pass

    def write(self, *_: Any) -> None:
        pass


@mutant(1)
def conflicts_are_settled_without_asking(patch: pytest.MonkeyPatch) -> None:
    kept = Fold._settle

    def settle(self: Fold, entity: Any, op: Any, row: Any, of: Any) -> None:
        kept(self, entity, op, row, of)
        self._db.execute("DELETE FROM conflict")

    patch.setattr(Fold, "_settle", settle)


@mutant(52)
def restricted_content_goes_to_everybody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(bundles, "hidden_from", lambda *_: frozenset())


@mutant(1)
def what_is_lacked_is_never_sent(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(bundles, "lacked", lambda *_: frozenset())


@mutant(1)
def content_that_comes_late_is_not_applied(patch: pytest.MonkeyPatch) -> None:
    def again(self: Incoming, op: Any, device: int) -> None:
        self.taken.held += 1

    patch.setattr(Incoming, "_again", again)


@mutant(1)
def content_that_did_not_come_counts_as_come(patch: pytest.MonkeyPatch) -> None:
    kept = Incoming._apply_or_bar

    def apply(self: Incoming, author: Any, op: Any, number: int) -> None:
        if op.payload is None:
            self._apply(op)
        else:
            kept(self, author, op, number)

    patch.setattr(Incoming, "_apply_or_bar", apply)


@mutant(2)
def a_restored_store_keeps_its_name(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(places, "become_new", lambda store: "")


@mutant(2)
def a_restored_store_does_not_know_its_former_name(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(incoming, "read_author", _unless_former(authors.read_author))


def _unless_former(kept: Callable[..., Any]) -> Callable[..., Any]:
    def read(connection: Any, device: bytes) -> Any:
        known = any(one.device == device for one in formers(connection))
        return None if known else kept(connection, device)

    return read


@mutant(0)
def a_forgery_in_the_own_name_changes_it(patch: pytest.MonkeyPatch) -> None:
    kept = Incoming._judge

    def judge(self: Incoming, op: Any, *, loose: bool) -> Why | None:
        why = kept(self, op, loose=loose)
        mine = op.device == self._store.identity.device
        return Why.OWN if mine and why is Why.FORGED else why

    patch.setattr(Incoming, "_judge", judge)


@mutant(0)
def what_is_said_replaces_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Unit, "_over", lambda *_: {})


@mutant(111)
def what_is_said_replaces_what_was_never_seen(patch: pytest.MonkeyPatch) -> None:
    """Others' next numbers as well, as when the last one is taken for the next."""
    kept = Unit._over

    def over(self: Unit, *said: Any) -> Any:
        named, own = kept(self, *said), self._identity.device
        return {
            name: (*dots, *((device, seq + 1) for device, seq in dots if device != own))
            for name, dots in named.items()
        }

    patch.setattr(Unit, "_over", over)


@mutant(1)
def a_disposal_forgets_what_waits_beside_it(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(incoming, "erase_beside", lambda *_: None)
    patch.setattr(journal, "erase_beside", lambda *_: None)


@mutant(51)
def a_disputed_restriction_is_what_the_later_says(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(disputed, "_AGREED", {})


@mutant(14)
def that_a_case_is_restricted_is_kept_from_others(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(outgoing, "is_erasable", lambda kind, _entity: kind != "dispose")
