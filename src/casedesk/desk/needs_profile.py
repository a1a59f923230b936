"""The needs profile: what was judged of every pathway, and what has changed since, in words and bars.

The chart on screen and the one in a document are both made of these rows, so that they say the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import wrap

from casedesk.model.text import counted
from casedesk.rules.forms import NeedScore

LEVELS = {0: "no need", 1: "some need", 2: "significant need"}
"""What the scores mean, in two words."""
NOT_JUDGED = "not judged"
BAR = 10
"""Cells of a bar at its longest."""
_FULL, _EMPTY, _UNKNOWN = "█", "░", "·"
_CONSENT = {"yes": "agrees to be referred", "no": "does not agree to be referred", "not-needed": ""}
_TITLE = 34
_INDENT = "    "


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRow:
    """One pathway of the profile."""

    title: str
    score: int | None
    """As it stands now: of the later assessment where there are two."""
    level: str
    """The score in two words: ``some need``."""
    linked: bool
    """Whether it is linked to the offence."""
    facts: str
    """Link, motivation and consent in one line; empty where nothing is known."""
    strengths: str
    change: str = ""
    """Since the first assessment, with its arrow; empty where there is only one."""

    @property
    def bar(self) -> str:
        """The score as a bar of :data:`BAR` cells."""
        return bar(self.score)


def bar(score: int | None) -> str:
    """A score from 0 to 2 as a bar; dots where nothing was judged."""
    if score is None:
        return _UNKNOWN * BAR
    full = round(BAR * min(max(score, 0), 2) / 2)
    return _FULL * full + _EMPTY * (BAR - full)


def profile(
    scores: Mapping[str, NeedScore], later: Mapping[str, NeedScore] | None = None
) -> tuple[ProfileRow, ...]:
    """The rows of the profile in the form's order; with a later assessment its scores and what has changed.

    A pathway that only one of the two forms has is shown, and said to be.
    """
    if later is None:
        return tuple(_row(one) for one in scores.values())
    names = [*scores, *(name for name in later if name not in scores)]
    return tuple(_compared(scores.get(name), later.get(name)) for name in names)


def _row(one: NeedScore, change: str = "") -> ProfileRow:
    return ProfileRow(
        title=one.title,
        score=one.score,
        level=level(one.score),
        linked=bool(one.linked),
        facts=" · ".join(filter(None, _facts(one))),
        strengths=one.strengths,
        change=change,
    )


def _facts(one: NeedScore) -> tuple[str, ...]:
    linked = (
        "" if one.linked is None else "linked to the offence" if one.linked else "not linked to the offence"
    )
    motivation = "" if one.motivation is None else f"motivation {one.motivation} of 10"
    return linked, motivation, _CONSENT.get(one.consent, "")


def _compared(first: NeedScore | None, later: NeedScore | None) -> ProfileRow:
    if later is None:
        assert first is not None
        return _row(first, "? not asked in the later assessment")
    was, now = first.score if first else None, later.score
    if first is None or was is None:
        change = "" if now is None else "? judged for the first time"
    elif now is None:
        change = f"? not judged again; it was {was} ({level(was)})"
    elif now < was:
        change = f"▼ less need than before: {was} to {now}, {level(was)} to {level(now)}"
    elif now > was:
        change = f"▲ more need than before: {was} to {now}, {level(was)} to {level(now)}"
    else:
        change = f"= no change: {now} both times"
    moved = _motivation(first, later)
    return _row(later, "; ".join(filter(None, (change, moved))))


def _motivation(first: NeedScore | None, later: NeedScore) -> str:
    was, now = first.motivation if first else None, later.motivation
    if was is None or now is None or was == now:
        return ""
    return f"motivation {'up' if now > was else 'down'}, {was} to {now}"


def level(score: int | None) -> str:
    """A score in two words."""
    return NOT_JUDGED if score is None else LEVELS.get(score, str(score))


def summary(rows: tuple[ProfileRow, ...]) -> str:
    """The profile in one line: how many pathways of each score, how many are linked to the offence."""
    counts = [
        f"{number} {LEVELS[score]}"
        for score in (2, 1, 0)
        if (number := sum(row.score == score for row in rows))
    ]
    open_ones = sum(row.score is None for row in rows)
    linked = sum(row.linked for row in rows)
    parts = [", ".join(counts)] if counts else []
    if linked:
        parts.append(f"{linked} linked to the offence")
    if open_ones:
        parts.append(f"{open_ones} {NOT_JUDGED}")
    changed = [
        f"{number} {words}"
        for sign, words in (("▼", "with less need than before"), ("▲", "with more"), ("=", "unchanged"))
        if (number := sum(row.change.startswith(sign) for row in rows))
    ]
    if changed:
        parts.append(", ".join(changed))
    return f"{counted(len(rows), 'pathway')}: {' · '.join(parts)}" if parts else ""


def profile_lines(
    scores: Mapping[str, NeedScore], later: Mapping[str, NeedScore] | None = None, *, width: int = 78
) -> list[str]:
    """The profile as plain lines of at most ``width`` characters, for a fixed-width font."""
    rows = profile(scores, later)
    room = max(min(_TITLE, width - BAR - 24), 12)
    lines = wrap(summary(rows), width)
    for row in rows:
        titles = wrap(row.title, room) or [""]
        shown = f"{row.score} {row.level}" if row.score is not None else f"- {row.level}"
        lines += ["", *titles[:-1], f"{titles[-1]:<{room}}  {row.bar}  {shown}"]
        strengths = f"Strengths: {row.strengths}" if row.strengths else ""
        for text in filter(None, (row.change, row.facts, strengths)):
            lines += wrap(text, width, initial_indent=_INDENT, subsequent_indent=_INDENT)
    return lines
