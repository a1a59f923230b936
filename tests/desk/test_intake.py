"""Cases added by hand: an arrest, a voluntary interview, a referral; and how the next extract joins them."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.desk import undo
from casedesk.desk.caseload import top
from casedesk.desk.custody import clock_lines, perform, scene_of
from casedesk.desk.desk import Desk
from casedesk.desk.intake import Arrest, Person, add_arrest, add_case
from casedesk.model.errors import BadInputError
from casedesk.model.moments import Moment
from casedesk.model.words import CustodyState, Flag, Intake
from tests.conftest import NOW
from tests.desk.extracts import case_of, extract, file_of, references, taken
from tests.desk.test_overnight import CUSTODY, HELD, NAMED

HOUR = timedelta(hours=1)


def test_an_arrest_by_hand_is_a_row_with_its_clock(desk: Desk) -> None:
    add_case(
        desk, intake="arrest", number="NB/1/26", offence_code="TH68010", flags=("da",), victim="Ann Sample",
        person=Person(name="Kyle Jarrett"), mine=True,
        arrest=Arrest(number="NB/1/26", arrested_at=NOW - 3 * HOUR, arrived_at=NOW - 2 * HOUR),
    )  # fmt: skip
    (row,) = top(desk, "custody", "", 10).rows
    assert (row.ref, row.flags) == ("NB/1/26", ("da",))
    case = case_of(desk, "NB/1/26")
    assert case.offence_title
    assert case.intake == Intake.ARREST
    assert case.flags == (Flag.DOMESTIC_ABUSE,)
    assert case.owner == desk.store.actor


@pytest.mark.parametrize("row", [HELD, NAMED], ids=["by custody number", "by occurrence"])
def test_the_next_extract_joins_what_was_added_by_hand(
    desk: Desk, tmp_path: Path, row: tuple[str, ...]
) -> None:
    from casedesk.exchange.intake.dates import read_instant

    case_id = add_case(
        desk, intake="arrest", ref=row[1], offence_title="Shoplifting?",
        person=Person(name="Kyle Jarrett", dob=Moment("1994-11-02")),
        arrest=Arrest(number=row[0], arrested_at=read_instant(row[5]), suite="Newbury"),
    )  # fmt: skip
    perform(desk, case_id, "appropriate-adult", {"name": "His mother"})
    said = taken(desk, extract(tmp_path, row, heading=CUSTODY), "custody")
    assert (said.new, said.new_cases, said.twins) == (0, 0, [])
    file = file_of(desk, row[1] or row[0])
    ((_, custody),) = file.custody
    assert len(file.suspects) == 1
    assert custody.relevant_at is not None
    assert (custody.suite, custody.appropriate_adult) == ("Newbury", "His mother")


def test_what_was_typed_gives_way_to_the_record(desk: Desk, tmp_path: Path) -> None:
    add_case(desk, intake="referral", ref="43260012345", offence_title="Burglary?")
    taken(desk, extract(tmp_path, ("43260012345", "Theft")), as_at="2020-01-01")
    case = case_of(desk, "43260012345")
    assert (case.offence_title, case.intake) == ("Theft", Intake.REFERRAL)


def test_a_voluntary_interview_to_come(desk: Desk) -> None:
    at = NOW + 19 * HOUR
    add_case(desk, intake="voluntary", number="VA/1", arrest=Arrest(number="VA/1", arrived_at=at))
    ((_, one),) = file_of(desk, "VA/1").custody
    assert (one.state, one.arrived_at) == (CustodyState.VOLUNTARY, at)
    (row,) = top(desk, "open", "", 5).rows
    assert row.sentence == "Voluntary interview Sat 21 Nov 10:00"


def test_a_referral_by_its_incident(desk: Desk, tmp_path: Path) -> None:
    add_case(desk, intake="referral", number="20261120-0345", summary="Shouting.")
    assert not file_of(desk, "20261120-0345").custody
    taken(
        desk, extract(tmp_path, ("20261120-0345", "12 High Street"), heading=("Incident number", "Location")),
        "command-control",
    )  # fmt: skip
    assert references(desk.store) == {"20261120-0345"}
    assert case_of(desk, "20261120-0345").location == "12 High Street"


@pytest.mark.parametrize("again", ["43260012345", " 43260012345 "])
def test_a_case_that_is_here_is_not_added_again(desk: Desk, tmp_path: Path, again: str) -> None:
    taken(desk, extract(tmp_path, ("43260012345", "Theft")))
    with pytest.raises(BadInputError, match="43260012345 is in this store already"):
        add_case(desk, intake="referral", ref=again)
    add_case(desk, intake="referral", ref="4326001")
    assert references(desk.store) == {"43260012345", "4326001"}


def test_an_arrest_in_a_case_that_is_here(desk: Desk, tmp_path: Path) -> None:
    taken(desk, extract(tmp_path, ("43260012345", "Theft", "", "", "KYLE JARRETT", "wanted")))
    case_id = desk.find("43260012345")
    arrest = Arrest(number="NB/1/26", arrested_at=NOW - HOUR)
    own = add_arrest(desk, case_id, arrest, Person(name="Kyle Jarrett"))
    file = desk.case(case_id).file
    ((suspect_id, suspect),) = file.suspects
    assert suspect.name == "KYLE JARRETT"
    assert dict(file.custody)[own].suspect == suspect_id
    with pytest.raises(BadInputError, match="NB/1/26 is in this case already"):
        add_arrest(desk, case_id, arrest)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"intake": "gossip", "ref": "1"}, "not a way in"),
        ({"intake": "arrest", "ref": "1"}, "When was the arrest"),
        ({"intake": "arrest", "arrest": Arrest(arrested_at=NOW)}, "custody number"),
        ({"intake": "referral"}, "incident number"),
        ({"intake": "referral", "ref": "x" * 41}, "too long"),
        ({"intake": "referral", "ref": "1", "flags": ("dragon",)}, "not a flag"),
        ({"intake": "arrest", "ref": "1", "arrest": Arrest(arrested_at=NOW + HOUR)}, "lies in the future"),
        (
            {"intake": "arrest", "ref": "1", "arrest": Arrest(arrested_at=NOW, arrived_at=NOW - HOUR)},
            r"The arrival \(20 Nov 2026 14:00\) lies before the arrest \(20 Nov 2026 15:00\)",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_added_is_refused(desk: Desk, values: dict[str, object], says: str) -> None:
    with pytest.raises(BadInputError, match=says):
        add_case(desk, **values)  # type: ignore[arg-type] # the table above holds what each takes
    assert references(desk.store) == set()


def test_adding_is_undone_as_one(desk: Desk) -> None:
    add_case(
        desk,
        intake="arrest",
        ref="1",
        person=Person(name="Kyle"),
        arrest=Arrest(number="N", arrested_at=NOW),
        mine=True,
    )
    undo.undo(desk)
    assert references(desk.store) == set()
    add_case(desk, intake="referral", ref="1")


def test_an_arrest_for_breach_of_court_bail_bears_the_earlier_charge(desk: Desk) -> None:
    arrest = Arrest(
        number="NB/7/26", arrested_at=NOW - 2 * HOUR, bail_arrest=True, charged_at=NOW - 500 * HOUR
    )
    case_id = add_case(desk, intake="arrest", ref="77", arrest=arrest)
    (line,) = clock_lines(scene_of(desk, case_id))
    assert line.startswith("Before a justice after arrest for breach of bail")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"bail_arrest": None}, "goes with an arrest on bail"),
        ({"charged_at": NOW - HOUR}, "does not lie before"),
    ],
)
def test_an_earlier_charge_is_earlier_and_goes_with_bail(
    desk: Desk, changed: dict[str, object], said: str
) -> None:
    arrest = Arrest(arrested_at=NOW - 2 * HOUR, bail_arrest=True, charged_at=NOW - 500 * HOUR)
    with pytest.raises(BadInputError, match=said):
        add_case(desk, intake="arrest", ref="78", arrest=replace(arrest, **changed))  # type: ignore[arg-type]
