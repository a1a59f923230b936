import pytest
from rich.cells import cell_len

from casedesk.widgets.command import Command, Commanded, LiveCommand
from casedesk.widgets.footer import choose, room
from casedesk.widgets.header import header_line
from casedesk.widgets.services import DeskStatus

STATUS = DeskStatus("Sam Okafor", unbundled=1412, warnings=("NO RECOVERY KEY",))


def line(status: DeskStatus, place: str, width: int) -> str:
    return "".join(text for text, _style in header_line(status, place, width))


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_the_header_fills_its_line_and_keeps_marking_and_warnings_whole(width: int) -> None:
    drawn = line(STATUS, "Finalisation review", width)
    assert cell_len(drawn) == width
    assert drawn.startswith(" OFFICIAL-SENSITIVE ")
    assert "NO RECOVERY KEY" in drawn
    assert "1,412" in drawn


def test_with_room_the_header_says_everything_in_words() -> None:
    drawn = line(STATUS, "Queue", 160)
    assert "casedesk · Sam Okafor · Queue" in drawn
    assert "1,412 changes not in any bundle" in drawn


def test_without_room_it_says_less_but_still_where_one_is() -> None:
    drawn = line(STATUS, "Queue", 70)
    assert "Queue" in drawn
    assert "1,412 unbundled" in drawn


def test_nothing_loose_is_not_counted_and_one_is_singular() -> None:
    assert "bundle" not in line(DeskStatus("Sam"), "Queue", 120)
    assert "1 change not in any bundle" in line(DeskStatus("Sam", unbundled=1), "Queue", 120)


def test_a_place_too_long_is_cut_before_the_marking_is() -> None:
    drawn = line(DeskStatus("", marking="OFFICIAL"), "x" * 200, 40)
    assert cell_len(drawn) <= 41
    assert drawn.startswith(" OFFICIAL ")
    assert "…" in drawn


def live(label: str, weight: int) -> LiveCommand:
    command = Command(f"x.{label}", "f6", label, "Does it.", "do", show=weight)
    return LiveCommand(command, Commanded(), ("f6",), label, None)


def test_where_the_footer_is_short_of_room_the_least_important_go_and_the_order_stays() -> None:
    commands = [live("Filter", 50), live("Theme", 5), live("Help", 85), live("Commands", 40)]
    assert [found.label for found in choose(commands, 200)] == ["Filter", "Theme", "Help", "Commands"]
    assert [found.label for found in choose(commands, 25)] == ["Filter", "Help"]
    assert choose(commands, 3) == []


@pytest.mark.parametrize("width", range(0, 60, 7))
def test_what_the_footer_chooses_fits(width: int) -> None:
    chosen = choose([live("Filter", 50), live("Theme", 5), live("Help", 85)], width)
    assert sum(room(found) + 2 for found in chosen) - 2 <= width
