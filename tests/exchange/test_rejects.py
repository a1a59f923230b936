"""The rejects file: what was not taken can be corrected in a spreadsheet and taken in again."""

import csv
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.exchange.intake import RejectedRow, RejectsWriter, open_extract, rejects_path
from casedesk.exchange.intake.rejects import quoted, unquoted
from casedesk.model.errors import BadInputError
from tests.exchange.reading import as_csv, read, rejected, rms, taken, workbook, write

HEAD = ["Occurrence No", "OIC", "OIC contact", "Recorded"]


def rejects_of(path: Path) -> Path:
    target = rejects_path(path)
    with open_extract(path, rms()) as extract, RejectsWriter(target, extract.header) as writer:
        for one in extract.rows():
            if isinstance(one, RejectedRow):
                writer.write(one)
    return target


def table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_rejects_hold_the_original_columns_and_why(tmp_path: Path) -> None:
    path = write(
        tmp_path, as_csv([HEAD, ["1", "PC X", "", "14/03/2026"], ["2", "PC Y", "+44 1", "31/02/2026"]])
    )
    rejects = rejects_of(path)
    assert rejects.name == "extract.rejects.csv"
    assert rejects.read_bytes().startswith(b"\xef\xbb\xbf"), "so that Excel reads it as UTF-8"
    head, row = table(rejects)
    assert head == ["casedesk line", "casedesk column", "casedesk reason", *HEAD]
    assert row[:2] == ["3", "Recorded"]
    assert row[2].startswith("no such day in the calendar. ")
    assert row[3:] == ["2", "PC Y", "'+44 1", "31/02/2026"]


def test_a_corrected_rejects_file_goes_in_with_the_same_profile(tmp_path: Path) -> None:
    cells = ["2", "@PC Y", "+44 1", "31/02/2026"]
    rejects = rejects_of(write(tmp_path, as_csv([HEAD, cells])))
    (again,) = rejected(read(rejects))
    assert again.cells == tuple(cells), "not corrected: rejected again, as it stood in the extract"
    rejects.write_text(rejects.read_text("utf-8-sig").replace("31/02/2026", "28/02/2026"), "utf-8")
    with open_extract(rejects, rms()) as extract:
        assert extract.header == tuple(HEAD)
        assert extract.columns.unmapped == ()
        (row,) = taken(list(extract.rows()))
    assert row.case.fields["oic"] == "@PC Y"
    assert row.case.fields["oic_contact"] == "+44 1"
    assert row.case.fields["recorded_at"] == "2026-02-28"
    assert row.cells == ("2", "@PC Y", "+44 1", "28/02/2026")


def test_rejects_of_rejects_do_not_pile_up_columns_or_overwrite_each_other(tmp_path: Path) -> None:
    first = rejects_of(write(tmp_path, as_csv([HEAD, ["2", "PC Y", "", "31/02/2026"]])))
    second = rejects_of(first)
    assert second.name == "extract.rejects-2.csv"
    assert table(second)[0] == table(first)[0]
    assert table(second)[1][3:] == table(first)[1][3:]


def test_lines_of_a_wrong_length_keep_their_shape(tmp_path: Path) -> None:
    lines = "2,PC Y\n3,PC Z,,14/03/2026,extra\n"
    rejects = rejects_of(write(tmp_path, as_csv([HEAD]) + lines))
    short, long = table(rejects)[1:]
    assert short[3:] == ["2", "PC Y"]
    assert long[3:] == ["3", "PC Z", "", "14/03/2026", "extra"]
    assert len(rejected(read(rejects))) == 2


def test_an_apostrophe_in_an_ordinary_extract_is_left_alone(tmp_path: Path) -> None:
    (row,) = taken(read(write(tmp_path, as_csv([HEAD, ["1", "PC X", "'+44 1", ""]]))))
    assert row.case.fields["oic_contact"] == "'+44 1"


def test_rejects_of_a_workbook_go_back_in_as_text(tmp_path: Path) -> None:
    path = workbook(tmp_path, [HEAD, [43260000001, "=1+1", "", 46095]])
    rejects = rejects_of(path)
    (row,) = table(rejects)[1:]
    assert row[3:] == ["43260000001", "'=1+1", "", "46095"]
    (again,) = rejected(read(rejects))
    assert again.reason.startswith("formula cell")


def test_without_rejects_there_is_no_file(tmp_path: Path) -> None:
    target = tmp_path / "r.csv"
    with RejectsWriter(target, HEAD) as writer:
        assert writer.count == 0
    assert not target.exists()


def reject(cell: str = "x") -> RejectedRow:
    return RejectedRow(2, "OIC", cell, "wrong", "Put it right.", (cell,))


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    target = write(tmp_path, "corrections", "r.csv")
    with RejectsWriter(target, HEAD) as writer, pytest.raises(BadInputError, match="there already"):
        writer.write(reject())
    assert target.read_text() == "corrections"


def test_a_folder_that_cannot_be_written_is_said_plainly(tmp_path: Path) -> None:
    with RejectsWriter(tmp_path / "no" / "r.csv", HEAD) as writer, pytest.raises(BadInputError) as refused:
        writer.write(reject())
    assert "cannot be written" in refused.value.message


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_only_the_owner_may_read_rejects(tmp_path: Path) -> None:
    with RejectsWriter(tmp_path / "r.csv", HEAD) as writer:
        writer.write(reject())
    assert stat.S_IMODE((tmp_path / "r.csv").stat().st_mode) == 0o600


@given(st.text(max_size=20) | st.text("'=+-@\t\r x", max_size=8))
def test_every_cell_is_harmless_and_comes_back_as_it_was(cell: str) -> None:
    assert quoted(cell)[:1] not in tuple("=+-@\t\r")
    assert unquoted(quoted(cell)) == cell
