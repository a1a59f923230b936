import re
from itertools import combinations

import pytest
from textual.app import ComposeResult
from textual.widgets import Input, OptionList, TextArea

from casedesk.model.words import Severity
from casedesk.widgets.columns import Column
from casedesk.widgets.rows import ListSource
from casedesk.widgets.table import VirtualTable
from casedesk.widgets.themes import PALETTES, SHAPES, STYLES, Palette, ThemedApp, contrast
from tests.screens.harness import DeskServices, desk_app, shown
from tests.widgets.test_command import Bench

TEXTS = ("text", "muted", "accent", "block", "warn", "info", "ok")
CHROME = ("chrome_text", "chrome_muted", "accent", "block", "warn")


def least(name: str) -> float:
    """What WCAG asks of text in this theme: AAA in high contrast, AA otherwise."""
    return 7.0 if name == "casedesk-high-contrast" else 4.5


def pairs(palette: Palette) -> list[tuple[str, str]]:
    """Every colour of text with what it is drawn on."""
    return [
        *((text, behind) for text in TEXTS for behind in ("background", "surface")),
        *((text, "chrome") for text in CHROME),
        ("cursor_text", "cursor"),
        ("marking_text", "marking"),
    ]


@pytest.mark.parametrize("name", PALETTES)
def test_text_can_be_read_in_every_theme(name: str) -> None:
    palette = PALETTES[name]
    for text, behind in pairs(palette):
        ratio = contrast(getattr(palette, text), getattr(palette, behind))
        assert ratio >= least(name), f"{text} on {behind}: {ratio:.1f}"


@pytest.mark.parametrize("name", PALETTES)
def test_the_cursor_row_and_the_edges_stand_out_from_what_is_around_them(name: str) -> None:
    palette = PALETTES[name]
    assert contrast(palette.cursor, palette.background) >= 3
    assert contrast(palette.edge, palette.surface) >= 3


def test_the_measure_is_the_one_that_wcag_defines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#abcdef", "#abcdef") == 1


# How the dichromat sees: linear RGB matrices of Machado, Oliveira and Fernandes (2009) at full severity.
_BLIND = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}


def as_seen(colour: str, blindness: str) -> tuple[float, float, float]:
    """A colour as CIE L*a*b*, as the dichromat sees it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    red, green, blue = (
        min(max(sum(weight * c for weight, c in zip(row, linear, strict=True)), 0), 1)
        for row in _BLIND[blindness]
    )
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("blindness", _BLIND)
def test_the_colour_blind_theme_keeps_its_signals_apart(blindness: str) -> None:
    palette = PALETTES["casedesk-colour-blind-safe"]
    for one, other in combinations(("block", "warn", "ok"), 2):
        first, second = as_seen(getattr(palette, one), blindness), as_seen(getattr(palette, other), blindness)
        distance = sum((a - b) ** 2 for a, b in zip(first, second, strict=True)) ** 0.5
        assert distance > 25, f"{one} and {other}: {distance:.0f}"


def test_every_severity_has_a_shape_of_its_own() -> None:
    assert len({SHAPES[severity] for severity in Severity}) == len(Severity)


# What is really drawn


class Drawn(ThemedApp[None]):
    """One of each widget that draws text."""

    def compose(self) -> ComposeResult:
        column = Column[str]("style", "Style", lambda style: (style, style), 12, flex=1)
        yield VirtualTable([column], ListSource(STYLES, lambda style: STYLES.index(style)))
        yield Input(placeholder="hint")
        yield TextArea("text")
        yield OptionList("one", "two")


@pytest.mark.parametrize("name", PALETTES)
async def test_what_is_drawn_can_be_read(name: str) -> None:
    app = Drawn()
    async with app.run_test(size=(60, 40)) as pilot:
        app.theme = name
        app.query_one(VirtualTable).focus()
        await pilot.pause()
        measured = 0
        for strip in app.screen._compositor.render_strips():
            for text, style, _control in strip:
                if (
                    not re.search(r"\w", text)
                    or style is None
                    or style.color is None
                    or style.bgcolor is None
                ):
                    continue
                ink, paper = (colour.get_truecolor().hex for colour in (style.color, style.bgcolor))
                assert contrast(ink, paper) >= least(name) * 0.99, (text, ink, paper)
                measured += 1
        assert measured > 10


def test_only_themes_of_our_own_are_offered() -> None:
    assert list(Drawn().available_themes) == list(PALETTES)


async def test_without_colour_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = desk_app(Bench)
    async with app.run_test() as pilot:
        for _theme in PALETTES:
            await pilot.press("f2")
            await pilot.pause()
            styles = [
                style for strip in app.screen._compositor.render_strips() for _text, style, _control in strip
            ]
            painted = [
                (style.color, style.bgcolor) for style in styles if style and style.color and style.bgcolor
            ]
            assert painted
            for ink, _paper in painted:
                triplet = ink.get_truecolor()
                assert triplet.red == triplet.green == triplet.blue
            assert any("OFFICIAL-SENSITIVE" in line for line in shown(app))


async def test_an_unknown_theme_in_the_settings_falls_back_to_the_default() -> None:
    app = desk_app(Bench, DeskServices(theme="solarized"))
    async with app.run_test():
        assert app.theme == "casedesk-dark"
