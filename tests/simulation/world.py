"""A world of desks and of the media between them: what happens in it follows from its seed alone.

Somebody writes, decides, takes back, disposes, restricts; bundles are sent, lost, repeated, delayed, damaged,
misdirected, made up, and taken in with the power going; clocks are wrong; a store is restored from an old backup.
"""

import hashlib
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import orjson

from casedesk.bundles.body import Signed
from casedesk.bundles.container import write_bundle
from casedesk.bundles.manifest import BundleKind
from casedesk.bundles.refused import RefusedError
from casedesk.desk import bundle_documents, bundle_in, bundles, device_cards, restricted, team
from casedesk.desk.desk import Desk
from casedesk.desk.record import add_log_entry
from casedesk.desk.undo import redo, undo
from casedesk.model.entities import CASE, RESTRICTION
from casedesk.model.errors import BadInputError, CasedeskError, StoreError
from casedesk.model.ids import EntityId, encode, new_id
from casedesk.model.words import TeamRole
from casedesk.store.checks import digests
from casedesk.store.operations import DOMAIN, payload_bytes
from tests.simulation.laws import FIELDS, Laws
from tests.simulation.places import MOST, START, Broken, Crash, Place, Templates, WrongClock, seeded

STAGES = (None, "open", "submitted", "returned")
EVERY_ROLE = tuple(role.value for role in TeamRole)
STEPS = ("folded", "queued", "finished")
"""Where the power may go."""


class World:
    """Some desks, their media, and the laws beside them."""

    def __init__(self, seed: int, dice: random.Random, root: Path, templates: Templates) -> None:
        self.seed = seed
        self.dice = dice
        self.haste = random.Random(f"haste {seed}")
        self.narrow = random.Random(f"room {seed}")
        self.now = START
        self.laws = Laws()
        self.root = root
        self.stick = root / "stick"
        self.stick.mkdir(parents=True)
        self.mail: list[tuple[Path, int]] = []
        self.imports = self.crashes = self.refusals = 0
        self.places = [self._place(number, templates) for number in range(self.dice.randint(2, MOST))]
        self.backup: Place | None = None
        self._introduce()
        self.cases = [new_id() for _ in range(3)]

    # -- making ----------------------------------------------------------------------------------------------

    def _place(self, number: int, templates: Templates) -> Place:
        years = self.dice.choice(
            (*(0,) * 10, 1, -1, 20, -20)
        )  # what is a day ahead waits: it must not be all
        off = timedelta(days=365 * years, hours=self.dice.randint(-11, 11))
        clock = WrongClock(lambda: self.now, off)
        return Place(f"Desk {number}", templates.open(number, self.root / f"desk{number}", clock), clock)

    def _introduce(self) -> None:
        """All know the first, and it knows all: its word brings the others together. The last may be late."""
        first, *others = self.places
        self.late = self.places[-1] if len(self.places) > 2 and self.dice.random() < 0.4 else None
        self.was_late = self.late is not None
        for other in others:
            self._enrol(other, first)
            if other is not self.late:
                self._enrol(first, other)

    def _enrol(self, at: Place, other: Place) -> None:
        card = device_cards.own_card(other.desk)
        self._wrote(at, lambda: team.enrol(at.desk, card, card.fingerprint, EVERY_ROLE))

    def _wrote(self, place: Place, act: Callable[[], object]) -> None:
        """Let a desk do something, and tell the model. What is refused changes nothing."""
        seen = self.laws.held(place)
        with suppress(CasedeskError):
            act()
        self.laws.noted(place, seen)

    # -- what happens ----------------------------------------------------------------------------------------

    def run(self, steps: int) -> None:
        """So many things happen, one after the other; then all is settled."""
        happenings = {
            self.write: 44, self.send: 20, self.deliver: 26, self.forge: 3, self.meet: 2, self.restrict: 4,
            self.put_back: 1,
        }  # fmt: skip
        for _ in range(steps):
            self.now += timedelta(minutes=self.dice.randint(1, 90))
            self.dice.choices(list(happenings), weights=list(happenings.values()))[0]()
        self.settle()

    def write(self) -> None:
        """Somebody does something."""
        place, case_id = self.dice.choice(self.places), self.dice.choice(self.cases)
        act = self.dice.random()
        if act < 0.5:
            self._wrote(place, lambda: self._set(place, case_id))
        elif act < 0.8:
            text = f"said {self.dice.getrandbits(40):x}"
            if place.shows(case_id):
                self._wrote(place, lambda: add_log_entry(place.desk, case_id, text))
        elif act < 0.9:
            self._wrote(place, lambda: undo(place.desk))
        elif act < 0.92:
            self._wrote(place, lambda: redo(place.desk))
        elif act < 0.98:
            if place.shows(case_id):
                self._wrote(place, lambda: _dispose(place, case_id))
        else:
            self.cases.append(new_id())

    def _set(self, place: Place, case_id: EntityId) -> None:
        names = self.dice.sample(FIELDS, self.dice.randint(1, 2))
        said = {
            name: self.dice.choice(STAGES) if name == "stage" else f"{name} {self.dice.randint(1, 4)}"
            for name in names
        }
        with place.desk.store.unit_of_work("set") as unit:
            unit.set(CASE, case_id, case_id, {"ref": f"42/{case_id.hex()[:4]}", **said})

    def restrict(self) -> None:
        """A case is restricted to some, or opened again."""
        place, case_id = self.dice.choice(self.places), self.dice.choice(self.cases)
        others = [one for other in self.places if other is not place and (one := place.colleague(other))]
        allowed = [one for one in others if self.dice.random() < 0.5]
        if not place.shows(case_id):
            return
        if restricted.restriction(place.desk, case_id) is not None:
            self._wrote(place, lambda: restricted.lift_restriction(place.desk, case_id, "No longer needed"))
            return
        self._wrote(place, lambda: restricted.restrict(place.desk, case_id, allowed, "A source to protect"))
        if (
            not self.was_late and self.backup is None
        ):  # where all know all from the start, nothing may get out
            dot = max(dot for dot in self.laws.model.ops if dot[0] == place.id)
            if self.laws.model.ops[dot].entity != RESTRICTION.name:
                return  # it was refused
            self.laws.secrets[case_id] = dot, frozenset({place.id, *(one.id for one in allowed)})

    def meet(self) -> None:
        """The one who was late is made a member."""
        first, late = self.places[0], self.late
        if late is None:
            return
        self.late = None
        self._enrol(first, late)
        if not late.colleague(first):  # restored meanwhile
            self._enrol(late, first)

    def put_back(self) -> None:
        """A store is backed up; the second time it is restored from then, and has lost what came since."""
        kept = self.root / "backup"
        if self.backup is None:
            self.backup = self.dice.choice(self.places)
            self.backup.back_up(kept)
        elif kept.exists():
            self._restore(self.backup, kept)

    def _restore(self, place: Place, kept: Path) -> None:
        self.laws.lost.add(place.id)
        self.laws.secrets.clear()
        self.laws.story.append(f"{place.name} is restored")
        self._wrote(place, lambda: place.restore(kept))
        shutil.rmtree(kept)
        first, *others = self.places
        for other in others if place is first else [first]:
            if not place.colleague(other):
                self._enrol(place, other)
            if other is not self.late and (place is not self.late):
                self._enrol(other, place)

    def send(self) -> None:
        """Somebody writes a bundle for one or more others; it goes into the mail."""
        sender = self.dice.choice(self.places)
        wanted = [other for other in self.places if other is not sender]
        self.dice.shuffle(wanted)
        to = [one for other in wanted[: self.dice.randint(1, 3)] if (one := sender.colleague(other))]
        kind = self.dice.choices(
            (BundleKind.INCREMENTAL, BundleKind.FULL, BundleKind.CASES, BundleKind.ACK),
            weights=(70, 10, 12, 8),
        )[0]
        cases = [one for one in self.cases if sender.shows(one)][:2] if kind is BundleKind.CASES else []
        try:
            with self._hasty():
                made = bundles.export(sender.desk, to, self.stick, kind=kind, cases=cases)
        except BadInputError:  # for nobody, of nothing, or of what those may not read
            return
        ids = {one.id for one in to}
        for number, place in enumerate(self.places):
            if place.id in ids or self.dice.random() < 0.1:  # now and then it comes to the wrong desk
                self.mail.append((made.path, number))
        self.laws.story.append(f"{sender.name} sends {kind.value} to {[one.name for one in to]}")

    @contextmanager
    def _hasty(self) -> Iterator[None]:
        """Now and then a sender believes that the others hold a little more than they do: there is a gap before it.

        And now and then a bundle has little room, and the next one goes on where it stopped.
        """
        more = self.haste.choice((0, 0, 0, 1, 2, 3))
        room = self.narrow.choice((bundle_documents.MOST_OF_CHAINS,) * 4 + (2000, 6000))
        kept = bundles.floors

        def floors(desk: Desk, devices: Sequence[bytes]) -> dict[bytes, int]:
            own = desk.store.identity.device
            found = kept(desk, devices)
            return found | {own: found.get(own, 0) + more}

        with patch.object(bundles, "floors", floors), patch.object(bundle_documents, "MOST_OF_CHAINS", room):
            yield

    def forge(self) -> None:
        """A member makes up what another is to have said: nobody may believe it."""
        sender, author, reader = (self.dice.choice(self.places) for _ in range(3))
        loose = self.dice.random() < 0.3
        to = sender.colleague(reader) if sender is not reader else None
        last = reader.desk.store.connection.execute(
            "SELECT op.header, op.payload, vv.seq, vv.hash FROM vv JOIN device ON device.ix = vv.device "
            "JOIN op ON op.device = vv.device AND op.entity = 'case' AND op.payload IS NOT NULL WHERE device.id = ?",
            (author.id,),
        ).fetchone()
        if to is None or author is sender or last is None:
            return
        payload = payload_bytes(b"salt of 12 b", {**orjson.loads(last[1])["fields"], "owner": "forged"}, None)
        header = orjson.loads(last[0]) | {
            "seq": last[2] + (5 if loose else 1),
            "prev": encode(last[3]),
            "payload": encode(hashlib.sha256(payload).digest()),
        }
        raw = orjson.dumps(header)
        sig = sender.desk.store.sign(DOMAIN + hashlib.sha256(raw).digest())
        manifest = bundles.manifest_of(
            sender.desk, sender.desk.store.connection, BundleKind.FULL, (reader.id,), "", None
        )
        path = self.stick / f"forged{len(self.laws.story)}"
        with path.open("wb") as file:
            records = [Signed(raw, sig, payload, loose)]
            key = reader.desk.store.bundle_identity().to_public()
            write_bundle(file, manifest, records, sender.desk.store.sign, [key])
        was = reader.id
        self.take(reader, path)
        if reader.id != was:
            raise Broken(f"{reader.name}: took another name because of a forgery")

    # -- what comes out of the mail --------------------------------------------------------------------------

    def deliver(self) -> None:
        """Something comes out of the mail, in any order: lost, again, damaged, at the wrong desk, or with a crash."""
        if not self.mail:
            return
        at = self.dice.randrange(len(self.mail))
        path, number = self.mail[at]
        fate = self.dice.random()
        if fate > 0.2:
            self.mail.pop(at)  # else it comes again one day
        if fate > 0.93:
            return  # lost
        if fate > 0.86:
            self._damaged(self.places[number], path)
        elif fate > 0.76:
            self._crashing(self.places[number], path)
        else:
            self.take(self.places[number], path)

    def take(self, place: Place, path: Path) -> None:
        """Take a bundle in; one that is refused must change nothing, and a preview never does."""
        self.imports += 1
        before = digests(place.desk.store.connection) if self.dice.random() < 0.15 else None
        looks = before is not None and self.dice.random() < 0.6
        reading = int(place.desk.store.meta("hlc") or 0)
        try:
            if looks:
                bundle_in.preview(place.desk, path)
                if digests(place.desk.store.connection) != before:
                    raise Broken(f"{place.name}: a preview changed the store")
            bundle_in.take_in(place.desk, path)
        except (RefusedError, StoreError):
            self.refusals += 1
            if before is not None and digests(place.desk.store.connection) != before:
                raise Broken(f"{place.name}: refused, and not unchanged") from None
        self.laws.check_clock(place, reading)
        self.laws.check(place, self.cases)

    def _damaged(self, place: Place, path: Path) -> None:
        raw = bytearray(path.read_bytes())
        at = int(self.dice.random() * len(raw))  # how long it is depends on keys, which no seed gives
        if self.dice.random() < 0.5:
            del raw[at:]
        else:
            raw[at] ^= 1 << self.dice.randrange(8)
        bad = path.with_suffix(".bad")
        bad.write_bytes(raw)
        before = digests(place.desk.store.connection)
        with suppress(RefusedError):
            bundle_in.take_in(place.desk, bad)
            raise Broken(f"{place.name}: took in a damaged bundle")
        self.refusals += 1
        if digests(place.desk.store.connection) != before:
            raise Broken(f"{place.name}: refused, and not unchanged")
        bad.unlink()

    def _crashing(self, place: Place, path: Path) -> None:
        """The power goes in the middle of an import: all of it is there or nothing."""
        store, step = place.desk.store, self.dice.choice(STEPS)
        before = digests(store.connection)

        def checkpoint(name: str) -> None:
            if name == step:
                raise Crash

        store.checkpoint = checkpoint
        try:
            bundle_in.take_in(place.desk, path)
        except Crash:
            self.crashes += 1
            if digests(store.connection) != before:
                raise Broken(f"{place.name}: a crash left half a bundle") from None
        except (RefusedError, StoreError):
            self.refusals += 1
        finally:
            store.checkpoint = lambda _: None
        self.laws.check(place, self.cases)

    # -- the end ---------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Everything reaches everyone by media that work; then all must show the same, and what it should.

        Clocks are set right, and what one that was ahead wrote waits for nothing once so much time has gone by.
        """
        for place in self.places:
            place.clock.off = timedelta()
        self.now += timedelta(days=365 * 21)
        self.meet()
        for _ in range(2 * len(self.places) + 2):
            open_cases = self._lift()
            before = [outgoing_state(place) for place in self.places]
            for sender in self.places:
                self._send_round(sender)
            if not open_cases and before == [outgoing_state(place) for place in self.places]:
                break
        self.laws.check_settled(self.places, self.cases)

    def _lift(self) -> bool:
        """Open what is restricted to all again; whether there was any."""
        found = False
        for place in self.places:
            for case_id in self.cases:
                if restricted.restriction(place.desk, case_id) is not None:
                    found = True
                    self._wrote(
                        place,
                        lambda place=place, case_id=case_id: restricted.lift_restriction(
                            place.desk, case_id, "Over"
                        ),  # type: ignore[misc]
                    )
        return found

    def _send_round(self, sender: Place) -> None:
        to = [one for other in self.places if other is not sender and (one := sender.colleague(other))]
        if not to:
            raise Broken(f"{sender.name}: knows nobody")
        self.now += timedelta(minutes=1)
        made = bundles.export(sender.desk, to, self.stick, kind=BundleKind.INCREMENTAL)
        ids = {one.id for one in to}
        for place in self.places:
            if place.id in ids:
                with suppress(RefusedError):  # its sender is a newcomer here: in the next round it is not
                    bundle_in.take_in(place.desk, made.path)

    def close(self) -> None:
        """Let go of every store."""
        for place in self.places:
            place.desk.close()


def outgoing_state(place: Place) -> tuple[object, ...]:
    """What changes at a desk as long as there is something to exchange."""
    db = place.desk.store.connection
    (operations,) = db.execute("SELECT count(*) FROM op").fetchone()
    peers = db.execute("SELECT device, have, lacks FROM peer ORDER BY device").fetchall()
    return operations, db.execute("SELECT * FROM aside ORDER BY 1, 2").fetchall(), peers


def _dispose(place: Place, case_id: EntityId) -> None:
    with place.desk.store.unit_of_work("dispose", "Review") as unit:
        unit.dispose(case_id, "Review")


def run_world(seed: int, root: Path, templates: Templates, steps: int = 80) -> World:
    """Run one world from its seed. Raises Broken, which names the seed, when a law does not hold."""
    folder = root / f"world{seed}"
    with seeded(seed) as dice:
        world = World(seed, dice, folder, templates)
        try:
            world.run(steps)
        except Broken as broken:
            raise Broken(f"seed {seed}: {broken}") from None
        finally:
            world.close()
            shutil.rmtree(folder, ignore_errors=True)
    return world
