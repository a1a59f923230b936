"""Excel workbooks: typed cells, many sheets, and everything that can be wrong with one."""

import zipfile
from datetime import date, datetime, time
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from casedesk.exchange.intake import TakenRow, open_extract
from casedesk.exchange.intake import archive as archive_module
from casedesk.model.errors import BadInputError
from tests.exchange.reading import read, rejected, rms, taken, workbook

SHEET = "xl/worksheets/sheet1.xml"


def refusal(path: Path) -> BadInputError:
    with pytest.raises(BadInputError) as refused:
        read(path)
    assert path.name in refused.value.message
    assert refused.value.cure
    return refused.value


def replaced(path: Path, part: str, content: bytes) -> Path:
    """The workbook with one part replaced."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts[part] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, raw in parts.items():
            new.writestr(name, raw)
    return path


def sheet_xml(rows: str, tail: str = "", head: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{head}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{rows}</sheetData>{tail}</worksheet>"
    ).encode()


def text_cell(text: str, at: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'


def test_typed_cells_are_what_they_show(tmp_path: Path) -> None:
    head = [
        "Occurrence No",
        "Recorded",
        "Reported",
        "Charge date",
        "Value",
        "Offender agreed",
        "OIC",
        "Suspect DOB",
    ]
    row: list[Any] = [
        43260000001,
        datetime.fromisoformat("2026-07-14 22:15:07"),
        "14/07/2026 08:05",
        date(2026, 7, 15),
        64.5,
        True,
        1234.0,
        46095,
    ]
    (line,) = taken(read(workbook(tmp_path, [head, row])))
    assert line.reference == "43260000001"
    assert line.case.fields["recorded_at"] == "2026-07-14T21:15:07Z"
    assert line.case.fields["reported_at"] == "2026-07-14T07:05:00Z"
    assert line.case.fields["charged_on"] == "2026-07-15"
    assert line.case.fields["value_pence"] == 6450
    assert line.case.fields["offender_agreed"] is True
    assert line.case.fields["oic"] == "1234"
    assert line.others[0].fields["dob"] == "2026-03-14"


def test_midnight_is_a_time_only_where_the_cell_shows_one(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Occurrence No", "Recorded", "Reported"])
    sheet.append(["1", *[datetime.fromisoformat("2026-03-14 00:00")] * 2])
    sheet["B2"].number_format = "dd/mm/yyyy"
    sheet["C2"].number_format = "dd/mm/yyyy hh:mm"
    book.save(tmp_path / "extract.xlsx")
    (row,) = taken(read(tmp_path / "extract.xlsx"))
    assert row.case.fields["recorded_at"] == "2026-03-14"
    assert row.case.fields["reported_at"] == "2026-03-14T00:00:00Z"


def test_days_counted_from_1904(tmp_path: Path) -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    sheet.append(["Occurrence No", "Recorded", "OIC"])
    sheet.append(["1", date(2026, 3, 14), 46095])
    sheet.append(["2", 46095, "PC X"])
    book.save(tmp_path / "extract.xlsx")
    first, second = read(tmp_path / "extract.xlsx")
    assert isinstance(first, TakenRow)
    assert first.case.fields["recorded_at"] == "2026-03-14"
    assert first.case.fields["oic"] == "46095"
    (reject,) = rejected([second])
    assert reject.column == "Recorded"
    assert "1904" in reject.reason


def test_formulas_are_never_worked_out(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["Occurrence No", "OIC", "Notes"], ["1", "=1+1", "x"], ["2", "PC X", "=1+1"]])
    readings = read(path)
    (reject,) = rejected(readings)
    assert (reject.line, reject.column, reject.value) == (2, "OIC", "=1+1")
    assert reject.reason.startswith("formula cell")
    assert isinstance(readings[1], TakenRow), "a column that is not taken in may hold anything"


def test_error_cells_and_dates_in_the_wrong_place_are_rejected(tmp_path: Path) -> None:
    head = ["Occurrence No", "HO class", "OIC"]
    path = workbook(
        tmp_path, [head, ["1", "8/6", "#N/A"], ["2", date(2026, 6, 8), "PC X"], ["3", "8/6", time(9, 5)]]
    )
    error, dated = rejected(readings := read(path))
    assert (error.column, error.value) == ("OIC", "#N/A")
    assert "error" in error.reason
    assert (dated.column, dated.value) == ("HO class", "2026-06-08")
    assert "made a date" in dated.reason
    assert isinstance(readings[2], TakenRow)


def test_numbers_that_lost_digits_name_no_case(tmp_path: Path) -> None:
    (reject,) = rejected(read(workbook(tmp_path, [["Occurrence No"], [4.3260000001234567e19]])))
    assert "shortened the number" in reject.reason


def test_the_first_sheet_with_the_heading_is_read(tmp_path: Path) -> None:
    book = Workbook()
    cover = book.active
    assert cover is not None
    cover.title = "Cover"
    cover.append(["Weekly extract"])
    hidden = book.create_sheet("Old")
    hidden.append(["Occurrence No", "OIC"])
    hidden.append(["old", "PC X"])
    hidden.sheet_state = "hidden"
    for name in ("Data", "More data"):
        sheet = book.create_sheet(name)
        sheet.append([f"{name} of July"])
        sheet.append(["Occurrence No", "OIC"])
        sheet.append([name, "PC X"])
    book.save(tmp_path / "extract.xlsx")
    with open_extract(tmp_path / "extract.xlsx", rms()) as extract:
        assert extract.sheet == "Data"
        assert extract.other_sheets == ("Cover", "More data", "Old")
        assert extract.encoding is None
        assert [(row.reference, row.line) for row in taken(list(extract.rows()))] == [("Data", 3)]
        assert 0 < extract.bytes_read <= extract.size


def test_merged_cells_reject_the_rows_whose_values_they_hide(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Weekly extract"])
    sheet.append(["Occurrence No", "OIC", "Notes"])
    for number in range(1, 6):
        sheet.append([str(number), "PC X", "note"])
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("B3:B4")
    sheet.merge_cells("C5:C7")
    book.save(tmp_path / "extract.xlsx")
    readings = read(tmp_path / "extract.xlsx")
    (reject,) = rejected(readings)
    assert (reject.line, reject.column) == (4, "OIC")
    assert reject.reason == "part of a merged cell"
    assert len(readings) == 5


def test_gaps_in_a_sheet_and_empty_cells_at_its_edges(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A3"], sheet["B3"], sheet["C3"] = "Occurrence No", "OIC", "Location"
    sheet["A7"] = "1"
    sheet["A9"], sheet["D9"] = "2", "  "
    sheet["A10"], sheet["E10"] = "3", "beyond the heading"
    book.save(tmp_path / "extract.xlsx")
    readings = read(tmp_path / "extract.xlsx")
    assert [row.line for row in readings] == [7, 9, 10]
    assert isinstance(readings[0], TakenRow)
    assert readings[0].case.fields["oic"] is None
    assert "cells where the heading has 3" in rejected(readings)[-1].reason


# --- hostile


def test_a_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = replaced(workbook(tmp_path, [["Occurrence No"], ["1"]]), SHEET, b"<a>" + b" " * 60_000_000)
    assert "unpack to far more than a real workbook" in refusal(path).message


def test_too_large_a_part_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "MAX_SHEET", 100)
    assert "unpack to far more" in refusal(workbook(tmp_path, [["Occurrence No"], ["1"]])).message


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_entities_are_refused_wherever_they_hide(tmp_path: Path, part: str) -> None:
    noise = b"".join(sha256(bytes([at % 256, at // 256])).hexdigest().encode() for at in range(16_384))
    at_the_seam = noise[: 1_048_576 - 30]  # the declaration lies across two pieces
    evil = b'<?xml version="1.0"?><!--' + at_the_seam + b'--><!DOCTYPE a [<!ENTITY b "boom">]><a>&b;</a>'
    path = replaced(workbook(tmp_path, [["Occurrence No"], ["1"]]), part, evil)
    assert "XML that no spreadsheet writes" in refusal(path).message


def test_a_cell_of_megabytes_is_refused(tmp_path: Path) -> None:
    noise = "".join(chr(97 + number * number % 26) * (number % 7) for number in range(1_500_000))
    rows = f'<row r="1">{text_cell("Occurrence No", "A1")}</row><row r="2">{text_cell(noise, "A2")}</row>'
    path = replaced(workbook(tmp_path, [["Occurrence No"], ["1"]]), SHEET, sheet_xml(rows))
    assert "longer than any spreadsheet allows" in refusal(path).message


def test_rows_far_down_the_sheet_do_not_keep_the_program_busy(tmp_path: Path) -> None:
    rows = (
        f'<row r="1">{text_cell("Occurrence No", "A1")}</row><row r="2000000000"><c r="A2"><v>1</v></c></row>'
    )
    path = replaced(workbook(tmp_path, [["Occurrence No"], ["1"]]), SHEET, sheet_xml(rows))
    assert "damaged workbook" in refusal(path).message


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1" t="s"><v>999</v></c></row>',
        '<row r="1"><c r="??" t="n"><v>1</v></c></row>',
        '<row r="x"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>one</v></c></row>',
        '<row r="1"><c r="A1"',
    ],
    ids=["no such string", "no such cell", "no such row", "no number", "cut off"],
)
def test_damaged_sheets_are_refused(tmp_path: Path, rows: str) -> None:
    path = replaced(workbook(tmp_path, [["Occurrence No"], ["1"]]), SHEET, sheet_xml(rows))
    assert "damaged workbook" in refusal(path).message


def test_damage_below_the_heading_is_a_refusal_too(tmp_path: Path) -> None:
    good = "".join(f'<row r="{n}">{text_cell(f"n{n}", f"A{n}")}</row>' for n in range(2, 60))
    bad = '<row r="60"><c r="A60" t="s"><v>9</v></c></row>'
    rows = f'<row r="1">{text_cell("Occurrence No", "A1")}</row>{good}{bad}'
    path = replaced(workbook(tmp_path, [["Occurrence No"], ["1"]]), SHEET, sheet_xml(rows))
    with open_extract(path, rms()) as extract, pytest.raises(BadInputError, match="damaged workbook"):
        list(extract.rows())


def test_overlapping_merges_are_refused(tmp_path: Path) -> None:
    merges = "".join(f'<mergeCell ref="A{n}:XFD1048576"/>' for n in range(1, 400))
    rows = f'<row r="1">{text_cell("Occurrence No", "A1")}</row><row r="2">{text_cell("1", "A2")}</row>'
    xml = sheet_xml(rows, f"<mergeCells>{merges}</mergeCells>")
    assert "damaged workbook" in refusal(replaced(workbook(tmp_path, [["x"]]), SHEET, xml)).message


def test_a_truncated_workbook_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["Occurrence No"], *([f"n{n}"] for n in range(500))])
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2])
    assert "damaged" in refusal(path).message


def test_flipped_bytes_never_bring_a_traceback(tmp_path: Path) -> None:
    raw = workbook(tmp_path, [["Occurrence No", "OIC"], *([f"n{n}", "PC X"] for n in range(50))]).read_bytes()
    refusals = 0
    for at in range(0, len(raw), max(len(raw) // 60, 1)):
        path = tmp_path / "flipped.xlsx"
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 0x5A]) + raw[at + 1 :])
        try:
            read(path)
        except BadInputError:
            refusals += 1
    assert refusals > 5
