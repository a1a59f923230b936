"""Why a case stands where it stands: its whole order, factor by factor."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from textual.app import App, ComposeResult
from textual.containers import Horizontal, VerticalScroll

from casedesk.desk import access
from casedesk.desk.explain import Explained, Explanation, explain
from casedesk.desk.grading import CaseGrades
from casedesk.model.errors import CasedeskError
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_instant
from casedesk.model.words import Confidence
from casedesk.reference.thor import GRADES
from casedesk.rules.answers import instant_words
from casedesk.screens.answertext import left_words, status_part
from casedesk.screens.giving_out import copy_out
from casedesk.screens.session import Session
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import error_message
from casedesk.widgets.flow import BLANK, Flow, Line, Part, line
from casedesk.widgets.screen import BACK, DeskScreen

_TICK = 20.0
"""Seconds between two looks at the clock: what is left is shown in minutes."""
_MUTED = "$cd-muted"
_TITLE = "bold $cd-accent"
_HANG = 11
"""Cells of a factor's labels."""


def open_explain(app: App[Any], session: Session, case_id: EntityId) -> None:
    """Explain a case's order; one that cannot be accounted for, or is gone, is not shown and the reason is."""
    try:
        screen = ExplainScreen(session, case_id)
    except CasedeskError as error:
        app.push_screen(error_message(error, title="The case was not opened", kept="Nothing was changed."))
    else:
        app.push_screen(screen)


class ExplainScreen(DeskScreen[None]):
    """The explanation of one case's place in the queue."""

    PLACE = "Why it is here"
    ABOUT = (
        "Why a case stands where it stands. The first factor decides its place; the others would, were the first met. "
        "Each says what is due, by law or as a target, how the time was counted and on whose authority, and what "
        "changes next. Within a band what is due first stands first; what breaks a tie is listed after."
    )
    OFFERS = (
        BACK,
        Command("explain.down", "j", "Down", "Scroll a line down.", "down", "Why it is here"),
        Command("explain.up", "k", "Up", "Scroll a line up.", "up", "Why it is here"),
        Command(
            "explain.copy", "y", "Copy", "Copy the whole explanation.", "copy", "Why it is here", show=50
        ),
    )
    DEFAULT_CSS = """
    ExplainScreen #standing { height: auto; padding: 0 1; background: $surface; }
    ExplainScreen #page { height: 1fr; padding: 0 1; scrollbar-gutter: stable; scrollbar-size-vertical: 1; }
    ExplainScreen #columns { height: auto; }
    ExplainScreen #factors { width: 3fr; }
    ExplainScreen #ties { width: 2fr; }
    ExplainScreen.-narrow #columns { layout: vertical; }
    ExplainScreen.-narrow #factors, ExplainScreen.-narrow #ties { width: 100%; }
    ExplainScreen.-wide #factors { padding-right: 2; }
    """

    def __init__(self, session: Session, case_id: EntityId) -> None:
        super().__init__()
        self._session, self._case_id = session, case_id
        access.consulted(session.desk, case_id)
        self.explanation = explain(session.desk, case_id)

    def compose_body(self) -> ComposeResult:
        """Where it stands, which stays in sight; the factors, and beside or below them what breaks ties."""
        yield Flow(id="standing")
        with VerticalScroll(id="page"), Horizontal(id="columns"):
            yield Flow(id="factors")
            yield Flow(id="ties")

    def on_mount(self) -> None:
        """Show it, and keep the countdowns true."""
        self.query_one("#page").focus()
        self._show()
        self.set_interval(_TICK, self._look_again)

    def _look_again(self) -> None:
        now = self._session.clock()
        changes = [one.changes_at for one in self.explanation.factors if one.changes_at]
        if changes and min(changes) <= now:
            self.explanation = explain(self._session.desk, self._case_id)
        self._show()

    def _show(self) -> None:
        shown, now = self.explanation, self._session.clock()
        self.query_one("#standing", Flow).show(standing_lines(shown))
        self.query_one("#factors", Flow).show(factor_lines(shown, now))
        self.query_one("#ties", Flow).show(tie_lines(shown))

    def action_down(self) -> None:
        """Scroll a line down."""
        self.query_one("#page", VerticalScroll).scroll_down(animate=False)

    def action_up(self) -> None:
        """Scroll a line up."""
        self.query_one("#page", VerticalScroll).scroll_up(animate=False)

    def action_copy(self) -> None:
        """Copy the explanation through the terminal."""
        text = "\n".join(self.explanation.as_lines())
        copy_out(
            self.app, self._session.desk, self._case_id, "explanation", text, "The explanation was copied."
        )


def standing_lines(shown: Explanation) -> list[Line]:
    """What it is, and where it stands in the queue."""
    lines = [line((shown.headline, "bold"))]
    if shown.position is None:
        lines.append(line(("Closed: it stands in no queue of open cases.", _MUTED)))
    else:
        lines.append(
            line((f"Number {shown.position.rank:,} of {shown.position.of:,} open cases", "$cd-accent"))
        )
    if shown.waiting:
        since = f" since {show_instant(shown.waiting_since)}" if shown.waiting_since else ""
        lines.append(line((f"Waits for {shown.waiting}{since}", "$cd-warn")))
    return lines


def factor_lines(shown: Explanation, now: datetime) -> list[Line]:
    """Every factor, the one that decides first."""
    lines: list[Line] = [BLANK]
    for number, factor in enumerate(shown.factors, 1):
        style = "bold" if number == 1 else ""
        lines.append(
            line(
                (f"{number}  ", _MUTED), (f"{factor.band.label}: ", _TITLE), (factor.sentence, style), hang=3
            )
        )
        lines += [*_factor(factor, now), BLANK]
    return lines


def _factor(factor: Explained, now: datetime) -> Iterator[Line]:
    if factor.due is not None:
        late = factor.due < now
        yield line(
            ("   ", ""),
            _kind(factor.kind),
            (f"  {instant_words(factor.due)}", "bold"),
            (f"  {left_words(factor.due, now)}", "bold $cd-block" if late else "$cd-warn"),
            hang=3,
        )
    yield _labelled("Band", f"{factor.band.number}, {factor.band.meaning}", _MUTED)
    if factor.who:
        yield _labelled("To act", factor.who)
    if factor.clock:
        yield _labelled("Clock", f"{factor.clock}  {factor.title}")
    for number, step in enumerate(factor.steps):
        yield _labelled("" if number else "Steps", step)
    if factor.source:
        yield _labelled("Source", factor.source)
    if factor.status:
        text, style = status_part(Confidence(factor.status))
        yield _labelled("", text, style)
    for warning in factor.warnings:
        yield _labelled("Warning", f"▲ {warning}", "$cd-warn")
    if factor.changes_at:
        then = "; ".join(factor.then) or "looked at again"
        yield _labelled("Next", f"{instant_words(factor.changes_at)}: {then}", "$cd-accent")


def _kind(kind: str) -> Part:
    """What a due time is, in words with a sign and a colour, so that a limit is never taken for a target."""
    if kind == "legal limit":
        return ("■ LEGAL LIMIT", "bold $cd-block")
    return (f"▲ {kind.upper()}", "bold $cd-warn") if kind.startswith("limit") else (f"○ {kind}", "$cd-info")


def _labelled(label: str, text: str, style: str = "") -> Line:
    return line((f"   {label:<{_HANG - 3}}", _MUTED), (text, style), hang=_HANG)


def tie_lines(shown: Explanation) -> list[Line]:
    """What orders cases of one band, how the case is graded, and who stands before it."""
    lines: list[Line] = [BLANK, line(("What breaks a tie", _TITLE))]
    lines.append(line(("Within a band what is due first stands first. Then, in this order:", _MUTED)))
    lines += [line((f"{number}. ", _MUTED), (said, ""), hang=3) for number, said in enumerate(shown.ties, 1)]
    lines += [BLANK, *grade_lines(shown.grades)]
    before = shown.position.before if shown.position else ()
    if before:
        lines += [BLANK, line(("Directly before it", _TITLE))]
        lines += [
            line((f"{reference}  ", "bold"), (f"{band}: {sentence}", ""), hang=2)
            for reference, band, sentence in before
        ]
    return lines


def grade_lines(grades: CaseGrades) -> Iterator[Line]:
    """How the case is graded: by whom, when and why, or as suggested; and what each level means."""
    done, thor = grades.graded, grades.thor
    yield line(("THOR  ", _TITLE), (f"{grades.total} of {thor.most}", "bold"))
    if done is None:
        yield line(("Suggested, and not yet graded by a person", "$cd-warn"))
    else:
        said = [f"Graded by {done.who or 'somebody'}", show_instant(done.at) if done.at else ""]
        yield line((", ".join(filter(None, said)), ""))
        if done.why:
            yield line((f"Because: {done.why}", ""), hang=2)
    meant = grades.suggestion
    suggestions = (meant.threat, meant.harm, meant.opportunity, meant.risk)
    for name, level, suggested in zip(GRADES, grades.levels, suggestions, strict=True):
        grade = thor.grades[name]
        yield line((f"{grade.label} {level}  ", "bold"), (grade.levels[level], ""), hang=2)
        other = f"{suggested.level}, " if suggested.level != level else ""
        yield line((f"  suggested {other}because: {'; '.join(suggested.reasons)}", _MUTED), hang=4)
    yield line((f"{thor.source} ({thor.status})", _MUTED), hang=2)
