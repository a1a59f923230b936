"""A paste through the parser that reads the terminal: one event, whatever it holds and however it is cut up."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from casedesk.app import CasedeskApp
from casedesk.widgets import whole_pastes
from casedesk.widgets.screen import DeskScreen
from casedesk.widgets.whole_pastes import END, GIVEN_UP, MOST, SETTLED, START, WholePastes
from tests.screens.harness import DeskServices

QUIET = SETTLED + 0.001
HOSTILE = "Victim says \x1b[31mred\x1b[0m\ttext\x07 \x1b]0;title\x07 \x1bx \x1b \x1b[200 end of text\r\r"


class Clock:
    """The parser's clock, put on by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(whole_pastes, "get_time", clock)
    monkeypatch.setattr("textual._parser.get_time", clock)
    return clock


def said(parser: WholePastes, clock: Clock, *reads: str, pause: float = 0.0) -> Iterator[Message]:
    """What the parser makes of these reads; a driver looks at the clock after each, and when it is quiet again."""
    for data in reads:
        yield from parser.feed(data)
        clock.now += pause
        yield from parser.tick()
    clock.now += QUIET
    yield from parser.tick()


def told(messages: Iterator[Message]) -> list[str]:
    return [
        f"paste {message.text}" if isinstance(message, events.Paste) else f"key {message.key}"
        for message in messages
        if isinstance(message, events.Paste | events.Key)
    ]


@pytest.mark.parametrize(
    "text", [HOSTILE, "", "a", "\x1b", "\x1b[201", "\x1b[A\x1bOP\x1b[3~", START, "\x1b[<0;1;1M"]
)
def test_a_paste_is_one_event_wherever_it_is_cut(clock: Clock, text: str) -> None:
    whole = f"{START}{text}{END}"
    for cut in range(len(whole) + 1):
        parser = WholePastes()
        got = told(said(parser, clock, *filter(None, (whole[:cut], whole[cut:]))))
        assert got == [f"paste {text.replace(START, '')}"], f"cut at {cut}"
        assert told(said(parser, clock, "q")) == ["key q"], "the keys work again"


def test_a_paste_that_comes_one_character_at_a_time_is_one_event(clock: Clock) -> None:
    assert told(said(WholePastes(), clock, *f"{START}{HOSTILE}{END}", pause=0.01)) == [f"paste {HOSTILE}"]


def test_a_beginning_cut_in_two_by_a_slow_line_still_begins_a_paste(clock: Clock) -> None:
    for cut in range(1, len(START)):
        got = told(said(WholePastes(), clock, START[:cut], f"{START[cut:]}q{END}", pause=0.3))
        assert [one for one in got if cut > 1 or one != "key escape"] == ["paste q"], cut


def test_an_end_inside_a_paste_lets_nothing_of_it_out_as_keys(clock: Clock) -> None:
    whole = f"{START}one{END}dq{START}two{END}x\x1b[A{END}"
    for cut in range(len(START), len(whole) + 1):
        got = told(said(WholePastes(), clock, *filter(None, (whole[:cut], whole[cut:]))))
        assert got == ["paste onedqtwox\x1b[A"], f"cut at {cut}"


def test_keys_around_a_paste_stay_keys_and_in_order(clock: Clock) -> None:
    parser = WholePastes()
    assert told(said(parser, clock, f"ab{START}one{END}c", "\x1b[A")) == [
        "key a", "key b", "paste one", "key c", "key up",
    ]  # fmt: skip
    assert told(said(parser, clock, f"{START}two{END}")) == ["paste two"]
    clock.now += 1
    assert told(said(parser, clock, "\r")) == ["key enter"]


def test_a_key_after_a_pause_does_not_wait_for_the_clock(clock: Clock) -> None:
    parser = WholePastes()
    list(parser.feed(f"{START}one{END}"))
    clock.now += QUIET
    assert told(iter(list(parser.feed("x")))) == ["paste one", "key x"]


def test_a_paste_without_an_end_is_given_after_a_silence_and_the_keys_work_again(clock: Clock) -> None:
    parser = WholePastes()
    assert told(said(parser, clock, f"{START}one \x1b[31mtwo")) == []
    clock.now += GIVEN_UP
    assert told(iter(list(parser.tick()))) == ["paste one \x1b[31mtwo"]
    assert told(said(parser, clock, "j", "\x1b[A")) == ["key j", "key up"]


def test_what_comes_late_of_a_paste_is_pasted_too(clock: Clock) -> None:
    parser = WholePastes()
    list(said(parser, clock, f"{START}one", pause=GIVEN_UP))
    assert told(said(parser, clock, f"dqx{END}")) == ["paste dqx"]
    list(said(parser, clock, f"{START}one", pause=GIVEN_UP))
    list(parser.feed("and a long line that nobody types in one go"))
    clock.now += GIVEN_UP
    assert told(iter(list(parser.tick()))) == ["paste and a long line that nobody types in one go"]


def test_what_was_pasted_is_given_when_the_terminal_goes(clock: Clock) -> None:
    parser = WholePastes()
    list(parser.feed(f"{START}one"))
    assert told(iter(list(parser.feed("")))) == ["paste one"]


def test_escape_and_the_keys_that_begin_with_it_are_read_as_before(clock: Clock) -> None:
    parser = WholePastes()
    assert told(said(parser, clock, "\x1b", pause=0.2)) == ["key escape"]
    assert told(said(parser, clock, *"[200~")) == [
        f"key {name}" for name in ("left_square_bracket", *"200", "tilde")
    ]
    for keys, name in {"\x1b[20~": "f9", "\x1b[2~": "insert", "\x1b[A": "up", "\x1bOP": "f1"}.items():
        for cut in range(1, len(keys)):
            assert told(said(parser, clock, keys[:cut], keys[cut:])) == [f"key {name}"]


def test_a_million_characters_are_read_once(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The framework's own parser takes each character in hand: none of the paste may get that far."""
    text = "\x1b[31mred\x1b[0m\t" * 70_000
    reads = [f"{START}{text}{END}"[at : at + 4096] for at in range(0, len(text) + 12, 4096)]
    parsed = 0
    parse = XTermParser.feed

    def counted(parser: WholePastes, data: str) -> Iterator[Message]:
        nonlocal parsed
        parsed += len(data)
        return iter(parse(parser, data))

    monkeypatch.setattr(XTermParser, "feed", counted)
    assert told(said(WholePastes(), clock, *reads)) == [f"paste {text}"]
    assert parsed == len(START) + len(END)


def test_what_is_pasted_without_measure_is_not_kept_without_measure(clock: Clock) -> None:
    read = "x" * 1_000_000
    (paste,) = told(said(WholePastes(), clock, START, *([read] * 10), END))
    assert MOST <= len(paste) <= MOST + len(read) + len("paste ")


@given(
    st.lists(
        st.sampled_from(["\x1b", "[", "2", "0", "1", "~", "q", END, START, "\x07", "\x1b[A"]), max_size=30
    ),
    st.data(),
)
def test_nothing_that_is_pasted_becomes_a_key(parts: list[str], data: st.DataObject) -> None:
    clock, text = Clock(), "".join(parts)
    whole = f"{START}{text}{END}"
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole) - 1), max_size=6)))
    reads = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whole_pastes, "get_time", clock)
        patch.setattr("textual._parser.get_time", clock)
        got = told(said(WholePastes(), clock, *reads))
    assert [one.partition(" ")[0] for one in got] == ["paste"]


def test_the_app_reads_its_terminal_with_this_parser() -> None:
    driver = CasedeskApp(DeskServices(), DeskScreen).get_driver_class()
    assert driver is not LinuxDriver or LinuxDriver.run_input_thread.__globals__["XTermParser"] is WholePastes
