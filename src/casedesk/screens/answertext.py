"""An answer of the rules as styled lines: when, how long from now, how well sourced, and what it rests on."""

from datetime import datetime

from casedesk.model.moments import local, show_span
from casedesk.model.words import Confidence
from casedesk.rules.answers import Answer, day_words, instant_words
from casedesk.widgets.flow import BLANK, Line, Part, line

_MUTED = "$cd-muted"
_STATUS = {
    Confidence.CONFIRMED: ("✓ confirmed", "$cd-ok"),
    Confidence.SECONDARY: ("○ from a secondary source", "$cd-info"),
    Confidence.CONVENTION: ("▲ a convention, not a legal limit", "bold $cd-warn"),
    Confidence.UNVERIFIED: ("■ unverified: confirm it before relying on it", "bold $cd-block"),
}


def status_part(status: Confidence) -> Part:
    """How well something is sourced, in words with their sign, and the style of it."""
    return _STATUS[status]


def left_words(due: datetime, now: datetime) -> str:
    """How long it is until an instant, or how long ago it was."""
    return f"in {show_span(due - now)}" if due >= now else f"{show_span(now - due)} ago"


def _is_day_long(due: datetime) -> bool:
    return f"{local(due):%H:%M:%S}" == "23:59:59"


def due_lines(due: datetime, now: datetime, status: Confidence) -> list[Line]:
    """When it is due in words, how long that is from now, and how well it is sourced."""
    words = f"end of {day_words(local(due).date())}" if _is_day_long(due) else instant_words(due)
    return [
        line((words, "bold")),
        line((left_words(due, now), "bold $cd-block" if due < now else "$cd-warn")),
        line(status_part(status)),
    ]


def answer_lines_shown(answer: Answer, notes: tuple[str, ...] = ()) -> list[Line]:
    """What an answer rests on: warnings first, then each step, the source and the rule."""
    lines = [line((f"▲ {warning}", "bold $cd-warn"), hang=2) for warning in answer.warnings]
    if lines:
        lines.append(BLANK)
    lines += [
        line((f"{number}. ", _MUTED), (step, ""), hang=3)
        for number, step in enumerate((*notes, *answer.steps), 1)
    ]
    lines += [BLANK, line(("Source  ", _MUTED), (answer.source, ""), hang=8)]
    if answer.rule:
        counted = answer.rule.replace("_", " ")
        lines.append(line(("Rule    ", _MUTED), (counted, ""), hang=8))
    return lines
