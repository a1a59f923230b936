"""Bundles on screen, by keys: two desks enrol each other, exchange work, disagree, decide and send it back."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.bundles.manifest import BundleKind
from casedesk.desk import access, bundle_in, bundles, device_cards, media_register, restricted, team
from casedesk.desk.conflict_desk import conflicts, decisions
from casedesk.desk.desk import Desk
from casedesk.desk.handover import loan
from casedesk.desk.settings import BundleSettings
from casedesk.model.ids import EntityId
from casedesk.screens.offer_bundle import is_offered
from casedesk.screens.places_typed import path_of, paths_of
from casedesk.screens.queue import QueueScreen
from casedesk.screens.unlock import UnlockScreen
from casedesk.store.access_log import Filters
from casedesk.store.records import read_dossier
from tests.conftest import FrozenClock
from tests.desk.team_of_two import Two, a_shared_case, introduce, make_desk, say
from tests.journeys.conftest import Officer
from tests.journeys.sync_team import fill, press, put, sit_at, sit_behind_lock, team_clock, two
from tests.screens.harness import toasts

__all__ = ["team_clock", "two"]


@pytest.fixture
def strangers(tmp_path: Path, team_clock: FrozenClock) -> tuple[Desk, Desk, Path]:
    """Two desks that do not know each other, and a stick."""
    stick = tmp_path / "stick"
    stick.mkdir()
    ann, bob = (
        make_desk(tmp_path / name, name, number, team_clock) for name, number in (("Ann", "1"), ("Bob", "2"))
    )
    return ann, bob, stick


async def save_card(officer: Officer, stick: Path) -> str:
    """Save one's card on the stick; the eight words that the screen shows."""
    await press(officer, "S", "c")
    fingerprint = device_cards.own_card(officer.app.session.desk).fingerprint
    for number, word in enumerate(fingerprint.split(), 1):
        assert officer.sees(f"{number} {word}")
    await press(officer, "s")
    await fill(officer, str(stick))
    await press(officer, "enter", "escape")
    return fingerprint


async def export(officer: Officer, folder: Path, why: str = "Daily exchange") -> None:
    """Make a bundle for everybody in a folder, from the sync screen."""
    await press(officer, "x", "tab", "tab")
    await fill(officer, str(folder))
    await press(officer, "tab")
    await fill_lines(officer, why)
    await press(officer, "ctrl+s")


async def fill_lines(officer: Officer, text: str) -> None:
    """Put a text in place of what a field of several lines holds."""
    officer.pilot.app.focused.load_text(text)  # type: ignore[union-attr] # such a field has the focus
    await officer.press()


async def take_in(officer: Officer, path: Path) -> None:
    """Look at a file or folder, from the sync screen."""
    await press(officer, "i")
    await fill(officer, str(path))
    await press(officer, "enter")


def summary(desk: Desk, case_id: EntityId) -> str | None:
    return desk.case(case_id).file.case.summary


async def test_two_desks_enrol_each_other_and_exchange_their_first_bundle(
    strangers: tuple[Desk, Desk, Path], team_clock: FrozenClock
) -> None:
    ann, bob, stick = strangers
    case_id = a_shared_case(ann, summary="Window broken")
    async with sit_at(ann, team_clock) as officer:
        await press(officer, "S")
        assert officer.sees("Nobody is a member yet.")
        await press(officer, "x")
        assert any("enrol a colleague first" in said for said in toasts(officer.app))
        await press(officer, "escape")
        anns_words = await save_card(officer, stick)
    async with sit_at(bob, team_clock) as officer:
        bobs_words = await save_card(officer, stick)
        await press(officer, "e")
        await fill(officer, str(stick))
        await press(officer, "enter")
        assert officer.sees("Step 2 of 3")
        assert officer.sees("Ann, number 1")
        assert not officer.sees(anns_words.split()[0])
        await press(officer, "y")
        await put(officer, bobs_words)
        await press(officer, "ctrl+s")
        assert officer.sees("The words are not those of this card")
        assert not team.members(bob)
        await fill(officer, anns_words.upper())
        await press(officer, "ctrl+s")
        assert officer.sees("Ann is a member")
        await press(officer, "enter")
        assert officer.sees("Ann")
    async with sit_at(ann, team_clock) as officer:
        await press(officer, "S", "e")
        await fill(officer, str(stick / "bob.casecard"))
        await press(officer, "enter", "y")
        await put(officer, bobs_words)
        await press(officer, "ctrl+s", "enter")
        assert officer.sees("Give Bob a first bundle")
        await export(officer, stick)
        assert officer.sees("Bundle 1 is written and read back")
        await press(officer, "enter")
        assert ann.unbundled() == 0
    async with sit_at(bob, team_clock) as officer:
        await press(officer, "S")
        await take_in(officer, next(stick.glob("*.casebundle")))
        assert officer.sees("Bundle 1 from Ann")
        assert officer.sees("42/1/26")
        assert not bob.store.connection.execute("SELECT count(*) FROM cases").fetchone()[0]
        await press(officer, "t")
        assert officer.sees("1 bundle taken in")
        assert summary(bob, case_id) == "Window broken"
    ann.close()
    bob.close()


async def test_what_was_said_differently_is_decided_and_sent_back(two: Two, team_clock: FrozenClock) -> None:
    case_id = a_shared_case(two.ann, summary="Window broken")
    two.send(two.ann)
    two.send(two.bob)
    say(two.ann, case_id, owner="1003")
    say(two.bob, case_id, owner="1004")
    coming = two.out(two.bob).path
    async with sit_at(two.ann, team_clock) as officer:
        await press(officer, "S")
        await take_in(officer, coming)
        assert officer.sees("≠ Owner")
        await press(officer, "t", "enter")
        assert officer.sees("≠ 1")
        await press(officer, "o", "enter")
        assert officer.sees("Said at Bob")
        assert officer.sees("1003")
        assert officer.sees("1004")
        (line,) = access.page(two.ann, Filters(kinds=("consultation",))).entries
        assert line.reference == "42/1/26"
        await press(officer, "t", "ctrl+s")
        assert officer.sees("Why is needed")
        await put(officer, "Bob knows the street")
        await press(officer, "ctrl+s")
        assert not conflicts(two.ann)
        assert two.ann.case(case_id).file.case.owner == "1004"
        assert not officer.sees("≠ 1")
        await press(officer, "escape")
        await export(officer, two.stick)
        await press(officer, "enter")
    back = max(two.stick.glob("*.casebundle"), key=lambda path: path.stat().st_mtime_ns)
    async with sit_at(two.bob, team_clock) as officer:
        await press(officer, "S")
        await take_in(officer, back)
        await press(officer, "t", "enter")
        assert two.bob.case(case_id).file.case.owner == "1004"
        await press(officer, "o", "d")
        assert officer.sees("1004")
        assert officer.sees("stands")
        await press(officer, "c")
        await fill(officer, "1005")
        await press(officer, "tab")
        await put(officer, "Neither works there")
        await press(officer, "ctrl+s")
        assert officer.sees("contested")
    assert len(conflicts(two.bob)) == 1
    assert decisions(two.bob)[0].why == "Bob knows the street"


@pytest.mark.parametrize(
    ("key", "typed", "expected"),
    [("m", "", "Here"), ("b", "", "Here; There"), ("n", "Elsewhere", "Elsewhere")],
)
async def test_mine_both_and_a_new_value(
    two: Two, team_clock: FrozenClock, key: str, typed: str, expected: str
) -> None:
    case_id = a_shared_case(two.ann)
    two.send(two.ann)
    two.send(two.bob)
    say(two.ann, case_id, location="Here")
    team_clock.advance(timedelta(minutes=1))
    say(two.bob, case_id, location="There")
    two.send(two.bob)
    async with sit_at(two.ann, team_clock) as officer:
        await press(officer, "exclamation_mark", "enter", key)
        if typed:
            await put(officer, typed)
            await press(officer, "tab")
        await put(officer, "Seen")
        await press(officer, "ctrl+s")
        assert officer.sees("Nothing is in dispute.")
    assert two.ann.case(case_id).file.case.location == expected


async def test_a_folder_of_all_sorts_of_files_is_taken_in_at_once(
    two: Two, team_clock: FrozenClock, tmp_path: Path
) -> None:
    case_id = a_shared_case(two.ann, summary="One")
    two.out(two.ann)
    say(two.ann, case_id, summary="Two")
    two.out(two.ann)
    two.out(two.bob)
    (two.stick / "0.casebundle").write_bytes(b"not a bundle")
    with make_desk(tmp_path / "eve", "Eve", "1009", team_clock) as eve:
        (two.stick / "eve.casecard").write_bytes(device_cards.write_own_card(eve)[1])
    async with sit_at(two.bob, team_clock) as officer:
        await press(officer, "S")
        await take_in(officer, two.stick)
        assert officer.sees("2 bundles to take in · 1 card · 1 refused")
        await press(officer, "end", "enter")
        assert officer.sees("0.casebundle")
        await press(officer, "enter", "t")
        assert officer.sees("2 bundles taken in")
        await press(officer, "enter")
        assert summary(two.bob, case_id) == "Two"
        await press(officer, "t")
        assert any("no bundle here" in said for said in toasts(officer.app))


async def test_a_bundle_that_is_refused_says_why_and_changes_nothing(
    two: Two, team_clock: FrozenClock
) -> None:
    a_shared_case(two.ann)
    path = two.out(two.ann).path
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    async with sit_at(two.bob, team_clock) as officer:
        await press(officer, "S")
        await take_in(officer, path)
        assert officer.sees("it cannot be opened whole")
        assert not two.bob.store.connection.execute("SELECT count(*) FROM cases").fetchone()[0]


async def test_leaving_the_preview_takes_nothing_in(two: Two, team_clock: FrozenClock) -> None:
    a_shared_case(two.ann)
    path = two.out(two.ann).path
    async with sit_at(two.bob, team_clock) as officer:
        await press(officer, "S")
        await take_in(officer, path)
        await press(officer, "escape")
        assert officer.sees("Colleague")
        assert not two.bob.store.connection.execute("SELECT count(*) FROM cases").fetchone()[0]


async def test_a_bundle_into_a_folder_that_is_not_there_is_not_written(
    two: Two, team_clock: FrozenClock
) -> None:
    a_shared_case(two.ann)
    async with sit_at(two.ann, team_clock) as officer:
        await press(officer, "S")
        await export(officer, two.stick / "gone")
        assert officer.sees("There is no such folder.")
        assert not list(two.stick.iterdir())


async def test_a_stick_is_registered_used_and_ended(two: Two, team_clock: FrozenClock) -> None:
    a_shared_case(two.ann)
    async with sit_at(two.ann, team_clock) as officer:
        await press(officer, "S", "m", "n")
        await put(officer, "CID stick 4")
        await press(officer, "ctrl+s")
        assert officer.sees("CID stick 4")
        await press(officer, "escape", "x", "tab", "tab")
        await fill(officer, str(two.stick))
        await press(officer, "tab", "right", "tab")
        await put(officer, "Daily exchange")
        await press(officer, "ctrl+s", "enter", "m")
        assert officer.sees("▲ 1 bundle")
        await press(officer, "enter")
        assert officer.sees("for Bob")
        await press(officer, "enter", "D", "right", "right", "tab")
        await put(officer, "Shredded by Insp Reed")
        await press(officer, "ctrl+s")
        assert officer.sees("No medium is registered.")
    (one,) = media_register.media(two.ann, past=True)
    assert (one.state, one.medium.why) == ("destroyed", "Shredded by Insp Reed")


async def test_a_lost_laptop_is_reported(two: Two, team_clock: FrozenClock) -> None:
    async with sit_at(two.ann, team_clock) as officer:
        await press(officer, "S", "l", "tab")
        await put(officer, "Left on the train")
        await press(officer, "ctrl+s")
        assert officer.sees("Nobody is a member yet.")
        await press(officer, "v")
        assert officer.sees("Laptop lost")
        await press(officer, "r")
        assert any("no member any more" in said for said in toasts(officer.app))
    (bob,) = team.members(two.ann)
    assert (bob.is_active, bob.member.why) == (False, "Left on the train")


async def test_a_colleague_gets_and_loses_roles_and_is_removed(two: Two, team_clock: FrozenClock) -> None:
    async with sit_at(two.ann, team_clock) as officer:
        await press(officer, "S", "r", "delete", "ctrl+s")
        assert not team.members(two.ann)[0].member.roles
        await press(officer, "r", "enter", "space", "enter", "ctrl+s")
        assert team.members(two.ann)[0].member.roles == ("approval",)
        await press(officer, "D")
        await put(officer, "Moved to another force")
        await press(officer, "ctrl+s")
        assert officer.sees("Nobody is a member yet.")
    assert not team.members(two.ann)[0].is_active


async def test_what_waits_says_what_is_missing(two: Two, team_clock: FrozenClock) -> None:
    case_id = a_shared_case(two.ann)
    two.send(two.ann)
    two.send(two.bob)
    say(two.ann, case_id, summary="One")
    two.out(two.ann)
    (told,) = two.ann.store.connection.execute("SELECT have FROM peer").fetchone()
    two.ann.store.connection.execute("UPDATE peer SET have = ?", (told.replace(":2", ":3"),))
    say(two.ann, case_id, summary="Two")
    early = two.out(two.ann)
    async with sit_at(two.bob, team_clock) as officer:
        await press(officer, "S")
        await take_in(officer, early.path)
        assert officer.sees("needs 3 from Ann")
        await press(officer, "t", "enter", "w")
        assert officer.sees("1 change waits")
        assert officer.sees("Earlier changes are missing")
        await press(officer, "enter")
        assert officer.sees("Nothing is lost.")
        await press(officer, "enter", "r")
        assert any("Nothing more could be taken in" in said for said in toasts(officer.app))
        await press(officer, "D")
        assert any("not to be dropped" in said for said in toasts(officer.app))


async def test_what_a_stranger_wrote_waits_and_is_dropped_for_a_reason_or_taken_in_once_they_are_known(
    two: Two, team_clock: FrozenClock, tmp_path: Path
) -> None:
    with make_desk(tmp_path / "eve", "Eve", "1009", team_clock) as eve:
        case_id = a_shared_case(eve, "42/8/26", summary="Shed opened")
        introduce(two.bob, eve)
        bundle_in.take_in(two.bob, bundles.export(eve, [introduce(eve, two.bob)], two.stick).path)
        card = device_cards.own_card(eve)
    team.set_roles(two.ann, two.member(two.ann, two.bob), ["approval"])
    two.send(two.bob)
    async with sit_at(two.ann, team_clock) as officer:
        await press(officer, "S", "w")
        assert officer.sees("Written by somebody who is no member")
        await press(officer, "D", "ctrl+s")
        assert officer.sees("Why is needed")
        await put(officer, "Nobody knows her")
        await press(officer, "ctrl+s")
        assert not officer.sees("Written by somebody who is no member")
        (line,) = access.page(two.ann, Filters(kinds=("erasure",))).entries
        assert "Nobody knows her" in line.detail
    two.send(two.bob, BundleKind.FULL)
    team.enrol(two.ann, card, card.fingerprint)
    async with sit_at(two.ann, team_clock) as officer:
        await press(officer, "S", "w", "a")
        assert not officer.sees("Adopt 1")
        await press(officer, "r")
        assert not officer.sees("Written by somebody who is no member")
    assert summary(two.ann, case_id) == "Shed opened"


async def test_a_case_is_handed_over_with_a_bundle_and_both_see_who_holds_it(
    two: Two, team_clock: FrozenClock
) -> None:
    case_id = a_shared_case(two.ann, "42/9/26", summary="Window broken")
    async with sit_at(two.ann, team_clock) as officer:
        await press(officer, "b", "b", "right", "tab")
        await put(officer, "tomorrow 10:00")
        await press(officer, "tab", "tab")
        await put(officer, "I am on leave")
        await press(officer, "tab")
        await fill(officer, str(two.stick))
        await press(officer, "ctrl+s")
        assert officer.sees("is written and read back")
    assert two.ann.case(case_id).file.case.owner == "1002"
    async with sit_at(two.bob, team_clock) as officer:
        await press(officer, "S")
        await take_in(officer, two.stick)
        await press(officer, "t")
    assert two.bob.case(case_id).file.case.owner == "1002"
    lent = loan(read_dossier(two.bob.store.connection, case_id))
    assert lent is not None
    assert lent.giver == "1001"


async def test_a_restricted_case_says_so_and_who_may_read_it(two: Two, team_clock: FrozenClock) -> None:
    case_id = a_shared_case(two.ann)
    async with sit_at(two.ann, team_clock) as officer:
        await press(officer, "enter", "V")
        await put(officer, "Source to protect")
        await press(officer, "ctrl+s")
        assert officer.sees("■ RESTRICTED  Only this desk may read this case")
        await press(officer, "V")
        await put(officer, "Bob takes over")
        await press(officer, "tab", "enter", "space", "enter", "ctrl+s")
        assert officer.sees("Only Bob and this desk may read this case")
        await press(officer, "M")
        await put(officer, "lift")
        await press(officer, "enter")
        await put(officer, "No longer needed")
        await press(officer, "ctrl+s")
        assert not officer.sees("RESTRICTED")
    assert restricted.restriction(two.ann, case_id) is None


async def test_a_dispute_is_told_on_the_case_and_opened_from_there(two: Two, team_clock: FrozenClock) -> None:
    case_id = a_shared_case(two.ann)
    two.send(two.ann)
    two.send(two.bob)
    say(two.ann, case_id, owner="1003")
    say(two.bob, case_id, owner="1004")
    two.send(two.bob)
    async with sit_at(two.ann, team_clock) as officer:
        assert officer.sees("≠")
        await press(officer, "enter")
        assert officer.sees("≠ Two desks disagree about: owner")
        await press(officer, "exclamation_mark", "enter", "m")
        await put(officer, "Mine to decide")
        await press(officer, "ctrl+s", "escape")
        assert not officer.sees("Two desks disagree")
        assert not officer.sees("Disputes")


# -- locking and leaving ------------------------------------------------------------------------------------------


async def test_leaving_offers_a_bundle_once_and_enter_leaves(two: Two, team_clock: FrozenClock) -> None:
    a_shared_case(two.ann)
    async with sit_behind_lock(two.ann, team_clock) as officer:
        await press(officer, "ctrl+q")
        assert officer.sees("2 changes on this machine alone")
        assert not officer.sees("42/1/26")
        await press(officer, "escape")
        assert isinstance(officer.app.screen, QueueScreen)
        await press(officer, "ctrl+q")
        await officer.pilot.press("enter")
    assert officer.app.return_code == 0


async def test_the_same_key_again_locks_at_once(two: Two, team_clock: FrozenClock) -> None:
    a_shared_case(two.ann)
    async with sit_behind_lock(two.ann, team_clock) as officer:
        await press(officer, "ctrl+l")
        assert officer.sees("Later: lock")
        await press(officer, "ctrl+l")
        assert not officer.app.session.is_open
        assert isinstance(officer.app.screen, UnlockScreen)


async def test_a_bundle_is_made_before_leaving(two: Two, team_clock: FrozenClock) -> None:
    a_shared_case(two.ann)
    async with sit_behind_lock(two.ann, team_clock) as officer:
        await press(officer, "ctrl+l", "x", "tab", "tab")
        await fill(officer, str(two.stick))
        await press(officer, "tab")
        await put(officer, "End of turn")
        await press(officer, "ctrl+s")
        assert officer.sees("is written and read back")
        assert two.ann.unbundled() == 0
        await press(officer, "enter")
        assert not officer.app.session.is_open
        assert isinstance(officer.app.screen, UnlockScreen)


async def test_nothing_is_offered_where_all_is_in_a_bundle(two: Two, team_clock: FrozenClock) -> None:
    a_shared_case(two.ann)
    two.out(two.ann)
    async with sit_behind_lock(two.ann, team_clock) as officer:
        await press(officer, "ctrl+l")
        assert not officer.app.session.is_open
        assert isinstance(officer.app.screen, UnlockScreen)


async def test_nothing_is_offered_to_whoever_has_nobody_to_give_it_to(
    strangers: tuple[Desk, Desk, Path], team_clock: FrozenClock
) -> None:
    ann, bob, _ = strangers
    a_shared_case(ann)
    async with sit_behind_lock(ann, team_clock) as officer:
        await press(officer, "ctrl+l")
        assert not officer.app.session.is_open
    bob.close()


async def test_a_desk_that_locks_by_itself_does_not_ask(two: Two, team_clock: FrozenClock) -> None:
    a_shared_case(two.ann)
    async with sit_behind_lock(two.ann, team_clock) as officer:
        officer.app._touched_at -= 24 * 3600
        await officer.app._lock_when_idle()
        assert not officer.app.session.is_open


def test_the_settings_turn_the_offer_off(two: Two) -> None:
    assert is_offered(two.ann)
    assert not is_offered(two.ann, demo=True)
    two.ann.settings = replace(two.ann.settings, bundles=BundleSettings(offer=False))
    assert not is_offered(two.ann)


# -- paths ----------------------------------------------------------------------------------------------------------


def test_dropped_files_are_read_as_terminals_paste_them(tmp_path: Path) -> None:
    one, other = tmp_path / "a b.casebundle", tmp_path / "c.casebundle"
    one.touch()
    assert paths_of(str(one)) == [one]
    assert paths_of(f"'{one}' {other}") == [one, other]
    assert paths_of(f"{str(one).replace(' ', chr(92) + ' ')} {other}") == [one, other]
    assert paths_of("it's") == [Path("it's")]
    assert path_of(f' "{one}" ') == one


def sent_by_way_of_eve(two: Two, home: Path, clock: FrozenClock) -> None:
    """What Bob wrote comes to Ann in the bundle of a third, who has not heard that he left."""
    with make_desk(home, "Eve", "1009", clock) as eve:
        introduce(eve, two.bob)
        introduce(two.ann, eve)
        bundle_in.take_in(eve, bundles.export(two.bob, [introduce(two.bob, eve)], two.stick).path)
        bundle_in.take_in(two.ann, bundles.export(eve, [introduce(eve, two.ann)], two.stick).path)


async def test_a_laptop_that_was_found_is_enrolled_again_by_saying_how_and_what_waited_comes_in(
    two: Two, team_clock: FrozenClock, tmp_path: Path
) -> None:
    case_id = a_shared_case(two.bob, "42/7/26", summary="Shed opened")
    two.send(two.bob)
    words = device_cards.own_card(two.bob).fingerprint
    device_cards.write_own_card_to(two.bob, two.stick)
    say(two.bob, case_id, summary="Written since")
    async with sit_at(two.ann, team_clock) as officer:
        await press(officer, "S", "l", "tab")
        await put(officer, "Left on the train")
        await press(officer, "ctrl+s")
        sent_by_way_of_eve(two, tmp_path / "eve", team_clock)
        assert summary(two.ann, case_id) == "Shed opened"
        await press(officer, "e")
        await fill(officer, str(two.stick / "bob.casecard"))
        await press(officer, "enter")
        assert officer.sees("laptop lost (Left on the train)")
        await press(officer, "y")
        await put(officer, words)
        await press(officer, "ctrl+s")
        assert officer.sees("How it was found is needed")
        assert not two.member(two.ann, two.bob).is_active
        await put(officer, "Handed in at Derby within the hour, sealed")
        await press(officer, "ctrl+s")
        assert officer.sees("changes that had waited were taken in")
        await press(officer, "enter")
    assert summary(two.ann, case_id) == "Written since"
    assert two.member(two.ann, two.bob).member.why == "Handed in at Derby within the hour, sealed"


async def test_a_colleague_who_left_is_believed_up_to_a_number_and_what_waits_up_to_there_comes_in(
    two: Two, team_clock: FrozenClock, tmp_path: Path
) -> None:
    case_id = a_shared_case(two.bob, "42/7/26", summary="Shed opened")
    two.send(two.bob)
    team.remove(two.ann, two.member(two.ann, two.bob), "Moved away")
    say(two.bob, case_id, summary="Written before leaving")
    upto = two.bob.store.connection.execute("SELECT max(seq) FROM op WHERE device = 1").fetchone()[0]
    say(two.bob, case_id, summary="Written after leaving")
    sent_by_way_of_eve(two, tmp_path / "eve", team_clock)
    assert summary(two.ann, case_id) == "Shed opened"
    async with sit_at(two.ann, team_clock) as officer:
        await press(officer, "S", "v", "down", "D")
        await put(officer, "Moved away on Friday")
        await press(officer, "tab")
        await put(officer, str(upto))
        await press(officer, "ctrl+s")
        assert any("1 change that had waited was taken in" in said for said in toasts(officer.app))
    assert summary(two.ann, case_id) == "Written before leaving"
