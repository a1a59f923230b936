"""Text files as people and systems write them, and as nobody should."""

import codecs
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casedesk.exchange.intake import Reading, TakenRow, open_extract
from casedesk.exchange.intake import delimited as delimited_module
from casedesk.exchange.intake import lines as lines_module
from casedesk.exchange.intake.lines import PIECE
from casedesk.model.errors import BadInputError
from casedesk.model.text import clean
from tests.exchange.reading import STREET, as_csv, read, rejected, rms, street, taken, write

HEAD = "Occurrence No,OIC,Rationale\n"


def oics(readings: list[Reading]) -> list[object]:
    return [row.case.fields["oic"] for row in taken(readings)]


def refusal(path: Path) -> BadInputError:
    with pytest.raises(BadInputError) as refused:
        read(path)
    assert path.name in refused.value.message
    assert refused.value.cure
    return refused.value


# --- encodings


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (f"{HEAD}1,PC Zoë O’Hara,\n".encode(), "UTF-8"),
        (codecs.BOM_UTF8 + f"{HEAD}1,PC Zoë O’Hara,\n".encode(), "UTF-8"),
        (f"{HEAD}1,PC Zoë O’Hara,\n".encode("cp1252"), "Windows-1252"),
        (codecs.BOM_UTF16_LE + f"{HEAD}1,PC Zoë O’Hara,\n".encode("utf-16-le"), "UTF-16"),
        (codecs.BOM_UTF16_BE + f"{HEAD}1,PC Zoë O’Hara,\n".encode("utf-16-be"), "UTF-16"),
    ],
    ids=["utf-8", "utf-8 with mark", "windows-1252", "utf-16 little", "utf-16 big"],
)
def test_encodings(tmp_path: Path, raw: bytes, encoding: str) -> None:
    with open_extract(write(tmp_path, raw), rms()) as extract:
        assert extract.encoding == encoding
        assert oics(list(extract.rows())) == ["PC Zoë O’Hara"]
        assert extract.bytes_read == extract.size == len(raw)


def test_a_file_that_stops_being_utf8_halfway_garbles_no_other_line(tmp_path: Path) -> None:
    good = [f"{number},PC Zoë {number},\n".encode() for number in range(20_000)]
    raw = HEAD.encode() + b"".join(good) + "x,PC Noël,\n".encode("cp1252") + "y,PC Zoë,\n".encode()
    names = oics(read(write(tmp_path, raw)))
    assert names == [*(f"PC Zoë {number}" for number in range(20_000)), "PC Noël", "PC Zoë"]


def test_a_line_with_bytes_of_no_known_encoding_is_rejected(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD.encode() + b"1,PC \x81,\n" + b"2,PC B\xe9,\n")
    readings = read(path)
    assert isinstance(readings[1], TakenRow)
    assert readings[1].case.fields["oic"] == "PC Bé"
    (reject,) = rejected(readings)
    assert (reject.line, reject.reason) == (2, "characters that cannot be read")


def test_a_character_may_lie_across_two_pieces_of_the_file(tmp_path: Path) -> None:
    raw = (
        HEAD.encode()
        + b"".join(b"%d,PC X," % number + b"a" * 90_000 + b"\n" for number in (1, 2))
        + b"3,PC Q,"
    )
    raw += b"c" * (PIECE - 1 - len(raw)) + "é\n".encode()
    assert raw[:PIECE].endswith(b"c\xc3")
    rationale = taken(read(write(tmp_path, raw)))[2].case.fields["rationale"]
    assert isinstance(rationale, str)
    assert rationale.endswith("cé")


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        ("Occurrence No,OIC\n1,PC X\n".encode("utf-16-le"), "UTF-16 text without its mark"),
        ("Occurrence No,OIC\n1,PC X\n".encode("utf-32"), "UTF-32"),
        (codecs.BOM_UTF16_LE + "Occurrence No,OIC\n1,".encode("utf-16-le") + b"\x00\xd8A", "not"),
    ],
    ids=["no mark", "utf-32", "broken utf-16"],
)
def test_other_unicode_is_refused_with_the_cure(tmp_path: Path, raw: bytes, what: str) -> None:
    refused = refusal(write(tmp_path, raw))
    assert what in refused.message
    assert "CSV UTF-8" in refused.cure


# --- shapes


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_told_by_the_heading(tmp_path: Path, delimiter: str) -> None:
    rows = [["Occurrence No", "OIC", "Location"], ["1", "Okafor, Rhys; PC | x", "a,b;c|d"]]
    with open_extract(write(tmp_path, as_csv(rows, delimiter=delimiter)), rms()) as extract:
        assert extract.delimiter == delimiter
        assert oics(list(extract.rows())) == ["Okafor, Rhys; PC | x"]


def test_excels_own_line_about_the_delimiter(tmp_path: Path) -> None:
    with open_extract(write(tmp_path, "sep=;\nOccurrence No;OIC\n1;PC X\n"), rms()) as extract:
        assert extract.header == ("Occurrence No", "OIC")
        assert [row.line for row in taken(list(extract.rows()))] == [3]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old mac"])
def test_line_ends(tmp_path: Path, end: str) -> None:
    text = end.join(["Occurrence No,OIC,Rationale", "1,PC X,", f'2,PC Y,"one{end}two"', "3,PC Z,"])
    rows = taken(read(write(tmp_path, text)))
    assert [(row.line, row.case.fields["oic"]) for row in rows] == [(2, "PC X"), (3, "PC Y"), (5, "PC Z")]
    assert rows[1].case.fields["rationale"] == "one\ntwo"


def test_a_title_may_stand_above_the_heading(tmp_path: Path) -> None:
    text = f"Weekly extract,,\nOFFICIAL-SENSITIVE,,\n\n{HEAD}1,PC X,\n"
    with open_extract(write(tmp_path, text), rms()) as extract:
        assert extract.header_line == 4
        assert [row.line for row in taken(list(extract.rows()))] == [5]


def test_blank_lines_are_passed_over(tmp_path: Path) -> None:
    rows = taken(read(write(tmp_path, f"{HEAD}\n1,PC X,\n,,\n\n2,PC Y,\n\n")))
    assert [row.line for row in rows] == [3, 6]


def test_lines_with_too_few_or_too_many_cells_are_rejected(tmp_path: Path) -> None:
    readings = read(write(tmp_path, f"{HEAD}1,PC X\n2,PC Y,all done,oops\n3,PC Z,,,,\n4,PC A,\n"))
    short, long = rejected(readings)
    assert (short.line, short.cells) == (2, ("1", "PC X"))
    assert "has 2 cells where the heading has 3" in short.reason
    assert (long.line, long.cells) == (3, ("2", "PC Y", "all done", "oops"))
    assert [row.line for row in readings if isinstance(row, TakenRow)] == [4, 5]


def test_columns_that_are_missing_are_named(tmp_path: Path) -> None:
    refused = refusal(write(tmp_path, "Name,OIC,Location\nx,y,z\n"))
    assert "no column “Occurrence number”" in refused.message
    assert "“Name”, “OIC”, “Location”" in refused.cure


def test_a_file_without_a_heading_is_refused(tmp_path: Path) -> None:
    assert "no heading" in refusal(write(tmp_path, "43260000001,PC X\n43260000002,PC Y\n")).message


def test_the_same_heading_twice_is_refused(tmp_path: Path) -> None:
    refused = refusal(write(tmp_path, "Occurrence No,OIC,oic\n1,PC X,PC Y\n"))
    assert "“oic” more than once" in refused.message


def test_a_heading_twice_that_is_not_taken_in_does_no_harm(tmp_path: Path) -> None:
    assert oics(read(write(tmp_path, "Occurrence No,OIC,Notes,Notes,,\n1,PC X,a,b,c,d\n"))) == ["PC X"]


def test_a_file_with_a_heading_alone_has_no_rows(tmp_path: Path) -> None:
    assert read(write(tmp_path, HEAD)) == []


# --- quotes


def test_a_stray_quote_takes_no_other_line_with_it(tmp_path: Path) -> None:
    lines = [
        '1,"PC X,done',
        "2,PC Y,done",
        '3,PC "Zed" Z,said "no"',
        '4,"12" TV,x',
        "5,PC A,done",
        '6,PC B,"end',
    ]
    readings = read(write(tmp_path, HEAD + "\n".join(lines)))
    assert [one.line for one in rejected(readings)] == [2, 5, 7]
    assert [row.reference for row in readings if isinstance(row, TakenRow)] == ["2", "3", "5"]
    first = rejected(readings)[0]
    assert "quote" in first.reason
    assert first.cells == ("1", '"PC X', "done")


def test_every_line_with_a_stray_quote(tmp_path: Path) -> None:
    """Going back to the second line after each bad one must not read the file again and again."""
    text = HEAD + "".join(f'{number},"PC X,done\n' for number in range(3000))
    assert len(rejected(read(write(tmp_path, text)))) == 3000


def test_quotes_that_never_close_again_and_again_refuse_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    block = '1,"PC X,\n' + "2,PC Y,done\n" * 12_000
    readings = read(write(tmp_path, HEAD + block * 3))
    assert len([one for one in rejected(readings) if "quote" in one.reason]) == 3
    monkeypatch.setattr(delimited_module, "MAX_ENDLESS", 2)
    assert "cannot be split into rows" in refusal(write(tmp_path, HEAD + block * 3)).message


def test_a_record_without_end_is_not_read_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines_module, "MAX_LINE", 1000)
    text = HEAD + '1,PC X,"\n' + 'x","\n' * 600  # every line closes a cell and opens the next
    assert "cannot be split into rows" in refusal(write(tmp_path, text)).message


def test_a_drive_that_goes_away_while_reading_is_said_plainly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(source: object, place: str) -> None:
        raise OSError(5, "Input/output error")

    with open_extract(write(tmp_path, f"{HEAD}1,PC X,\n"), rms()) as extract:
        monkeypatch.setattr(delimited_module.DelimitedSource, "records", gone)
        with pytest.raises(BadInputError, match="cannot be read: Input/output error"):
            list(extract.rows())


def test_a_cell_too_long_for_any_text_is_rejected_alone(tmp_path: Path) -> None:
    text = HEAD + "1,PC X," + "x" * 200_000 + "\n2,PC Y,\n"
    readings = read(write(tmp_path, text))
    (reject,) = rejected(readings)
    assert reject.line == 2
    assert isinstance(readings[1], TakenRow)


# --- hostile


def test_a_line_without_end_is_refused_without_reading_it_into_memory(tmp_path: Path) -> None:
    path = tmp_path / "extract.csv"
    with path.open("wb") as file:
        file.write(f"{STREET}\n".encode() + b"x" * 100_000)
        file.truncate(2_000_000_000)  # sparse: the line goes on with NULs
    tracemalloc.start()
    try:
        with pytest.raises(BadInputError, match="line of more than 1,048,576 bytes") as refused:
            open_extract(path, street())
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()
    assert "extract.csv" in refused.value.message


def test_a_long_utf16_line_of_look_alike_line_ends_is_refused(tmp_path: Path) -> None:
    raw = codecs.BOM_UTF16_LE + HEAD.encode("utf-16-le") + "\u0a0a".encode("utf-16-le") * 3_000_000
    assert "line of more than" in refusal(write(tmp_path, raw)).message


def test_nul_bytes_reject_their_line(tmp_path: Path) -> None:
    filler = "".join(f"{number},PC X,\n" for number in range(10_000)).encode()
    readings = read(write(tmp_path, HEAD.encode() + filler + b"bad,PC \0Y,\n" + b"z,PC Z,\n"))
    (reject,) = rejected(readings)
    assert reject.line == 10_002
    assert reject.reason == "characters that cannot be read"
    assert isinstance(readings[-1], TakenRow)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        line = ",".join(
            ["{}", "2016-01", "Kent Police", "", "", "", "On or near High Street", "", "", "Burglary", "", ""]
        )
        path = write(tmp_path, f"{STREET}\n" + "\n".join(line.format(f"{n:064x}") for n in range(rows)))
        tracemalloc.start()
        try:
            with open_extract(path, street()) as extract:
                assert sum(1 for _ in extract.rows()) == rows
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    small, large = peak(3_000), peak(15_000)
    assert large - small < 12_000 * 64, "a row may leave a hash behind, not its facts"


def test_progress_moves_while_reading(tmp_path: Path) -> None:
    text = HEAD + "".join(f"{number},PC X,{'x' * 100}\n" for number in range(20_000))
    with open_extract(write(tmp_path, text), rms()) as extract:
        seen = {extract.bytes_read for _ in extract.rows()}
        assert len(seen) > 4
        assert max(seen) == extract.size


def test_rows_can_be_read_twice_with_the_same_result(tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEAD}1,PC X,\n1,PC X,\n2,PC Y,\n")
    with open_extract(path, rms()) as extract:
        assert list(extract.rows()) == list(extract.rows())


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=12).filter(
    lambda cell: not clean(cell).startswith("=") and cell not in rms().empty
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=6), st.sampled_from(",;\t|"))
def test_what_a_csv_writer_writes_is_read_back(
    tmp_path: Path, rows: list[tuple[str, str]], delimiter: str
) -> None:
    numbered = [[f"n{number}", oic, why] for number, (oic, why) in enumerate(rows)]
    text = as_csv([["Occurrence No", "OIC", "Rationale"], *numbered], delimiter=delimiter)
    found = taken(read(write(tmp_path, text)))
    assert [row.cells for row in found] == [tuple(row) for row in numbered]
    assert [row.case.fields["oic"] for row in found] == [clean(oic) or None for oic, _ in rows]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(st.binary(max_size=400))
def test_no_bytes_bring_a_traceback(tmp_path: Path, raw: bytes) -> None:
    """Any bytes at all after the heading: every line is taken, rejected, or the file refused."""
    path = write(tmp_path, HEAD.encode() + raw)
    try:
        readings = read(path)
    except BadInputError as refused:
        readings, message = [], refused.message
    else:
        message = path.name
    assert path.name in message
    assert all(isinstance(one, TakenRow) or one.reason for one in readings)
