"""Overnight extracts: an arrest is a row with its clocks within one import, and what the records system said stands."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casedesk.desk import undo
from casedesk.desk.caseload import top
from casedesk.desk.desk import Desk
from casedesk.desk.take_in import TakeInReport, preview, take_in, twin_lines
from casedesk.model.facts import Custody
from casedesk.model.moments import Moment
from casedesk.model.words import CustodyState, Flag, Intake
from casedesk.store.checks import rebuild, verify
from tests.conftest import FrozenClock
from tests.desk.extracts import case_of, extract, file_of, references, state, taken

CUSTODY = (
    "Custody number", "Occurrence number", "Detainee name", "DOB", "Arrested for", "Arrested", "Arrived",
    "Relevant time", "Detention authorised", "Reviews held", "State", "Bail return", "Remarks",
)  # fmt: skip
HELD = (
    "NB/01234/26", "", "Kyle Jarrett", "02/11/1994", "Theft from a shop", "20/11/2026 04:10", "20/11/2026 04:40",
    "20/11/2026 04:40", "20/11/2026 04:55", "20/11/2026 10:30", "In custody",
)  # fmt: skip
NAMED = (HELD[0], "43260012345", *HELD[2:])
INCIDENTS = (
    "Incident number",
    "Crime reference",
    "Opened",
    "Type",
    "Location",
    "Summary",
    "DA",
    "Grade",
    "Unit",
)


def custody(
    desk: Desk, folder: Path, *rows: tuple[str, ...], as_at: str = "", name: str = "custody.csv"
) -> TakeInReport:
    return taken(desk, extract(folder, *rows, heading=CUSTODY, name=name), "custody", as_at)


def incidents(desk: Desk, folder: Path, *rows: tuple[str, ...]) -> TakeInReport:
    return taken(desk, extract(folder, *rows, heading=INCIDENTS, name="night.csv"), "command-control")


def occurrence(desk: Desk, folder: Path, **more: str) -> TakeInReport:
    """Take the occurrence in as the records system has it."""
    heading = ("Occurrence No", "Offence", "OIC", *more)
    row = ("43260012345", "Burglary", "PC 9", *more.values())
    return taken(desk, extract(folder, row, heading=heading, name="occurrences.csv"))


def arrest(desk: Desk, reference: str) -> Custody:
    ((_, found),) = file_of(desk, reference).custody
    return found


def test_an_arrest_without_an_occurrence_is_a_row_with_its_clock_in_one_import(
    desk: Desk, tmp_path: Path
) -> None:
    said = custody(desk, tmp_path, HELD)
    assert (said.new, said.new_cases, said.rejected) == (1, 1, 0)
    found = top(desk, "custody", "", 10)
    (row,) = found.rows
    assert found.bands[row.band] == desk.packs.priority.bands["liberty"].label
    assert row.ref == "NB/01234/26"
    # authorised 04:55; the review of 10:30 was held early, so that the second is due nine hours after it
    assert row.due_at == datetime(2026, 11, 20, 19, 30, tzinfo=UTC)
    assert "19:30" in row.sentence
    assert "eview 2" in row.sentence
    file = file_of(desk, "NB/01234/26")
    assert file.case.intake == Intake.ARREST
    assert file.case.offence_title == "Theft from a shop"
    ((suspect_id, suspect),) = file.suspects
    assert suspect.name == "Kyle Jarrett"
    assert arrest(desk, "NB/01234/26").suspect == suspect_id


def test_the_heading_tells_the_profile(desk: Desk, tmp_path: Path) -> None:
    from casedesk.desk.take_in import profile_for

    held = extract(tmp_path, HELD, heading=CUSTODY, name="a.csv")
    night = extract(tmp_path, ("1",), heading=INCIDENTS, name="b.csv")
    assert profile_for(desk.packs, held).name == "custody"
    assert profile_for(desk.packs, night).name == "command-control"


def test_the_next_extract_moves_the_same_arrest_on(desk: Desk, tmp_path: Path) -> None:
    custody(desk, tmp_path, HELD, as_at="2026-11-20T11:00:00Z")
    later = (*HELD[:9], "20/11/2026 10:30; 20/11/2026 13:00", *HELD[10:])
    said = custody(desk, tmp_path, later, as_at="2026-11-20T14:00:00Z")
    assert (said.new, said.changed) == (0, 1)
    assert dict(said.changed_fields) == {"custody.reviews": 1}
    assert arrest(desk, "NB/01234/26").reviews == ("2026-11-20T10:30:00Z", "2026-11-20T13:00:00Z")


@pytest.mark.parametrize("row", [HELD, NAMED], ids=["alone", "with an occurrence"])
def test_an_older_extract_never_puts_a_detained_person_back(
    desk: Desk, tmp_path: Path, row: tuple[str, ...]
) -> None:
    bailed = (*row[:10], "On bail", "20/02/2027 10:00")
    custody(desk, tmp_path, bailed, as_at="2026-11-20T14:00:00Z")
    before = state(desk.store)
    said = custody(desk, tmp_path, row, as_at="2026-11-20T11:00:00Z")
    assert (said.older, said.changed) == (1, 0)
    assert state(desk.store) == before
    assert arrest(desk, row[1] or row[0]).state == CustodyState.BAILED


def test_an_arrest_is_not_lost_because_the_occurrence_was_drawn_later(desk: Desk, tmp_path: Path) -> None:
    taken(
        desk, extract(tmp_path, ("43260012345", "Burglary"), heading=("Occurrence No", "Offence")),
        as_at="2026-11-20T14:00:00Z",
    )  # fmt: skip
    said = custody(desk, tmp_path, NAMED, as_at="2026-11-20T06:00:00Z")
    assert (said.new, said.older) == (1, 0)
    assert arrest(desk, "43260012345").state == CustodyState.DETAINED


def test_an_arrest_adds_to_the_occurrence_and_wipes_nothing(desk: Desk, tmp_path: Path) -> None:
    occurrence(desk, tmp_path, Location="12 High Street", Suspect_name="")
    before = case_of(desk, "43260012345")
    custody(desk, tmp_path, NAMED)
    after = case_of(desk, "43260012345")
    assert after.offence_title == "Burglary", "what he was arrested for does not replace what was recorded"
    assert (after.oic, after.location, after.as_at, after.source) == (
        before.oic, before.location, before.as_at, before.source,
    )  # fmt: skip
    assert after.intake == Intake.ARREST
    assert arrest(desk, "43260012345").offence == "Theft from a shop"
    assert references(desk.store) == {"43260012345"}


def test_whichever_extract_comes_first_the_arrest_belongs_to_the_occurrence(
    desk: Desk, tmp_path: Path
) -> None:
    custody(desk, tmp_path, NAMED)
    occurrence(desk, tmp_path)
    assert references(desk.store) == {"43260012345"}
    assert case_of(desk, "43260012345").offence_title == "Burglary"
    assert arrest(desk, "43260012345").state == CustodyState.DETAINED


def test_the_suspect_of_the_same_name_is_the_same_person(desk: Desk, tmp_path: Path) -> None:
    occurrence(
        desk, tmp_path, **{"Suspect name": "KYLE JARRETT", "Suspect nominal": "N77", "Suspect sex": "Male"}
    )
    custody(desk, tmp_path, NAMED)
    file = file_of(desk, "43260012345")
    ((suspect_id, suspect),) = file.suspects
    assert (suspect.nominal, suspect.sex) == ("N77", "Male")
    assert file.custody[0][1].suspect == suspect_id
    assert custody(desk, tmp_path, NAMED).unchanged == 1


def test_another_date_of_birth_is_another_person(desk: Desk, tmp_path: Path) -> None:
    occurrence(desk, tmp_path, **{"Suspect name": "Kyle Jarrett", "Suspect DOB": "01/01/1970"})
    custody(desk, tmp_path, NAMED)
    assert len(file_of(desk, "43260012345").suspects) == 2


def test_two_people_may_be_held_for_different_offences_of_one_occurrence(desk: Desk, tmp_path: Path) -> None:
    other = ("NB/01235/26", NAMED[1], "Ann Sample", "03/04/1990", "Handling", *NAMED[5:])
    said = custody(desk, tmp_path, NAMED, other)
    assert (said.new, said.new_cases, said.rejected) == (2, 1, 0)
    assert {one.offence for _, one in file_of(desk, NAMED[1]).custody} == {"Theft from a shop", "Handling"}


# -- the occurrence number comes later ------------------------------------------------------------------------------


def test_a_case_made_from_the_custody_number_is_pointed_out_when_the_occurrence_is_known(
    desk: Desk, tmp_path: Path
) -> None:
    from casedesk.desk.record import add_log_entry

    custody(desk, tmp_path, HELD, as_at="2026-11-20T11:00:00Z")
    add_log_entry(desk, desk.find(HELD[0]), "Solicitor called.")
    bailed = (*NAMED[:10], "On bail", "20/02/2027 10:00")
    path = extract(tmp_path, bailed, heading=CUSTODY)
    said = preview(desk, path, desk.packs.profiles["custody"], as_at=Moment("2026-11-20T14:00:00Z"))
    assert said.twins == [(HELD[0], NAMED[1])]
    custody(desk, tmp_path, bailed, as_at="2026-11-20T14:00:00Z")
    assert references(desk.store) == {HELD[0], NAMED[1]}
    assert arrest(desk, NAMED[1]).state == CustodyState.BAILED
    assert arrest(desk, HELD[0]).state == CustodyState.BAILED, "no clock of the first case goes stale"
    assert [entry.text for _, entry in file_of(desk, HELD[0]).log] == ["Solicitor called."]
    (line,) = twin_lines(said)
    assert line.startswith("NB/01234/26 is now occurrence 43260012345")


def test_a_line_without_the_occurrence_goes_where_its_custody_number_is_known(
    desk: Desk, tmp_path: Path
) -> None:
    custody(desk, tmp_path, NAMED, as_at="2026-11-20T11:00:00Z")
    said = custody(desk, tmp_path, (*HELD[:10], "RUI"), as_at="2026-11-20T14:00:00Z")
    assert (said.changed, said.new_cases) == (1, 0)
    assert references(desk.store) == {NAMED[1]}
    assert arrest(desk, NAMED[1]).state == CustodyState.UNDER_INVESTIGATION


def test_a_number_that_came_round_again_is_another_arrest(desk: Desk, tmp_path: Path) -> None:
    custody(desk, tmp_path, NAMED)
    again = (*HELD[:5], "20/11/2025 04:10", *([""] * 4), "In custody")
    custody(desk, tmp_path, again)
    assert references(desk.store) == {NAMED[1], HELD[0]}


# -- states, marks and notes --------------------------------------------------------------------------------------


def test_a_record_without_a_state_is_detained_until_it_says_otherwise(desk: Desk, tmp_path: Path) -> None:
    heading = ("Custody number", "Arrested", "Charged", "Released", "Bail return")
    at = "20/11/2026 04:10"
    rows = [
        ("C1", at), ("C2", at, "20/11/2026 09:00"), ("C3", at, "", "20/11/2026 09:00", "20/02/2027 10:00"),
        ("C4", at, "", "20/11/2026 09:00"), ("C5",),
    ]  # fmt: skip
    taken(desk, extract(tmp_path, *rows, heading=heading), "custody")
    found = {name: arrest(desk, name).state for name in ("C1", "C2", "C3", "C4", "C5")}
    assert found == {"C1": "detained", "C2": "charged", "C3": "bailed", "C4": None, "C5": None}


def test_a_voluntary_attendance_reaches_the_team_as_one(desk: Desk, tmp_path: Path) -> None:
    custody(desk, tmp_path, ("VA/1", "", "Ann Sample", "", "Theft", *([""] * 5), "VA"))
    assert case_of(desk, "VA/1").intake == Intake.VOLUNTARY


def test_remarks_go_into_the_log_once(desk: Desk, tmp_path: Path) -> None:
    row = (*NAMED, "", "Requests a solicitor")
    for _ in range(2):
        custody(desk, tmp_path, row)
    ((_, entry),) = file_of(desk, NAMED[1]).log
    assert entry.text == "NB/01234/26:\nRemarks: Requests a solicitor"
    assert entry.topic == "import"


def test_an_incident_without_a_crime_is_a_referral(desk: Desk, tmp_path: Path) -> None:
    incidents(
        desk, tmp_path,
        ("20261120-0345", "", "20/11/2026 02:14", "Domestic", "12 High Street", "Shouting.", "Y", "1", "NB21"),
    )  # fmt: skip
    file = file_of(desk, "20261120-0345")
    assert file.case.intake == Intake.REFERRAL
    assert file.case.flags == (Flag.DOMESTIC_ABUSE,)
    assert (file.case.location, file.case.summary) == ("12 High Street", "Shouting.")
    assert [entry.text for _, entry in file.log] == ["20261120-0345:\nGrade: 1\nUnit: NB21"]


def test_an_incident_with_a_crime_adds_to_it_and_flags_it(desk: Desk, tmp_path: Path) -> None:
    occurrence(desk, tmp_path, Location="12 High Street")
    rows = [
        ("I1", "43260012345", "20/11/2026 02:14", "Domestic", "Elsewhere", "Shouting.", "Y", "1", "NB21"),
        ("I2", "43260012345", "20/11/2026 03:14", "Domestic", "", "", "", "2", "NB22"),
    ]
    incidents(desk, tmp_path, *rows)
    file = file_of(desk, "43260012345")
    assert (file.case.location, file.case.summary) == ("12 High Street", "Shouting.")
    assert file.case.intake is None
    assert file.case.flags == (Flag.DOMESTIC_ABUSE,)
    assert len(file.log) == 2, "the second incident of a crime is not lost"
    occurrence(desk, tmp_path, Location="12 High Street", Flags="")
    assert case_of(desk, "43260012345").flags == (Flag.DOMESTIC_ABUSE,), "a later records extract keeps it up"
    assert incidents(desk, tmp_path, *rows).changed == 0


# -- the whole ----------------------------------------------------------------------------------------------------


def test_a_preview_promises_what_taking_in_does_and_twice_changes_nothing(
    desk: Desk, tmp_path: Path, clock: FrozenClock
) -> None:
    occurrence(desk, tmp_path)
    path = extract(tmp_path, (*NAMED, "", "x"), ("NB/9/26", *HELD[1:], "", "y"), heading=CUSTODY)
    profile = desk.packs.profiles["custody"]
    promised = preview(desk, path, profile)
    done = take_in(desk, path, profile)
    assert (promised.new, promised.changed, promised.changed_fields, promised.new_cases) == (
        done.new, done.changed, done.changed_fields, done.new_cases,
    )  # fmt: skip
    before = state(desk.store)
    clock.advance(timedelta(hours=2))
    again = take_in(desk, path, profile)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)
    assert state(desk.store) == before


def test_an_overnight_import_is_undone_as_one(desk: Desk, tmp_path: Path) -> None:
    occurrence(desk, tmp_path)
    before = file_of(desk, "43260012345")
    custody(desk, tmp_path, (*NAMED, "", "x"), ("NB/9/26", *HELD[1:]))
    undo.undo(desk)
    after = file_of(desk, "43260012345")
    assert (after.case, after.suspects, after.custody) == (before.case, before.suspects, before.custody)
    assert references(desk.store) == {"43260012345"}
    digest = state(desk.store)
    rebuild(desk.store)
    assert state(desk.store) == digest
    assert verify(desk.store.connection).problems == []
