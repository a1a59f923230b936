"""What the needs-assessment wizard says: sections with their progress, a question with its answers, what is urgent."""

from collections.abc import Sequence
from dataclasses import dataclass

from casedesk.model.text import counted
from casedesk.model.words import Confidence
from casedesk.reference.form_parts import Question, QuestionKind
from casedesk.rules.forms import (
    DECLINED,
    NO,
    YES,
    Given,
    ScreenScore,
    SectionProgress,
    SectionState,
    Trigger,
)
from casedesk.widgets.flow import BLANK, Line, Part, line
from casedesk.widgets.lines import CURSOR

MUTED = "$cd-muted"
STRONG = "bold"
ACCENT = "bold $cd-accent"
URGENT = "bold $cd-block"
CAUTION = "bold $cd-warn"
GOOD = "$cd-ok"
MARKS = {SectionState.NOT_STARTED: "○", SectionState.LOOKED_AT: "◐", SectionState.COMPLETE: "●"}
_KEYED = 10
"""The most options that have a digit: 1 to 9, then 0."""
_YES_NO = ((YES, "Yes"), (NO, "No"))
TYPED = frozenset({QuestionKind.TEXT, QuestionKind.LINES, QuestionKind.DAY, QuestionKind.NUMBER})
"""The kinds that are typed, not chosen."""
_ASKS = {
    QuestionKind.CHOICE: "Choose one.",
    QuestionKind.MANY: "Choose all that apply.",
    QuestionKind.YES_NO: "",
    QuestionKind.DAY: "A day, as 14/2/1998 or fri.",
    QuestionKind.TEXT: "",
    QuestionKind.LINES: "In their own words where you can.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it stands on screen."""

    question: Question
    given: Given | None
    typed: str = ""
    """A number being typed."""
    cursor: int = 0
    """The option under the cursor."""
    here: bool = True
    """Whether it is the question that the keys answer."""
    screens: tuple[ScreenScore, ...] = ()
    """Results of the screening tools that this question is the last item of."""
    raised: tuple[Trigger, ...] = ()
    """What its answer makes necessary."""


def options_of(question: Question) -> tuple[tuple[str, str], ...]:
    """What can be chosen, each with its words; empty for a question that is typed."""
    if question.kind is QuestionKind.YES_NO:
        return _YES_NO
    if question.kind in TYPED:
        return ()
    return tuple((option.id, option.text) for option in question.options)


def chosen_of(given: Given | None) -> tuple[str, ...]:
    """The options that are chosen."""
    return tuple(given.value.split()) if given is not None and given.stands and given.value else ()


def key_of_option(question: Question, place: int) -> str:
    """The key that chooses an option; empty where it has none."""
    if question.kind is QuestionKind.YES_NO:
        return "yn"[place]
    return str((place + 1) % 10) if place < _KEYED else ""


# -- the question -----------------------------------------------------------------------------------------------


def question_lines(asked: Asked) -> list[Line]:
    """A question down to where its answer is typed or chosen."""
    question = asked.question
    lines = [line((question.text, STRONG))]
    if question.hint:
        lines.append(line((question.hint, MUTED)))
    lines += [line(part, hang=2) for part in _warnings(question)]
    how = _ASKS.get(question.kind, "") or _range_words(question)
    if how:
        lines.append(line((how, MUTED)))
    lines.append(BLANK)
    lines += option_lines(asked)
    if question.kind is QuestionKind.NUMBER:
        lines.append(line((f"{CURSOR} ", ACCENT), (f"{asked.typed}_", STRONG)))
    return lines


def _warnings(question: Question) -> list[Part]:
    warnings: list[Part] = []
    if question.sensitive:
        warnings.append(("▲ Sensitive: only where nobody else can hear.", "$cd-warn"))
    if question.must:
        warnings.append((f"■ An answer is needed: {question.must}", "$cd-warn"))
    return warnings


def _range_words(question: Question) -> str:
    if question.kind is not QuestionKind.NUMBER:
        return ""
    if question.least is not None and question.most is not None:
        return f"Type a number from {question.least} to {question.most}."
    return "Type a number."


def option_lines(asked: Asked) -> list[Line]:
    """The options, each with its key, its mark, and the cursor."""
    question, chosen = asked.question, chosen_of(asked.given)
    many = question.kind is QuestionKind.MANY
    lines = []
    for place, (own, words) in enumerate(options_of(question)):
        at, on = place == asked.cursor and asked.here, own in chosen
        mark = ("[x]" if on else "[ ]") if many else ("●" if on else "○")
        key = key_of_option(question, place)
        style = ACCENT if on else STRONG if at else ""
        parts: list[Part] = [
            (f"{CURSOR if at else ' '} ", ACCENT), (f"{key:1} ", ACCENT), (f"{mark} {words}", style),
        ]  # fmt: skip
        lines.append(line(*parts, hang=8 if many else 6))
    return lines


def answer_lines(asked: Asked, *, half_typed: bool = False) -> list[Line]:
    """What stands below the answer: declined, where it comes from, the note, a screening result."""
    question, given = asked.question, asked.given
    lines = []
    if given is not None and given.stands:
        if given.declined:
            lines.append(line((f"● {DECLINED}", ACCENT)))
        elif question.kind is QuestionKind.NUMBER:
            lines.append(line(("Saved: ", MUTED), (given.said, STRONG), hang=2))
        lines.append(_origin_line(question, given))
    elif not half_typed:
        lines.append(line(("○ Not answered yet", MUTED)))
    if half_typed:
        lines.append(line(("▲ Typed, not saved yet: Enter saves it.", "$cd-warn"), hang=2))
    if given is not None and given.note and not given.removed:
        lines.append(line(("Note: ", MUTED), (given.note, ""), hang=2))
    for one in asked.raised:
        lines += [BLANK, *_raised_lines(one)]
    for result in asked.screens:
        lines += [BLANK, *screen_lines(result)]
    return lines


def _raised_lines(one: Trigger) -> list[Line]:
    """What an answer makes necessary, below it; a same-day matter stands in the bar above as well."""
    style = URGENT if one.same_day else CAUTION
    return [
        line((f"{'■' if one.same_day else '▲'} {one.title}", style), hang=2),
        line((f"  {one.action} t: referrals", ""), hang=2),
    ]


def _origin_line(question: Question, given: Given) -> Line:
    if given.confirmed:
        return line(("✓ Saved · said in the clinic" if question.declinable else "✓ Saved", GOOD))
    return line(("▲ Saved, from the file only: c once it is said in the clinic", "$cd-warn"), hang=2)


def brief_lines(asked: Asked) -> list[Line]:
    """A question that is not being asked now: its text and its answer."""
    return [line((f"  {asked.question.text}", ""), hang=2), said_line(asked.given, indent=4)]


def said_line(given: Given | None, *, indent: int = 2) -> Line:
    """An answer in one paragraph, with its marks in words."""
    space = " " * indent
    if given is None or not given.stands:
        return line((f"{space}○ not answered", MUTED), hang=indent + 2)
    words = DECLINED if given.declined else given.said or given.value or ""
    parts: list[Part] = [(f"{space}→ ", MUTED), (words, ACCENT)]
    if not given.confirmed:
        parts.append(("  ▲ from the file, to confirm", "$cd-warn"))
    if given.note:
        parts.append((f"  Note: {given.note}", MUTED))
    return line(*parts, hang=indent + 2)


def screen_lines(result: ScreenScore) -> list[Line]:
    """The result of a screening tool: it screens, it does not diagnose."""
    if result.score is None:
        return [line((f"○ {result.title}: no score yet, an item is open or declined.", MUTED), hang=2)]
    style = CAUTION if result.positive else "$cd-info"
    lines = [line((f"{'▲' if result.positive else '○'} {result.title}: {result.score} of {result.most}, {result.band}.",
                   style), hang=2)]  # fmt: skip
    if result.next_step:
        lines.append(line((f"  {result.next_step}", ""), hang=2))
    tail = " A screen, not a diagnosis."
    status = "" if result.status is Confidence.CONFIRMED else f" ({result.status.value})"
    lines.append(line((f"  {result.attribution}{status}{tail}", MUTED), hang=2))
    return lines


# -- the sections -----------------------------------------------------------------------------------------------


def section_words(one: SectionProgress) -> str:
    """How far a section has come, in a word or a number: ``to do``, ``3 of 8``, ``done``."""
    if one.state is SectionState.COMPLETE:
        return "done"
    if one.state is SectionState.NOT_STARTED and not one.answered:
        return "to do"
    return f"{one.answered} of {one.asked}"


def section_rows(progress: Sequence[SectionProgress], here: str, width: int) -> list[tuple[str, list[Part]]]:
    """The sections in ``width`` cells, each row with the section it belongs to. A long title takes two rows."""
    rows: list[tuple[str, list[Part]]] = []
    for one in progress:
        at, words = one.section == here, section_words(one)
        style = ACCENT if at else STRONG if one.state is SectionState.LOOKED_AT else ""
        flag = " ▲" if one.flags else ""
        room = width - 4 - len(words) - 1 - len(flag)
        pieces = _pieces(one.title, room, width - 4)
        sign = CURSOR if at else " "
        first: list[Part] = [(f"{sign}{MARKS[one.state]} ", ACCENT if at else _mark_style(one.state))]
        rows.append(
            (one.section, [*first, (f"{pieces[0]:<{room}}", style), (flag, "$cd-warn"), (f" {words}", MUTED)])
        )
        rows += [(one.section, [("   ", ""), (piece, style)]) for piece in pieces[1:]]
    return rows


def _mark_style(state: SectionState) -> str:
    return {SectionState.COMPLETE: GOOD, SectionState.LOOKED_AT: "$cd-info"}.get(state, MUTED)


def _pieces(title: str, room: int, rest: int) -> list[str]:
    """A title in lines: the first of ``room`` cells, those that follow of ``rest``."""
    pieces, width = [""], room
    for word in title.split():
        joined = f"{pieces[-1]} {word}".strip()
        if len(joined) <= width:
            pieces[-1] = joined
        elif pieces[-1]:
            pieces.append(word)
            width = rest
        else:
            pieces[-1] = word[:width]
            pieces.append(word[width:])
            width = rest
    return [piece for piece in pieces if piece] or [""]


def heading_line(title: str, one: SectionProgress, at: int, of: int) -> Line:
    """Where in its section a question is, and how far that has come."""
    return line((title, ACCENT), (f" · {at} of {of} · {MARKS[one.state]} {one.state.value}", MUTED))


# -- what is urgent ---------------------------------------------------------------------------------------------


def banner_lines(open_ones: Sequence[Trigger]) -> list[Line]:
    """The same-day matters that nobody has recorded an act for."""
    lines = []
    for number, one in enumerate(open_ones):
        lines.append(line((f"■ SAME-DAY ACTION: {one.title}", "bold"), hang=2))
        if number == 0:
            lines.append(line((f"  {one.action}", ""), hang=2))
    lines.append(
        line(
            ("  r (F5 while typing): record what was done, or why not. It stays until then.", "bold"), hang=2
        )
    )
    return lines


def trigger_lines(one: Trigger, recorded: str = "") -> list[Line]:
    """A trigger in full: what raises it, what is to be done, whether it was."""
    urgent = "■ SAME DAY · " if one.same_day else "▲ "
    lines = [line((f"{urgent}{one.title}", URGENT if one.same_day else CAUTION), hang=2)]
    lines.append(line((f"  {one.action}", ""), hang=2))
    if one.holds:
        lines.append(line(("  No resolution is offered until this is dealt with.", "$cd-warn"), hang=2))
    for asked, said in one.because:
        lines.append(line(("  Because: ", MUTED), (f"{asked} ", MUTED), (f"→ {said}", ""), hang=4))
    status = "source" if one.status is Confidence.CONFIRMED else one.status.value
    lines.append(line((f"  {one.source} ({status})" if one.source else f"  ({status})", MUTED), hang=2))
    if recorded:
        lines.append(line((f"  ✓ {recorded}", GOOD), hang=4))
    else:
        lines.append(line(("  ○ Not recorded yet: Enter records it as made, or not made with the reason.", STRONG),
                          hang=4))  # fmt: skip
    return lines


def summary_parts(progress: Sequence[SectionProgress], open_triggers: Sequence[Trigger]) -> str:
    """How far the assessment has come, in one line."""
    asked, answered = sum(one.asked for one in progress), sum(one.answered for one in progress)
    confirm = sum(len(one.unconfirmed) for one in progress)
    parts = [f"{answered} of {asked} answered"]
    if confirm:
        parts.append(f"{confirm} to confirm")
    if open_triggers:
        parts.append(f"{counted(len(open_triggers), 'referral')} to record")
    return " · ".join(parts)
