import pytest

from casedesk.widgets.command import Command
from casedesk.widgets.keymap import check_keymap, is_key, normal_key


def command(name: str, keys: str) -> Command:
    return Command(name, keys, name.title(), "Does it.", "do")


PLACES = {
    "Queue": [command("queue.open", "enter,o"), command("queue.mark", "space"), command("app.help", "?,f1")],
    "Case": [command("case.log", "l"), command("app.help", "?,f1")],
}


def test_good_entries_are_kept_whatever_the_spelling_of_the_list() -> None:
    checked = check_keymap({"queue.open": " f6 , ctrl+e", "app.help": "!"}, PLACES)
    assert checked.keys == {"queue.open": "f6,ctrl+e", "app.help": "!"}
    assert checked.problems == ()


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"queue.opne": "f6"}, "Did you mean 'queue.open'"),
        ({"nothing.like.it": "f6"}, "there is no command 'nothing.like.it'"),
        ({"queue.open": " , "}, "was given no key, so it keeps Enter o"),
        ({"queue.open": "ctlr+e"}, "'ctlr+e', which is not a key"),
        ({"queue.open": "f99"}, "not a key"),
        (
            {"queue.open": "space"},
            "Space is wanted for 'queue.open' and for 'queue.mark' (Queue.Mark) on Queue",
        ),
        ({"queue.open": "question_mark"}, "? is wanted for"),
    ],
)
def test_an_entry_that_cannot_be_kept_is_explained_and_the_default_stays(
    entry: dict[str, str], says: str
) -> None:
    checked = check_keymap(entry, PLACES)
    assert checked.keys == {}
    (problem,) = checked.problems
    assert says in problem


def test_two_commands_may_swap_their_keys() -> None:
    wanted = {"queue.open": "space", "queue.mark": "enter"}
    assert check_keymap(wanted, PLACES).keys == wanted


def test_the_same_key_may_serve_commands_of_different_places() -> None:
    assert check_keymap({"case.log": "o"}, PLACES).problems == ()


def test_of_two_entries_that_want_one_key_one_is_kept() -> None:
    checked = check_keymap({"queue.open": "x", "queue.mark": "x"}, PLACES)
    assert len(checked.keys) == 1
    assert len(checked.problems) == 1


def test_a_key_has_one_name_however_it_is_written() -> None:
    assert normal_key("?") == normal_key("question_mark")
    assert normal_key("/") == normal_key("slash")
    assert normal_key("g") != normal_key("G")


@pytest.mark.parametrize(
    "key", ["m", "?", "f6", "ctrl+e", "shift+up", "pagedown", "+", "ctrl+shift+f5", "space"]
)
def test_keys_that_terminals_send_are_accepted(key: str) -> None:
    assert is_key(key)


def test_a_long_or_strange_name_is_quoted_shortly_and_safely() -> None:
    (problem,) = check_keymap({"x\x1b[2J" * 100: "f6"}, PLACES).problems
    assert len(problem) < 100
    assert "\x1b" not in problem
