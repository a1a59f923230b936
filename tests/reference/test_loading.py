"""Reading a pack and laying a force's own file over it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.model.errors import PackError
from casedesk.reference import loading
from casedesk.reference.loading import PackEntryError, pack_names, read_pack

SHIPPED = """
[pack]
title = "Colours"
version = "3"

[limits]
days = 7
words = { one = "eins", two = "zwei" }

[[colour]]
id = "red"
name = "Red"

[[colour]]
id = "green"
name = "Green"
"""


@pytest.fixture
def overlay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    data, own = tmp_path / "data", tmp_path / "own"
    (data / "profiles").mkdir(parents=True)
    (own / "profiles").mkdir(parents=True)
    (data / "colours.toml").write_text(SHIPPED)
    monkeypatch.setattr(loading, "DATA", data)
    return own


def lay(overlay: Path, text: str) -> None:
    (overlay / "colours.toml").write_text(text, encoding="utf-8")


def problem(overlay: Path, text: str) -> loading.PackProblem:
    lay(overlay, text)
    with pytest.raises(PackEntryError) as caught:
        read_pack("colours", overlay)
    return caught.value.problems[0]


def test_without_an_overlay_the_shipped_pack_is_read(overlay: Path) -> None:
    pack = read_pack("colours", overlay)
    assert [(row.id, row.text("name")) for row in pack.rows("colour")] == [("red", "Red"), ("green", "Green")]
    assert pack.version == "3"
    assert pack.meta["title"] == "Colours"
    assert pack.table("nothing here").keys == []
    assert pack.rows("nothing here") == []


def test_an_entry_of_the_overlay_replaces_the_one_with_its_id_and_a_new_id_adds(overlay: Path) -> None:
    lay(
        overlay,
        '[[colour]]\nid = "red"\nname = "Crimson"\nnote = "ours"\n[[colour]]\nid = "blue"\nname = "Blue"',
    )
    pack = read_pack("colours", overlay)
    assert [row.text("name") for row in pack.rows("colour")] == ["Crimson", "Green", "Blue"]
    assert pack.version == "3+local"


def test_plain_tables_merge_key_by_key_at_every_depth(overlay: Path) -> None:
    lay(overlay, '[limits]\nhours = 5\nwords = { two = "deux" }\n[pack]\nowner = "ours"')
    pack = read_pack("colours", overlay)
    limits = pack.table("limits")
    assert (limits.integer("days"), limits.integer("hours")) == (7, 5)
    assert limits.table("words").values == {"one": "eins", "two": "deux"}
    assert pack.meta == {"title": "Colours", "version": "3", "owner": "ours"}


def test_severity_off_retires_an_entry(overlay: Path) -> None:
    lay(overlay, '[[colour]]\nid = "red"\nseverity = "off"')
    assert [row.id for row in read_pack("colours", overlay).rows("colour")] == ["green"]


def test_switching_off_what_does_not_exist_is_an_error_with_a_hint(overlay: Path) -> None:
    found = problem(overlay, '[[colour]]\nid = "grean"\nseverity = "off"')
    assert found.entry == "[[colour]] grean"
    assert "green" in found.cure


def test_errors_name_the_file_that_holds_the_fault(overlay: Path) -> None:
    lay(overlay, '[[colour]]\nid = "blue"\nname = 4\n[limits]\nhours = "five"')
    pack = read_pack("colours", overlay)
    with pytest.raises(PackEntryError) as own:
        pack.rows("colour")[2].text("name")
    assert own.value.problems[0].file == str(overlay / "colours.toml")
    with pytest.raises(PackEntryError) as own_key:
        pack.table("limits").integer("hours")
    assert own_key.value.problems[0].file == str(overlay / "colours.toml")
    with pytest.raises(PackEntryError) as shipped:
        pack.table("limits").text("days")
    assert shipped.value.problems[0].file == "data/colours.toml"


@pytest.mark.parametrize(
    ("text", "line"),
    [("[pack]\ntitle = \n", 2), ("[pack]\n\n\ntitle = 'a' 'b'", 4), ('[pack]\ntitle = """open', 2)],
)
def test_a_syntax_error_names_its_line(overlay: Path, text: str, line: int) -> None:
    found = problem(overlay, text)
    assert (found.file, found.entry) == (str(overlay / "colours.toml"), f"line {line}")
    assert "not valid TOML" in found.message


def test_a_file_in_another_encoding_is_refused_with_its_line(overlay: Path) -> None:
    (overlay / "colours.toml").write_bytes('[pack]\ntitle = "£5"'.encode("cp1252"))
    with pytest.raises(PackEntryError) as caught:
        read_pack("colours", overlay)
    assert caught.value.problems[0].entry == "line 2"
    assert "UTF-8" in caught.value.cure


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(overlay: Path) -> None:
    (overlay / "colours.toml").write_bytes(b'\xef\xbb\xbf[pack]\r\ntitle = "Ours"\r\n')
    assert read_pack("colours", overlay).meta["title"] == "Ours"


def test_hostile_files_are_refused_in_words(overlay: Path) -> None:
    assert "nested" in problem(overlay, "a = " + "[" * 50_000).message
    with (overlay / "colours.toml").open("wb") as big:
        big.truncate(loading.MAX_BYTES + 1)
    with pytest.raises(PackEntryError, match="too large"):
        read_pack("colours", overlay)


def test_entries_need_an_id_and_each_id_once(overlay: Path) -> None:
    assert problem(overlay, '[[colour]]\nname = "Blue"').entry == "[[colour]] #1"
    assert "in quotes" in problem(overlay, "[[colour]]\nid = 16").cure
    assert "twice" in problem(overlay, '[[colour]]\nid = "x"\n[[colour]]\nid = "x"').message


def test_a_table_laid_over_entries_is_refused_and_the_other_way_round(overlay: Path) -> None:
    assert "[[colour]]" in problem(overlay, '[colour]\nname = "Blue"').cure
    assert "[limits]" in problem(overlay, '[[limits]]\nid = "days"').cure
    assert "outside any table" in problem(overlay, "days = 8").message


def test_a_pack_may_exist_in_the_overlay_alone(overlay: Path) -> None:
    (overlay / "profiles" / "ours.toml").write_text('[pack]\ntitle = "Ours"\nversion = "1"')
    assert pack_names("profiles", overlay) == ["profiles/ours"]
    assert read_pack("profiles/ours", overlay).version == "1"


def test_an_unknown_pack_is_refused_with_the_name_that_was_meant(overlay: Path) -> None:
    with pytest.raises(PackError, match=r"no pack “colors”.*“colours”"):
        read_pack("colors", overlay)


@pytest.mark.parametrize(
    "name", ["../colours", "/etc/passwd", "a/b/c", "", "Colours", "profiles/../x", "x\n"]
)
def test_a_name_cannot_lead_out_of_the_folders(overlay: Path, name: str) -> None:
    with pytest.raises(PackError, match="not the name of a pack"):
        read_pack(name, overlay)


ids = st.sampled_from("abcdefgh")
entries = st.dictionaries(ids, st.integers(0, 9), max_size=8)


@given(below=entries, above=entries)
def test_whatever_is_laid_over_wins_and_nothing_else_changes(
    below: dict[str, int], above: dict[str, int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("packs")
    for folder, values in (("data", below), ("own", above)):
        (root / folder).mkdir()
        rows = "".join(f'[[row]]\nid = "{key}"\nn = {n}\n' for key, n in values.items())
        keys = "[keys]\n" + "".join(f"{key} = {n}\n" for key, n in values.items())
        (root / folder / "p.toml").write_text(rows + keys)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "DATA", root / "data")
        pack = read_pack("p", root / "own")
    assert [(row.id, row.integer("n")) for row in pack.rows("row")] == list({**below, **above}.items())
    assert pack.table("keys").values == {**below, **above}
