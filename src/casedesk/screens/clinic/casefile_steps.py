"""The seven steps beside the pane, and which keys do what in each of them."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from casedesk.desk.asking import Verb
from casedesk.desk.clinic_page import PageStep
from casedesk.desk.clinic_verbs import CLINIC
from casedesk.desk.decision_verbs import DECISIONS
from casedesk.desk.paperwork_verbs import PAPERWORK
from casedesk.screens.clinic.casefile_text import step_rows
from casedesk.widgets.command import Command
from casedesk.widgets.flow import Part

GROUP = "Clinic"
STEP_KEYS: Mapping[str, Mapping[str, str]] = {
    "prepare": {},
    "evidence": {
        "decision.points": "l",
        "clinic.points": "o",
        "clinic.admission": "A",
        "clinic.evidence": "E",
        "clinic.interest": "I",
        "clinic.review": "R",
        "decision.point-add": "plus",
    },
    "eligibility": {"clinic.gravity": "g"},
    "needs": {},
    "decision": {
        "clinic.choose": "h",
        "clinic.condition": "C",
        "clinic.payment": "P",
        "clinic.rationale": "t",
        "clinic.check": "Q",
        "clinic.propose": "r",
        "clinic.authorise": "T",
        "clinic.refuse": "F",
        "clinic.offer": "f",
        "clinic.accept": "y",
        "clinic.decline": "n",
        "clinic.condition-change": "M",
        "clinic.condition-out": "O",
        "clinic.withdraw": "W",
        "clinic.keep": "G",
    },
    "paperwork": {"clinic.letter": "L", "clinic.address": "D"},
    "after": {
        "clinic.kept": "Y",
        "clinic.not-kept": "N",
        "clinic.vary": "H",
        "clinic.complete": "x",
        "clinic.fail": "B",
        "clinic.check": "Q",
        "clinic.letter": "L",
    },
}
"""What can be done in each step by a form, each with its key. A key means the same in every step that has it."""
VERBS: Mapping[str, Verb] = {
    verb.id: verb
    for verb in (*CLINIC, *PAPERWORK, *DECISIONS)
    if any(verb.id in keys for keys in STEP_KEYS.values())
}
"""The verbs of the steps, by id."""
_TOP = 88


def command_id(verb: str) -> str:
    """The name of a verb's command here: elsewhere the same verb may have another key."""
    return f"casefile.{verb.replace('.', '-')}"


def action_of(verb: str) -> str:
    """The action of a verb's command: the screen's method of this name starts the verb."""
    return f"verb_{verb.replace('.', '_').replace('-', '_')}"


def step_commands(allowed: Callable[[Verb, Any], str | None]) -> tuple[Command, ...]:
    """The commands of every step's verbs, those done first in a step the weightiest in the footer."""
    found: dict[str, Command] = {}
    for keys in STEP_KEYS.values():
        for place, (own, key) in enumerate(keys.items()):
            verb = VERBS[own]
            found.setdefault(
                own,
                Command(
                    command_id(own), key, verb.title, verb.about, action_of(own), GROUP, show=_TOP - 2 * place,
                    allowed=partial(allowed, verb),
                ),
            )  # fmt: skip
    return tuple(found.values())


class StepList(Widget):
    """The steps with where each stands; a click opens one."""

    DEFAULT_CSS = """
    StepList { width: 26; height: 1fr; background: $surface; }
    """

    class Chosen(Message):
        """A step was clicked."""

        def __init__(self, step: str) -> None:
            super().__init__()
            self.step = step

    def __init__(self) -> None:
        super().__init__()
        self._steps: Sequence[PageStep] = ()
        self._here = ""
        self._top = 0

    def show(self, steps: Sequence[PageStep], here: str) -> None:
        """Show the steps, and which is open."""
        if (tuple(steps), here) != (tuple(self._steps), self._here):
            self._steps, self._here = steps, here
            self.refresh()

    def render(self) -> Content:
        """Draw as many rows as there is room for, the open step among them."""
        rows = step_rows(self._steps, self._here, max(self.content_size.width - 1, 12))
        room = max(self.content_size.height, 2)
        at = next((2 * place for place, one in enumerate(self._steps) if one.id == self._here), 0)
        self._top = max(min(at - room // 2, len(rows) - room), 0)
        parts: list[Part] = []
        for row in rows[self._top : self._top + room]:
            parts += [*row, ("\n", "")]
        return Content.assemble(*parts[:-1])

    def on_click(self, event: events.Click) -> None:
        """Open the step under the pointer."""
        place = (event.y + self._top) // 2
        if place < len(self._steps):
            self.post_message(self.Chosen(self._steps[place].id))
