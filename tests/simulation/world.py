"""A world of desks: each with a store of its own and a clock that may be wrong, and media between them that fail.

What each desk should show is worked out beside the stores by :class:`tests.store.merge_model.Model`, which knows only
operations and who had seen what. Everything that happens follows from the seed.
"""

import hashlib
import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from casedesk.bundles.body import Signed
from casedesk.bundles.container import write_bundle
from casedesk.bundles.manifest import BundleKind
from casedesk.bundles.refused import RefusedError
from casedesk.desk import bundle_in, bundles, team
from casedesk.desk.desk import Desk
from casedesk.desk.record import add_log_entry
from casedesk.desk.settings import Person, Settings
from casedesk.desk.setup import set_up
from casedesk.model.entities import CASE, LOG_ENTRY
from casedesk.model.errors import CasedeskError, StoreError
from casedesk.model.ids import EntityId, encode, new_id
from casedesk.model.words import TeamRole
from casedesk.store import keys
from casedesk.store.checks import digests, rebuild, verify
from casedesk.store.operations import DOMAIN, Dot, OpKind, parse_operation, payload_bytes
from casedesk.store.places import Places
from tests.store.merge_model import Model

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FIELDS = ("owner", "stage", "location", "team")
STAGES = (None, "open", "submitted", "returned")
PASSPHRASE = "a long enough passphrase"
EVERY_ROLE = tuple(role.value for role in TeamRole)
STEPS = ("gaps", "folded", "queued", "finished")


class Broken(Exception):  # noqa: N818 - a law that did not hold, not an error of the program
    """A law did not hold."""


class Crash(Exception):  # noqa: N818 - the power went
    """The power went in the middle of an import."""


@dataclass
class WrongClock:
    """A clock that is off by some fixed span."""

    true: "World"
    off: timedelta

    def __call__(self) -> datetime:
        return self.true.now + self.off


@dataclass
class Place:
    """One desk of the world."""

    name: str
    desk: Desk
    home: Path
    clock: WrongClock
    known: set[str] = field(default_factory=set)
    """The desks that are members here by this desk's own act."""

    @property
    def id(self) -> bytes:
        return self.desk.store.identity.device

    def colleague(self, other: "Place") -> team.Colleague | None:
        return next((one for one in team.members(self.desk) if one.id == other.id and one.is_active), None)


class World:
    """Some desks, their media, and the model beside them."""

    def __init__(self, seed: int, root: Path, templates: "Templates") -> None:
        self.seed = seed
        self.dice = random.Random(seed)
        self.now = START
        self.model = Model()
        self.entries: dict[Dot, tuple[EntityId, EntityId, str]] = {}
        self.stick = root / "stick"
        self.stick.mkdir(parents=True)
        self.mail: list[tuple[Path, int, int]] = []
        self.story: list[str] = []
        self.imports = self.crashes = self.refusals = 0
        count = self.dice.randint(2, 4)
        self.places = [self._place(number, root, templates) for number in range(count)]
        self._introduce()
        self.cases = [new_id() for _ in range(3)]

    # -- making ----------------------------------------------------------------------------------------------

    def _place(self, number: int, root: Path, templates: "Templates") -> Place:
        off = timedelta(
            days=365 * self.dice.choice((0, 0, 0, 1, -1, 20, -20)), hours=self.dice.randint(-3, 3)
        )
        clock = WrongClock(self, off)
        home = root / f"desk{number}"
        return Place(f"Desk {number}", templates.open(number, home, clock), home, clock)

    def _introduce(self) -> None:
        """All know the first, and it knows all: its word brings the others together. The last may be late."""
        first, *others = self.places
        late = self.places[-1] if len(self.places) > 2 and self.dice.random() < 0.4 else None
        for other in others:
            self._enrol(other, first)
            if other is not late:
                self._enrol(first, other)
        self.late = late

    def _enrol(self, at: Place, other: Place) -> None:
        seen = self.held(at)
        card = team.own_card(other.desk)
        team.enrol(at.desk, card, card.fingerprint, EVERY_ROLE)
        at.known.add(other.name)
        self._noted(at, seen)

    # -- what happens ----------------------------------------------------------------------------------------

    def run(self, steps: int) -> None:
        """So many things happen, one after the other."""
        for _ in range(steps):
            self.now += timedelta(minutes=self.dice.randint(1, 90))
            what = self.dice.choices(
                (self.write, self.send, self.deliver, self.forge, self.meet), weights=(48, 20, 26, 4, 2)
            )[0]
            what()
        self.settle()

    def write(self) -> None:
        """Somebody does something."""
        place = self.dice.choice(self.places)
        seen = self.held(place)
        case_id = self.dice.choice(self.cases)
        act = self.dice.random()
        with suppress(CasedeskError):
            if act < 0.55:
                self._set(place, case_id)
            elif act < 0.9:
                self._entry(place, case_id)
            elif act < 0.97 and self._is_here(place, case_id):
                with place.desk.store.unit_of_work("dispose", "Review") as unit:
                    unit.dispose(case_id, "Review")
            else:
                self.cases.append(new_id())
        self._noted(place, seen)

    def _set(self, place: Place, case_id: EntityId) -> None:
        names = self.dice.sample(FIELDS, self.dice.randint(1, 2))
        said = {
            name: self.dice.choice(STAGES) if name == "stage" else f"{name} {self.dice.randint(1, 4)}"
            for name in names
        }
        with place.desk.store.unit_of_work("set") as unit:
            unit.set(CASE, case_id, case_id, {"ref": f"42/{case_id.hex()[:4]}", **said})

    def _entry(self, place: Place, case_id: EntityId) -> None:
        if self._is_here(place, case_id):
            add_log_entry(place.desk, case_id, f"said {self.dice.getrandbits(40):x}")

    def _is_here(self, place: Place, case_id: EntityId) -> bool:
        row = place.desk.store.connection.execute("SELECT 1 FROM cases WHERE id = ?", (case_id,)).fetchone()
        return row is not None

    def meet(self) -> None:
        """The one who was late is made a member."""
        if self.late is not None:
            self._enrol(self.places[0], self.late)
            self.late = None

    def send(self) -> None:
        """Somebody writes a bundle for one or more others; it goes into the mail."""
        sender = self.dice.choice(self.places)
        wanted = [other for other in self.places if other is not sender]
        self.dice.shuffle(wanted)
        to = [one for other in wanted[: self.dice.randint(1, 3)] if (one := sender.colleague(other))]
        if not to:
            return
        kind = self.dice.choices(
            (BundleKind.INCREMENTAL, BundleKind.FULL, BundleKind.CASES, BundleKind.ACK),
            weights=(70, 10, 12, 8),
        )[0]
        cases = (
            [one for one in self.cases if self._is_here(sender, one)][:2] if kind is BundleKind.CASES else []
        )
        if kind is BundleKind.CASES and not cases:
            return
        made = bundles.export(sender.desk, to, self.stick, kind=kind, cases=cases)
        ids = {one.id for one in to}
        for number, place in enumerate(self.places):
            if place.id in ids or self.dice.random() < 0.1:  # now and then it comes to the wrong desk
                self.mail.append((made.path, number, int(place.id in ids)))
        self.story.append(f"{sender.name} sends {kind.value} to {[one.name for one in to]}")

    def forge(self) -> None:
        """A member makes up what another is to have said: nobody may believe it."""
        sender, author, reader = (self.dice.choice(self.places) for _ in range(3))
        to = sender.colleague(reader) if sender is not reader else None
        last = reader.desk.store.connection.execute(
            "SELECT op.header, op.payload, vv.seq, vv.hash FROM vv JOIN device ON device.ix = vv.device "
            "JOIN op ON op.device = vv.device AND op.entity = 'case' AND op.payload IS NOT NULL WHERE device.id = ?",
            (author.id,),
        ).fetchone()
        if to is None or author in (sender, reader) or last is None:
            return
        loose = self.dice.random() < 0.3
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
        path = self.stick / f"forged{len(self.story)}"
        with path.open("wb") as file:
            records = [Signed(raw, sig, payload, loose)]
            key = reader.desk.store.bundle_identity().to_public()
            write_bundle(file, manifest, records, sender.desk.store.sign, [key])
        self.take(reader, path)

    def deliver(self) -> None:
        """Something comes out of the mail, in any order: lost, again, damaged, at the wrong desk, or with a crash."""
        if not self.mail:
            return
        at = self.dice.randrange(len(self.mail))
        path, number, _ = self.mail[at]
        fate = self.dice.random()
        if fate > 0.2:
            self.mail.pop(at)  # else it comes again one day
        if fate > 0.93:
            return  # lost
        if fate > 0.83:
            self._damaged(self.places[number], path)
        elif fate > 0.73:
            self._crashing(self.places[number], path)
        else:
            self.take(self.places[number], path)

    def take(self, place: Place, path: Path) -> None:
        """Take a bundle in; one that is refused must change nothing."""
        self.imports += 1
        before = digests(place.desk.store.connection) if self.dice.random() < 0.2 else None
        reading = int(place.desk.store.meta("hlc") or 0)
        try:
            if self.dice.random() < 0.15:
                bundle_in.preview(place.desk, path)
                if before is not None and digests(place.desk.store.connection) != before:
                    raise Broken(f"{place.name}: a preview changed the store")
            bundle_in.take_in(place.desk, path)
        except (RefusedError, StoreError):
            self.refusals += 1
            if before is not None and digests(place.desk.store.connection) != before:
                raise Broken(f"{place.name}: refused, and not unchanged") from None
        self._check_clock(place, reading)
        self.check(place)

    def _check_clock(self, place: Place, before: int) -> None:
        after = int(place.desk.store.meta("hlc") or 0)
        cap = (int(place.clock().timestamp() * 1000) + 60 * 60 * 1000) << 16  # an hour, in the clock's own form
        if after > max(before, cap):
            raise Broken(f"{place.name}: a colleague's clock moved its own")

    def _damaged(self, place: Place, path: Path) -> None:
        raw = bytearray(path.read_bytes())
        if self.dice.random() < 0.5:
            del raw[self.dice.randrange(len(raw)) :]
        else:
            raw[self.dice.randrange(len(raw))] ^= 1 << self.dice.randrange(8)
        bad = path.with_suffix(".bad")
        bad.write_bytes(raw)
        before = digests(place.desk.store.connection)
        try:
            bundle_in.take_in(place.desk, bad)
            raise Broken(f"{place.name}: took in a damaged bundle")
        except RefusedError:
            self.refusals += 1
        if digests(place.desk.store.connection) != before:
            raise Broken(f"{place.name}: refused, and not unchanged")
        bad.unlink()

    def _crashing(self, place: Place, path: Path) -> None:
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
        self.check(place)

    # -- what must hold --------------------------------------------------------------------------------------

    def held(self, place: Place) -> set[Dot]:
        """Every operation that is applied at a desk."""
        return {
            (bytes(device), seq)
            for device, seq in place.desk.store.connection.execute(
                "SELECT device.id, op.seq FROM op JOIN device ON device.ix = op.device "
                "WHERE NOT EXISTS (SELECT 1 FROM aside WHERE aside.device = op.device AND aside.seq = op.seq)"
            )
        }

    def _noted(self, place: Place, seen: set[Dot]) -> None:
        """Tell the model what a desk has just written, and what it had seen."""
        for header, sig, payload in place.desk.store.connection.execute(
            "SELECT header, sig, payload FROM op WHERE device = ? ORDER BY seq", (place.desk.store.device,)
        ).fetchall():
            op = parse_operation(header, sig, payload)
            if op.dot in self.model.ops:
                continue
            self.model.wrote(op, set(seen))
            seen = seen | {op.dot}
            self.story.append(
                f"{place.name} {op.seq}: {op.kind} {op.entity} {op.entity_id.hex()[:6]} {op.body()}"
            )
            if op.entity == LOG_ENTRY.name and op.kind == OpKind.ENTRY:
                self.entries[op.dot] = op.case_id, op.entity_id, op.body()["fields"]["text"]

    def check(self, place: Place) -> None:
        """What a desk shows is what the model says it should."""
        held = self.held(place)
        unknown = held - set(self.model.ops)
        if unknown:
            raise Broken(f"{place.name}: holds operations that nobody wrote")
        standing = self.model.standing(held)
        self._check_entries(place, standing)
        disposed = {self.model.ops[dot].case_id for dot in held if self.model.ops[dot].kind == OpKind.DISPOSE}
        db = place.desk.store.connection
        for case_id in set(self.cases) - disposed:
            row = db.execute(f"SELECT {', '.join(FIELDS)} FROM cases WHERE id = ?", (case_id,)).fetchone()  # noqa: S608
            torn = {
                name
                for (name,) in db.execute(
                    "SELECT field FROM conflict WHERE entity_id = ?", (case_id,)
                ).fetchall()
            }
            for at, name in enumerate(FIELDS):
                heads = self.model.maximal(held, case_id, name)
                if (row[at] if row else None) != self.model.shown(heads, name):
                    raise Broken(f"{place.name}: shows another {name} than it should")
                if (name in torn) != self.model.conflict(heads, name):
                    raise Broken(
                        f"{place.name}: {name} is in conflict when it should not be, or the other way round"
                    )

    def _check_entries(self, place: Place, standing: set[Dot]) -> None:
        texts = {
            bytes(own): text
            for own, text in place.desk.store.connection.execute("SELECT id, text FROM log_entry").fetchall()
        }
        for dot in standing & set(self.entries):
            _, own, text = self.entries[dot]
            if texts.get(own) != text:
                raise Broken(f"{place.name}: an entry of the log is not there")

    def settle(self) -> None:
        """Everything reaches everyone by media that work; then all must show the same, and what it should."""
        self.meet()
        for _ in range(2 * len(self.places) + 1):
            for sender in self.places:
                to = [
                    one for other in self.places if other is not sender and (one := sender.colleague(other))
                ]
                if not to:
                    raise Broken(f"{sender.name}: knows nobody")
                self.now += timedelta(minutes=1)
                made = bundles.export(sender.desk, to, self.stick, kind=BundleKind.INCREMENTAL)
                ids = {one.id for one in to}
                for place in self.places:
                    if place.id in ids:
                        bundle_in.take_in(place.desk, made.path)
        for place in self.places:
            if self.held(place) != set(self.model.ops):
                raise Broken(f"{place.name}: not everything reached it")
            self.check(place)
            self._check_store(place)
        first, *others = [_shared(digests(place.desk.store.connection)) for place in self.places]
        for place, one in zip(self.places[1:], others, strict=True):
            if one != first:
                raise Broken(f"{place.name}: differs in {[name for name in one if one[name] != first[name]]}")

    def _check_store(self, place: Place) -> None:
        report = verify(place.desk.store.connection)
        if report.problems:
            raise Broken(f"{place.name}: {report.problems[0]}")
        differing = rebuild(place.desk.store, keep=False).differing
        if differing:
            raise Broken(f"{place.name}: rebuilt, {differing} differ")
        (waiting,) = place.desk.store.connection.execute(
            "SELECT count(*) FROM park WHERE why NOT IN ('signature', 'fork')"  # what was made up waits to be looked at
        ).fetchone()
        if waiting:
            raise Broken(f"{place.name}: something still waits")

    def close(self) -> None:
        """Let go of every store."""
        for place in self.places:
            place.desk.close()


def _shared(found: dict[str, str]) -> dict[str, str]:
    """What two stores must agree on whatever their clocks say: not the queue, which depends on the time."""
    return {name: one for name, one in found.items() if name not in ("queue", "due item", "unit")}


class Templates:
    """New stores to copy from: making one takes longer than a whole step."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._made: dict[int, Path] = {}

    def open(self, number: int, home: Path, clock: Callable[[], datetime]) -> Desk:
        """Open a copy of a new store."""
        from casedesk.desk.setup import packs_for
        from casedesk.store.store import Store

        settings = Settings(Person(name=f"Desk {number}", number=f"100{number}"))
        template = self._made.get(number)
        if template is None:
            template = self._made[number] = self._root / f"template{number}"
            set_up(Places(template), PASSPHRASE, settings, clock, cost=keys.GENERATED_COST).close()
        shutil.copytree(template, home)
        places = Places(home)
        packs = packs_for(places, settings)
        return Desk(Store.unlock(places, PASSPHRASE, clock, packs), packs, settings, clock)


def run_world(seed: int, root: Path, templates: Templates, steps: int = 60) -> World:
    """Run one world from its seed. Raises Broken, which names the seed, when a law does not hold."""
    folder = root / f"world{seed}"
    world = World(seed, folder, templates)
    try:
        world.run(steps)
    except Broken as broken:
        raise Broken(f"seed {seed}: {broken}") from None
    finally:
        world.close()
        shutil.rmtree(folder, ignore_errors=True)
    return world
