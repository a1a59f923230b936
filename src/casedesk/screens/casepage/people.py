"""The tab of victims and witnesses: who they are, what they are owed, what was said to them."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from casedesk.desk.asking import Verb
from casedesk.desk.case_asks import SERVICE_TITLES
from casedesk.desk.people_verbs import PEOPLE
from casedesk.model.dossier import Referral
from casedesk.model.entities import REFERRAL, VICTIM, WITNESS
from casedesk.model.facts import Contact, Victim, Witness, standing
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_instant, show_moment
from casedesk.model.words import Support
from casedesk.rules.duties import Duty, State
from casedesk.screens.casepage.rows import (
    MUTED,
    Row,
    cell_of,
    day_cell,
    due_cell,
    fact,
    fact_lines,
    head_line,
    left_part,
    one_line,
    text_lines,
    warning_lines,
)
from casedesk.screens.casepage.tab import RowTab, verb_commands
from casedesk.screens.casepage.view import CaseView
from casedesk.widgets.columns import Cell, Column
from casedesk.widgets.command import Command
from casedesk.widgets.flow import Line, line

SUPPORT: dict[str | None, Cell] = {
    Support.YES.value: ("✓ supports", "ok"),
    Support.NO.value: ("▲ withdrawn", "warn"),
    Support.UNKNOWN.value: ("? not known", "muted"),
    None: ("? not asked", "muted"),
}
_DUTIES: dict[State, Cell] = {
    State.MISSING_DATE: ("■ date missing", "block"),
    State.OVERDUE: ("■ overdue", "block"),
    State.DUE: ("○ owed", "info"),
    State.NO_NUMBER: ("○ owed", "info"),
    State.MET: ("✓ met", "ok"),
    State.MET_LATE: ("▲ met late", "warn"),
    State.EXCUSED: ("· excused", "muted"),
    State.PASSED: ("· passed", "muted"),
}
_APART = frozenset({"safe_contact", "name"})


class PeopleTab(RowTab):
    """Victims and witnesses, each with what is owed to them and the contacts there were."""

    TAB = "people"
    PLACE = "Case: victims and witnesses"
    VERBS: ClassVar[Sequence[Verb]] = PEOPLE
    EMPTY = "No victim and no witness is recorded. Press m to see how to add one."
    OFFERS: ClassVar[Sequence[Command]] = verb_commands("Victims & witnesses", PEOPLE, {"people.contact": ""})

    def columns(self) -> Sequence[Column[Row]]:
        """What it is, whom it concerns or what was said, where it stands, when it is due or was."""
        return [
            Column("kind", "", cell_of(0), 10, keep=85),
            Column("what", "Who or what", cell_of(1), 26, flex=1, keep=99),
            Column("state", "State", cell_of(2), 14, keep=80),
            Column("when", "When", cell_of(3), 12, align="right", keep=70),
        ]

    def rows(self) -> Sequence[Row]:
        """Each person; below them their open duties, referrals and contacts, the latest first."""
        return PeopleRows(self.view).rows()


class PeopleRows:
    """The rows of victims and witnesses."""

    def __init__(self, view: CaseView) -> None:
        self.view = view

    def heads(self) -> Iterator[Row]:
        """The people alone."""
        for own, victim in self.view.file.victims:
            yield self._victim(own, victim)
        for own, witness in self.view.file.witnesses:
            yield self._witness(own, witness)

    def rows(self) -> Sequence[Row]:
        """Each person; below them their open duties, referrals and contacts, the latest first."""
        file = self.view.file
        rows: list[Row] = []
        for own, victim in file.victims:
            rows.append(self._victim(own, victim))
            rows += self._of(own)
        for own, witness in file.witnesses:
            rows.append(self._witness(own, witness))
            rows += self._of(own)
        rows += [self._contact(own, one) for own, one in self._contacts(None)]
        return rows

    # -- the people ----------------------------------------------------------------------------------------------

    def _victim(self, own: EntityId, victim: Victim) -> Row:
        rights = " · enhanced" if victim.enhanced else ""
        name = victim.name or "(name not recorded)"
        return Row(
            own,
            (
                ("Victim", "accent"), (f"{name}{rights}", "strong"), SUPPORT.get(victim.support, victim.support or ""),
                ("▲ SAFE", "block") if victim.safe_contact else "",
            ),
            lambda: [
                head_line(name), *warning_lines(victim.safe_contact), *self._owed_words(own),
                *fact_lines(VICTIM, victim, _APART),
            ],
            own,
        )  # fmt: skip

    def _witness(self, own: EntityId, witness: Witness) -> Row:
        name = witness.name or "(name not recorded)"
        taken = ("✓ statement", "ok") if witness.statement_on else ("○ no statement", "info")
        return Row(
            own,
            (
                ("Witness", "accent"), (f"{name}{' · vulnerable' if witness.vulnerable else ''}", "strong"), taken,
                ("▲ SAFE", "block") if witness.safe_contact else "",
            ),
            lambda: [
                head_line(name), *warning_lines(witness.safe_contact), *self._owed_words(own),
                *fact_lines(WITNESS, witness, _APART),
            ],
            own,
        )  # fmt: skip

    def _owed_words(self, own: EntityId) -> Iterator[Line]:
        owed = [duty for duty in self.view.page.duties if duty.owed_to == own and duty.is_open]
        first = next(iter(owed), None)
        if first is not None:
            more = f" and {len(owed) - 1} more" if len(owed) > 1 else ""
            late = (left_part(first.due, self.view.now),) if first.due else ()
            yield line(("Owed now: ", MUTED), (f"{first.say}  ", "bold"), *late, (more, MUTED))
        rights = next((duty.rights for duty in owed if duty.rights), None)
        if rights is not None:
            yield fact("Rights", str(rights))

    # -- what hangs on them --------------------------------------------------------------------------------------

    def _of(self, own: EntityId) -> Iterator[Row]:
        for duty in self.view.page.duties:
            if duty.owed_to == own and duty.state is not State.PASSED:
                yield self._duty(own, duty)
        for key, referral in self.view.dossier.referrals:
            if referral.subject == own:
                yield referral_row(key, referral)
        for key, contact in self._contacts(own):
            yield self._contact(key, contact)

    def _duty(self, own: EntityId, duty: Duty) -> Row:
        open_ = duty.is_open
        return Row(
            duty.key,
            (
                "  duty",
                f"  {duty.say}" if open_ else (f"  {duty.say}", "muted"),
                _DUTIES[duty.state],
                due_cell(duty.due, self.view.now) if open_ else day_cell(duty.met_at, self.view.now),
            ),
            lambda: self._duty_detail(duty),
            own,
        )

    def _duty_detail(self, duty: Duty) -> Sequence[Line]:
        lines = [head_line(duty.title, (f"  {duty.clock}", MUTED))]
        since = f", {show_moment(duty.since)}" if duty.since else ""
        lines.append(fact("Began", f"{duty.began}{since}"))
        if duty.due:
            kind = "limit" if duty.legal else "target"
            lines.append(
                fact(
                    "Due", f"{show_instant(duty.due)} ({kind}{', enhanced rights' if duty.enhanced else ''})"
                )
            )
        if duty.met_at:
            lines.append(fact("Done", show_instant(duty.met_at), "$cd-ok"))
        if duty.attempts:
            lines.append(fact("Tried in vain", f"{duty.attempts} ×", "$cd-warn"))
        if duty.excuse:
            lines.append(fact("Excused", duty.excuse))
        if duty.is_open and duty.purpose:
            lines.append(line(("Press c to record the contact that meets it.", MUTED)))
        return lines

    def _contacts(self, own: EntityId | None) -> list[tuple[EntityId, Contact]]:
        held = standing(self.view.file.contacts)
        mine = [(key, one) for key, one in held if (one.victim or one.witness) == own]
        return mine[::-1]

    def _contact(self, key: EntityId, contact: Contact) -> Row:
        reached = ("✓ reached", "ok") if contact.made else ("○ not reached", "info")
        return Row(
            key,
            (
                "  contact", f"  {contact.channel or ''}: {one_line(contact.text)}", reached,
                day_cell(contact.at, self.view.now),
            ),
            lambda: [
                head_line(
                    f"{'Reached' if contact.made else 'Tried'} by {contact.channel or '?'}",
                    (f"  {show_instant(contact.at)}" if contact.at else "", MUTED),
                ),
                *([fact("For", ", ".join(contact.purposes))] if contact.purposes else []),
                *([fact("Next promised", show_instant(contact.next_at))] if contact.next_at else []),
                *text_lines(contact.text),
            ],
            contact.victim or contact.witness,
        )  # fmt: skip


def referral_row(key: EntityId, referral: Referral) -> Row:
    """A referral of somebody, made or not made with the reason."""
    titles = {word.value: title for word, title in SERVICE_TITLES.items()}
    to = titles.get(referral.to or "", referral.to or "referral")
    made = ("✓ referred", "ok") if referral.made_on else ("· not made", "muted")
    when = show_moment(referral.made_on) if referral.made_on else ""
    return Row(
        key,
        ("  referral", f"  {to}: {one_line(referral.why or referral.not_made_why)}", made, when),
        lambda: [head_line(to), *fact_lines(REFERRAL, referral)],
        key,
    )
