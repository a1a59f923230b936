"""Taking in extracts: what a preview promises, what is kept, and what a failure leaves (nothing)."""

import csv
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casedesk.desk.desk import Desk
from casedesk.desk.settings import Settings
from casedesk.desk.setup import set_up
from casedesk.desk.take_in import (
    Change,
    TakeInReport,
    parse_as_at,
    preview,
    profile_for,
    shown_change,
    take_in,
)
from casedesk.model.entities import CASE
from casedesk.model.errors import BadInputError, StoreError
from casedesk.model.moments import Moment
from casedesk.reference.profiles import Profile
from casedesk.store.checks import rebuild, verify
from casedesk.store.keys import GENERATED_COST
from casedesk.store.places import Places
from casedesk.store.store import Store
from tests.conftest import PASSPHRASE, PERSON, FrozenClock
from tests.desk.extracts import (
    OUTCOMES,
    RMS,
    case_of,
    extract,
    file_of,
    operations,
    outcomes,
    references,
    state,
    street,
    taken,
)
from tests.exchange.reading import STREET


def rms(desk: Desk) -> Profile:
    return desk.packs.profiles["rms-occurrences"]


def promised(desk: Desk, path: Path, as_at: Moment | None = None) -> TakeInReport:
    """What a preview says, as the report of the act itself would."""
    return replace(preview(desk, path, rms(desk), as_at=as_at), written=True)


# -- the preview and the act ------------------------------------------------------------------------------------


def test_a_preview_promises_what_taking_in_then_does(desk: Desk, tmp_path: Path) -> None:
    first = extract(
        tmp_path,
        ("A1", "Theft", "1/11/2026", "PC 1", "Ann", "named"),
        ("A2", "Burglary", "2/11/2026", "PC 2"),
        ("A3", "Assault", "31/2/2026"),
        ("A1", "", "", "", "Bob", "wanted"),
        ("A2", "Burglary", "2/11/2026", "PC 2"),
        ("A2", "Robbery", "2/11/2026", "PC 2"),
    )
    for said in (promised(desk, first), taken(desk, first)):
        assert (said.lines, said.new, said.new_cases) == (6, 3, 2)
        assert (said.changed, said.unchanged, said.repeated, said.rejected) == (0, 0, 1, 2)
    later = extract(
        tmp_path, ("A1", "Theft", "1/11/2026", "PC 9", "Ann", "bailed"), ("A2", "Burglary", "2/11/2026", "PC 2"),
        ("A4", "Arson"), name="later.csv",
    )  # fmt: skip
    before = promised(desk, later)
    assert before == taken(desk, later)
    assert (before.new, before.changed, before.unchanged) == (1, 1, 1)
    assert dict(before.changed_fields) == {"case.oic": 1, "suspect.status": 1}


def test_a_preview_writes_nothing_anywhere(desk: Desk, tmp_path: Path) -> None:
    taken(desk, extract(tmp_path, ("A1", "Theft")))
    before, files = state(desk.store), sorted(tmp_path.iterdir())
    path = extract(tmp_path, ("A1", "Robbery"), ("A2", "Arson"), ("", "Assault"))
    said = preview(desk, path, rms(desk))
    assert not said.written
    assert said.rejected == 1
    assert said.rejects_file is None
    assert state(desk.store) == before
    assert sorted(tmp_path.iterdir()) == files


def test_the_same_file_twice_changes_nothing(desk: Desk, tmp_path: Path, clock: FrozenClock) -> None:
    path = extract(
        tmp_path,
        ("A1", "Theft", "1/11/2026", "PC 1", "Ann", "named"),
        ("A1", "", "", "", "Bob", "wanted"),
        ("A2", "Burglary"),
    )
    taken(desk, path)
    before = state(desk.store)
    clock.advance(clock.now - clock.now.replace(hour=9))
    again = taken(desk, path)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 3)
    assert not again.changed_fields
    assert state(desk.store) == before


def test_a_later_release_shows_what_changed_and_nothing_else(desk: Desk, tmp_path: Path) -> None:
    taken(
        desk, extract(tmp_path, ("A1", "Theft", "1/11/2026", "PC 1"), ("A2", "Burglary", "2/11/2026", "PC 2"))
    )
    said = taken(
        desk, extract(tmp_path, ("A1", "Theft", "3/11/2026", "PC 1"), ("A2", "Burglary", "2/11/2026", ""))
    )
    assert [shown_change(change) for change in said.changes] == [
        ("A1", "case", "Recorded", "1 Nov 2026", "3 Nov 2026"),
        ("A2", "case", "OIC", "PC 2", ""),
    ]
    assert case_of(desk, "A1").recorded_at == "2026-11-03"
    assert case_of(desk, "A2").oic is None


def test_a_person_that_a_later_release_adds_is_among_the_changes(desk: Desk, tmp_path: Path) -> None:
    taken(desk, extract(tmp_path, ("A1", "Theft")))
    said = taken(desk, extract(tmp_path, ("A1", "Theft", "", "", "Ann", "named")))
    assert said.changed == 1
    assert Change("A1", "suspect", "name", None, "Ann") in said.changes


def test_all_changes_are_counted_however_few_are_kept(desk: Desk, tmp_path: Path) -> None:
    rows = [(f"A{number}", "Theft", "", "PC 1") for number in range(30)]
    taken(desk, extract(tmp_path, *rows))
    later = extract(tmp_path, *((ref, offence, "", "PC 2") for ref, offence, *_ in rows))
    said = preview(desk, later, rms(desk), keep_changes=7)
    assert len(said.changes) == 7
    assert said.changed_fields["case.oic"] == said.changed == 30


@settings(max_examples=15)
@given(st.data())
def test_whatever_two_releases_say_the_promise_is_kept_and_the_later_one_stands(
    shared_desk: tuple[Desk, Path], data: st.DataObject
) -> None:
    desk, folder = shared_desk
    prefix = f"R{operations(desk.store)}-"
    cell = st.sampled_from(["", "PC 1", "PC 2", "Ann"])
    line = st.tuples(st.sampled_from([f"{prefix}{n}" for n in range(4)]), cell, st.just(""), cell, cell)
    for release in range(2):
        rows = data.draw(st.lists(line, max_size=6, unique_by=lambda row: row[0]), label=f"release {release}")
        path = extract(folder, *rows, name=f"release-{release}.csv")
        assert promised(desk, path) == taken(desk, path)
        before = operations(desk.store)
        assert taken(desk, path).unchanged == len(rows)
        assert operations(desk.store) == before
        for ref, offence, _, oic, suspect in rows:
            file = file_of(desk, ref)
            assert (file.case.offence_title or "", file.case.oic or "") == (offence, oic)
            assert not suspect or suspect in [one.name for _, one in file.suspects]
    assert rebuild(desk.store).differing == ()


@pytest.fixture(scope="module")
def shared_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Path]]:
    """One desk for the examples of a property, which keep out of each other's way."""
    folder = tmp_path_factory.mktemp("shared")
    with set_up(
        Places(folder / "home"), PASSPHRASE, Settings(PERSON), FrozenClock(), cost=GENERATED_COST
    ) as made:
        yield made, folder


# -- older and newer --------------------------------------------------------------------------------------------


def test_an_older_extract_replaces_nothing(desk: Desk, tmp_path: Path) -> None:
    taken(desk, extract(tmp_path, ("A1", "Theft", "", "PC 1")), as_at="2026-11-10")
    before = state(desk.store)
    path = extract(
        tmp_path, ("A1", "Robbery", "", "PC 0", "Ann", "named"), ("A1", "", "", "", "Bob", "named")
    )
    assert promised(desk, path, Moment("2026-11-01")).older == 2
    said = taken(desk, path, as_at="2026-11-01")
    assert (said.older, said.changed, said.new, said.unchanged) == (2, 0, 0, 0)
    assert state(desk.store) == before


def test_an_older_extract_still_brings_cases_that_are_not_known(desk: Desk, tmp_path: Path) -> None:
    taken(desk, extract(tmp_path, ("A1", "Theft")), as_at="2026-11-10")
    said = taken(desk, extract(tmp_path, ("A1", "Robbery"), ("A2", "Arson")), as_at="2026-11-01")
    assert (said.older, said.new) == (1, 1)
    assert case_of(desk, "A2").offence_title == "Arson"


def test_an_extract_may_say_itself_when_it_was_drawn(desk: Desk, tmp_path: Path, clock: FrozenClock) -> None:
    heading = ("Occurrence No", "Offence", "Suspect name", "Suspect status", "Extract as at")
    drawn = "14/11/2026"
    path = extract(
        tmp_path, ("A1", "Theft", "Ann", "named", drawn), ("A1", "", "Bob", "named", drawn), heading=heading
    )
    taken(desk, path)
    assert case_of(desk, "A1").as_at == "2026-11-14"
    before = state(desk.store)
    assert taken(desk, path).unchanged == 2
    assert state(desk.store) == before
    older = extract(
        tmp_path, ("A1", "Robbery", "Ann", "wanted", "13/11/2026"), ("A1", "", "Bob", "wanted", "13/11/2026"),
        heading=heading,
    )  # fmt: skip
    assert taken(desk, older).older == 2
    assert state(desk.store) == before


def test_an_extract_of_tomorrow_is_not_believed(desk: Desk, tmp_path: Path) -> None:
    path = extract(
        tmp_path, ("A1", "Theft", "14/11/2062"), ("A2", "Arson", "14/11/2026"),
        heading=("Occurrence No", "Offence", "Extract as at"),
    )  # fmt: skip
    said = taken(desk, path)
    assert [(row.line, row.reason) for row in said.rejects] == [
        (2, "it says that it was drawn on 14 Nov 2062, in the future")
    ]
    assert references(desk.store) == {"A2"}
    with pytest.raises(BadInputError, match="in the future"):
        parse_as_at("2027-01-01", desk.now)
    assert parse_as_at("2026-11-20", desk.now) == "2026-11-20"
    assert parse_as_at("yesterday 10:00", desk.now) == "2026-11-19T10:00:00Z"
    assert parse_as_at("", desk.now) is None


def test_what_was_decided_at_the_desk_is_kept_and_counted(desk: Desk, tmp_path: Path) -> None:
    taken(desk, extract(tmp_path, ("A1", "Theft", "1/11/2026", "PC 1")))
    case_id = desk.find("A1")
    with desk.store.unit_of_work("test.decide") as unit:
        unit.set(CASE, case_id, case_id, {"oic": "DC Own"})
    path = extract(tmp_path, ("A1", "Theft", "2/11/2026", "PC 2"))
    assert promised(desk, path).kept_desk_values == 1
    said = taken(desk, path)
    assert said.kept_desk_values == said.changed == 1
    assert dict(said.changed_fields) == {"case.recorded_at": 1}
    assert case_of(desk, "A1").oic == "DC Own"
    assert case_of(desk, "A1").recorded_at == "2026-11-02"


# -- several lines of one occurrence ----------------------------------------------------------------------------


def test_people_over_several_lines(desk: Desk, tmp_path: Path) -> None:
    said = taken(
        desk,
        extract(
            tmp_path,
            ("A1", "Theft", "1/11/2026", "PC 1", "Ann", "named"),
            ("A2", "Arson", "1/11/2026", "PC 1", "Eve", "named"),
            ("A1", "", "", "", "Bob", "wanted"),
            ("A1", "Theft", "1/11/2026", "PC 1", "Cy", "bailed"),
        ),
    )
    assert (said.rejected, said.new_cases) == (0, 2)
    assert [(one.name, one.status) for _, one in file_of(desk, "A1").suspects] == [
        ("Ann", "named"), ("Bob", "wanted"), ("Cy", "bailed"),
    ]  # fmt: skip
    assert [one.name for _, one in file_of(desk, "A2").suspects] == ["Eve"]
    assert case_of(desk, "A1").oic == "PC 1"


def test_a_line_that_repeats_is_counted_and_one_that_contradicts_is_rejected(
    desk: Desk, tmp_path: Path
) -> None:
    path = extract(
        tmp_path,
        ("A1", "Theft", "1/11/2026", "PC 1"),
        ("A1", "Theft", "1/11/2026", "PC 1"),
        ("A1", "Robbery", "1/11/2026", "PC 1"),
    )
    said = taken(desk, path)
    assert (said.new, said.repeated, said.rejected) == (1, 1, 1)
    (row,) = said.rejects
    assert (row.line, row.column, row.value) == (4, "Offence", "Robbery")
    assert "line 2 " in row.reason
    assert case_of(desk, "A1").offence_title == "Theft"
    assert rejected_cells(said) == [("A1", "Robbery", "1/11/2026", "PC 1", "", "")]


def test_the_title_found_for_a_code_contradicts_no_later_line(desk: Desk, tmp_path: Path) -> None:
    heading = ("Occurrence No", "Offence code", "Offence", "Suspect name")
    said = taken(desk, extract(tmp_path, ("A1", "TH68010"), ("A1", "TH68010", "", "Ann"), heading=heading))
    assert said.rejected == 0
    assert [one.name for _, one in file_of(desk, "A1").suspects] == ["Ann"]


# -- bad lines --------------------------------------------------------------------------------------------------


def rejected_cells(said: TakeInReport) -> list[tuple[str, ...]]:
    assert said.rejects_file is not None
    with said.rejects_file.open(encoding="utf-8-sig", newline="") as file:
        _, *rows = csv.reader(file)
    return [tuple(row[3:]) for row in rows]


def test_bad_lines_can_be_corrected_in_the_rejects_file_and_taken_in(desk: Desk, tmp_path: Path) -> None:
    path = extract(
        tmp_path,
        ("A1", "Theft", "1/11/2026", "PC 1"),
        ("A2", "Arson", "31/02/2026", "PC 2"),
        ("", "Assault", "1/11/2026"),
        ("A4", "=1+1", "1/11/2026", "", "Ann", "wizard"),
    )
    said = taken(desk, path)
    assert (said.new, said.rejected) == (1, 3)
    assert references(desk.store) == {"A1"}
    assert said.rejects_file is not None
    assert said.rejects_file.parent == tmp_path
    assert [row.line for row in said.rejects] == [3, 4, 5]
    assert all(row.cure for row in said.rejects)
    text = said.rejects_file.read_text(encoding="utf-8-sig")
    text = text.replace("31/02/2026", "28/02/2026").replace(",,Assault", ",A3,Assault")
    said.rejects_file.write_text(
        text.replace("'=1+1", "Robbery").replace("wizard", "named"), encoding="utf-8-sig"
    )
    again = taken(desk, said.rejects_file)
    assert (again.new, again.rejected) == (3, 0)
    assert again.rejects_file is None
    assert references(desk.store) == {"A1", "A2", "A3", "A4"}
    assert case_of(desk, "A2").recorded_at == "2026-02-28"
    assert case_of(desk, "A4").offence_title == "Robbery"


def test_rejects_are_readable_by_their_owner_only_and_overwrite_no_corrections(
    desk: Desk, tmp_path: Path
) -> None:
    path = extract(tmp_path, ("", "Theft"))
    first, second = taken(desk, path).rejects_file, taken(desk, path).rejects_file
    assert first is not None
    assert second is not None
    assert first != second
    assert first.stat().st_mode & 0o077 == 0


# -- failures ---------------------------------------------------------------------------------------------------


def many(folder: Path, count: int = 1_200) -> Path:
    """More lines than are written at a time, a bad one among the first."""
    return extract(
        folder, ("", "nobody's"), *((f"A{number}", "Theft", "", "PC 1") for number in range(count))
    )


@pytest.mark.parametrize("step", ["folded", "queued", "finished"])
def test_a_failure_half_way_leaves_nothing_and_no_rejects_file(
    desk: Desk, store: Store, tmp_path: Path, step: str
) -> None:
    taken(desk, extract(tmp_path, ("A1", "Burglary"), name="before.csv"))
    before, files = state(store), sorted(tmp_path.iterdir())
    path = many(tmp_path)
    reached: list[str] = []

    def fail(at: str) -> None:
        reached.append(at)
        if at == step and len(reached) > 2:
            raise OSError("the lid was closed")

    store.checkpoint = fail
    with pytest.raises(OSError, match="lid"):
        taken(desk, path)
    store.checkpoint = lambda _: None
    assert state(store) == before
    assert sorted(tmp_path.iterdir()) == sorted([*files, path])
    assert taken(desk, path).new == 1_199
    assert rebuild(store).differing == ()
    assert verify(store.connection).problems == []


def test_stopping_leaves_nothing(desk: Desk, store: Store, tmp_path: Path) -> None:
    path = many(tmp_path)
    before, files = state(store), sorted(tmp_path.iterdir())
    seen: list[tuple[int, int, int]] = []

    def progress(done: int, size: int, lines: int) -> None:
        seen.append((done, size, lines))
        if lines > 1_000:
            raise BadInputError("The reading was stopped.")

    for act in (preview, take_in):
        with pytest.raises(BadInputError, match="stopped"):
            act(desk, path, rms(desk), progress=progress)
        assert state(store) == before
        assert sorted(tmp_path.iterdir()) == files
    assert [lines for _, _, lines in seen] == [1_000, 1_201] * 2
    assert all(0 < done <= size == path.stat().st_size for done, size, _ in seen)


def test_where_rejects_cannot_be_written_nothing_is_taken_in(
    desk: Desk, store: Store, tmp_path: Path
) -> None:
    before = state(store)
    path = extract(tmp_path, ("A1", "Theft"), ("", "Arson"))
    with pytest.raises(BadInputError, match=r"rejects file .* cannot be written"):
        take_in(desk, path, rms(desk), rejects=tmp_path / "nowhere" / "rejects.csv")
    there = tmp_path / "mine.csv"
    there.write_text("corrections", encoding="utf-8")
    with pytest.raises(BadInputError, match="is there already"):
        take_in(desk, path, rms(desk), rejects=there)
    assert there.read_text(encoding="utf-8") == "corrections"
    assert state(store) == before


def test_a_store_that_cannot_be_written_says_so_and_leaves_no_rejects(
    desk: Desk, store: Store, tmp_path: Path
) -> None:
    path = many(tmp_path, 3)
    store.read_only = True
    with pytest.raises(StoreError, match="reading only"):
        taken(desk, path)
    assert list(tmp_path.glob("*.rejects.csv")) == []


# -- published extracts -----------------------------------------------------------------------------------------


def test_outcomes_may_come_before_or_after_their_crimes(tmp_path: Path, two_desks: tuple[Desk, Desk]) -> None:
    crimes = street(tmp_path, ("c1", "Drugs", "Suspect charged"), ("c2", "Burglary", "Under investigation"))
    results = outcomes(
        tmp_path, ("c1", "2026-04", "Suspect charged"), ("c1", "2026-04", "Suspect charged"),
        ("c9", "2026-04", "Local resolution"), ("", "2026-04", "Local resolution"),
    )  # fmt: skip
    one, other = two_desks
    after = [taken(one, crimes, "police-uk-street"), taken(one, results, "police-uk-outcomes")][1]
    before = taken(other, results, "police-uk-outcomes")
    crimes_after = taken(other, crimes, "police-uk-street")
    assert (after.new, after.new_cases, after.skipped.total()) == (3, 1, 1)
    assert (before.new, before.new_cases) == (3, 2)
    assert (crimes_after.new, crimes_after.changed, crimes_after.new_cases) == (1, 1, 1)
    for ref in ("c1", "c2", "c9"):
        assert case_of(one, ref) == case_of(other, ref)
        assert set(file_of(one, ref).outcome_records) == set(file_of(other, ref).outcome_records)
    assert case_of(one, "c1").category == "Drugs"
    assert [record.ordinal for _, record in file_of(one, "c1").outcome_records] == [0, 1]
    for desk, path, profile in (
        (one, crimes, "police-uk-street"), (one, results, "police-uk-outcomes"),
        (other, results, "police-uk-outcomes"), (other, crimes, "police-uk-street"),
    ):  # fmt: skip
        length = operations(desk.store)
        assert taken(desk, path, profile).changed == 0
        assert operations(desk.store) == length


@pytest.fixture
def two_desks(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    one, other = (
        set_up(Places(tmp_path / name), PASSPHRASE, Settings(PERSON), FrozenClock(), cost=GENERATED_COST)
        for name in ("one", "other")
    )
    with one, other:
        yield one, other


def test_facts_that_only_fill_gaps_never_replace_any(desk: Desk, tmp_path: Path) -> None:
    taken(desk, street(tmp_path, ("c1", "Drugs", "Under investigation")), "police-uk-street")
    known = case_of(desk, "c1")
    said = taken(desk, outcomes(tmp_path, ("c1", "2026-04", "Suspect charged")), "police-uk-outcomes")
    assert not said.changed_fields
    assert case_of(desk, "c1") == known
    assert known.location == "On or near High Street"


def test_a_crime_that_only_an_outcome_tells_of_takes_its_place_from_there(desk: Desk, tmp_path: Path) -> None:
    taken(desk, outcomes(tmp_path, ("c1", "2026-04", "Suspect charged")), "police-uk-outcomes")
    assert case_of(desk, "c1").location == "On or near Old Lane"
    assert case_of(desk, "c1").as_at is None
    taken(desk, street(tmp_path, ("c1", "Drugs", "Suspect charged")), "police-uk-street", as_at="2026-05-01")
    assert case_of(desk, "c1").location == "On or near High Street"
    assert case_of(desk, "c1").as_at == "2026-05-01"


# -- details ----------------------------------------------------------------------------------------------------


def test_an_offence_known_by_its_code_alone_gets_its_title(desk: Desk, tmp_path: Path) -> None:
    heading = ("Occurrence No", "Offence code", "Offence")
    path = extract(
        tmp_path, ("A1", "TH68010"), ("A2", "TH68010", "Shop theft"), ("A3", "XX00000"), heading=heading
    )
    taken(desk, path)
    known = desk.packs.offences.get("TH68010")
    assert known is not None
    assert case_of(desk, "A1").offence_title == known.title
    assert case_of(desk, "A2").offence_title == "Shop theft"
    assert case_of(desk, "A3").offence_title is None
    length = operations(desk.store)
    assert taken(desk, path).unchanged == 3
    assert operations(desk.store) == length


def test_a_file_without_lines_is_no_act(desk: Desk, tmp_path: Path) -> None:
    said = taken(desk, extract(tmp_path))
    assert (said.lines, said.new) == (0, 0)
    assert desk.store.connection.execute("SELECT count(*) FROM unit").fetchone() == (0,)


def test_names_of_files_and_cells_reach_the_report_without_their_escapes(desk: Desk, tmp_path: Path) -> None:
    path = extract(tmp_path, ("A1", "Theft", "\x1b]0;gone\x07never"), name="a\x1b[2Jb.csv")
    said = taken(desk, path)
    assert said.file == "ab.csv"
    assert said.rejects[0].value == "never"


def test_the_profile_of_a_file(desk: Desk, tmp_path: Path) -> None:
    packs = desk.packs
    path = extract(tmp_path, ("A1", "Theft"))
    assert profile_for(packs, path).name == "rms-occurrences"
    assert profile_for(packs, street(tmp_path, ("c1", "Drugs", ""))).name == "police-uk-street"
    assert profile_for(packs, outcomes(tmp_path, ("c1", "2026-04", "x"))).name == "police-uk-outcomes"
    assert profile_for(packs, path, "police-uk-street").name == "police-uk-street"
    with pytest.raises(BadInputError) as wrong:
        profile_for(packs, path, "rms-occurences")
    assert "rms-occurrences" in wrong.value.cure
    strange = extract(tmp_path, ("1", "2"), heading=("Height", "Weight"), name="strange.csv")
    with pytest.raises(BadInputError, match="fit no import profile") as none:
        profile_for(packs, strange)
    assert "--profile" in none.value.cure


@pytest.mark.parametrize("heading", [RMS, OUTCOMES, tuple(STREET.split(","))])
def test_a_wrong_profile_is_refused_before_anything_is_written(
    desk: Desk, tmp_path: Path, heading: tuple[str, ...]
) -> None:
    path = extract(tmp_path, ("A1",), heading=heading)
    right = profile_for(desk.packs, path)
    for profile in desk.packs.profiles.values():
        if profile is not right and {profile.name, right.name} != {"police-uk-street", "police-uk-outcomes"}:
            with pytest.raises(BadInputError, match=r"needs|has no heading"):
                take_in(desk, path, profile)
    assert operations(desk.store) == 0


def test_memory_does_not_grow_with_the_file(desk: Desk, tmp_path: Path) -> None:
    def peak(lines: int) -> int:
        rows = (
            (f"{lines}-{number}", "Theft", "1/11/2026", f"PC {number}", "Ann", "named")
            for number in range(lines)
        )
        path = extract(tmp_path, *rows)
        tracemalloc.start()
        preview(desk, path, rms(desk))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(100)  # what is loaded once is not counted
    assert peak(20_000) - peak(4_000) < 1_500_000
