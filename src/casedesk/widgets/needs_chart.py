"""The needs profile as a chart: a bar for every pathway, its meaning in words, its strengths, and what has changed."""

from collections.abc import Mapping

from casedesk.desk.needs_profile import ProfileRow, profile, summary
from casedesk.rules.forms import NeedScore
from casedesk.widgets.flow import BLANK, Line, Part, line

_MUTED = "$cd-muted"
_STYLES = {0: "bold $cd-ok", 1: "bold $cd-warn", 2: "bold $cd-block"}
_CHANGES = {"▼": "bold $cd-ok", "▲": "bold $cd-block"}
_TITLE = 36
_INDENT = 4


def chart_lines(
    scores: Mapping[str, NeedScore], later: Mapping[str, NeedScore] | None = None, *, narrow: bool = False
) -> list[Line]:
    """The chart as lines to be wrapped: a summary, then pathway by pathway in the form's order.

    A bar is as long as the need is great; its number and words stand beside it, so that no colour is needed.
    ``narrow`` puts it below the pathway's title.
    """
    rows = profile(scores, later)
    said = summary(rows)
    lines = [line((said, "bold"))] if said else []
    lines.append(line(("A longer bar is a greater need: 0 none, 1 some, 2 significant.", _MUTED)))
    for row in rows:
        lines += [BLANK, *_row_lines(row, narrow=narrow)]
    return lines


def _row_lines(row: ProfileRow, *, narrow: bool) -> list[Line]:
    style = _MUTED if row.score is None else _STYLES[row.score]
    shown = row.level if row.score is None else f"{row.score} {row.level}"
    indent = " " * _INDENT
    bar: list[Part] = [(row.bar, style), (f"  {shown}", style)]
    if narrow:
        lines = [line((row.title, "bold"), hang=_INDENT), line((indent, ""), *bar, hang=_INDENT)]
    else:
        lines = [line((f"{row.title:<{_TITLE}}", "bold"), *bar, hang=_INDENT)]
    if row.change:
        lines.append(line((f"{indent}{row.change}", _CHANGES.get(row.change[0], _MUTED)), hang=_INDENT + 2))
    if row.facts:
        lines.append(line((f"{indent}{row.facts}", "" if row.linked else _MUTED), hang=_INDENT))
    if row.strengths:
        lines.append(line((f"{indent}Strengths: ", _MUTED), (row.strengths, ""), hang=_INDENT))
    return lines
