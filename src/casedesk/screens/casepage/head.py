"""What stays in sight above every tab: what the case is, who has it, why it is here, what runs out next."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.cells import cell_len, set_cell_size

from casedesk.desk.casepage import Page, flag_title
from casedesk.desk.review_state import ReviewState, state_of
from casedesk.model.entities import ENTITIES
from casedesk.model.moments import show_span
from casedesk.model.words import Stage, flag_tag
from casedesk.screens.casepage.rows import MUTED, WARNING, left_part
from casedesk.widgets.flow import Line, Part, line, wrap

NARROW = 100
"""Cells below which the head is kept as short as it can be."""
MOST_LINES = 6
CLOCKS = 3
"""So many clocks are shown."""
_BETWEEN = "   "
_TIME = re.compile(r":? (?:by|was due|due|ends) [A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2}\b")
"""Where a sentence begins to tell its time."""
_LEAST_OFFENCE = 16
"""Cells of the offence that are always shown."""


@dataclass(frozen=True, slots=True)
class Ticking:
    """Something with a time: what, when, and whether the law sets it."""

    what: str
    due: datetime
    legal: bool


def ticking(page: Page) -> list[Ticking]:
    """What falls due next besides what the sentence says, the first to end first: clocks, duties, actions."""
    clocks = [
        Ticking(clock.label, clock.due, clock.legal) for clock in page.clocks if clock.sentence != _said(page)
    ]
    steps = [
        Ticking(_without_time(step.sentence), step.due, step.legal)
        for step in page.steps
        if step.due and step.kind != "clock" and step.sentence != _said(page)
    ]
    return sorted((*clocks, *steps), key=lambda one: one.due)


def head_lines(page: Page, now: datetime, width: int, readers: tuple[str, ...] | None = None) -> list[Line]:
    """The head in ``width`` cells: at most :data:`MOST_LINES` lines, each as long as the room allows.

    A safe-contact warning is cut last: somebody may be hurt by the words that are missing. ``readers`` are the desks
    that may read it, where it is restricted.
    """
    lines = [_what(page, width, width < NARROW), _who(page, width)]
    warnings = [
        *_restricted(readers, width), *_disputes(page, width), *_changed(page, width), *_safe_contact(page, width),
    ]  # fmt: skip
    room = MOST_LINES - len(lines) - _rows(warnings, width) - 1
    sentence = _sentence(page, now, width, 2 if room > 1 else 1)
    room -= _rows([sentence], width) - 1
    return [*lines, sentence, *_strip(ticking(page), now, width, max(room, 1)), *warnings]


def _rows(lines: list[Line], width: int) -> int:
    """How many rows lines take once they are wrapped."""
    return len("".join(text for text, _ in wrap(lines, width)).split("\n")) if lines else 0


def _without_time(sentence: str) -> str:
    """What a step says before its time, which the strip tells in its own way."""
    return _TIME.split(sentence)[0]


def _said(page: Page) -> str:
    return page.factors[0].sentence if page.factors else ""


def _what(page: Page, width: int, narrow: bool) -> Line:
    """Reference, offence and flags; where room is short the offence is cut, then the last flags are counted."""
    case = page.file.case
    ref = case.ref or "(no reference)"
    words = [f"  ▲ {flag_tag(word) if narrow else flag_title(word)}" for word in case.flags or ()]
    code = f"  {case.offence_code}" if case.offence_code else ""
    offence = case.offence_title or case.category or "offence not recorded"
    room = width - cell_len(ref) - cell_len(code) - _LEAST_OFFENCE - 2
    shown = [word for place, word in enumerate(words) if cell_len("".join(words[: place + 1])) <= room - 4]
    left = len(words) - len(shown)
    flags = "".join(shown) + (f"  ▲ +{left}" if left else "")
    room = max(width - cell_len(ref) - cell_len(code) - cell_len(flags) - 2, _LEAST_OFFENCE)
    return line(
        (clip(ref, width - _LEAST_OFFENCE), "bold $cd-accent"),
        (f"  {clip(offence, room)}", "bold"), (code, MUTED), (flags, "bold $cd-warn"),
    )  # fmt: skip


def _who(page: Page, width: int) -> Line:
    """Who has it, and how to reach the officer."""
    case = page.file.case
    contact = f" ({case.oic_contact})" if case.oic_contact else " (no contact recorded)"
    officer = f"OIC {case.oic}{contact}" if case.oic else "OIC not recorded"
    owner = f"owner {case.owner}" if case.owner else "nobody owns it yet"
    stage = f" · {case.stage}" if case.stage else ""
    return line((clip(f"{officer} · {owner}{stage}", width), MUTED))


def _sentence(page: Page, now: datetime, width: int, rows: int) -> Line:
    """Why it stands where it stands, and how long that leaves."""
    if not page.factors:
        return line(("Nothing presses.", MUTED))
    first, *others = page.factors
    parts: list[Part] = []
    if first.due:
        law = ("  ■ LAW ", "bold $cd-block") if first.legal else ("  ", "")
        parts += [law, left_part(first.due, now)]
    said, more = f"{page.bands[first.band]}: {first.sentence}", f"  +{len(others)}\u00a0more"
    room = width * rows - _width(parts) - 4
    if others and cell_len(said) + _width(parts) not in range(width - len(more) + 1, width + 1):
        parts.append((more, MUTED))
        room -= len(more)
    return line((clip(said, room), "bold"), *parts, hang=2)


def _strip(clocks: list[Ticking], now: datetime, width: int, rows: int) -> Iterator[Line]:
    """The next clocks, on as few lines as hold them."""
    if not clocks:
        yield line(("Nothing else has a time.", MUTED))
        return
    beside = min(len(clocks), CLOCKS if rows == 1 else 2)
    each = max((width - (beside - 1) * len(_BETWEEN)) // beside, 30)
    pieces = [_piece(clock, now, each) for clock in clocks[:CLOCKS]]
    left = len(clocks)
    for row in range(rows):
        parts: list[Part] = []
        while pieces and _width(parts) + _width(pieces[0]) + len(_BETWEEN) * bool(parts) <= width:
            parts += [*([(_BETWEEN, "")] if parts else []), *pieces.pop(0)]
            left -= 1
        last = row == rows - 1 or not pieces
        more = f"  +{left}" if last and left else ""
        if more and _width(parts) + len(more) <= width:
            parts.append((more, MUTED))
        if parts:
            yield line(*parts)
        if last:
            return


def _piece(clock: Ticking, now: datetime, room: int) -> list[Part]:
    """One clock: a square for a legal limit, a ring for a target; what is left or how late; what it is."""
    left = clock.due - now
    late = left < timedelta()
    span = f"{show_span(left)} late" if late else show_span(left)
    sign, style = ("■ LAW ", "bold $cd-block") if clock.legal else ("○ ", "$cd-info")
    what = clip(clock.what, max(room - cell_len(sign) - cell_len(span) - 1, 8))
    urgent = "bold $cd-block" if late else "bold $cd-warn" if left < timedelta(hours=4) else "bold"
    return [(sign, style), (span, urgent), (f" {what}", "")]


def clip(text: str, room: int) -> str:
    """Shorten a text to so many cells, with an ellipsis."""
    return text if cell_len(text) <= room else f"{set_cell_size(text, max(room - 1, 0))}…"


def _width(parts: list[Part]) -> int:
    return sum(cell_len(text) for text, _ in parts)


def _safe_contact(page: Page, width: int) -> Iterator[Line]:
    held = [one for _, one in page.file.victims] + [one for _, one in page.file.witnesses]
    told = [f"{one.name or 'victim'}: {one.safe_contact}" for one in held if one.safe_contact]
    if told:
        yield line((clip(f"▲ SAFE CONTACT {'; '.join(told)}", 2 * width - 12), WARNING), hang=2)


def _restricted(readers: tuple[str, ...] | None, width: int) -> Iterator[Line]:
    if readers is not None:
        yield line((clip(f"■ RESTRICTED  Only {_listed(readers)} may read this case", width), WARNING))


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _changed(page: Page, width: int) -> Iterator[Line]:
    """That a finalised crime is no longer what was approved, or was approved twice."""
    if page.file.case.stage == Stage.FINALISED:
        state = state_of(page.file, page.left)
        if state in (ReviewState.CHANGED, ReviewState.TWO_APPROVALS):
            said = next(one for one in page.decided if one.startswith(("Changed since", "Finalised twice")))
            yield line((clip(f"≠ {said}", width), "bold $cd-block"))


def _disputes(page: Page, width: int) -> Iterator[Line]:
    if page.conflicts:
        fields = ", ".join(ENTITIES[one.entity].by_name[one.field].title.lower() for one in page.conflicts)
        yield line((clip(f"≠ Two desks disagree about: {fields}", width), "bold $cd-block"))
