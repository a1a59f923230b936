"""The worklist: what is to be keyed, what was, and whether the extract shows it as it was decided."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.desk.check import check_file
from casedesk.desk.desk import Desk
from casedesk.desk.finalise import finalise, reopen
from casedesk.desk.undo import undo
from casedesk.desk.worklist import Reconciled, export, mark_keyed, reconcile, worklist
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from casedesk.model.moments import moment_of_instant
from casedesk.rules.finalisation import Verdict
from tests.conftest import FrozenClock
from tests.desk.crimes import add, set_fact
from tests.desk.extracts import extract, taken


@pytest.fixture
def crimes(desk: Desk) -> list[EntityId]:
    """Two crimes, finalised."""
    made = [add(desk, "42/1/26"), add(desk, "42/2/26", oic="PC Other")]
    for case_id in made:
        finalise(desk, case_id)
    return made


def refs(desk: Desk, **wanted: str) -> list[str]:
    return [row.reference for row in worklist(desk, **wanted).rows]


def states(desk: Desk) -> dict[str, Reconciled]:
    return {one.reference: one.state for one in reconcile(desk)}


def test_what_is_approved_is_to_be_keyed_until_it_is_marked(desk: Desk, crimes: list[EntityId]) -> None:
    add(desk, "42/3/26")
    assert refs(desk) == ["42/1/26", "42/2/26"]
    assert refs(desk, oic="other") == ["42/2/26"]
    assert refs(desk, outcome="15") == []
    assert mark_keyed(desk, worklist(desk).rows, "Friday") == 2
    assert refs(desk) == []
    undo(desk)
    assert refs(desk) == ["42/1/26", "42/2/26"]
    assert len(crimes) == 2


def test_what_changed_or_was_reopened_is_not_to_be_keyed(desk: Desk, crimes: list[EntityId]) -> None:
    set_fact(desk, crimes[0], ho_class="105/01")
    reopen(desk, crimes[1], "A witness came forward.")
    found = worklist(desk)
    assert found.rows == ()
    why = "changed since finalised: HO class (7042, 20 Nov 2026 15:00)"
    assert [(one.reference, one.why) for one in found.left_out] == [("42/1/26", why)]


def test_marking_twice_is_refused_and_keeps_the_first(desk: Desk, crimes: list[EntityId]) -> None:
    rows = worklist(desk).rows
    mark_keyed(desk, rows[:1])
    assert mark_keyed(desk, rows) == 1
    with pytest.raises(BadInputError, match="nothing to mark"):
        mark_keyed(desk, rows)
    assert len(crimes) == 2


def test_the_file_has_the_headings_of_the_profile_and_reads_back(
    desk: Desk, crimes: list[EntityId], tmp_path: Path
) -> None:
    path = tmp_path / "key.csv"
    assert export(desk, worklist(desk).rows, path) == len(crimes)
    lines = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert lines[0]["Occurrence number"] == "42/1/26"
    assert lines[0]["Outcome"] == "18"
    assert lines[0]["Outcome date"] == "2026-11-18"
    profile = desk.packs.profiles["rms-occurrences"]
    found = [one for one in check_file(desk.packs, path, profile, desk.now) if isinstance(one, Verdict)]
    assert [(one.reference, one.outcome) for one in found] == [("42/1/26", "18"), ("42/2/26", "18")]


def test_a_cell_is_no_formula_and_nothing_is_overwritten(desk: Desk, tmp_path: Path) -> None:
    finalise(desk, add(desk, "42/1/26", rationale="=HYPERLINK(1)"))
    path = tmp_path / "key.csv"
    export(desk, worklist(desk).rows, path)
    assert ",=HYPERLINK" not in path.read_text(encoding="utf-8-sig")
    with pytest.raises(BadInputError, match="there already"):
        export(desk, worklist(desk).rows, path)


def test_keyed_waits_for_an_extract_then_agrees_or_differs(
    desk: Desk, crimes: list[EntityId], clock: FrozenClock
) -> None:
    mark_keyed(desk, worklist(desk).rows)
    assert set(states(desk).values()) == {Reconciled.WAITING}
    clock.advance(timedelta(days=1))
    later = moment_of_instant(desk.now)
    set_fact(desk, crimes[0], as_at=later, record_status="filed")
    set_fact(desk, crimes[1], as_at=later, record_status="open", outcome="15")
    assert states(desk) == {"42/1/26": Reconciled.AGREES, "42/2/26": Reconciled.DIFFERS}
    first = reconcile(desk)[0]
    assert [(one.title, one.approved, one.extract) for one in first.differences] == [
        ("Outcome", "18", "15"), ("Record status", "filed", "open"),
    ]  # fmt: skip


HEADING = (
    "Occurrence No",
    "Offence code",
    "Recorded",
    "Outcome",
    "Outcome date",
    "HO class",
    "Record status",
)


def test_a_corrected_outcome_is_compared_with_the_extract_itself(
    desk: Desk, tmp_path: Path, clock: FrozenClock
) -> None:
    row = ("A1", "TH68010", "1/11/2026", "14", "18/11/2026", "046/00")
    taken(desk, extract(tmp_path, (*row, "open"), heading=HEADING))
    case_id = desk.find("A1")
    warned = [one.rule for one in desk.checker.check(desk.case(case_id).file, desk.now).findings]
    finalise(
        desk, case_id, outcome="18", rationale="Nobody seen.", decided_by="Sgt Roe", accept_warnings=warned
    )
    mark_keyed(desk, worklist(desk).rows)
    clock.advance(timedelta(days=1))
    wrong = extract(tmp_path, (*row, "filed"), heading=HEADING, name="later.csv")
    taken(desk, wrong)
    assert states(desk) == {"A1": Reconciled.UNCLEAR}
    profile = desk.packs.profiles["rms-occurrences"]
    (found,) = reconcile(desk, wrong, profile)
    assert found.state is Reconciled.DIFFERS
    assert [(one.title, one.approved, one.extract) for one in found.differences] == [("Outcome", "18", "14")]
    right = extract(tmp_path, (*row[:3], "18", *row[4:], "filed"), heading=HEADING, name="right.csv")
    assert reconcile(desk, right, profile)[0].state is Reconciled.AGREES


def test_a_keyed_crime_that_is_reopened_stays_in_sight_until_its_record_is_open(
    desk: Desk, crimes: list[EntityId], clock: FrozenClock
) -> None:
    mark_keyed(desk, worklist(desk).rows)
    reopen(desk, crimes[0], "A witness came forward.")
    set_fact(desk, crimes[0], record_status="filed")
    assert states(desk) == {"42/1/26": Reconciled.REOPENED, "42/2/26": Reconciled.WAITING}
    first = reconcile(desk)[0]
    assert (first.reference, first.outcome) == ("42/1/26", "18")
    assert [(one.title, one.approved, one.extract) for one in first.differences] == [
        ("Record status", "open", "filed")
    ]
    set_fact(desk, crimes[0], record_status="open")
    assert states(desk) == {"42/2/26": Reconciled.WAITING}


def test_a_crime_finalised_anew_is_to_be_keyed_again_and_no_longer_reopened(
    desk: Desk, crimes: list[EntityId]
) -> None:
    mark_keyed(desk, worklist(desk).rows)
    reopen(desk, crimes[0], "The date was wrong.")
    finalise(desk, crimes[0])
    assert "42/1/26" not in states(desk)
    assert refs(desk) == ["42/1/26"]
