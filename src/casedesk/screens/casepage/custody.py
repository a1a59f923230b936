"""The tab of suspects and custody: each suspect with their arrests, clocks, interviews and safeguarding."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from casedesk.desk.asking import Verb
from casedesk.desk.case_asks import ACCOUNT_TITLES
from casedesk.desk.custody import arrest_lines, clock_lines
from casedesk.desk.custody_asks import Scene
from casedesk.desk.suspect_verbs import CUSTODY as CUSTODY_VERBS
from casedesk.desk.suspects import status_title
from casedesk.model.dossier import Interview, PreviousDisposal, RemandGround
from casedesk.model.entities import CONDITION, CUSTODY, INTERVIEW, PREVIOUS_DISPOSAL, REMAND_GROUND, SUSPECT
from casedesk.model.facts import Condition, Custody, Suspect, standing
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_moment
from casedesk.model.words import CustodyState
from casedesk.rules.remand import remand_summary
from casedesk.screens.casepage.people import referral_row
from casedesk.screens.casepage.rows import (
    MUTED,
    Row,
    cell_of,
    corrected_lines,
    day_cell,
    fact_lines,
    head_line,
    one_line,
    text_lines,
)
from casedesk.screens.casepage.tab import CORRECT, RowTab, verb_commands
from casedesk.screens.casepage.view import CaseView
from casedesk.screens.giving_out import copy_out
from casedesk.widgets.columns import Cell, Column
from casedesk.widgets.command import Command
from casedesk.widgets.flow import Line, line

_STATES: dict[str, Cell] = {
    CustodyState.DETAINED.value: ("■ in custody", "block"),
    CustodyState.BAILED.value: ("▲ on bail", "warn"),
    CustodyState.UNDER_INVESTIGATION.value: ("○ RUI", "info"),
    CustodyState.CHARGED.value: ("✓ charged", "ok"),
    CustodyState.RELEASED.value: ("· released", "muted"),
    CustodyState.VOLUNTARY.value: ("○ voluntary", "info"),
    CustodyState.REMANDED.value: ("■ remanded", "block"),
}
_APART = frozenset({"name", "state"})
_VERBS: tuple[Verb, ...] = tuple(
    sorted(CUSTODY_VERBS, key=lambda verb: not (verb.key and verb.id.startswith("custody.")))
)
"""What is done most in custody comes first."""


def _no_arrest(tab: "CustodyTab") -> str | None:
    if not tab.view.file.custody:
        return "No arrest is recorded in this case."
    return None if tab.arrest else "Put the cursor on the arrest or the suspect it is about."


def _no_suspect(tab: "CustodyTab") -> str | None:
    if not tab.view.file.suspects:
        return "No suspect is recorded in this case."
    return None if tab.suspect else "Put the cursor on the suspect it is about."


class CustodyTab(RowTab):
    """Suspects, each with what hangs on them."""

    TAB = "custody"
    PLACE = "Case: suspects and custody"
    VERBS: ClassVar[Sequence[Verb]] = _VERBS
    EMPTY = "No suspect and no arrest is recorded. Press m to see how to add one."
    KEYS: ClassVar[Mapping[str, str]] = {"custody.conditions": "t"}
    OFFERS: ClassVar[Sequence[Command]] = (
        *verb_commands("Suspects & custody", _VERBS, KEYS),
        CORRECT,
        Command("custody.remand-summary", "A", "Remand summary", "Write the summary of the remand application from the "
                "worksheet, and copy it.", "remand_summary", "Suspects & custody", show=49, allowed=_no_arrest),
        Command("custody.needs-assessment", "N", "Needs assessment", "Begin the needs assessment of the suspect, or go "
                "on with it.", "needs_assessment", "Suspects & custody", show=48, allowed=_no_suspect),
    )  # fmt: skip

    def columns(self) -> Sequence[Column[Row]]:
        """What it is, who or what, where it stands, when."""
        return [
            Column("kind", "", cell_of(0), 11, keep=85),
            Column("what", "Who or what", cell_of(1), 26, flex=1, keep=99),
            Column("state", "State", cell_of(2), 14, keep=80),
            Column("when", "When", cell_of(3), 12, align="right", keep=70),
        ]

    def rows(self) -> Sequence[Row]:
        """Each suspect; below them arrests, interviews, previous disposals, referrals, conditions."""
        return CustodyRows(self.view).rows()

    @property
    def arrest(self) -> EntityId | None:
        """The arrest under the cursor, the latest of the suspect under it, or the only one."""
        arrests, subject = self.view.file.custody, self.subject
        own = [key for key, one in arrests if subject in (key, one.suspect)]
        return own[-1] if own else arrests[0][0] if len(arrests) == 1 else None

    @property
    def suspect(self) -> EntityId | None:
        """The suspect under the cursor, the one whose arrest is under it, or the only one."""
        file, subject = self.view.file, self.subject
        arrests = dict(file.custody)
        found = arrests[subject].suspect if subject in arrests else subject
        if found in dict(file.suspects):
            return found
        return file.suspects[0][0] if len(file.suspects) == 1 else None

    def action_needs_assessment(self) -> None:
        """Open the needs assessment of the suspect."""
        from casedesk.screens.clinic.wizard import open_wizard

        suspect, place = self.suspect, self.place
        if suspect is not None:
            open_wizard(self.app, place.session, self.view.file.id, suspect, done=place.reread)

    def action_remand_summary(self) -> None:
        """Show the summary of the remand application, and copy it."""
        arrest, view = self.arrest, self.view
        if arrest is None:
            return
        text = remand_summary(view.file, view.dossier, view.desk.packs, arrest)
        self.read(text_lines(text))
        copy_out(
            self.app,
            view.desk,
            view.file.id,
            "remand summary",
            text,
            "The summary was copied. Esc goes back.",
        )


class CustodyRows:
    """The rows of suspects and what hangs on them."""

    def __init__(self, view: CaseView) -> None:
        self.view = view

    def heads(self) -> Iterator[Row]:
        """The suspects, and the arrests."""
        for own, suspect in self.view.file.suspects:
            yield self._suspect(own, suspect)
        for own, custody in self.view.file.custody:
            yield self._custody(own, custody)

    def rows(self) -> Sequence[Row]:
        """Each suspect; below them arrests, interviews, previous disposals, referrals, conditions."""
        file = self.view.file
        rows: list[Row] = []
        for own, suspect in file.suspects:
            rows.append(self._suspect(own, suspect))
            rows += self._of(own)
        rows += self._of(None)
        return rows

    def _suspect(self, own: EntityId, suspect: Suspect) -> Row:
        name = suspect.name or "(not named)"
        born = f", born {show_moment(suspect.dob)}" if suspect.dob else ""
        admitted = (
            "" if suspect.admitted is None else " · admitted" if suspect.admitted else " · no admission"
        )
        return Row(
            own,
            (
                ("Suspect", "accent"), (f"{name}{born}{admitted}", "strong"),
                (status_title(self.view.file, own), "info"), "",
            ),
            lambda: [head_line(name), *fact_lines(SUSPECT, suspect, _APART)],
            own,
        )  # fmt: skip

    def _of(self, own: EntityId | None) -> Iterator[Row]:
        file, dossier = self.view.file, self.view.dossier
        for key, custody in file.custody:
            if custody.suspect == own:
                yield self._custody(key, custody)
                for ground_key, ground in dossier.remand_grounds:
                    if ground.custody == key:
                        yield self._ground(ground_key, ground, key)
        for key, interview in standing(dossier.interviews):
            if interview.suspect == own:
                yield self._interview(key, interview)
        for key, previous in dossier.previous:
            if previous.suspect == own:
                yield self._previous(key, previous)
        for key, referral in dossier.referrals:
            if own is not None and referral.subject == own:
                yield referral_row(key, referral)
        for key, condition in file.conditions:
            if condition.suspect == own:
                yield self._condition(key, condition)

    def _custody(self, key: EntityId, custody: Custody) -> Row:
        where = " · ".join(filter(None, (custody.number, custody.suite, custody.offence)))
        return Row(
            key,
            (
                "  arrest", f"  {where or 'arrest'}", _STATES.get(custody.state or "", custody.state or "not recorded"),
                day_cell(custody.arrested_at or custody.arrived_at, self.view.now),
            ),
            lambda: self._custody_detail(key, custody),
            key,
        )  # fmt: skip

    def _custody_detail(self, key: EntityId, custody: Custody) -> Sequence[Line]:
        view = self.view
        scene = Scene(view.file, key, custody, view.desk.packs, view.now)
        clocks = [line((f"○ {said}", "bold"), hang=2) for said in clock_lines(scene)]
        doubts = [
            line((f"▲ {said.strip()}", "bold $cd-warn"), hang=2)
            for said in arrest_lines(scene)
            if said.strip().startswith("Check:")
        ]
        name = view.name_of(custody.suspect) or "Arrest"
        conditions = (
            [line((f"Conditions: {custody.conditions}", "$cd-warn"), hang=2)] if custody.conditions else []
        )
        return [
            head_line(f"{name}  {custody.number or ''}"), *clocks, *doubts, *conditions,
            *fact_lines(CUSTODY, custody, frozenset({"conditions"})),
        ]  # fmt: skip

    def _ground(self, key: EntityId, ground: RemandGround, custody: EntityId) -> Row:
        relied = ("■ relied on", "block") if ground.relied_on else ("· not relied on", "muted")
        return Row(
            key, ("    remand", f"    {ground.ground}: {one_line(ground.evidence)}", relied, ""),
            lambda: [head_line(f"Ground for remand: {ground.ground}"), *fact_lines(REMAND_GROUND, ground)],
            custody,
        )  # fmt: skip

    def _interview(self, key: EntityId, interview: Interview) -> Row:
        titles = {word.value: title for word, title in ACCOUNT_TITLES.items()}
        account = titles.get(interview.account or "", interview.account or "")
        about = f"{interview.offence}: " if interview.offence else ""
        return Row(
            key,
            (
                "  interview", f"  {about}{one_line(interview.text) or account}", (account.lower(), "info"),
                day_cell(interview.at, self.view.now),
            ),
            lambda: [
                head_line("Interview under caution", (f"  {account}", MUTED)), *fact_lines(INTERVIEW, interview),
                *corrected_lines(INTERVIEW, self.view.dossier.interviews, interview),
            ],
            interview.suspect,
            entry=key,
            entity=INTERVIEW.name,
        )  # fmt: skip

    def _previous(self, key: EntityId, previous: PreviousDisposal) -> Row:
        said = " · ".join(filter(None, (previous.disposal, previous.offence)))
        return Row(
            key, ("  previous", f"  {said}", "", show_moment(previous.on) if previous.on else ""),
            lambda: [head_line("Previous disposal"), *fact_lines(PREVIOUS_DISPOSAL, previous)], previous.suspect,
        )  # fmt: skip

    def _condition(self, key: EntityId, condition: Condition) -> Row:
        if condition.failed_on:
            state: Cell = ("■ not kept", "block")
        else:
            state = ("✓ kept", "ok") if condition.done_on else ("○ running", "info")
        return Row(
            key,
            (
                "  condition", f"  {one_line(condition.what)}", state,
                show_moment(condition.due_on) if condition.due_on else "",
            ),
            lambda: [head_line("Condition"), *fact_lines(CONDITION, condition)], condition.suspect,
        )  # fmt: skip
