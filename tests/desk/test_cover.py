"""Cover: whose cases somebody sees as their own, on which days, and that every part of a store bears it."""

from datetime import date, timedelta

import pytest

from casedesk.desk import access, caseload, cover, retention
from casedesk.desk.desk import Desk
from casedesk.desk.history import case_history
from casedesk.desk.undo import described, redo, undo
from casedesk.model.entities import CASE
from casedesk.model.errors import BadInputError, NotFoundError
from casedesk.model.facts import TEAM
from casedesk.model.ids import new_id
from casedesk.store.checks import digests, rebuild, verify
from casedesk.store.history import recent_acts
from casedesk.store.queue import QueueReader
from tests.conftest import FrozenClock

FRI, SAT, SUN, MON = (date(2026, 11, day) for day in (20, 21, 22, 23))


def case_of(desk: Desk, ref: str, owner: str) -> None:
    case_id = new_id()
    with desk.store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"ref": ref, "owner": owner})


def mine(desk: Desk) -> set[str]:
    reader = QueueReader(desk.store.connection)
    return {row.ref for row in reader.rows(reader.first(caseload.view_of(desk, "mine")))}


def test_a_colleagues_cases_are_mine_on_the_days_of_the_absence(desk: Desk, clock: FrozenClock) -> None:
    case_of(desk, "own", "7042")
    case_of(desk, "theirs", "7050")
    cover.cover(desk, "7050", "7042", SAT, SUN, "Leave")
    assert mine(desk) == {"own"}
    clock.advance(timedelta(hours=9) - timedelta(seconds=1))  # 23:59:59 on Friday
    assert mine(desk) == {"own"}
    assert [one.state for one in cover.absences(desk)] == [cover.COMING]
    clock.advance(timedelta(seconds=1))
    assert mine(desk) == {"own", "theirs"}
    assert [one.state for one in cover.absences(desk)] == [cover.NOW]
    clock.advance(timedelta(days=2) - timedelta(seconds=1))
    assert mine(desk) == {"own", "theirs"}
    clock.advance(timedelta(seconds=1))
    assert mine(desk) == {"own"}
    assert cover.absences(desk) == []
    assert [one.state for one in cover.absences(desk, past=True)] == [cover.OVER]


def test_handing_back_ends_it_at_once_and_is_undone(desk: Desk) -> None:
    case_of(desk, "theirs", "7050")
    absence = cover.cover(desk, "7050", "7042", FRI, MON)
    assert mine(desk) == {"theirs"}
    assert cover.hand_back(desk, absence).away == "7050"
    assert mine(desk) == set()
    with pytest.raises(BadInputError, match="is over"):
        cover.hand_back(desk, absence)
    undo(desk)
    assert mine(desk) == {"theirs"}
    undo(desk)
    assert mine(desk) == set()
    assert cover.absences(desk, past=True) == []
    redo(desk)
    assert mine(desk) == {"theirs"}
    with pytest.raises(NotFoundError):
        cover.hand_back(desk, new_id())


def test_cover_passes_on_and_a_ring_ends(desk: Desk) -> None:
    cover.cover(desk, "A", "B", FRI, FRI)
    cover.cover(desk, "B", "C", FRI, FRI)
    cover.cover(desk, "C", "A", FRI, FRI)
    assert cover.covering(desk, desk.now, "C") == ("B", "A")
    assert cover.covering(desk, desk.now, "A") == ("C", "B")
    assert cover.covering(desk, desk.now) == ()


@pytest.mark.parametrize(
    ("away", "by", "first", "last", "said"),
    [
        ("", "B", FRI, SAT, "two people"),
        ("A", " ", FRI, SAT, "two people"),
        ("A", "A", FRI, SAT, "cannot cover for"),
        ("A", "B", SAT, FRI, "before"),
        ("A", "B", FRI - timedelta(days=3), FRI - timedelta(days=1), "is over"),
        ("Z", "B", MON, MON + timedelta(days=5), "covered by Y already"),
        ("Z", "B", FRI, SAT, "covered by Y already"),
    ],
)
def test_what_cannot_be_is_refused(
    desk: Desk, away: str, by: str, first: date, last: date, said: str
) -> None:
    cover.cover(desk, "Z", "Y", SAT, MON)
    with pytest.raises(BadInputError, match=said):
        cover.cover(desk, away, by, first, last)
    assert len(cover.absences(desk)) == 1


def test_what_was_handed_back_can_be_covered_again(desk: Desk) -> None:
    cover.hand_back(desk, cover.cover(desk, "Z", "Y", SAT, MON))
    cover.cover(desk, "Z", "X", SAT, MON)
    assert [one.cover for one in cover.absences(desk)] == ["X"]


def test_the_journal_its_proofs_and_its_rebuild_bear_what_belongs_to_no_case(desk: Desk) -> None:
    cover.hand_back(desk, cover.cover(desk, "Z", "Y", SAT, MON, "Leave"))
    cover.cover(desk, "Z", "X", SAT, MON)
    before = digests(desk.store.connection)
    assert verify(desk.store.connection, every_signature=True).problems == []
    assert rebuild(desk.store).differing == ()
    assert digests(desk.store.connection) == before
    assert [one.cover for one in cover.absences(desk)] == ["X"]
    assert QueueReader(desk.store.connection).count(caseload.view_of(desk, "all")) == 0
    act, *_ = recent_acts(desk.store.connection)
    assert described(desk, act).startswith("cover for a colleague, ")
    entry, *_ = access.page(desk).entries
    assert (entry.title, entry.reference) == ("altered", "")
    changed = [(one.what, one.field, one.after) for one in case_history(desk, TEAM)]
    assert ("Absence", "Covered by", "X") in changed


def test_the_team_is_no_case(desk: Desk) -> None:
    cover.cover(desk, "Z", "Y", SAT, MON)
    with pytest.raises(NotFoundError):
        desk.case(TEAM)
    with pytest.raises(NotFoundError):
        retention.dispose(desk, TEAM, "Me", "because")
    assert list(retention.reviews_due(desk)) == []
    assert len(cover.absences(desk)) == 1
