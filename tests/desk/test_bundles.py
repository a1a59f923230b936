"""Casework goes to a colleague and comes back: nothing lost, nothing twice, nothing to whom it is not for."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.bundles.manifest import BundleKind
from casedesk.bundles.refused import RefusedError
from casedesk.desk import bundle_in, bundles, device_cards, restricted, team
from casedesk.desk.desk import Desk
from casedesk.desk.record import add_log_entry
from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile
from casedesk.model.ids import EntityId
from casedesk.store.checks import digests, rebuild, verify
from tests.conftest import FrozenClock
from tests.desk.team_of_two import Two, a_shared_case, introduce, make_desk, make_two, say


@pytest.fixture
def two(tmp_path: Path, clock: FrozenClock) -> Iterator[Two]:
    made = make_two(tmp_path, clock)
    yield made
    for desk in (made.ann, made.bob):  # whatever was done: the tables are what the journal says, and it holds
        assert not verify(desk.store.connection).problems
        assert not rebuild(desk.store).differing
    made.ann.close()
    made.bob.close()


def file_of(desk: Desk, case_id: EntityId) -> CaseFile:
    return desk.case(case_id).file


def differing(two: Two) -> list[str]:
    """The tables in which the two stores differ."""
    ann, bob = digests(two.ann.store.connection), digests(two.bob.store.connection)
    return [name for name in ann if ann[name] != bob[name]]


def test_a_case_and_its_log_come_to_a_colleague_and_their_work_comes_back(two: Two) -> None:
    case_id = a_shared_case(two.ann, summary="Window broken")
    add_log_entry(two.ann, case_id, "Rang the OIC")
    taken = two.send(two.ann).taken
    assert (taken.new, taken.held, taken.conflicts) == (3, 0, 0)
    assert file_of(two.bob, case_id).case.summary == "Window broken"
    assert file_of(two.bob, case_id).log[0][1].text == "Rang the OIC"
    add_log_entry(two.bob, case_id, "Statement is in")
    two.send(two.bob)
    assert [entry.text for _, entry in file_of(two.ann, case_id).log] == ["Rang the OIC", "Statement is in"]
    assert not differing(two)
    assert not verify(two.ann.store.connection).problems
    assert not verify(two.bob.store.connection).problems


def test_the_same_bundle_twice_is_the_same_as_once(two: Two) -> None:
    a_shared_case(two.ann)
    made = two.out(two.ann)
    bundle_in.take_in(two.bob, made.path)
    before = digests(two.bob.store.connection)
    again = bundle_in.take_in(two.bob, made.path)
    assert (again.taken.new, again.taken.held) == (0, 2)
    assert digests(two.bob.store.connection) == before
    assert again.bundle.taken_at is not None


def test_bundles_that_come_in_the_wrong_order_wait_for_each_other(two: Two) -> None:
    case_id = a_shared_case(two.ann)
    first = two.out(two.ann)
    bundle_in.take_in(two.bob, first.path)
    two.send(two.bob)  # Bob says what he holds, so that the next begins there
    say(two.ann, case_id, summary="One")
    second = two.out(two.ann)
    # Ann is told nothing of the second; only a bundle that begins above it can come too early.
    (told,) = two.ann.store.connection.execute("SELECT have FROM peer").fetchone()
    two.ann.store.connection.execute("UPDATE peer SET have = ?", (told.replace(":2", ":3"),))
    say(two.ann, case_id, summary="Two")
    third = two.out(two.ann)
    early = bundle_in.take_in(two.bob, third.path)
    assert early.gaps == ("needs 3 from Ann",)
    assert file_of(two.bob, case_id).case.summary is None
    late = bundle_in.take_in(two.bob, second.path)
    assert (late.taken.freed, late.gaps) == (1, ())
    assert file_of(two.bob, case_id).case.summary == "Two"


def test_a_preview_says_what_would_change_and_changes_nothing(two: Two) -> None:
    case_id = a_shared_case(two.ann)
    two.send(two.ann)
    two.send(two.bob)
    say(two.ann, case_id, owner="1003")
    say(two.bob, case_id, owner="1004")
    made = two.out(two.ann)
    before = digests(two.bob.store.connection)
    seen = bundle_in.preview(two.bob, made.path)
    assert seen.cases == [("42/1/26", 1)]
    assert seen.conflicts == ["42/1/26: Owner"]
    assert digests(two.bob.store.connection) == before


def test_what_two_people_said_at_once_is_kept_and_asked_about(two: Two) -> None:
    case_id = a_shared_case(two.ann)
    two.send(two.ann)
    two.send(two.bob)
    say(two.ann, case_id, owner="1003")
    say(two.bob, case_id, owner="1004")
    assert two.send(two.ann).taken.conflicts == 1
    assert two.send(two.bob).taken.conflicts == 1
    assert not differing(two)


def test_a_bundle_is_for_its_addressees_alone(two: Two, tmp_path: Path, clock: FrozenClock) -> None:
    a_shared_case(two.ann)
    with make_desk(tmp_path / "eve", "Eve", "1003", clock) as eve:
        introduce(eve, two.ann)
        with pytest.raises(RefusedError) as refused:
            bundle_in.verify(eve, two.out(two.ann).path)
        assert refused.value.why == "key"


def test_nothing_is_taken_in_from_somebody_who_is_no_member(
    two: Two, tmp_path: Path, clock: FrozenClock
) -> None:
    with make_desk(tmp_path / "eve", "Eve", "1003", clock) as eve:
        bob = introduce(eve, two.bob)
        made = bundles.export(eve, [bob], two.stick, kind=BundleKind.FULL)
        with pytest.raises(RefusedError, match="no member here"):
            bundle_in.take_in(two.bob, made.path)


def test_the_words_of_the_card_must_be_those_its_owner_reads_out(
    two: Two, tmp_path: Path, clock: FrozenClock
) -> None:
    with make_desk(tmp_path / "eve", "Eve", "1003", clock) as eve:
        card = device_cards.own_card(eve)
        other = device_cards.own_card(two.ann).fingerprint
        with pytest.raises(BadInputError, match="nobody was added"):
            team.enrol(two.bob, card, other)
        assert team.enrol(two.bob, card, card.fingerprint.upper().replace(" ", "-")).name == "Eve"


def test_a_restricted_case_goes_on_its_way_without_its_content(two: Two) -> None:
    case_id = a_shared_case(two.ann, summary="Informant named")
    restricted.restrict(two.ann, case_id, [], "Source to protect")
    other = a_shared_case(two.ann, "42/2/26", summary="Open to all")
    taken = two.send(two.ann).taken
    assert taken.without_content == 2
    assert file_of(two.bob, other).case.summary == "Open to all"
    assert not two.bob.store.connection.execute("SELECT 1 FROM cases WHERE id = ?", (case_id,)).fetchone()
    assert not verify(two.bob.store.connection).problems
    with pytest.raises(BadInputError, match="restricted"):
        two.out(two.ann, BundleKind.CASES, cases=[case_id])
    restricted.restrict(two.ann, case_id, [two.member(two.ann, two.bob)], "Bob takes over")
    handed = two.send(two.ann, BundleKind.CASES, cases=[case_id]).taken
    assert handed.filled + handed.new >= 2
    two.send(two.ann)
    assert file_of(two.bob, case_id).case.summary == "Informant named"


def test_one_case_is_handed_over_to_a_desk_that_holds_nothing_else(two: Two) -> None:
    mine = a_shared_case(two.ann, summary="Mine")
    handed = a_shared_case(two.ann, "42/2/26", summary="Yours now")
    taken = two.send(two.ann, BundleKind.CASES, cases=[handed]).taken
    assert (taken.new, len(taken.cases)) == (1, 1)
    assert file_of(two.bob, handed).case.summary == "Yours now"
    assert not two.bob.store.connection.execute("SELECT 1 FROM cases WHERE id = ?", (mine,)).fetchone()
    two.send(two.ann, BundleKind.FULL)
    assert file_of(two.bob, mine).case.summary == "Mine"
    two.send(two.bob, BundleKind.FULL)
    assert not differing(two)
    assert not verify(two.bob.store.connection).problems


def test_a_lost_laptop_is_believed_no_further(two: Two) -> None:
    case_id = a_shared_case(two.ann, summary="Before")
    two.send(two.ann)
    team.lost(two.bob, two.member(two.bob, two.ann), None, "Left on the train")
    say(two.ann, case_id, summary="After")
    with pytest.raises(RefusedError, match="reported lost"):
        two.send(two.ann)
    assert file_of(two.bob, case_id).case.summary == "Before"


def test_what_is_in_no_bundle_is_counted(two: Two) -> None:
    two.send(two.ann)
    assert bundles.not_in_a_bundle(two.ann) == 0
    a_shared_case(two.ann)
    assert bundles.not_in_a_bundle(two.ann) == 1
    two.out(two.ann, BundleKind.ACK)
    assert bundles.not_in_a_bundle(two.ann) == 1
    two.out(two.ann)
    assert bundles.not_in_a_bundle(two.ann) == 0


def test_an_expired_bundle_is_refused(two: Two) -> None:
    made = two.out(two.ann, expires=two.clock.now + timedelta(hours=1))
    two.clock.advance(timedelta(hours=2))
    with pytest.raises(RefusedError, match="expired"):
        bundle_in.take_in(two.bob, made.path)


def test_nothing_is_left_in_the_folder_when_a_bundle_cannot_be_written(two: Two, tmp_path: Path) -> None:
    to = [two.member(two.ann, two.bob)]
    with pytest.raises(BadInputError, match="no folder"):
        bundles.export(two.ann, to, tmp_path / "nowhere")
    with pytest.raises(BadInputError, match="for nobody"):
        bundles.export(two.ann, [], two.stick)
    assert not list(two.stick.iterdir())
