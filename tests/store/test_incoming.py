"""Taking in what others wrote: each operation once, in its place, or with the reason why it waits."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casedesk.model.entities import (
    APPROVAL,
    CASE,
    DOCUMENT,
    FORMER_NAME,
    LOG_ENTRY,
    MEDIUM,
    MEMBER,
    SUSPECT,
    Entity,
    Value,
)
from casedesk.model.errors import StoreError
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId, encode, new_id
from casedesk.model.words import MemberState, TeamRole
from casedesk.store import blobs, hlc
from casedesk.store.checks import digests, rebuild, verify
from casedesk.store.fold import ELSEWHERE, LATER
from casedesk.store.incoming import NO_CONTENT, NO_ROLE, Taken, taking_in
from casedesk.store.operations import (
    DOMAIN,
    GENESIS,
    Operation,
    OpKind,
    header_bytes,
    parse_operation,
    payload_bytes,
)
from casedesk.store.outgoing import above, lacks
from casedesk.store.parked import Why
from casedesk.store.store import Store
from tests.conftest import NOW, FrozenClock

EVERY_ROLE = tuple(role.value for role in TeamRole)


@dataclass
class Author:
    """Somebody elsewhere, who writes operations by hand: right ones, and any that are not."""

    name: str
    id: bytes = field(default_factory=new_id)
    space: bytes = field(default_factory=new_id)
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    seq: int = 0
    prev: bytes = GENESIS
    now: datetime = NOW

    def writes(
        self,
        entity: Entity,
        entity_id: EntityId,
        case_id: EntityId,
        fields: dict[str, Any],
        *,
        kind: str = "set",
        over: dict[str, list[Operation]] | None = None,
        names: dict[str, list[tuple["Author", int]]] | None = None,
        **changed: Any,
    ) -> Operation:
        """The next operation of the chain. ``changed`` replaces parts of its header before it is signed.

        ``names`` are numbers that it says it replaces, whether there are such operations or not.
        """
        payload = payload_bytes(b"salt of 12 b", fields, None)
        self.seq += 1
        raw = orjson.loads(
            header_bytes(
                space=self.space, device=self.id, seq=self.seq, prev=self.prev, hlc=hlc.tick(0, self.now) + self.seq,
                wall_ms=int(self.now.timestamp() * 1000), actor=self.name, act="test", unit=new_id(), kind=kind,
                entity=entity.name, entity_id=entity_id, case_id=case_id,
                over={name: tuple(op.dot for op in ops) for name, ops in (over or {}).items()}, as_at=0,
                payload_hash=hashlib.sha256(payload).digest(),
            )
        )  # fmt: skip
        if names:
            raw["over"] = {name: [[encode(who.id), seq] for who, seq in some] for name, some in names.items()}
        header = orjson.dumps(raw | changed)
        digest = hashlib.sha256(header).digest()
        self.prev = digest
        return parse_operation(header, self.key.sign(DOMAIN + digest), payload)

    def says(self, case_id: EntityId, **fields: Any) -> Operation:
        """Something of a case."""
        return self.writes(CASE, case_id, case_id, fields)

    def notes(self, case_id: EntityId, text: str) -> Operation:
        """An entry of its log."""
        return self.writes(LOG_ENTRY, new_id(), case_id, {"text": text}, kind=OpKind.ENTRY)

    def disposes(self, case_id: EntityId, **covers: int) -> Operation:
        """Erases a case up to a number of its own chain."""
        said = {"authority": "Review", "covers": {encode(self.id): covers.get("own", self.seq)}}
        return self.writes(CASE, case_id, case_id, said, kind=OpKind.DISPOSE)

    def fields(self, roles: tuple[str, ...] = EVERY_ROLE) -> dict[str, Value]:
        """What a member's record says of it."""
        return {
            "name": self.name, "space": encode(self.space),
            "key": encode(self.key.public_key().public_bytes_raw()), "recipient": "age1", "roles": roles,
            "state": MemberState.ACTIVE.value,
        }  # fmt: skip


@dataclass
class Here:
    """This store, and the member Ann elsewhere."""

    store: Store
    ann: Author

    def enrol(self, author: Author, roles: tuple[str, ...] = EVERY_ROLE, **fields: Value) -> None:
        with self.store.unit_of_work("team.enrol") as unit:
            unit.set(MEMBER, EntityId(author.id), TEAM, {**author.fields(roles), **fields})

    def take(self, *operations: Operation, loose: bool = False) -> Taken:
        with taking_in(self.store, self.ann.id, lambda _: {}) as incoming:
            for op in operations:
                incoming.operation(op, loose=loose)
            return incoming.finish()

    def last(self) -> Operation:
        """What was written or taken in last."""
        row = self.store.connection.execute("SELECT header, sig, payload FROM op ORDER BY n DESC LIMIT 1")
        return parse_operation(*row.fetchone())

    def why(self, op: Operation) -> str | None:
        """Why an operation waits; None when it does not."""
        row = self.store.connection.execute("SELECT why FROM park WHERE hash = ?", (op.hash,)).fetchone()
        return row[0] if row else None

    def aside(self) -> list[tuple[int, str]]:
        return self.store.connection.execute("SELECT seq, why FROM aside ORDER BY seq").fetchall()

    def shown(self, case_id: EntityId, name: str) -> Any:
        row = self.store.connection.execute(f'SELECT "{name}" FROM cases WHERE id = ?', (case_id,)).fetchone()  # noqa: S608
        return row[0] if row else None

    def log(self) -> list[str]:
        return sorted(text for (text,) in self.store.connection.execute("SELECT text FROM log_entry"))


@pytest.fixture
def here(store: Store) -> Iterator[Here]:
    made = Here(store, Author("Ann"))
    made.enrol(made.ann)
    yield made
    assert verify(store.connection).problems == []
    assert rebuild(store).differing == ()


@pytest.fixture
def case_id() -> EntityId:
    return new_id()


# -- the order of a chain ------------------------------------------------------------------------------------


def test_what_comes_in_order_is_taken_in_once(here: Here, case_id: EntityId) -> None:
    first, second = here.ann.says(case_id, owner="1"), here.ann.notes(case_id, "Rang")
    taken = here.take(first, second)
    assert (taken.new, taken.held, taken.cases) == (2, 0, {case_id})
    before = digests(here.store.connection)
    again = here.take(first, second)
    assert (again.new, again.held) == (0, 2)
    assert digests(here.store.connection) == before
    assert here.log() == ["Rang"]


@pytest.mark.parametrize("order", [(0, 2, 1), (2, 1, 0), (1, 0, 2), (1, 2, 0), (2, 0, 1)])
def test_what_comes_beyond_a_gap_waits_and_is_freed_in_order(
    here: Here, case_id: EntityId, order: tuple[int, ...]
) -> None:
    ops = [here.ann.says(case_id, owner="1"), here.ann.notes(case_id, "a"), here.ann.notes(case_id, "b")]
    for at in order[:-1]:
        here.take(ops[at])
        assert here.why(ops[at]) in (None, Why.GAP)
    assert here.log() != ["a", "b"]
    freed = here.take(ops[order[-1]]).freed
    assert freed == sum(1 for at in order[:-1] if at > order[-1])
    assert here.log() == ["a", "b"]
    assert here.store.connection.execute("SELECT count(*) FROM park").fetchone() == (0,)


def test_who_is_not_known_waits_until_a_member_says_who_it_is(here: Here, case_id: EntityId) -> None:
    bob = Author("Bob")
    said = bob.says(case_id, owner="1")
    here.take(said)
    assert here.why(said) == Why.UNKNOWN
    told = here.ann.writes(MEMBER, EntityId(bob.id), TEAM, {**bob.fields(), "roles": []})
    more = bob.notes(case_id, "after")
    taken = here.take(more, told)  # the member's operation comes behind what needs it, in the same bundle
    assert taken.freed == 2
    assert here.shown(case_id, "owner") == "1"
    assert here.log() == ["after"]


def test_a_chain_stands_in_one_space(here: Here, case_id: EntityId) -> None:
    strange = here.ann.writes(CASE, case_id, case_id, {"owner": "1"}, space=encode(bytes(16)))
    here.take(strange)
    assert here.why(strange) == Why.UNKNOWN


def test_another_operation_of_the_same_number_is_kept_and_not_applied(here: Here, case_id: EntityId) -> None:
    twin = Author("Ann", here.ann.id, here.ann.space, here.ann.key)
    mine, other = here.ann.says(case_id, owner="1"), twin.says(case_id, owner="2")
    here.take(mine)
    here.take(other)
    assert here.why(other) == Why.FORK
    assert here.shown(case_id, "owner") == "1"
    follows = twin.says(case_id, owner="3")  # it follows what is not held
    here.take(follows)
    assert here.why(follows) == Why.FORK
    assert here.take(here.ann.notes(case_id, "goes on")).new == 1


def test_what_its_author_did_not_sign_is_kept_as_a_forgery(here: Here, case_id: EntityId) -> None:
    mine = here.ann.says(case_id, owner="1")
    here.take(mine)
    twin = Author("Ann", here.ann.id, here.ann.space)  # with a key of its own
    instead = twin.says(case_id, owner="2")
    here.take(instead)
    assert here.why(instead) == Why.FORGED
    twin.seq = 6
    beyond = twin.says(case_id, owner="2")
    here.take(beyond, loose=True)
    assert here.why(beyond) == Why.FORGED
    assert here.shown(case_id, "owner") == "1"


def test_a_run_whose_last_is_not_signed_refuses_the_whole_bundle(here: Here, case_id: EntityId) -> None:
    before = digests(here.store.connection)
    forger = Author("Ann", here.ann.id, here.ann.space)
    ops = [forger.says(case_id, owner="1"), forger.notes(case_id, "forged")]
    with pytest.raises(StoreError, match="not signed by them"):
        here.take(*ops)
    assert digests(here.store.connection) == before
    assert here.store.connection.execute("SELECT count(*) FROM op WHERE device <> 1").fetchone() == (0,)


def test_a_forgery_that_waited_does_not_spoil_what_it_waited_for(here: Here, case_id: EntityId) -> None:
    first = here.ann.says(case_id, owner="1")
    forger = Author("Ann", here.ann.id, here.ann.space, seq=1, prev=first.hash)
    forged = forger.notes(case_id, "forged")
    assert here.take(forged, first).new == 1
    assert here.why(forged) == Why.FORGED
    assert here.log() == []


def test_after_its_loss_a_laptop_is_not_believed_until_it_is_found(here: Here, case_id: EntityId) -> None:
    before, after = here.ann.notes(case_id, "before"), here.ann.notes(case_id, "after")
    here.take(before)
    lost: dict[str, Value] = {"state": MemberState.LOST.value, "upto": 1}
    with here.store.unit_of_work("team.lost") as unit:
        unit.set(MEMBER, EntityId(here.ann.id), TEAM, lost)
    here.take(after)
    assert here.why(after) == Why.LATE
    assert here.log() == ["before"]
    with here.store.unit_of_work("team.enrol") as unit:
        unit.set(MEMBER, EntityId(here.ann.id), TEAM, {"state": MemberState.ACTIVE.value, "upto": None})
    assert here.take().freed == 1
    assert here.log() == ["after", "before"]


def test_a_laptop_that_was_lost_and_nothing_more_is_said_of_is_not_believed_at_all(
    here: Here, case_id: EntityId
) -> None:
    with here.store.unit_of_work("team.lost") as unit:
        unit.set(MEMBER, EntityId(here.ann.id), TEAM, {"state": MemberState.LOST.value})
    said = here.ann.notes(case_id, "after")
    here.take(said)
    assert here.why(said) == Why.LATE


# -- a handover: beyond the gap -------------------------------------------------------------------------------


def test_what_a_handover_brings_joins_the_chain_when_the_gap_closes(here: Here, case_id: EntityId) -> None:
    other = new_id()
    ops = [here.ann.says(other, owner="1"), here.ann.says(case_id, owner="2"), here.ann.notes(case_id, "b")]
    assert here.take(*ops[1:], loose=True).new == 2
    assert here.shown(case_id, "owner") == "2"
    assert here.store.connection.execute("SELECT seq FROM loose ORDER BY seq").fetchall() == [(2,), (3,)]
    assert verify(here.store.connection, every_signature=True).problems == []
    assert here.take(ops[0]).new == 1
    assert here.store.connection.execute("SELECT count(*) FROM loose").fetchone() == (0,)
    assert [
        list(row) for row in here.store.connection.execute("SELECT max(seq) FROM vv WHERE device <> 1")
    ] == [[3]]
    assert here.take(here.ann.notes(case_id, "c")).new == 1


def test_a_gap_that_closes_with_another_chain_is_found_by_verifying(here: Here, case_id: EntityId) -> None:
    twin = Author("Ann", here.ann.id, here.ann.space, here.ann.key)
    here.ann.says(case_id, owner="never sent")
    here.take(here.ann.says(case_id, owner="2"), loose=True)
    first = twin.says(case_id, location="by the copy")
    here.take(first)
    assert here.store.connection.execute("SELECT seq FROM loose").fetchall() == [(2,)]
    after = twin.notes(case_id, "by the copy too")
    here.take(after)
    assert here.why(after) == Why.FORK
    assert here.log() == []


def test_a_handover_does_not_open_the_chain_of_a_stranger(here: Here, case_id: EntityId) -> None:
    said = Author("Eve").says(case_id, owner="1")
    here.take(said, loose=True)
    assert here.why(said) == Why.UNKNOWN


# -- roles ---------------------------------------------------------------------------------------------------


def approval_of(author: Author, case_id: EntityId) -> Operation:
    return author.writes(APPROVAL, new_id(), case_id, {}, kind=OpKind.ENTRY)


def approvals(here: Here) -> int:
    (count,) = here.store.connection.execute("SELECT count(*) FROM approval").fetchone()
    return int(count)


def test_what_its_author_may_not_do_is_held_and_applied_once_they_may(here: Here, case_id: EntityId) -> None:
    bob = Author("Bob")
    here.enrol(bob, roles=())
    ops = [bob.says(case_id, owner="1"), approval_of(bob, case_id), bob.disposes(case_id)]
    ops.append(bob.writes(MEMBER, EntityId(new_id()), TEAM, {"name": "Friend"}))
    taken = here.take(*ops)
    assert (taken.new, taken.not_allowed) == (4, 3)
    assert here.aside() == [(2, NO_ROLE), (3, NO_ROLE), (4, NO_ROLE)]
    assert (approvals(here), here.shown(case_id, "owner")) == (0, "1")
    assert {op.payload for op in ops} <= {one.payload for one in above(here.store.connection, {})}
    with here.store.unit_of_work("team.roles") as unit:
        unit.set(MEMBER, EntityId(bob.id), TEAM, {"roles": ("approval",)})
    assert here.take().filled == 1
    assert (approvals(here), here.aside()) == (1, [(3, NO_ROLE), (4, NO_ROLE)])


def test_roles_that_come_behind_in_the_same_bundle_count(here: Here, case_id: EntityId) -> None:
    bob = Author("Bob")
    here.enrol(bob, roles=())
    here.ann.now += timedelta(minutes=1)
    seen = {"roles": [here.last()]}
    granted = here.ann.writes(MEMBER, EntityId(bob.id), TEAM, {"roles": ["approval"]}, over=seen)
    assert here.take(approval_of(bob, case_id), granted).filled == 1
    assert approvals(here) == 1


def test_nobody_gives_themselves_a_role_nor_takes_back_that_they_are_lost(here: Here) -> None:
    bob = Author("Bob")
    here.enrol(bob, roles=("membership",))
    for said in ({"roles": list(EVERY_ROLE)}, {"state": "active"}, {"upto": 99}):
        here.take(bob.writes(MEMBER, EntityId(bob.id), TEAM, said))
    assert [why for _, why in here.aside()] == [NO_ROLE] * 3
    assert here.store.connection.execute("SELECT roles FROM member WHERE id = ?", (bob.id,)).fetchone() == (
        '["membership"]',
    )


def a_name_of(author: Author, upto: int) -> dict[str, Any]:
    """What is said of a name that somebody had."""
    said = {name: value for name, value in author.fields().items() if name in ("name", "space", "key")}
    return {"device": encode(author.id), **said, "upto": upto}


def test_a_member_may_tell_a_name_that_it_had_and_nothing_more_of_anybody(
    here: Here, case_id: EntityId
) -> None:
    bob, before, other = Author("Bob"), Author("Bob (before)"), Author("Other")
    here.enrol(bob, roles=("approval",))
    here.take(
        bob.writes(FORMER_NAME, new_id(), TEAM, a_name_of(before, 2), kind=OpKind.ENTRY),
        before.notes(case_id, "long ago"),
        approval_of(before, case_id),  # it may what Bob may
        bob.writes(MEMBER, EntityId(other.id), TEAM, other.fields()),
        bob.writes(MEMBER, EntityId(before.id), TEAM, {"roles": list(EVERY_ROLE)}),
        bob.writes(MEMBER, EntityId(here.ann.id), TEAM, {"key": "another"}),
    )
    assert (here.log(), approvals(here)) == (["long ago"], 1)
    assert here.aside() == [(2, NO_ROLE), (3, NO_ROLE), (4, NO_ROLE)]
    late = before.notes(case_id, "after the name was given up")
    here.take(late)
    assert here.why(late) == Why.LATE
    # Whoever is enrolled properly has the keys that were compared, and no such limit.
    here.take(here.ann.writes(MEMBER, EntityId(before.id), TEAM, {**before.fields(), "recipient": "age2"}))
    assert set(here.log()) == {"long ago", "after the name was given up"}
    assert len(here.aside()) == 3


@pytest.mark.parametrize("name", ["space", "key", "recipient"])
def test_a_members_keys_cannot_be_changed_by_a_bundle(here: Here, name: str) -> None:
    bob = Author("Bob")
    here.enrol(bob)
    before = here.store.connection.execute(f"SELECT {name} FROM member WHERE id = ?", (bob.id,)).fetchone()  # noqa: S608
    here.take(here.ann.writes(MEMBER, EntityId(bob.id), TEAM, {**bob.fields(), name: "another"}))
    assert here.aside() == [(1, NO_ROLE)]
    after = here.store.connection.execute(f"SELECT {name} FROM member WHERE id = ?", (bob.id,)).fetchone()  # noqa: S608
    assert after == before
    here.take(here.ann.writes(MEMBER, EntityId(bob.id), TEAM, bob.fields()))  # the same keys are no news
    assert len(here.aside()) == 1


# -- content that comes late ----------------------------------------------------------------------------------


def withheld(op: Operation) -> Operation:
    return op._replace(payload=None)


def test_what_comes_without_content_keeps_the_chain_and_is_asked_for(here: Here, case_id: EntityId) -> None:
    ops = [here.ann.says(case_id, owner="1"), here.ann.notes(case_id, "secret")]
    taken = here.take(*map(withheld, ops))
    assert (taken.new, taken.without_content) == (2, 2)
    assert here.aside() == [(1, NO_CONTENT), (2, NO_CONTENT)]
    assert lacks(here.store.connection) == (case_id,)
    assert here.take(here.ann.says(new_id(), owner="open")).new == 1
    again = here.take(*ops, loose=True)
    assert (again.held, again.filled) == (2, 2)
    assert (here.shown(case_id, "owner"), here.log(), here.aside()) == ("1", ["secret"], [])
    assert lacks(here.store.connection) == ()


def test_content_that_comes_after_it_was_replaced_stays_replaced(here: Here, case_id: EntityId) -> None:
    first = here.ann.says(case_id, owner="1", location="here")
    second = here.ann.writes(CASE, case_id, case_id, {"owner": "2"}, over={"owner": [first]})
    here.take(withheld(first), second)
    assert (here.shown(case_id, "owner"), here.shown(case_id, "location")) == ("2", None)
    here.take(first)
    assert (here.shown(case_id, "owner"), here.shown(case_id, "location")) == ("2", "here")
    assert here.store.connection.execute("SELECT count(*) FROM conflict").fetchone() == (0,)
    assert here.store.connection.execute("SELECT count(*) FROM dead").fetchone() == (0,)


# -- disposal ------------------------------------------------------------------------------------------------


def contents(here: Here) -> int:
    (count,) = here.store.connection.execute(
        "SELECT (SELECT count(*) FROM op WHERE payload IS NOT NULL AND kind <> 'dispose' AND entity <> 'member') + "
        "(SELECT count(*) FROM park WHERE payload IS NOT NULL)"
    ).fetchone()
    return int(count)


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1)])
def test_a_disposal_erases_what_it_covers_whether_it_came_before_or_after(
    here: Here, case_id: EntityId, order: tuple[int, ...]
) -> None:
    bob = Author("Bob")
    here.enrol(bob)
    seen = here.ann.notes(case_id, "seen")
    covers = {"authority": "Review", "covers": {encode(here.ann.id): 1}}
    bob.now += timedelta(minutes=1)
    disposal = bob.writes(CASE, case_id, case_id, covers, kind=OpKind.DISPOSE)
    meanwhile = here.ann.notes(case_id, "meanwhile")
    ops = [seen, disposal, meanwhile]
    for at in order:
        here.take(ops[at])
    assert here.log() == ["meanwhile"]
    assert contents(here) == 1


def test_what_waits_of_a_case_that_is_disposed_of_is_erased_too(here: Here, case_id: EntityId) -> None:
    first, waits = here.ann.says(case_id, owner="1"), here.ann.notes(case_id, "waits for the first")
    other = here.ann.notes(new_id(), "of another case")
    stranger = Author("Eve").notes(case_id, "of a stranger")
    with here.store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"ref": "42/1/26"})
    here.take(waits, other, stranger)
    assert contents(here) == 4
    with here.store.unit_of_work("dispose", "Review") as unit:
        unit.dispose(case_id, "Review")
    assert contents(here) == 1
    assert here.why(waits) == Why.GAP
    here.take(first)  # what is said of it still comes: it was not seen when the case was disposed of
    assert here.aside() == [(2, NO_CONTENT)]
    assert lacks(here.store.connection) == (case_id,)
    here.take(waits)
    assert here.log() == ["of another case", "waits for the first"]


def test_a_colleagues_disposal_erases_what_waits_of_what_it_covers(here: Here, case_id: EntityId) -> None:
    bob = Author("Bob")
    here.enrol(bob)
    here.ann.says(case_id, owner="1")
    waits, later = here.ann.notes(case_id, "covered"), here.ann.notes(case_id, "not covered")
    here.take(waits, later)
    covers = {"authority": "Review", "covers": {encode(here.ann.id): 2}}
    bob.now += timedelta(minutes=1)
    here.take(bob.writes(CASE, case_id, case_id, covers, kind=OpKind.DISPOSE))
    assert contents(here) == 1
    here.take(waits)  # it comes once more, and is not kept again
    assert contents(here) == 1


def test_what_was_set_aside_waits_for_nothing_once_it_is_erased(here: Here, case_id: EntityId) -> None:
    bob = Author("Bob")
    here.enrol(bob, roles=())
    here.take(withheld(here.ann.says(case_id, owner="1")), approval_of(bob, case_id))
    assert len(here.aside()) == 2
    with here.store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"ref": "42/1/26"})
    with here.store.unit_of_work("dispose", "Review") as unit:
        unit.dispose(case_id, "Review")
    assert here.aside() == []
    assert lacks(here.store.connection) == ()
    assert contents(here) == 0


def test_what_nobody_may_do_is_not_kept_when_it_was_disposed_of(here: Here, case_id: EntityId) -> None:
    """An approval without the role comes after a disposal that covers it: its content is erased, not set aside."""
    bob = Author("Bob")
    here.enrol(bob, roles=())
    approval = approval_of(bob, case_id)
    covers = {"authority": "Review", "covers": {encode(bob.id): 1}}
    here.ann.now += timedelta(minutes=1)
    here.take(here.ann.writes(CASE, case_id, case_id, covers, kind=OpKind.DISPOSE), approval)
    assert (here.aside(), contents(here)) == ([], 0)


@pytest.mark.parametrize("late", ["content", "role"])
def test_a_disposal_that_is_applied_late_leaves_what_was_applied_meanwhile(
    here: Here, case_id: EntityId, late: str
) -> None:
    """Its content, or its author's role, comes after work that outlives it."""
    bob = Author("Bob")
    here.enrol(bob, roles=EVERY_ROLE if late == "content" else ())
    seen = bob.notes(case_id, "seen")
    disposal = bob.disposes(case_id)
    here.take(seen, withheld(disposal) if late == "content" else disposal)
    here.take(here.ann.notes(case_id, "meanwhile"), here.ann.says(case_id, owner="1"))
    barred = approval_of(bob, case_id)
    here.take(barred)
    assert here.log() == ["meanwhile", "seen"]
    if late == "content":
        here.take(disposal)
        assert approvals(here) == 1
    else:
        with here.store.unit_of_work("team.roles") as unit:
            unit.set(MEMBER, EntityId(bob.id), TEAM, {"roles": ("disposal",)})
        here.take()
        assert approvals(here) == 0  # the role to approve was not given
    assert here.log() == ["meanwhile"]
    assert here.shown(case_id, "owner") == "1"


# -- newer programs, what cannot be read, attachments -----------------------------------------------------------


def test_what_only_a_newer_program_understands_is_kept_sent_on_and_counted(
    here: Here, case_id: EntityId
) -> None:
    ann = here.ann
    ops = [
        ann.writes(CASE, case_id, case_id, {"owner": "1", "aura": "blue"}),
        ann.writes(replace(CASE, name="drone_flight"), new_id(), case_id, {"height": 3}),
        ann.writes(CASE, case_id, case_id, {"owner": "2"}, kind="levitate"),
        ann.writes(CASE, case_id, case_id, {"owner": {"new": "form"}}, schema=2),
    ]
    assert here.take(*ops).new == 4
    found = here.store.connection.execute("SELECT why, operations FROM not_shown ORDER BY why").fetchall()
    assert found == [
        ("entity drone_flight", 1), ("field case.aura", 1), ("format 2", 1), ("kind levitate of case", 1),
    ]  # fmt: skip
    assert here.shown(case_id, "owner") == "1"
    sent = [one for one in above(here.store.connection, {}) if one.header in {op.header for op in ops}]
    assert [(one.header, one.sig, one.payload) for one in sent] == [
        (op.header, op.sig, op.payload) for op in ops
    ]


def test_what_is_whole_and_cannot_be_read_is_quarantined(here: Here, case_id: EntityId) -> None:
    here.take(here.ann.says(case_id, owner=7), here.ann.notes(case_id, "goes on"))
    assert here.store.connection.execute("SELECT seq, why FROM quarantine").fetchall() == [
        (1, "its content cannot be read")
    ]
    assert here.log() == ["goes on"]


def test_the_content_of_a_document_is_kept_only_when_a_document_names_it(
    here: Here, case_id: EntityId
) -> None:
    content = b"a statement"
    sha = hashlib.sha256(content).digest()
    named = here.ann.writes(DOCUMENT, new_id(), case_id, {"sha256": sha.hex()})
    with taking_in(here.store, here.ann.id, lambda _: {}) as incoming:
        assert not incoming.attachment(sha, content)
        incoming.operation(named)
        assert incoming.attachment(sha, content)
        assert not incoming.attachment(sha, content)
        assert incoming.finish().attachments == 1
    assert b"".join(blobs.read(here.store.connection, sha)) == content
    other = hashlib.sha256(b"another").digest()
    named = here.ann.writes(DOCUMENT, new_id(), case_id, {"sha256": other.hex()})
    with (
        pytest.raises(StoreError, match="not what was announced"),
        taking_in(here.store, here.ann.id, lambda _: {}) as incoming,
    ):
        incoming.operation(named)
        incoming.attachment(other, b"changed")


DAY = timedelta(days=1)


@pytest.mark.parametrize("ahead", [timedelta(minutes=5), timedelta(hours=23)])
def test_what_is_written_here_reads_later_than_all_that_was_taken_in(
    here: Here, case_id: EntityId, ahead: timedelta
) -> None:
    here.ann.now = NOW + ahead
    said = here.ann.says(case_id, owner="1")
    here.take(said)
    with here.store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"owner": "2"})
    assert int(here.store.meta("hlc")) > said.hlc
    assert here.shown(case_id, "owner") == "2"


@pytest.mark.parametrize("ahead", [DAY, timedelta(days=7000)])
def test_what_was_written_by_a_clock_far_ahead_waits_until_that_moment(
    here: Here, case_id: EntityId, clock: FrozenClock, ahead: timedelta
) -> None:
    first = here.ann.notes(case_id, "in time")
    here.ann.now = NOW + ahead
    far = here.ann.notes(case_id, "far ahead")
    here.ann.now = NOW
    after = here.ann.notes(case_id, "in time again, and after it in its chain")
    assert here.take(first, far, after).parked == {Why.AHEAD: 2}
    assert here.log() == ["in time"]
    assert hlc.instant(int(here.store.meta("hlc"))) < NOW + DAY
    clock.advance(ahead - DAY)
    assert here.take().freed == 0
    clock.advance(timedelta(milliseconds=1))
    assert here.take().freed == 2
    assert len(here.log()) == 3


def test_a_wall_clock_far_ahead_waits_as_well(here: Here, case_id: EntityId) -> None:
    here.take(here.ann.writes(CASE, case_id, case_id, {"owner": "1"}, at=2**46))
    assert here.shown(case_id, "owner") is None


def test_a_handover_does_not_come_round_the_clock(here: Here, case_id: EntityId) -> None:
    here.ann.notes(case_id, "not here")
    here.ann.now = NOW + 2 * DAY
    far = here.ann.notes(case_id, "far ahead")
    assert here.take(far, loose=True).parked == {Why.AHEAD: 1}
    assert here.log() == []


# -- what nobody can have seen -------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["claim", "work"])
def test_nobody_replaces_work_that_is_still_to_be_written(here: Here, case_id: EntityId, first: str) -> None:
    bob = Author("Bob")
    here.enrol(bob)
    named = {"summary": [(here.ann, 1), (here.ann, 2)]}
    claim = bob.writes(CASE, case_id, case_id, {"location": "z"}, names=named)
    here.ann.now += timedelta(minutes=1)
    ops = [claim, here.ann.says(case_id, summary="later"), here.ann.says(case_id, owner="1")]
    for op in ops if first == "claim" else [*ops[1:], ops[0]]:
        here.take(op)
    assert here.shown(case_id, "summary") == "later"
    assert here.store.connection.execute("SELECT count(*) FROM dead").fetchone() == (0,)


@pytest.mark.parametrize("first", ["claim", "work"])
def test_a_disposal_erases_nothing_that_is_still_to_be_written(
    here: Here, case_id: EntityId, first: str
) -> None:
    bob = Author("Bob")
    here.enrol(bob)
    seen = here.ann.notes(case_id, "seen")
    covers = {"authority": "Review", "covers": {encode(here.ann.id): 2**40}}
    bob.now += timedelta(minutes=1)
    disposal = bob.writes(CASE, case_id, case_id, covers, kind=OpKind.DISPOSE)
    here.ann.now += timedelta(minutes=2)
    later = here.ann.notes(case_id, "later")
    for op in (seen, disposal, later) if first == "claim" else (seen, later, disposal):
        here.take(op)
    assert here.log() == ["later"]


@pytest.mark.parametrize("number", [1, 2, 2**39])
def test_what_names_its_own_later_numbers_is_held_and_not_applied(
    here: Here, case_id: EntityId, number: int
) -> None:
    here.take(here.ann.writes(CASE, case_id, case_id, {"owner": "1"}, names={"owner": [(here.ann, number)]}))
    here.ann.says(case_id, owner="2")
    assert here.shown(case_id, "owner") is None
    assert quarantined(here) == [(1, LATER)]
    disposal = here.ann.disposes(case_id, own=number + 5)
    here.take(disposal)
    assert here.store.connection.execute("SELECT count(*) FROM disposed").fetchone() == (0,)


def quarantined(here: Here) -> list[tuple[int, str]]:
    return here.store.connection.execute("SELECT seq, why FROM quarantine ORDER BY seq").fetchall()


def test_a_quarantined_operation_does_not_keep_its_case_from_being_disposed_of(
    here: Here, case_id: EntityId
) -> None:
    here.take(here.ann.notes(case_id, "seen"))
    here.take(here.ann.writes(CASE, case_id, case_id, {"owner": "1"}, names={"owner": [(here.ann, 9)]}))
    bob = Author("Bob")
    bob.now += timedelta(minutes=1)
    here.enrol(bob)
    covers = {"authority": "Review", "covers": {encode(here.ann.id): 1}}
    assert here.take(bob.writes(CASE, case_id, case_id, covers, kind=OpKind.DISPOSE)).disposals == 1
    assert here.log() == []
    assert quarantined(here) == [(2, LATER)]


@pytest.mark.parametrize("first", ["true", "other"])
def test_one_who_names_an_entity_of_another_case_touches_only_their_own(
    here: Here, case_id: EntityId, first: str
) -> None:
    bob = Author("Bob")
    here.enrol(bob)
    other, suspect = new_id(), new_id()
    true = here.ann.writes(SUSPECT, suspect, case_id, {"name": "True Name"})
    note = here.ann.notes(case_id, "said")
    bob.now += timedelta(minutes=1)
    claims = [
        bob.writes(SUSPECT, suspect, other, {"name": "Other"}, over={"name": [true]}),
        bob.writes(LOG_ENTRY, note.entity_id, other, {"text": "unsaid"}, kind=OpKind.ENTRY),
    ]
    for op in (true, note, *claims) if first == "true" else (*claims, true, note):
        here.take(op)
    db = here.store.connection
    names = dict(db.execute("SELECT case_id, name FROM suspect").fetchall())
    assert names == {case_id: "True Name", other: "Other"}
    assert dict(db.execute("SELECT case_id, text FROM log_entry").fetchall()) == {
        case_id: "said",
        other: "unsaid",
    }
    assert not db.execute("SELECT * FROM conflict").fetchall()


def test_a_case_stands_in_itself_and_the_team_in_no_case(here: Here, case_id: EntityId) -> None:
    here.take(
        here.ann.writes(CASE, case_id, new_id(), {"owner": "1"}),
        here.ann.writes(MEDIUM, new_id(), case_id, {"label": "stick"}),
    )
    assert quarantined(here) == [(1, ELSEWHERE), (2, ELSEWHERE)]
    assert here.shown(case_id, "owner") is None


@pytest.mark.parametrize("loose", [False, True])
def test_a_bad_signature_is_forgotten_once_the_true_one_has_come(
    here: Here, case_id: EntityId, loose: bool
) -> None:
    first, true = here.ann.notes(case_id, "first"), here.ann.notes(case_id, "true")
    here.take(true._replace(sig=bytes(64)), loose=loose)
    assert here.why(true) == Why.FORGED
    here.take(*([true] if loose else [first, true]), loose=loose)
    assert here.why(true) is None


def test_far_more_than_fits_in_a_glance_waits_and_the_next_bundle_looks_at_one(
    here: Here, case_id: EntityId
) -> None:
    """However much of an author waits, only the first of it is looked at again."""
    bob = Author("Bob", seq=2**39)
    here.enrol(bob)
    here.take(*(bob.notes(case_id, "junk") for _ in range(600)))
    read: list[str] = []
    here.store.connection.set_trace_callback(read.append)  # type: ignore[attr-defined]  # the stubs lack it
    here.take(here.ann.notes(case_id, "true"))
    here.store.connection.set_trace_callback(None)  # type: ignore[attr-defined]
    assert here.log() == ["true"]
    looked = [sql for sql in read if sql.startswith("SELECT header, sig, payload, hash, why")]
    assert len(looked) == 1
    assert looked[0].endswith("LIMIT 1")


# -- crashes -------------------------------------------------------------------------------------------------


class Power(Exception):  # noqa: N818 - the power went
    pass


@pytest.mark.parametrize("step", ["folded", "queued", "finished"])
def test_when_the_power_goes_all_of_a_bundle_is_there_or_nothing(
    here: Here, case_id: EntityId, step: str
) -> None:
    ops = [here.ann.says(case_id, owner="1"), here.ann.notes(case_id, "a"), Author("Eve").notes(case_id, "b")]
    before = digests(here.store.connection)

    def checkpoint(name: str) -> None:
        if name == step:
            raise Power

    here.store.checkpoint = checkpoint
    with pytest.raises(Power):
        here.take(*ops)
    here.store.checkpoint = lambda _: None
    assert digests(here.store.connection) == before
    assert here.store.connection.execute("SELECT count(*) FROM park").fetchone() == (0,)
    assert here.take(*ops).new == 2


def test_what_was_damaged_in_the_waiting_room_is_found(here: Here, case_id: EntityId) -> None:
    here.ann.says(case_id, owner="1")
    here.take(here.ann.notes(case_id, "waits"))
    db = here.store.connection
    for spoil in (
        "UPDATE park SET payload = x'7b7d'", "UPDATE park SET seq = 9", "UPDATE park SET header = x'7b7d'",
        "INSERT INTO loose VALUES (1, 99)", "INSERT INTO aside VALUES (1, 98, 'role')",
    ):  # fmt: skip
        db.execute("SAVEPOINT spoilt")
        db.execute(spoil)
        assert len(verify(db).problems) == 1
        db.execute("ROLLBACK TO spoilt")
        db.execute("RELEASE spoilt")
    assert verify(db).waiting == 1
