"""The typed getters of a pack's tables."""

import tomllib
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from casedesk.model.words import Severity
from casedesk.reference.loading import Pack, PackEntryError, Row

GOOD = """
id = "x"
text = "  A   plain text "
nasty = "red \\u001b[31malert\\u202e"
empty = ""
whole = 7
part = 2.5
yes = true
day = 2014-04-01
instant = 2014-04-01T10:00:00
list = ["one", "two "]
word = "warn"
words = ["warn", "block"]
sub = { a = 1 }
[[many]]
id = "m1"
n = 1
[[many]]
n = 2
"""


def row(text: str = GOOD) -> Row:
    return Row("[[thing]] x", tomllib.loads(text), {"": "data/things.toml"})


def test_values_come_out_as_their_type() -> None:
    it = row()
    assert it.id == "x"
    assert it.text("text") == "A plain text"
    assert it.texts("list") == ["one", "two"]
    assert (it.integer("whole"), it.number("part"), it.number("whole"), it.flag("yes")) == (7, 2.5, 7.0, True)
    assert it.day("day") == date(2014, 4, 1)
    assert it.choice("word", Severity) is Severity.WARN
    assert it.choices("words", Severity) == [Severity.WARN, Severity.BLOCK]
    assert it.table("sub").integer("a") == 1
    assert [one.integer("n") for one in it.rows("many")] == [1, 2]


def test_text_cannot_carry_terminal_escapes_or_direction_marks() -> None:
    assert row().text("nasty") == "red alert"


def test_absent_keys_give_the_default_or_none() -> None:
    it = row()
    assert it.text("gone", "so") == "so"
    assert it.texts("gone", []) == []
    assert it.flag("gone", True) is True
    assert it.choice("gone", Severity, Severity.INFO) is Severity.INFO
    assert it.rows("gone") == []
    assert it.table("gone").keys == []
    assert it.optional_text("empty") is None
    absent = [
        it.optional_text("gone"),
        it.optional_integer("gone"),
        it.optional_number("gone"),
        it.optional_flag("gone"),
        it.optional_day("gone"),
        it.optional_choice("gone", Severity),
    ]
    assert absent == [None] * 6


@pytest.mark.parametrize(
    ("read", "key", "says"),
    [
        (lambda it: it.text("gone"), "gone", "is missing"),
        (lambda it: it.text("empty"), "empty", "must not be empty"),
        (lambda it: it.text("whole"), "whole", "the number 7 found"),
        (lambda it: it.text("whole", "x"), "whole", "text in quotes expected"),
        (lambda it: it.integer("part"), "part", "whole number expected"),
        (lambda it: it.integer("yes"), "yes", "true found"),
        (lambda it: it.number("yes"), "yes", "a number expected"),
        (lambda it: it.flag("whole"), "whole", "true or false expected"),
        (lambda it: it.day("text"), "text", "without quotes"),
        (lambda it: it.day("instant"), "instant", "a day"),
        (lambda it: it.texts("text"), "text", "a list of texts"),
        (lambda it: it.texts("many"), "many", "a list of texts"),
        (lambda it: it.table("list"), "list", "a table expected"),
        (lambda it: it.rows("list"), "list", "a list of tables"),
        (lambda it: it.choice("text", Severity), "text", "not one of its words"),
        (lambda it: it.choices("list", Severity), "list", "“one”"),
    ],
)
def test_a_value_that_does_not_fit_names_file_entry_and_key(
    read: Callable[[Row], Any], key: str, says: str
) -> None:
    with pytest.raises(PackEntryError) as caught:
        read(row())
    (found,) = caught.value.problems
    assert (found.file, found.entry) == ("data/things.toml", f"[[thing]] x, {key}")
    assert says in found.message
    assert "data/things.toml: [[thing]] x" in str(caught.value)


def test_numbers_without_end_are_refused() -> None:
    for text in ("n = inf", "n = nan"):
        with pytest.raises(PackEntryError, match="a number expected"):
            row(text).number("n")


def test_a_nested_entry_is_named_in_its_error() -> None:
    with pytest.raises(PackEntryError, match=r"\[\[thing\]\] x, many #2, id: is missing"):
        row().rows("many")[1].text("id")


def test_a_misspelt_word_and_a_misspelt_key_are_corrected() -> None:
    with pytest.raises(PackEntryError) as word:
        row('word = "wrn"').choice("word", Severity)
    assert word.value.cure == "Did you mean “warn”?"
    with pytest.raises(PackEntryError) as key:
        row('tittle = "x"\nzzz = 1').unknown({"id", "title"})
    assert [(one.entry, one.cure) for one in key.value.problems] == [
        ("[[thing]] x, tittle", "Did you mean “title”?"),
        ("[[thing]] x, zzz", "Known: id, title."),
    ]
    row('id = "x"').unknown({"id", "title"})


def test_building_reports_every_entry_that_does_not_fit() -> None:
    entries = [{"id": "a", "n": 1}, {"id": "b"}, {"id": "c", "n": "x"}]
    pack = Pack("p", "data/p.toml", None, {"thing": entries})
    with pytest.raises(PackEntryError, match="and 1 more") as caught:
        pack.build("thing", lambda one: one.integer("n"))
    assert [one.entry for one in caught.value.problems] == ["[[thing]] b, n", "[[thing]] c, n"]
    assert Pack("p", "f", None, {"thing": entries[:1]}).build("thing", lambda one: one.integer("n")) == {
        "a": 1
    }


def test_an_unknown_table_is_corrected() -> None:
    pack = Pack("p", "data/p.toml", None, {"pack": {}, "outcom": []})
    with pytest.raises(PackEntryError, match=r"\[outcom\]: unknown table") as caught:
        pack.unknown({"outcome"})
    assert caught.value.cure == "Did you mean “outcome”?"
