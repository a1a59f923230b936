"""What the wizard keeps beside the record: the question that is open, what is half typed, and how it is looked at."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from textual.app import App

from casedesk.desk.assessment import Sitting
from casedesk.desk.desk import Desk
from casedesk.model.errors import BadInputError, CasedeskError
from casedesk.screens.session import Session
from casedesk.widgets.dialogs import error_message
from casedesk.widgets.services import Drafts

_TYPED = "typed "
_AT, _WITH, _VIEW = "at", "with-person", "view"
_YES = "yes"


class WizardDraft:
    """A draft of the store, written at every change: it survives a crash, and goes when the case does."""

    def __init__(self, drafts: Drafts, sitting: Sitting) -> None:
        self._drafts = drafts
        self._key = f"assessment {sitting.id.hex()} {sitting.case_id.hex()}"
        self._kept = drafts.load(self._key) or {}
        if _WITH not in self._kept:
            begun = any(given.stands and given.confirmed for given in sitting.answers.values())
            self._kept[_WITH] = _YES if begun else ""

    def _set(self, name: str, text: str) -> None:
        if self._kept.get(name, "") != text:
            self._kept = (
                {**self._kept, name: text} if text else {k: v for k, v in self._kept.items() if k != name}
            )
            self._drafts.save(self._key, self._kept)

    @property
    def at(self) -> str:
        """The question that is open; empty before one was."""
        return self._kept.get(_AT, "")

    def go(self, question: str) -> None:
        """Another question is open."""
        self._set(_AT, question)

    @property
    def with_person(self) -> bool:
        """Whether the person is there: answers count as said in the clinic."""
        return bool(self._kept.get(_WITH))

    def switch_person(self, *, here: bool) -> None:
        """The person is there, or is not."""
        self._kept = {**self._kept, _WITH: _YES if here else ""}
        self._drafts.save(self._key, self._kept)

    @property
    def whole_section(self) -> bool:
        """Whether a section is shown at a time."""
        return bool(self._kept.get(_VIEW))

    def switch_view(self, *, whole_section: bool) -> None:
        """Show a section at a time, or one question."""
        self._set(_VIEW, _YES if whole_section else "")

    def typed(self, question: str) -> str | None:
        """What was typed as the answer to a question and not saved; None where nothing was."""
        return self._kept.get(_TYPED + question)

    def keep_typed(self, question: str, text: str | None) -> None:
        """Keep what is being typed; None once it is saved or given up."""
        name = _TYPED + question
        if text is None:
            self._set(name, "")
        elif self._kept.get(name) != text:
            self._kept = {**self._kept, name: text}
            self._drafts.save(self._key, self._kept)

    @property
    def half_typed(self) -> tuple[str, ...]:
        """The questions whose answers are typed and not saved."""
        return tuple(name.removeprefix(_TYPED) for name in self._kept if name.startswith(_TYPED))

    def drop(self) -> None:
        """Forget all of it: the assessment is completed."""
        self._kept = {}
        self._drafts.drop(self._key)


class Work:
    """The assessment that is being worked on, shared by the wizard and the pages opened from it."""

    def __init__(self, session: Session, sitting: Sitting) -> None:
        self.session = session
        self.sitting = sitting
        self.draft = WizardDraft(session.drafts, sitting)

    @cached_property
    def who(self) -> str:
        """Whose assessment it is, and of which case."""
        file = self.session.desk.case(self.sitting.case_id).file
        suspect = dict(file.suspects).get(self.sitting.suspect) if self.sitting.suspect else None
        number = self.sitting.assessment.number or 1
        again = f"assessment {number}" if number > 1 else ""
        name = (suspect.name if suspect else "") or "(not named)"
        return " · ".join(filter(None, (name, file.case.ref or "", again)))

    def do(self, app: App[Any], act: Callable[[Desk, Sitting], Sitting]) -> bool:
        """Do something to the assessment; where it is refused, say why. Whether it was done."""
        try:
            self.sitting = act(self.session.desk, self.sitting)
        except BadInputError as refused:
            app.clear_notifications()  # one is enough: several would lie over the question
            app.notify(f"{refused.message} {refused.cure}".strip(), severity="warning", markup=False)
            return False
        except CasedeskError as error:
            app.push_screen(error_message(error, title="Not saved", kept="What you typed is kept."))
            return False
        return True
