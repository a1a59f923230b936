"""Lines of the clinic page of one suspect: what a pane says, with no idea yet of a screen or a printer."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from casedesk.desk.assessment import Sitting
from casedesk.desk.clinic_page import ClinicPage, clinic_page
from casedesk.desk.desk import Desk
from casedesk.desk.matter import Matter, read_matter
from casedesk.desk.needs import sitting_of
from casedesk.model.ids import EntityId
from casedesk.model.moments import local
from casedesk.model.words import Confidence
from casedesk.rules.answers import day_words, instant_words


class Tone(StrEnum):
    """How much a line matters; its words and sign say the same, so that no colour is needed."""

    TEXT = "text"
    HEAD = "head"
    STRONG = "strong"
    MUTED = "muted"
    OK = "ok"
    WARN = "warn"
    BLOCK = "block"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a pane, as long as it needs."""

    text: str
    tone: Tone = Tone.TEXT
    label: str = ""
    """What the text is about, set apart before it; empty where the text stands alone."""
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """One suspect's matter as the panes read it."""

    desk: Desk
    page: ClinicPage
    matter: Matter
    sitting: Sitting | None
    """The latest needs assessment that was not given up; None where there is none."""

    @property
    def today(self) -> tuple[str, ...]:
        """What the needs assessment says must be done before the person leaves, and nothing is recorded of."""
        waiting = self.sitting.open_triggers() if self.sitting is not None else ()
        return tuple(one.title for one in waiting if one.same_day)


BLANK = Said("")
"""An empty line."""
STATUS = {
    Confidence.CONFIRMED: "confirmed",
    Confidence.SECONDARY: "from a secondary source",
    Confidence.CONVENTION: "a convention, not law",
    Confidence.UNVERIFIED: "UNVERIFIED: confirm it first",
}
"""How well something is sourced, in words."""


def look(desk: Desk, case_id: EntityId, suspect: EntityId | None = None) -> Look:
    """Read everything about the matter of a suspect. Raises BadInputError where none or another is meant."""
    page = clinic_page(desk, case_id, suspect)
    matter = read_matter(desk, case_id, page.suspect)
    return Look(desk, page, matter, sitting_of(desk, matter))


def head(text: str) -> Said:
    """A heading."""
    return Said(text, Tone.HEAD)


def fact(label: str, value: str | None, *, none: str = "not recorded", indent: int = 0) -> Said:
    """A labelled value; a gap is said, and stands out."""
    return Said(value, label=label, indent=indent) if value else Said(none, Tone.WARN, label, indent)


def maybe(label: str, value: str | None, tone: Tone = Tone.TEXT, *, indent: int = 0) -> Iterator[Said]:
    """A labelled value where there is one."""
    if value:
        yield Said(value, tone, label, indent)


def sourced(status: Confidence, source: str) -> str:
    """A source with how far it can be relied on."""
    return f"{source} ({STATUS[status]})" if source else STATUS[status]


def section(title: str, lines: Iterable[Said]) -> Iterator[Said]:
    """A heading with its lines and a blank one after; nothing where there are none."""
    held = list(lines)
    if held:
        yield head(title)
        yield from held
        yield BLANK


def by(due: datetime | None) -> str:
    """Until when, after a comma: the day alone where the whole day counts; empty where nothing is due."""
    if due is None:
        return ""
    here = local(due)
    whole = f"{here:%H:%M}" == "23:59"
    return f", by {f'the end of {day_words(here.date())}' if whole else instant_words(due)}"


def as_text(lines: Iterable[Said]) -> list[str]:
    """The lines for a printer or a command line: labels before their text."""
    return [f"{' ' * one.indent}{f'{one.label}: ' if one.label else ''}{one.text}".rstrip() for one in lines]
