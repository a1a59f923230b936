"""Who may do what in a team: a colleague whose program was changed gets no further than what they were given."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casedesk.bundles.manifest import BundleKind
from casedesk.bundles.refused import RefusedError
from casedesk.desk import bundles, conflict_desk, device_cards, restricted, team
from casedesk.desk.casepage import read_page
from casedesk.desk.history import case_history
from casedesk.desk.record import add_log_entry
from casedesk.model.entities import (
    APPROVAL,
    CASE,
    FORMER_NAME,
    LOG_ENTRY,
    MEMBER,
    RESTRICTION,
)
from casedesk.model.errors import BadInputError
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId, encode, new_id
from casedesk.model.words import MemberState, TeamRole
from casedesk.store.allowed import restriction_id
from casedesk.store.authors import read_author
from casedesk.store.checks import digests
from casedesk.store.operations import Operation
from casedesk.store.parked import Why
from tests.conftest import FrozenClock
from tests.desk.team_of_many import Forger, Many, many
from tests.desk.team_of_two import EVERY_ROLE, a_shared_case, introduce, say

MEMBERSHIP = (TeamRole.MEMBERSHIP.value,)


@pytest.fixture
def three(tmp_path: Path, clock: FrozenClock) -> Iterator[Many]:
    """Ann, Bob and Mal, none with any role; Mal means harm."""
    with many(tmp_path, clock, "ann", "bob", "mal") as made:
        yield made


def summary(team_: Many, at: str, case_id: EntityId) -> Any:
    row = team_[at].store.connection.execute("SELECT summary FROM cases WHERE id = ?", (case_id,)).fetchone()
    return row and row[0]


def restricted_to_bob(three: Many) -> EntityId:
    """A case of Ann's that all three held, and that Ann then restricted to Bob and herself."""
    case_id = a_shared_case(three["ann"], summary="before")
    three.send("ann", "bob", "mal")
    three.send("bob", "ann")
    three.send("mal", "ann")
    assert restricted.restrict(three["ann"], case_id, [three.member("ann", "bob")], "A source named Ted") == [
        "Mal"
    ]
    three.send("ann", "bob")
    three.send("ann", "mal")
    return case_id


def barred(three: Many, at: str) -> list[str]:
    """What is set aside at a desk for want of a role, but not whom a colleague made a member."""
    rows = three[at].store.connection.execute(
        "SELECT op.entity FROM aside JOIN op ON op.device = aside.device AND op.seq = aside.seq "
        "WHERE aside.why = 'role' AND op.entity <> 'member' ORDER BY op.n"
    )
    return [entity for (entity,) in rows]


def readers(three: Many, at: str, case_id: EntityId) -> set[str] | None:
    """Who may read a case, as one desk sees it."""
    found = restricted.restriction(three[at], case_id)
    names = {encode(three.id(name)): name for name in three.desks}
    return None if found is None else {names[one] for one in found.members or ()}


# -- restricted cases ----------------------------------------------------------------------------------------


def test_that_a_case_is_restricted_goes_to_all_and_why_does_not(three: Many) -> None:
    case_id = restricted_to_bob(three)
    for name in three.desks:
        assert readers(three, name, case_id) == {"ann", "bob"}
    held = three.written("mal", "ann")
    assert not any(b"Ted" in (op.payload or b"") + op.header for op in held)
    assert "Restricted: A source named Ted" in [
        entry.text for _, entry in three["bob"].case(case_id).file.log
    ]


def test_whoever_holds_some_of_a_restricted_case_gives_it_to_nobody_new(
    three: Many, tmp_path: Path, clock: FrozenClock
) -> None:
    """Also a member who may no longer read it: Mal holds what it was before."""
    case_id = restricted_to_bob(three)
    say(three["mal"], case_id, location="by Mal")
    eve = three.add("eve")
    introduce(three["mal"], eve)
    introduce(eve, three["mal"])
    introduce(eve, three["ann"])
    three.send("mal", "eve")
    assert summary(three, "eve", case_id) is None
    with pytest.raises(BadInputError, match="may not read it"):
        three.send("mal", "eve", kind=BundleKind.CASES, cases=[case_id])


def test_who_may_not_read_a_case_cannot_change_who_may(three: Many) -> None:
    case_id = restricted_to_bob(three)
    for act in (
        lambda: restricted.restrict(three["mal"], case_id, [three.member("mal", "ann")], "Mine"),
        lambda: restricted.lift_restriction(three["mal"], case_id, "Mine"),
    ):
        with pytest.raises(BadInputError, match="not among those"):
            act()
    restricted.restrict(
        three["bob"], case_id, [three.member("bob", name) for name in ("ann", "mal")], "Mal helps"
    )
    assert three.send("bob", "ann")[0].taken.not_allowed == 0
    assert readers(three, "ann", case_id) == {"ann", "bob", "mal"}


def attempts(three: Many, case_id: EntityId) -> dict[str, Operation]:
    """What Mal may try to read a case that was restricted to Ann and Bob."""
    mal, seen = encode(three.id("mal")), three.last("mal", "ann", RESTRICTION)
    everybody = sorted(encode(three.id(name)) for name in three.desks)
    over_both = {"members": [seen], "lifted": [seen]}
    said: dict[str, tuple[dict[str, Any], Any, str]] = {
        "lifts it": ({"members": everybody, "lifted": True}, over_both, "set"),
        "adds herself": ({"members": everybody, "lifted": False}, over_both, "set"),
        "lifts it and says no more": ({"lifted": True}, {"lifted": [seen]}, "set"),
        "takes it away": ({}, over_both, "set"),
        "clears it": ({"members": None, "lifted": None}, over_both, "set"),
        "has not seen it": ({"members": [mal], "lifted": False}, None, "set"),
        "has not seen it and lifts it": ({"members": everybody, "lifted": True}, None, "set"),
        "has not seen it and lifts no list": ({"lifted": True}, None, "set"),
        "has it from the force's system": ({"members": everybody, "lifted": True}, over_both, "extract"),
        "replaces what is still to come": (
            {"members": everybody, "lifted": True},
            {"members": [seen, seen._replace(seq=seen.seq + 1)]},
            "set",
        ),
    }
    return {
        what: Forger(three["mal"]).writes(RESTRICTION, restriction_id(case_id), case_id, fields, over, kind)
        for what, (fields, over, kind) in said.items()
    }


ATTEMPTS = (
    "lifts it", "adds herself", "lifts it and says no more", "takes it away", "clears it", "has not seen it",
    "has not seen it and lifts it", "has not seen it and lifts no list", "has it from the force's system",
    "replaces what is still to come",
)  # fmt: skip


@pytest.mark.parametrize("what", ATTEMPTS)
def test_nothing_that_an_excluded_member_signs_opens_a_restricted_case(three: Many, what: str) -> None:
    case_id = restricted_to_bob(three)
    op = attempts(three, case_id)[what]
    three.hand("mal", "ann", *three.written("mal", "mal"), op)
    found = readers(three, "ann", case_id)
    assert found is not None
    assert "mal" not in found
    say(three["ann"], case_id, summary="SECRET")
    three.send("ann", "mal", kind=BundleKind.FULL)
    assert summary(three, "mal", case_id) == "before"


def test_an_excluded_member_s_own_restriction_waits_beside_and_is_settled_by_one_of_those_who_may(
    tmp_path: Path, clock: FrozenClock
) -> None:
    with many(tmp_path, clock, "hub", "ann", "bob", "mal", roles=_only_hub) as four:
        case_id = a_shared_case(four["ann"], summary="before")
        four.send("ann", "hub", "bob", "mal")
        restricted.restrict(
            four["ann"], case_id, [four.member("ann", one) for one in ("hub", "bob")], "Source"
        )
        op = attempts_unseen(four, case_id)
        four.hand("mal", "ann", *four.written("mal", "mal"), op)
        four.send("ann", "hub", "bob")  # not Mal: her store would take the forgery for a copy of itself
        assert readers(four, "bob", case_id) == set()  # nobody whom both let: nothing more goes out
        with pytest.raises(BadInputError, match="not among those"):
            restricted.restrict(four["bob"], case_id, [], "Mine")
        (torn, *_) = conflict_desk.conflicts(four["hub"], case_id)
        assert torn.field.name == "members"
        right = next(side for side in torn.sides if side.desk == "Ann")
        four.send("hub", "ann", "bob")
        conflict_desk.take(four["hub"], torn, right, "Mal was never to read it")
        four.send("hub", "ann", "bob")
        for at in ("hub", "ann", "bob"):
            assert readers(four, at, case_id) == {"ann", "bob", "hub"}
            assert conflict_desk.conflicts(four[at], case_id) == []
        (decided,) = conflict_desk.decisions(four["ann"], case_id)
        assert (decided.field.name, decided.desk, decided.stands) == ("members", "Hub", True)


def _only_hub(_at: str, other: str) -> tuple[str, ...]:
    return MEMBERSHIP if other == "hub" else ()


def attempts_unseen(team_: Many, case_id: EntityId) -> Operation:
    said = {"members": [encode(team_.id("mal"))], "lifted": False}
    return Forger(team_["mal"]).writes(RESTRICTION, restriction_id(case_id), case_id, said)


def test_restrictions_end_the_same_in_whatever_order_they_come(tmp_path: Path, clock: FrozenClock) -> None:
    """Ann's, Bob's that follows it, Mal's beside them: at desks that hear them in every order."""
    with many(tmp_path, clock, "ann", "bob", "mal", "cat") as four:
        case_id = a_shared_case(four["ann"], summary="s")
        four.send("ann", "bob", "mal")
        restricted.restrict(four["ann"], case_id, [four.member("ann", "bob")], "Source")
        four.send("ann", "bob")
        restricted.restrict(
            four["bob"], case_id, [four.member("bob", name) for name in ("ann", "cat")], "Cat helps"
        )
        seen = four.last("bob", "ann", RESTRICTION)
        mal = Forger(four["mal"])
        said = {"members": [encode(four.id("mal")), encode(four.id("cat"))], "lifted": False}
        taken = mal.writes(
            RESTRICTION, restriction_id(case_id), case_id, said, {"members": [seen], "lifted": [seen]}
        )
        beside = mal.writes(RESTRICTION, restriction_id(case_id), case_id, said)
        chains = {
            "ann": four.written("ann", "ann"),
            "bob": four.written("bob", "bob"),
            "mal": [*four.written("mal", "mal"), taken, beside],
        }
        found = []
        for number, order in enumerate(permutations(chains)):
            desk = four.add(f"desk{number}")
            for author in chains:
                introduce(desk, four[author], ())
                introduce(four[author], desk, ())
            for author in order:
                four.hand(author, f"desk{number}", *chains[author])
            assert readers(four, f"desk{number}", case_id) == {"cat"}
            found.append(
                {name: digests(desk.store.connection)[name] for name in ("restriction", "conflict", "case")}
            )
        assert all(one == found[0] for one in found)


@pytest.mark.parametrize("first", ["ann", "bob"])
def test_what_survives_a_disposal_stays_restricted(tmp_path: Path, clock: FrozenClock, first: str) -> None:
    """Ann disposes of the case while Bob writes in it: his entry comes back to those who may read it."""
    with many(tmp_path, clock, "ann", "bob", "mal", roles=lambda *_: ("disposal",)) as three:
        case_id = restricted_to_bob(three)
        add_log_entry(three["bob"], case_id, "SECRET")
        with three["ann"].store.unit_of_work("dispose", "Review") as unit:
            unit.dispose(case_id, "Review")
        other = "bob" if first == "ann" else "ann"
        three.send(first, other)
        three.send(other, first)
        for at in ("ann", "bob"):
            assert readers(three, at, case_id) == {"ann", "bob"}
            assert entries(three, at) == ["SECRET"]
            three.send(at, "mal", kind=BundleKind.FULL)
        assert entries(three, "mal") == []


def entries(team_: Many, at: str) -> list[str]:
    return [text for (text,) in team_[at].store.connection.execute("SELECT text FROM log_entry ORDER BY hlc")]


def test_a_bundle_for_several_leaves_out_what_any_of_them_may_not_read_and_says_so(three: Many) -> None:
    case_id = restricted_to_bob(three)
    say(three["ann"], case_id, summary="SECRET")
    people = [three.member("ann", name) for name in ("bob", "mal")]
    assert bundles.export(three["ann"], people, three.stick).withheld == 1
    assert bundles.export(three["ann"], people[:1], three.stick).withheld == 0


# -- keys and former names -----------------------------------------------------------------------------------


def told(team_: Many, at: str, author: str, key: Ed25519PrivateKey, upto: int = 99) -> Operation:
    """That ``author`` is a name which ``at`` had, with this key."""
    said = {
        "device": encode(team_.id(author)), "name": author.title(), "person": "1010",
        "space": encode(team_[author].store.identity.space),
        "key": encode(key.public_key().public_bytes_raw()), "upto": upto,
    }  # fmt: skip
    return Forger(team_[at]).writes(FORMER_NAME, new_id(), TEAM, said, kind="entry")


@pytest.mark.parametrize("first", ["told", "enrolled"])
def test_what_is_told_of_a_name_gives_nobody_else_s_keys(
    tmp_path: Path, clock: FrozenClock, first: str
) -> None:
    """Mal tells a newcomer's card as a name of her own, with a key of hers, before or after the hub enrols it."""
    with many(tmp_path, clock, "hub", "bob", "mal", roles=_only_hub) as four:
        dave, key = four.add("dave"), Ed25519PrivateKey.generate()
        lie = told(four, "mal", "dave", key)
        lies = (*four.written("mal", "mal"), lie)
        if first == "told":
            four.hand("mal", "bob", *lies)
        introduce(four["hub"], dave)
        introduce(dave, four["hub"])
        introduce(dave, four["bob"])
        four.send("hub", "bob")
        if first == "enrolled":
            four.hand("mal", "bob", *lies)
        known = four.member("bob", "dave")
        assert team.fingerprint(known) == device_cards.own_card(dave).fingerprint
        assert known.member.recipient == device_cards.own_card(dave).recipient
        forger = Forger(four["mal"], like=dave, key=key)
        forged = [
            forger.writes(CASE, EntityId(b"x" * 16), EntityId(b"x" * 16), {"summary": "forged"}),
            forger.writes(MEMBER, EntityId(four.id("mal")), TEAM, {"roles": list(EVERY_ROLE)}),
        ]
        four.hand("mal", "bob", *forged)
        assert summary(four, "bob", EntityId(b"x" * 16)) is None
        assert four.member("bob", "mal").member.roles == ()
        case_id = a_shared_case(dave, "42/5/26", summary="by Dave")
        four.send("dave", "bob")
        assert summary(four, "bob", case_id) == "by Dave"
        for why in [row[0] for row in four["bob"].store.connection.execute("SELECT why FROM park")]:
            assert why == Why.FORGED


@pytest.mark.parametrize("by", ["the hub", "this desk"])
def test_what_was_forged_before_somebody_was_enrolled_goes_when_they_are(
    tmp_path: Path, clock: FrozenClock, by: str
) -> None:
    """In whichever order they come, Mal's lie, what she forged by it and the enrolment end the same."""
    with many(tmp_path, clock, "hub", "bob", "cat", "mal", roles=_only_hub) as five:
        dave, key = five.add("dave"), Ed25519PrivateKey.generate()
        lie = (*five.written("mal", "mal"), told(five, "mal", "dave", key))
        forger, own = Forger(five["mal"], like=dave, key=key), EntityId(b"x" * 16)
        forged = [forger.writes(CASE, own, own, {"summary": "forged"}) for _ in range(3)]
        introduce(five["hub"], dave)
        for one in ("hub", "bob", "cat"):
            introduce(dave, five[one])
        case_id = a_shared_case(dave, "42/5/26", summary="by Dave")
        five.send("hub", "cat")
        five.send("dave", "cat")
        five.hand("mal", "cat", *lie, *forged)
        five.hand("mal", "bob", *lie, *forged)
        assert summary(five, "bob", own) == "forged"
        five.send("cat", "bob", kind=BundleKind.FULL)  # Dave's own work comes first, and waits
        five.send("hub", "bob") if by == "the hub" else introduce(five["bob"], dave)
        for at in ("bob", "cat"):
            assert (summary(five, at, own), summary(five, at, case_id)) == (None, "by Dave")
        assert five.written("bob", "dave") == five.written("cat", "dave")


def test_a_name_that_two_tell_differently_is_nobody_s(three: Many) -> None:
    three.add("dave")
    keys = [Ed25519PrivateKey.generate() for _ in range(2)]
    three.hand("mal", "ann", *three.written("mal", "mal"), told(three, "mal", "dave", keys[0]))
    assert read_author(three["ann"].store.connection, three.id("dave")) is not None
    three.hand("bob", "ann", *three.written("bob", "bob"), told(three, "bob", "dave", keys[1]))
    assert read_author(three["ann"].store.connection, three.id("dave")) is None


def test_a_name_is_believed_up_to_where_it_was_given_up_and_gives_no_bundles(three: Many) -> None:
    dave, key = three.add("dave"), Ed25519PrivateKey.generate()
    three.hand("mal", "ann", *three.written("mal", "mal"), told(three, "mal", "dave", key, upto=1))
    forger = Forger(three["mal"], like=dave, key=key)
    cases = [EntityId(bytes([number]) * 16) for number in (1, 2)]
    ops = [forger.writes(CASE, one, one, {"summary": "by its old name"}) for one in cases]
    taken = three.hand("mal", "ann", *ops).taken
    assert (taken.new, taken.parked) == (1, {Why.LATE: 1})
    introduce(dave, three["ann"])
    with pytest.raises(RefusedError, match="no member here"):
        three.send("dave", "ann")
    assert all(one.id != three.id("dave") for one in team.members(three["ann"]))


def test_what_was_told_by_one_who_is_lost_counts_only_up_to_there(three: Many) -> None:
    three.add("dave")
    before = three.written("mal", "mal")
    three.hand("mal", "ann", *before, told(three, "mal", "dave", Ed25519PrivateKey.generate()))
    assert read_author(three["ann"].store.connection, three.id("dave")) is not None
    team.lost(three["ann"], three.member("ann", "mal"), len(before), "Train")
    assert read_author(three["ann"].store.connection, three.id("dave")) is None


def enrolment(team_: Many, of: str, **other: Any) -> dict[str, Any]:
    card = device_cards.own_card(team_[of])
    return {
        "name": card.name, "person": card.actor, "space": encode(card.space), "key": encode(card.sign_pub),
        "recipient": card.recipient, "roles": [], "state": "active", "upto": None, **other,
    }  # fmt: skip


def test_one_whom_two_enrol_with_different_keys_is_nobody_until_it_is_compared_here(
    tmp_path: Path, clock: FrozenClock
) -> None:
    with many(tmp_path, clock, "hub", "hob", "ann", roles=lambda _at, other: MEMBERSHIP) as four:
        dave = four.add("dave")
        other = encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw())
        for at, said in (("hub", {}), ("hob", {"key": other})):
            op = Forger(four[at]).writes(
                MEMBER, EntityId(four.id("dave")), TEAM, enrolment(four, "dave", **said)
            )
            four.hand(at, "ann", *four.written(at, at), op)
        known = four.member("ann", "dave")
        assert (known.is_active, known.member.recipient, team.fingerprint(known)) == (False, None, "")
        assert read_author(four["ann"].store.connection, four.id("dave")) is None
        torn = next(one for one in conflict_desk.conflicts(four["ann"]) if one.field.name == "key")
        with pytest.raises(BadInputError, match="cannot be decided"):
            conflict_desk.take(four["ann"], torn, torn.sides[0], "This one")
        introduce(four["ann"], dave)
        assert four.member("ann", "dave").is_active
        assert team.fingerprint(four.member("ann", "dave")) == device_cards.own_card(dave).fingerprint


@pytest.mark.parametrize("what", ["a key", "no key", "an enrolment over the one that stands"])
def test_a_hub_cannot_give_a_member_other_keys_wherever_it_was_enrolled(
    tmp_path: Path, clock: FrozenClock, what: str
) -> None:
    """Neither where the member was compared nor where another hub did."""
    with many(tmp_path, clock, "hub", "hob", "ann", roles=lambda _at, other: MEMBERSHIP) as four:
        dave = four.add("dave")
        introduce(four["hub"], dave)
        four.send("hub", "ann", "hob")
        stands = four.last("ann", "hub", MEMBER)
        over = {name: [stands] for name in ("space", "key", "recipient", "state")}
        other = encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw())
        fields = {
            "a key": {"key": other},
            "no key": {"state": "active"},
            "an enrolment over the one that stands": enrolment(four, "dave", key=other),
        }[what]
        op = Forger(four["hob"]).writes(MEMBER, EntityId(four.id("dave")), TEAM, fields, over)
        assert four.hand("hob", "ann", *four.written("hob", "hob"), op).taken.not_allowed == 1
        assert team.fingerprint(four.member("ann", "dave")) == device_cards.own_card(dave).fingerprint
        assert four.member("ann", "dave").is_active


# -- who left ------------------------------------------------------------------------------------------------


def test_what_somebody_wrote_after_they_left_waits_whoever_brings_it(
    tmp_path: Path, clock: FrozenClock
) -> None:
    with many(tmp_path, clock, "ann", "bob", "mal", roles=lambda *_: EVERY_ROLE) as three:
        three.send("mal", "ann", "bob")
        assert team.remove(three["ann"], three.member("ann", "mal"), "Dismissed") == 2
        eve = three.add("eve")
        introduce(three["mal"], eve)
        case_id = a_shared_case(three["mal"], "42/9/26")
        three.send("mal", "bob")
        taken = three.send("bob", "ann")[0].taken
        assert taken.parked == {Why.LATE: 2}
        assert all(one.name != "Eve" for one in team.members(three["ann"]))
        assert (
            three["ann"].store.connection.execute("SELECT 1 FROM cases WHERE id = ?", (case_id,)).fetchone()
            is None
        )
        with pytest.raises(RefusedError, match="no member here any more"):
            three.hand("mal", "ann")
        # Whoever takes them in again gets what waited.
        introduce(three["ann"], three["mal"])
        three.send("bob", "ann")
        assert (
            three["ann"].store.connection.execute("SELECT 1 FROM cases WHERE id = ?", (case_id,)).fetchone()
        )


# -- roles and disputes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [{"stage": "finalised"}, {"summary": "x", "stage": "finalised"}])
def test_only_who_may_approve_finalises_a_case(three: Many, said: dict[str, str]) -> None:
    case_id = a_shared_case(three["ann"])
    three.send("ann", "mal")
    say(three["mal"], case_id, **said)
    three.send("mal", "ann")
    assert barred(three, "ann") == ["case"]
    stage = "SELECT stage FROM cases WHERE id = ?"
    assert three["ann"].store.connection.execute(stage, (case_id,)).fetchone() == (None,)
    team.set_roles(three["ann"], three.member("ann", "mal"), ["approval"])
    three.send("mal", "ann")
    assert three["ann"].store.connection.execute(stage, (case_id,)).fetchone() == ("finalised",)


def test_a_stage_written_in_another_way_is_the_same_stage(three: Many) -> None:
    case_id = a_shared_case(three["ann"])
    op = Forger(three["mal"]).writes(CASE, case_id, case_id, {"stage": "final\u200bised"})
    three.hand("mal", "ann", *three.written("mal", "mal"), op)
    assert barred(three, "ann") == ["case"]


def test_who_decides_that_a_case_is_finalised_must_be_allowed_to(three: Many) -> None:
    case_id = a_shared_case(three["ann"])
    three.send("ann", "mal")
    three.send("mal", "ann")
    say(three["ann"], case_id, stage="finalised")
    say(three["mal"], case_id, stage="open")
    three.send("ann", "mal")
    team.set_roles(three["mal"], three.member("mal", "ann"), ["approval"])
    three.send("ann", "mal")
    (torn,) = conflict_desk.conflicts(three["mal"], case_id)
    conflict_desk.take(
        three["mal"], torn, next(one for one in torn.sides if one.value == "finalised"), "Right"
    )
    three.send("mal", "ann")
    assert barred(three, "ann") == ["case"]


def test_roles_and_losses_that_are_in_dispute_give_the_least(tmp_path: Path, clock: FrozenClock) -> None:
    with many(tmp_path, clock, "hub", "bob", "eve", roles=lambda *_: EVERY_ROLE) as three:
        three.send("hub", "bob", "eve")
        three.send("bob", "hub", "eve")
        three.send("hub", "bob")

        def eve(at: str) -> Any:
            return three.member(at, "eve").member

        team.set_roles(three["hub"], three.member("hub", "eve"), ["approval", "disposal"])
        clock.advance(timedelta(minutes=3))
        team.set_roles(three["bob"], three.member("bob", "eve"), ["membership", "disposal"])
        three.send("bob", "hub")
        three.send("hub", "bob")
        assert eve("hub").roles == eve("bob").roles == ("disposal",)
        for at, upto in (("hub", 1), ("bob", 10**6)):  # as desks that hold more of Eve's say it
            clock.advance(timedelta(minutes=3))
            with three[at].store.unit_of_work("team.lost") as unit:
                lost: dict[str, Any] = {"state": MemberState.LOST.value, "upto": upto, "why": "Train"}
                unit.set(MEMBER, EntityId(three.id("eve")), TEAM, lost)
        three.send("bob", "hub")
        three.send("hub", "bob")
        assert eve("hub").upto == eve("bob").upto == 1
        team.remove(three["bob"], three.member("bob", "eve"), "Left as well")
        three.send("bob", "hub")
        assert (eve("hub").state, eve("hub").upto) == (MemberState.LOST, 0)  # Bob holds nothing of Eve's


# -- who it was ----------------------------------------------------------------------------------------------


def test_a_name_that_is_not_the_author_s_is_shown_as_what_it_is(tmp_path: Path, clock: FrozenClock) -> None:
    with many(tmp_path, clock, "ann", "mal", roles=lambda *_: EVERY_ROLE) as two:
        case_id = a_shared_case(two["ann"])
        two.send("ann", "mal")
        forger = Forger(two["mal"])
        honest = forger.writes(CASE, case_id, case_id, {"location": "by Mal"})
        forger.actor = "1001"
        false = (
            forger.writes(CASE, case_id, case_id, {"summary": "in Ann's name"}),
            forger.writes(
                LOG_ENTRY, new_id(), case_id,
                {"text": "I, Ann, agree", "at": two["ann"].now.isoformat(), "topic": "note"}, kind="entry",
            ),
            forger.writes(APPROVAL, new_id(), case_id, {"at": two["ann"].now.isoformat()}, kind="entry"),
        )  # fmt: skip
        two.hand("mal", "ann", *two.written("mal", "mal"), honest, *false)
        add_log_entry(two["ann"], case_id, "By Ann herself")
        said = {one.field: one.who for one in case_history(two["ann"], case_id)}
        assert said["Circumstances"] == "1001 (as written at Mal)"
        assert said["Location"] == "1002 at Mal"
        assert said["Occurrence"] == "1001"
        who = {event.text: event.who for event in read_page(two["ann"], case_id).events}
        assert who["I, Ann, agree"] == "1001 (as written at Mal)"
        assert who["By Ann herself"] == "1001"
