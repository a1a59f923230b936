"""The four themes, and the few named styles in which every widget draws.

The framework's own themes are not offered: none keeps the contrast that WCAG asks for (4.5:1 for text, 7:1
for high contrast), and its ANSI themes paint black on black where ``NO_COLOR`` is set. Every colour that
text is drawn in or on is given here in full, so that a test can measure each pair. Colour is never the only
sign: a severity also has its word and its shape (:data:`SHAPES`).
"""

from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from textual.app import App
from textual.reactive import Initialize, Reactive
from textual.theme import Theme

from casedesk.model.words import Severity

R = TypeVar("R")

SHAPES = {Severity.BLOCK: "■", Severity.WARN: "▲", Severity.INFO: "○"}
"""The shape that goes with a severity's word. All three are in every console font, one cell wide."""

STYLES = ("muted", "strong", "accent", "block", "warn", "info", "ok")
"""The named styles a cell, a line or a word may be drawn in."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme, as ``#rrggbb``."""

    dark: bool
    background: str
    surface: str
    """Behind dialogs, inputs and lists."""
    text: str
    muted: str
    """For what matters less. Still to be read: it keeps the contrast of text."""
    accent: str
    block: str
    warn: str
    info: str
    ok: str
    cursor: str
    """Behind the row under the cursor."""
    cursor_text: str
    chrome: str
    """Behind the header, the footer and a table's head."""
    chrome_text: str
    chrome_muted: str
    marking: str
    """Behind the protective marking."""
    marking_text: str
    edge: str
    """Borders and scrollbars."""


PALETTES = {
    "casedesk-dark": Palette(
        dark=True,
        background="#11151b",
        surface="#1a212b",
        text="#e6eaf0",
        muted="#9fb0c3",
        accent="#7cc4ff",
        block="#ff8f8f",
        warn="#ffc857",
        info="#8ecbff",
        ok="#7fdc9a",
        cursor="#2a6aa8",
        cursor_text="#ffffff",
        chrome="#263343",
        chrome_text="#e6eaf0",
        chrome_muted="#a9b9ca",
        marking="#b3261e",
        marking_text="#ffffff",
        edge="#6f8398",
    ),
    "casedesk-light": Palette(
        dark=False,
        background="#fbfbf8",
        surface="#eff1f4",
        text="#14181d",
        muted="#4d5966",
        accent="#0b5394",
        block="#a1160e",
        warn="#7a4a00",
        info="#0b5394",
        ok="#14602f",
        cursor="#0b4f8a",
        cursor_text="#ffffff",
        chrome="#d9e0e8",
        chrome_text="#14181d",
        chrome_muted="#44505d",
        marking="#a1160e",
        marking_text="#ffffff",
        edge="#66737f",
    ),
    "casedesk-high-contrast": Palette(
        dark=True,
        background="#000000",
        surface="#000000",
        text="#ffffff",
        muted="#d6d6d6",
        accent="#8fd6ff",
        block="#ff9c9c",
        warn="#ffe14d",
        info="#8fd6ff",
        ok="#8dffab",
        cursor="#ffff00",
        cursor_text="#000000",
        chrome="#000000",
        chrome_text="#ffffff",
        chrome_muted="#d6d6d6",
        marking="#ffffff",
        marking_text="#000000",
        edge="#ffffff",
    ),
    "casedesk-colour-blind-safe": Palette(
        dark=True,
        background="#10141c",
        surface="#19202c",
        text="#eceff4",
        muted="#a8b4c6",
        accent="#7db7ff",
        block="#ffa24d",
        warn="#fff3a3",
        info="#8fb8ff",
        ok="#5f9dff",
        cursor="#f0d442",
        cursor_text="#10141c",
        chrome="#232f45",
        chrome_text="#eceff4",
        chrome_muted="#b4c0d2",
        marking="#f0d442",
        marking_text="#10141c",
        edge="#76859c",
    ),
}
"""The themes by name. The last keeps to the blue–yellow axis, which the common colour blindnesses leave."""

DEFAULT_THEME = "casedesk-dark"


def build_theme(name: str) -> Theme:
    """Build the framework's theme from a palette. Every colour of text is set, none derived."""
    p = PALETTES[name]
    return Theme(
        name=name,
        dark=p.dark,
        primary=p.accent,
        secondary=p.info,
        accent=p.accent,
        warning=p.warn,
        error=p.block,
        success=p.ok,
        foreground=p.text,
        background=p.background,
        surface=p.surface,
        panel=p.chrome,
        boost=p.surface,
        variables=_variables(p),
    )


def _variables(p: Palette) -> dict[str, str]:
    """The framework's own variables for its widgets, and ours (``cd-…``) for casedesk's."""
    severities = {"warning": p.warn, "error": p.block, "success": p.ok}
    return {
        "text": p.text,
        "text-muted": p.muted,
        "text-disabled": p.muted,
        "foreground-muted": p.muted,
        "foreground-disabled": p.muted,
        "text-primary": p.accent,
        "text-secondary": p.info,
        "text-accent": p.accent,
        **{f"text-{name}": colour for name, colour in severities.items()},
        **{f"{name}-muted": p.surface for name in (*severities, "primary", "secondary", "accent")},
        "block-cursor-background": p.cursor,
        "block-cursor-foreground": p.cursor_text,
        "block-cursor-blurred-background": p.chrome,
        "block-cursor-blurred-foreground": p.chrome_text,
        "block-hover-background": p.chrome,
        "border": p.accent,
        "border-blurred": p.edge,
        "surface-active": p.surface,
        "input-cursor-background": p.text,
        "input-cursor-foreground": p.background,
        "input-selection-background": p.cursor,
        "input-selection-foreground": p.cursor_text,
        "screen-selection-background": p.cursor,
        "screen-selection-foreground": p.cursor_text,
        "scrollbar": p.edge,
        "scrollbar-hover": p.accent,
        "scrollbar-active": p.accent,
        "scrollbar-background": p.surface,
        "scrollbar-background-hover": p.surface,
        "scrollbar-background-active": p.surface,
        "scrollbar-corner-color": p.surface,
        "link-color": p.accent,
        "cd-accent": p.accent,
        "cd-block": p.block,
        "cd-warn": p.warn,
        "cd-info": p.info,
        "cd-ok": p.ok,
        "cd-muted": p.muted,
        "cd-cursor": p.cursor,
        "cd-cursor-text": p.cursor_text,
        "cd-chrome": p.chrome,
        "cd-chrome-text": p.chrome_text,
        "cd-chrome-muted": p.chrome_muted,
        "cd-marking": p.marking,
        "cd-marking-text": p.marking_text,
        "cd-edge": p.edge,
    }


def _first_theme(app: Any) -> str:
    return str(app.first_theme())


class ThemedApp(App[R]):
    """An app that knows casedesk's themes and no other. Nothing moves by itself: animation is off."""

    _THEMES: ClassVar[dict[str, Theme]] = {name: build_theme(name) for name in PALETTES}

    def first_theme(self) -> str:
        """The theme to start with."""
        return DEFAULT_THEME

    theme: Reactive[str] = Reactive(Initialize(_first_theme))

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.animation_level = "none"

    @property
    def available_themes(self) -> dict[str, Theme]:
        """casedesk's themes, in the order that F2 goes through."""
        return self._THEMES


def contrast(one: str, other: str) -> float:
    """The WCAG 2.2 contrast ratio of two ``#rrggbb`` colours: from 1 (alike) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
