"""Cards, members, whose word is taken for whom, restricted cases, lost laptops."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.bundles import cards
from casedesk.bundles.manifest import BundleKind
from casedesk.bundles.refused import RefusedError
from casedesk.desk import bundle_in, bundles, device_cards, restricted, team
from casedesk.desk.desk import Desk
from casedesk.desk.team import Colleague
from casedesk.model.entities import MEMBER
from casedesk.model.errors import BadInputError, NotFoundError, StoreError
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId, encode
from casedesk.model.words import MemberState
from tests.conftest import FrozenClock
from tests.desk.team_of_two import EVERY_ROLE, Two, a_shared_case, introduce, make_desk, say


@contextmanager
def third(two: Two, tmp_path: Path, clock: FrozenClock, name: str = "Eve") -> Iterator[Desk]:
    with make_desk(tmp_path / name, name, "1003", clock) as made:
        yield made


def named(desk: Desk, name: str) -> Colleague:
    return team.member(desk, name)


def test_a_card_goes_into_a_folder_under_the_desk_s_name_or_into_a_file(two: Two, tmp_path: Path) -> None:
    card, path = device_cards.write_own_card_to(two.ann, tmp_path)
    assert path.name == "ann.casecard"
    assert device_cards.read_card_file(path).fingerprint == card.fingerprint
    _, again = device_cards.write_own_card_to(two.ann, tmp_path)  # a new one in place of the old
    assert again == path
    _, other = device_cards.write_own_card_to(two.ann, tmp_path / "mine")
    assert other.name == "mine.casecard"
    with pytest.raises(BadInputError, match="not this desk's card"):
        device_cards.write_own_card_to(two.bob, path)
    with pytest.raises(BadInputError, match="cannot be written"):
        device_cards.write_own_card_to(two.ann, tmp_path / "nowhere" / "x.casecard")
    named_so = tmp_path / "ann.casecard"
    _, theirs = device_cards.write_own_card_to(two.bob, tmp_path)
    named_so.unlink()
    theirs.rename(named_so)  # another desk of the same name
    _, beside = device_cards.write_own_card_to(two.ann, tmp_path)
    assert beside.name == "ann-2.casecard"
    assert device_cards.read_card_file(named_so).device == two.bob.store.identity.device
    assert device_cards.write_own_card_to(two.ann, tmp_path)[1] == beside
    note = tmp_path / "note.casecard"
    note.write_text("keep this")
    with pytest.raises(BadInputError, match="not this desk's card"):
        device_cards.write_own_card_to(two.ann, note)
    assert note.read_text() == "keep this"


def test_a_stick_that_is_full_or_read_only_is_told_with_the_reason_and_keeps_the_older_card(
    two: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, path = device_cards.write_own_card_to(two.ann, tmp_path)
    before = path.read_bytes()

    def full(at: Path, raw: bytes) -> int:
        with at.open("wb") as file:
            file.write(raw[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StoreError, match="No space left on device") as refused:
        device_cards.write_own_card_to(two.ann, tmp_path)
    assert refused.value.exit_code == 3
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("A\x1b[31mnn\u202e", "Ann"),
        ("\u200bZoë\u2066 O’Hara", "Zoë O’Hara"),
        ("\u202e\u200b", "Ann"),
        ("\u200d", "Ann"),
        ("x" * 99 + " yz", "x" * 99),
    ],
)
def test_a_name_that_no_card_can_carry_is_cleaned_at_its_owner(two: Two, name: str, shown: str) -> None:
    two.ann.store.connection.execute(
        "UPDATE device SET name = ? WHERE id = ?", (name, two.ann.store.identity.device)
    )
    card, raw = device_cards.write_own_card(two.ann)
    assert card.name == shown
    assert cards.read_card(raw).fingerprint == card.fingerprint


def test_a_member_shows_the_fingerprint_that_stands_on_their_own_screen(two: Two) -> None:
    bob = named(two.ann, "Bob")
    assert team.fingerprint(bob) == device_cards.own_card(two.bob).fingerprint
    assert team.vouched_by(two.ann, bob) == "here"


def test_a_member_is_found_by_name_or_number(two: Two, tmp_path: Path, clock: FrozenClock) -> None:
    with third(two, tmp_path, clock, "Bobby") as bobby:
        introduce(two.ann, bobby)
        assert named(two.ann, "bob").name == "Bob"
        assert named(two.ann, "1003").name == "Bobby"
        assert named(two.ann, "bobb").name == "Bobby"
        with pytest.raises(BadInputError, match="2 members"):
            named(two.ann, "bo")
        for nobody in ("", "zoë"):
            with pytest.raises(NotFoundError):
                named(two.ann, nobody)


def test_whom_a_hub_made_a_member_is_one_everywhere(two: Two, tmp_path: Path, clock: FrozenClock) -> None:
    """Ann, trusted with membership at Bob's, enrols Eve: her bundle makes Eve a member there, and Eve's come in."""
    with third(two, tmp_path, clock) as eve:
        introduce(two.ann, eve, ("approval",))
        introduce(eve, two.ann)
        two.send(two.ann)
        at_bob = named(two.bob, "Eve")
        assert at_bob.is_active
        assert team.vouched_by(two.bob, at_bob) == "by Ann"
        assert team.fingerprint(at_bob) == device_cards.own_card(eve).fingerprint
        assert at_bob.member.roles == ("approval",)
        bundle_in.take_in(eve, bundles.export(two.ann, [named(two.ann, "Eve")], two.stick).path)
        assert team.vouched_by(eve, named(eve, "Bob")) == "by Ann"
        case_id = a_shared_case(eve, "42/9/26")
        made = bundles.export(eve, [named(eve, "Bob")], two.stick)
        bundle_in.take_in(two.bob, made.path)
        assert two.bob.case(case_id).file.case.ref == "42/9/26"


def test_without_the_role_a_member_makes_nobody_a_member(
    two: Two, tmp_path: Path, clock: FrozenClock
) -> None:
    team.set_roles(two.bob, named(two.bob, "Ann"), ["approval"])
    with third(two, tmp_path, clock) as eve:
        introduce(two.ann, eve)
        assert two.send(two.ann).taken.not_allowed == 2
        with pytest.raises(NotFoundError):
            named(two.bob, "Eve")
    with pytest.raises(BadInputError, match="no role"):
        team.set_roles(two.bob, named(two.bob, "Ann"), ["emperor"])


def test_a_member_with_the_role_cannot_give_another_member_other_keys(
    two: Two, tmp_path: Path, clock: FrozenClock
) -> None:
    with third(two, tmp_path, clock) as eve, third(two, tmp_path, clock, "Mal") as mal:
        introduce(two.bob, eve)
        before = team.fingerprint(named(two.bob, "Eve"))
        card = device_cards.own_card(mal)
        introduce(two.ann, eve)
        with two.ann.store.unit_of_work("test") as unit:
            unit.set(MEMBER, EntityId(eve.store.identity.device), TEAM, {"key": encode(card.sign_pub)})
        two.send(two.ann)
        assert team.fingerprint(named(two.bob, "Eve")) == before


def test_who_left_gets_nothing_more_and_their_work_stays(two: Two) -> None:
    case_id = a_shared_case(two.ann, summary="Before")
    two.send(two.ann)
    with pytest.raises(BadInputError, match="reason"):
        team.remove(two.bob, named(two.bob, "Ann"), " ")
    team.remove(two.bob, named(two.bob, "Ann"), "Moved")
    ann = named(two.bob, "Ann")
    assert (ann.is_active, ann.member.why) == (False, "Moved")
    with pytest.raises(BadInputError, match="no member any more"):
        bundles.export(two.bob, [ann], two.stick)
    assert two.bob.case(case_id).file.case.summary == "Before"
    with pytest.raises(RefusedError, match="no member here any more"):
        two.send(two.ann)
    introduce(two.bob, two.ann)
    two.send(two.ann)


def test_that_each_desk_enrolled_a_colleague_on_another_day_is_no_dispute(
    two: Two, tmp_path: Path, clock: FrozenClock
) -> None:
    with third(two, tmp_path, clock) as eve:
        introduce(two.ann, eve)
        clock.advance(timedelta(days=2))
        introduce(two.bob, eve)
        assert two.send(two.ann).taken.conflicts == 0
        assert two.send(two.bob).taken.conflicts == 0
        assert named(two.ann, "Eve").member.since == named(two.bob, "Eve").member.since


def test_a_loss_that_one_desk_reports_holds_at_every_desk(
    two: Two, tmp_path: Path, clock: FrozenClock
) -> None:
    with third(two, tmp_path, clock) as eve:
        for one, other in ((eve, two.ann), (two.ann, eve), (eve, two.bob), (two.bob, eve)):
            introduce(one, other)
        case_id = a_shared_case(eve, "42/9/26")
        bundle_in.take_in(two.ann, bundles.export(eve, [named(eve, "Ann")], two.stick).path)
        with pytest.raises(BadInputError, match="below 0"):
            team.lost(two.ann, named(two.ann, "Eve"), -1, "Train")
        limit = team.lost(two.ann, named(two.ann, "Eve"), None, "Left on a train")
        two.send(two.ann)
        say(eve, case_id, summary="By the thief")
        with pytest.raises(RefusedError, match="reported lost"):
            bundle_in.take_in(
                two.bob, bundles.export(eve, [named(eve, "Bob")], two.stick, kind=BundleKind.FULL).path
            )
        at_bob = named(two.bob, "Eve").member
        assert (at_bob.state, at_bob.upto, limit) == (MemberState.LOST, 3, 3)
        assert two.bob.case(case_id).file.case.summary is None  # by Ann's bundle, up to what is believed


def test_restricting_says_who_held_the_case_before(two: Two, tmp_path: Path, clock: FrozenClock) -> None:
    with third(two, tmp_path, clock) as eve:
        introduce(two.ann, eve)
        case_id = a_shared_case(two.ann)
        two.send(two.ann)
        assert restricted.restrict(two.ann, case_id, [named(two.ann, "Eve")], "Source") == ["Bob"]
        assert restricted.restrict(two.ann, case_id, [named(two.ann, "Bob")], "Bob works on it") == []
        fresh = a_shared_case(two.ann, "42/2/26")
        assert restricted.restrict(two.ann, fresh, [], "Source") == []
        with pytest.raises(BadInputError, match="reason"):
            restricted.restrict(two.ann, fresh, [], "")
        restricted.lift_restriction(two.ann, fresh, "Over")
        with pytest.raises(BadInputError, match="not restricted"):
            restricted.lift_restriction(two.ann, fresh, "Over")


def test_every_role_has_a_title() -> None:
    assert {role.value for role in team.ROLE_TITLES} == set(EVERY_ROLE)
