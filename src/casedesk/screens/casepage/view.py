"""The case as the tabs see it: the page that was read, the hour, and what is read only when a tab asks."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from casedesk.desk.asking import At
from casedesk.desk.case_asks import told_apart
from casedesk.desk.casepage import Page
from casedesk.desk.desk import Desk
from casedesk.desk.restriction_verbs import readers
from casedesk.model.dossier import Dossier
from casedesk.model.facts import CaseFile
from casedesk.model.ids import EntityId


@dataclass
class CaseView:
    """One case on screen. It is made anew whenever the case is read again."""

    desk: Desk
    page: Page
    now: datetime

    @property
    def file(self) -> CaseFile:
        """The case with what the rules judge."""
        return self.page.file

    @cached_property
    def dossier(self) -> Dossier:
        """What else is written about it."""
        return self.page.dossier

    def at(self, subject: EntityId | None = None) -> At:
        """Where a verb is asked."""
        return At(self.desk, self.file, self.dossier, subject)

    @cached_property
    def readers(self) -> tuple[str, ...] | None:
        """The desks that may read it, where it is restricted."""
        return readers(self.desk, self.file.id)

    @cached_property
    def names(self) -> dict[EntityId, str]:
        """What everybody and everything of the case is called that something else can be about."""
        file = self.file
        called = {
            **{one: told_apart(file, one) if who.name else "suspect" for one, who in file.suspects},
            **{one: told_apart(file, one) if who.name else "victim" for one, who in file.victims},
            **{one: told_apart(file, one) if who.name else "witness" for one, who in file.witnesses},
        }
        for one, custody in file.custody:
            whose = called.get(custody.suspect, "") if custody.suspect else ""
            called[one] = " ".join(filter(None, (whose, custody.number))) or "arrest"
        return called

    def name_of(self, subject: EntityId | None) -> str:
        """What somebody or something is called; empty for nobody."""
        return self.names.get(subject, "") if subject else ""
