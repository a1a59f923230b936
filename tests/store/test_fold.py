"""The laws of merging: any order gives the same tables, and what they show is what an independent model says."""

from contextlib import suppress
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import orjson
import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from casedesk.model.entities import CASE, LOG_ENTRY, SUSPECT, VICTIM
from casedesk.model.ids import EntityId, encode
from casedesk.model.words import Stage
from casedesk.store.checks import digests
from casedesk.store.operations import Operation, parse_operation
from tests.store.merge_model import Model
from tests.store.peers import START, Peer

CASES = [EntityId(b"case one........"), EntityId(b"case two........")]
FIELDS = ("owner", "stage", "location", "outcome")
MERGED = ("case", "dead", "conflict", "not shown")
"""The tables that must be the same at every installation."""


# -- worlds -------------------------------------------------------------------------------------------------


class World:
    """Some installations, what each wrote, and the model beside them."""

    def __init__(self, peers: list[Peer]) -> None:
        self.peers = peers
        self.model = Model()
        self.chains: dict[bytes, list[Operation]] = {}

    def __repr__(self) -> str:
        """Every operation in a line: what a failing example is read by."""
        lines = []
        for op in self.model.ops.values():
            over = {name: [(one[0], seq) for one, seq in dots] for name, dots in op.over.items()}
            said = op.body()["fields"]
            lines.append(
                f"{op.device[0]}.{op.seq} {op.kind} {op.entity_id!r} {said} as at {op.as_at} over {over}"
            )
        return "\n".join([f"{len(self.peers)} installations", *lines])

    def write(self, number: int, acts: list[tuple[Any, ...]]) -> None:
        """One unit of one installation, of several acts."""
        peer = self.peers[number]

        def write(unit: Any) -> None:
            for kind, case_id, fields, as_at in acts:
                if kind == "set":
                    unit.set(CASE, case_id, case_id, fields)
                elif kind == "dispose":
                    unit.dispose(case_id, "Review")
                else:
                    unit.extract(CASE, case_id, case_id, fields, START + timedelta(hours=as_at))

        seen = peer.held()
        for op in peer.write(write):
            self.model.wrote(op, seen)
            seen = seen | {op.dot}
            self.chains.setdefault(op.device, []).append(op)

    def deliver(self, sender: int, to: int, most: int) -> None:
        """Bring an installation the next operations of another's chain."""
        device = self.peers[sender].id
        have = self.peers[to].have(device)
        for op in self.chains.get(device, [])[have : have + most]:
            assert self.peers[to].receive(op)

    def missing(self, to: int) -> list[int]:
        return [
            sender
            for sender, peer in enumerate(self.peers)
            if self.peers[to].have(peer.id) < len(self.chains.get(peer.id, []))
        ]

    def check(self, peer: Peer, *, complete: bool = False) -> None:
        """The tables are what the model says of the operations held."""
        held = peer.held()
        for case_id in CASES:
            for name in FIELDS:
                heads = self.model.not_named(held, case_id, name)
                assert peer.heads(case_id, CASE.bits[name]) == heads
                if complete:
                    assert heads == self.model.maximal(held, case_id, name)
                assert peer.shown(case_id, name) == self.model.shown(heads, name)
                assert ((case_id, name) in peer.conflicts()) == self.model.conflict(heads, name)


VALUES = {
    "owner": st.sampled_from(["A", "B", None]),
    "stage": st.sampled_from([*(stage.value for stage in Stage), None]),
    "location": st.sampled_from(["here", "there", None]),
    "outcome": st.sampled_from(["16", "18"]),
}
SAID = st.fixed_dictionaries({}, optional=VALUES).filter(bool)
ACTS = st.lists(
    st.tuples(st.sampled_from(["set", "extract"]), st.sampled_from(CASES), SAID, st.integers(-2, 2)),
    min_size=1,
    max_size=3,
)


@st.composite
def worlds(draw: st.DrawFn, *, disposing: bool = False) -> World:
    """Installations that wrote and exchanged some of it, with clocks that are wrong."""
    number = draw(st.integers(2, 4))
    peers = [Peer(name + 1) for name in range(number)]
    world = World(peers)
    who = st.integers(0, number - 1)
    for _ in range(draw(st.integers(1, 12))):
        match draw(st.sampled_from(["write", "write", "deliver", "clock", *["dispose"] * disposing])):
            case "write":
                world.write(draw(who), draw(ACTS))
            case "dispose":
                reviewer = draw(who)
                world.deliver(draw(who), reviewer, draw(st.integers(0, 9)))
                world.write(reviewer, [("dispose", draw(st.sampled_from(CASES)), {}, 0)])
            case "deliver":
                world.deliver(draw(who), draw(who), draw(st.integers(1, 3)))
            case _:
                peers[draw(who)].now += timedelta(hours=draw(st.integers(-50, 50)))
    return world


@given(worlds(), st.data())
def test_any_order_gives_the_tables_that_the_model_says(world: World, data: st.DataObject) -> None:
    for peer in world.peers:
        world.check(peer)
    late = Peer(99)  # an installation that has seen nothing, and gets everything in an order of its own
    world.peers.append(late)
    for to, peer in enumerate(world.peers):
        while missing := world.missing(to):
            sender = data.draw(st.sampled_from(missing))
            world.deliver(sender, to, 1)
            if to == len(world.peers) - 1:
                world.check(peer)
    tables = [digests(peer.db) for peer in world.peers]
    for peer, table in zip(world.peers, tables, strict=True):
        world.check(peer, complete=True)
        assert peer.db.execute("SELECT count(*) FROM dead").fetchone() == (0,)
        assert {name: table[name] for name in MERGED} == {name: tables[0][name] for name in MERGED}
        note(f"{len(peer.held())} operations")


@given(worlds(disposing=True), st.data())
def test_what_was_disposed_of_is_gone_everywhere_and_nothing_else(world: World, data: st.DataObject) -> None:
    """Whatever order disposals and late work come in, and whatever a rebuild makes of it."""
    world.peers.append(Peer(99))
    for to, peer in enumerate(world.peers):
        while missing := world.missing(to):
            world.deliver(data.draw(st.sampled_from(missing)), to, 1)
            world.check(peer)
    tables = [digests(peer.db) for peer in world.peers]
    held = world.peers[0].held()
    for peer, table in zip(world.peers, tables, strict=True):
        assert {name: table[name] for name in MERGED} == {name: tables[0][name] for name in MERGED}
        assert peer.db.execute("SELECT count(*) FROM dead").fetchone() == (0,)
        erased = {
            (peer.registry.device_ids[device], seq)
            for device, seq in peer.db.execute("SELECT device, seq FROM op WHERE payload IS NULL")
        }
        assert erased == held - world.model.standing(held)
        peer.fold_again()
        assert digests(peer.db) == table


@given(worlds(), st.data())
def test_a_decision_by_one_who_has_seen_all_settles_it_everywhere(world: World, data: st.DataObject) -> None:
    decider = data.draw(st.integers(0, len(world.peers) - 1))
    while missing := world.missing(decider):
        world.deliver(missing[0], decider, 100)
    decided = {"owner": "Z", "stage": "open", "location": "decided", "outcome": "8"}
    world.write(decider, [("set", case_id, decided, 0) for case_id in CASES])
    for to, peer in enumerate(world.peers):
        while missing := world.missing(to):
            world.deliver(data.draw(st.sampled_from(missing)), to, 1)
        assert peer.conflicts() == set()
        for case_id in CASES:
            assert {name: peer.shown(case_id, name) for name in FIELDS} == decided


@given(worlds(), st.data())
def test_what_was_taken_in_is_known_again_and_changes_nothing(world: World, data: st.DataObject) -> None:
    peer = world.peers[0]
    while missing := world.missing(0):
        world.deliver(missing[0], 0, 100)
    before = digests(peer.db)
    everything = [op for chain in world.chains.values() for op in chain]
    for op in data.draw(st.permutations(everything)):
        assert peer.is_held(op)
        assert not peer.receive(op)
    assert digests(peer.db) == before


# -- single laws, spelt out ---------------------------------------------------------------------------------


def set_(peer: Peer, **fields: Any) -> Operation:
    (op,) = peer.write(lambda unit: unit.set(CASE, CASES[0], CASES[0], fields))
    return op


def extract(peer: Peer, as_at: datetime, **fields: Any) -> Operation:
    (op,) = peer.write(lambda unit: unit.extract(CASE, CASES[0], CASES[0], fields, as_at))
    return op


def test_two_who_did_not_know_of_each_other_are_asked() -> None:
    one, two = Peer(1), Peer(2)
    first, second = set_(one, owner="A"), set_(two, owner="B")
    one.receive(second)
    two.receive(first)
    for peer in (one, two):
        assert peer.conflicts() == {(CASES[0], "owner")}
        assert peer.shown(CASES[0], "owner") == "B"  # the same clock: the higher installation, everywhere


def test_a_wrong_clock_wins_no_argument() -> None:
    one, two = Peer(1), Peer(2)
    one.now += timedelta(days=7000)
    wrong = set_(one, owner="from the future")
    two.receive(wrong)
    right = set_(two, owner="later")
    one.receive(right)
    assert one.shown(CASES[0], "owner") == two.shown(CASES[0], "owner") == "later"
    assert one.conflicts() == set()


def test_equal_values_never_conflict_however_they_are_written() -> None:
    one, two = Peer(1), Peer(2)
    first, second = set_(one, owner="A", flags=("da", "knife")), set_(two, owner="A", flags=("da", "knife"))
    one.receive(second)
    two.receive(first)
    assert one.conflicts() == two.conflicts() == set()


@pytest.mark.parametrize(
    ("stages", "safer"),
    [
        (("finalised", "open"), "open"),
        (("finalised", "returned"), "returned"),
        (("open", "submitted"), "open"),
        (("returned", "open"), "returned"),
        (("finalised", None), None),
        (("returned", None), "returned"),
    ],
)
def test_a_disputed_stage_shows_the_safer(stages: tuple[str | None, str | None], safer: str | None) -> None:
    for values in (stages, stages[::-1]):
        one, two = Peer(1), Peer(2)
        first, second = set_(one, stage=values[0]), set_(two, stage=values[1])
        one.receive(second)
        two.receive(first)
        for peer in (one, two):
            assert peer.shown(CASES[0], "stage") == safer
            assert (CASES[0], "stage") in peer.conflicts()


def test_an_extract_never_touches_the_work_of_the_desk() -> None:
    one = Peer(1)
    extract(one, START, outcome="16", location="here")
    set_(one, outcome="18")
    extract(one, START + timedelta(days=1), outcome="8", location="there")
    assert one.shown(CASES[0], "outcome") == "18"
    assert one.shown(CASES[0], "location") == "there"
    assert one.conflicts() == set()


def test_an_older_extract_never_replaces_a_newer_one() -> None:
    one = Peer(1)
    extract(one, START, outcome="16")
    extract(one, START - timedelta(days=1), outcome="8")
    assert one.shown(CASES[0], "outcome") == "16"
    extract(one, START, outcome="18")
    assert one.shown(CASES[0], "outcome") == "18"
    assert one.conflicts() == set()


def test_an_extract_of_the_first_instant_is_still_an_extract() -> None:
    one = Peer(1)
    extract(one, datetime.fromtimestamp(0, START.tzinfo), outcome="16")
    set_(one, outcome="18")
    extract(one, datetime.fromtimestamp(0, START.tzinfo), outcome="8")
    assert one.shown(CASES[0], "outcome") == "18"


def test_two_extracts_never_conflict_and_the_later_speaks() -> None:
    one, two = Peer(1), Peer(2)
    newer, older = extract(one, START, outcome="16"), extract(two, START - timedelta(hours=1), outcome="18")
    one.receive(older)
    two.receive(newer)
    for peer in (one, two):
        assert peer.shown(CASES[0], "outcome") == "16"
        assert peer.conflicts() == set()


def test_a_replacement_that_comes_before_what_it_replaces() -> None:
    one, two, three = Peer(1), Peer(2), Peer(3)
    first = set_(one, owner="A", location="here")
    two.receive(first)
    second = set_(two, owner="B")
    three.receive(second)
    assert three.db.execute("SELECT field, seq FROM dead").fetchall() == [("owner", 1)]
    assert three.shown(CASES[0], "owner") == "B"
    three.receive(first)
    assert three.shown(CASES[0], "owner") == "B"
    assert three.shown(CASES[0], "location") == "here"
    assert three.conflicts() == set()
    assert three.db.execute("SELECT count(*) FROM dead").fetchone() == (0,)


def test_work_that_comes_after_its_disposal_is_erased_as_it_comes() -> None:
    one, two, three = Peer(1), Peer(2), Peer(3)
    seen, unseen = set_(one, owner="seen"), set_(one, location="written meanwhile")
    two.receive(seen)
    decided = set_(two, owner="decided")
    (disposal,) = two.write(lambda unit: unit.dispose(CASES[0], "Review"))
    three.receive(decided)
    assert three.db.execute("SELECT count(*) FROM dead").fetchone() == (1,)
    three.receive(disposal)
    assert three.shown(CASES[0], "owner") is None
    three.receive(seen)
    three.receive(unseen)
    assert three.shown(CASES[0], "owner") is None
    assert three.shown(CASES[0], "location") == "written meanwhile"
    erased = three.db.execute("SELECT count(*) FROM op WHERE payload IS NULL").fetchone()
    assert erased == (2,)
    assert three.db.execute("SELECT count(*) FROM dead").fetchone() == (0,)


def test_a_decision_that_outlives_the_disposal_of_what_it_replaced_leaves_nothing_waiting() -> None:
    one, two, three, late = Peer(1), Peer(2), Peer(3), Peer(4)
    replaced = set_(one, owner="A")
    two.receive(replaced)
    three.receive(replaced)
    (disposal,) = two.write(lambda unit: unit.dispose(CASES[0], "Review"))
    decided = set_(three, owner="B")
    for op in (disposal, decided, replaced):
        late.receive(op)
    three.receive(disposal)
    for peer in (three, late):
        assert peer.shown(CASES[0], "owner") == "B"
        assert peer.db.execute("SELECT count(*) FROM dead").fetchone() == (0,)


def test_a_disposal_leaves_other_cases_alone() -> None:
    one = Peer(1)
    set_(one, owner="A")
    one.write(lambda unit: unit.set(CASE, CASES[1], CASES[1], {"owner": "B"}))
    one.write(lambda unit: unit.dispose(CASES[0], "Review"))
    assert one.shown(CASES[0], "owner") is None
    assert one.shown(CASES[1], "owner") == "B"


@pytest.mark.parametrize("fields", [{}, {"covers": []}, {"covers": {"AA": "all"}}, {"covers": {"é": 1}}])
def test_a_disposal_that_cannot_be_read_is_refused_with_nothing_erased(fields: dict[str, Any]) -> None:
    peer = Peer(1)
    set_(peer, owner="mine")
    before = digests(peer.db)
    with pytest.raises(ValueError):
        peer.receive(forged(template(), {"fields": fields}, kind="dispose"))
    assert digests(peer.db) == before
    assert peer.db.execute("SELECT count(*) FROM op WHERE device = 1 AND payload IS NULL").fetchone() == (0,)


# -- what no desk writes, but a bundle might bring ----------------------------------------------------------


def forged(op: Operation, payload: dict[str, Any] | None = None, **header: Any) -> Operation:
    """An operation that says something else."""
    raw = {**orjson.loads(op.header), **header}
    body = op.payload if payload is None else orjson.dumps(payload)
    return parse_operation(orjson.dumps(raw), op.sig, body)


def template() -> Operation:
    return set_(Peer(7), owner="A")


def test_operations_of_a_newer_program_are_counted_and_change_nothing() -> None:
    peer = Peer(1)
    set_(peer, owner="mine")
    before = digests(peer.db)["case"]
    peer.receive(forged(template(), entity="drone_flight"))
    peer.receive(forged(template(), seq=2, kind="levitate"))
    peer.receive(
        forged(template(), {"fields": {"aura": "blue"}}, seq=3, id=encode(CASES[1]), case=encode(CASES[1]))
    )
    assert dict(peer.db.execute("SELECT why, operations FROM not_shown").fetchall()) == {
        "entity drone_flight": 1,
        "kind levitate of case": 1,
        "field case.aura": 1,
    }
    assert peer.shown(CASES[0], "owner") == "mine"
    assert digests(peer.db)["case"] != before  # the second case is there, with nothing said of it
    assert peer.shown(CASES[1], "owner") is None


def test_an_entry_cannot_be_changed_from_outside() -> None:
    peer = Peer(1)
    entry_id = EntityId(b"the entry.......")
    peer.write(lambda unit: unit.entry(LOG_ENTRY, entry_id, CASES[0], {"text": "as written"}))
    changed = {"fields": {"text": "as forged"}}
    peer.receive(forged(template(), changed, entity="log_entry", id=encode(entry_id)))
    assert peer.db.execute("SELECT text FROM log_entry").fetchall() == [("as written",)]
    assert dict(peer.db.execute("SELECT why, operations FROM not_shown").fetchall()) == {
        "kind set of log_entry": 1,
    }


def test_what_another_says_under_an_entrys_id_stands_beside_it_whatever_came_first() -> None:
    """Under their own name and once: nobody takes the place of what somebody else wrote, nor says a thing twice."""
    entry_id = EntityId(b"the entry.......")

    def says(name: int, text: str) -> Operation:
        return Peer(name).write(lambda unit: unit.entry(LOG_ENTRY, entry_id, CASES[0], {"text": text}))[0]

    told = [says(1, "as written"), says(2, "as forged")]
    told += [forged(told[1], {"fields": {"text": "as forged later"}}, seq=2, hlc=told[1].hlc + 1)]
    told += [says(3, "as written")]
    held = []
    for order in permutations(told):
        peer = Peer(4)
        if order.index(told[1]) < order.index(told[2]):
            for op in order:
                peer.receive(op)
            rows = peer.db.execute("SELECT text, actor FROM log_entry ORDER BY hlc, text").fetchall()
            held.append(rows)
            assert not peer.db.execute("SELECT * FROM not_shown").fetchall()
    assert len(held) == 12
    assert held == [held[0]] * 12
    assert [text for text, _ in held[0]] == ["as forged", "as written"]


def test_a_value_taken_back_without_another_in_its_place_is_no_longer_shown() -> None:
    """No desk of today writes so, a later one may: the field falls back to what is left of it."""
    one, two = Peer(1), Peer(2)
    first, second = set_(one, owner="A"), set_(two, owner="B")
    two.receive(first)
    over = {"owner": [[encode(second.device), second.seq]]}
    two.receive(forged(template(), {"fields": {"team": "CMU"}}, over=over, hlc=second.hlc + 1))
    assert two.shown(CASES[0], "owner") == "A"
    assert two.conflicts() == set()


def test_one_id_used_for_two_kinds_of_things_mixes_nothing_up() -> None:
    peer, other = Peer(1), Peer(2)
    person = EntityId(b"one id for two..")

    def both(unit: Any) -> None:
        unit.set(SUSPECT, EntityId(b"somebody else..."), CASES[0], {"name": "Else"})
        unit.set(SUSPECT, person, CASES[0], {"name": "Suspect"})
        unit.set(VICTIM, person, CASES[0], {"name": "Victim"})
        unit.set(VICTIM, person, CASES[0], {"sex": "f"})

    peer.write(both)
    assert peer.db.execute("SELECT name FROM suspect ORDER BY n").fetchall() == [("Else",), ("Suspect",)]
    assert peer.db.execute("SELECT name, sex FROM victim").fetchall() == [("Victim", "f")]
    for op in other.write(both):
        peer.receive(forged(op, {"fields": {name: f"other {name}" for name in op.body()["fields"]}}))
    conflicts = peer.db.execute("SELECT entity, field FROM conflict ORDER BY entity, field").fetchall()
    assert conflicts == [("suspect", "name"), ("suspect", "name"), ("victim", "name"), ("victim", "sex")]
    peer.write(lambda unit: unit.set(SUSPECT, person, CASES[0], {"name": "Decided"}))
    assert ("victim", "name") in peer.db.execute("SELECT entity, field FROM conflict").fetchall()


@pytest.mark.parametrize(
    "fields", [{"owner": 7}, {"flags": "da"}, {"recorded_at": "soon"}, {"owner": "x", "tic_signed": 1}]
)
def test_a_value_that_cannot_be_read_is_refused_with_nothing_applied(fields: dict[str, Any]) -> None:
    peer = Peer(1)
    set_(peer, owner="mine")
    before = digests(peer.db)
    with pytest.raises(ValueError, match="kind"):
        peer.receive(forged(template(), {"fields": fields}))
    assert digests(peer.db) == before


# -- whatever anybody claims ---------------------------------------------------------------------------------

LIARS = [bytes([number]) * 16 for number in (1, 2, 3)]


@st.composite
def lies(draw: st.DrawFn) -> list[Operation]:
    """Some operations of three authors: readings, what they replace and erase, and cases, as anybody likes."""
    made = []
    for device in LIARS:
        for seq in range(1, draw(st.integers(1, 4)) + 1):
            case_id, other = draw(st.permutations(CASES[:2]))
            entity, entity_id, kind = draw(
                st.sampled_from(
                    [("case", case_id, "set"), ("victim", other, "set"), ("log_entry", EntityId(device), "entry"),
                     ("case", other, "set"), ("case", case_id, "dispose")]
                )
            )  # fmt: skip
            dots = draw(st.lists(st.tuples(st.sampled_from(LIARS), st.integers(1, 5)), max_size=4))
            name = {"case": "owner", "victim": "name", "log_entry": "text"}[entity]
            fields: dict[str, Any] = {name: f"{device[0]}.{seq}"}
            if kind == "dispose":
                fields = {"covers": {encode(one): number for one, number in dots}}
            header = orjson.loads(template().header) | {
                "device": encode(device), "seq": seq, "hlc": draw(st.integers(1, 6)), "kind": kind, "entity": entity,
                "id": encode(entity_id), "case": encode(case_id), "unit": encode(device[:8] + bytes([seq]) * 8),
            }  # fmt: skip
            if kind == "set" and dots:
                header["over"] = {name: [[encode(one), number] for one, number in dots]}
            payload = orjson.dumps({"fields": fields})
            made.append(parse_operation(orjson.dumps(header), bytes(64), payload))
    return made


@given(said=lies(), data=st.data())
def test_whatever_anybody_claims_any_order_ends_the_same(said: list[Operation], data: st.DataObject) -> None:
    ends = []
    for _ in range(2):
        peer = Peer(9)
        waiting = {device: [op for op in said if op.device == device] for device in LIARS}
        while left := [device for device in LIARS if waiting[device]]:
            with suppress(ValueError):  # it is quarantined
                peer.receive(waiting[data.draw(st.sampled_from(left))].pop(0))
        ends.append(digests(peer.db))
        peer.fold_again()
        assert digests(peer.db) == ends[-1]
    assert ends[0] == ends[1]
