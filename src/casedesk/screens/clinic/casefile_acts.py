"""What the clinic page opens: the appointment's forms, letters to read, findings explained, other screens."""

from collections.abc import Sequence
from typing import Any, cast

from textual.screen import Screen

from casedesk.desk import clinics, paperwork
from casedesk.desk.clinic_diary import ClinicDay
from casedesk.desk.clinic_pane_rules import SIGNS, finding_lines, findings_for_explaining
from casedesk.desk.clinic_said import STATUS, Look
from casedesk.model.errors import CasedeskError
from casedesk.model.facts import Appointment
from casedesk.model.ids import EntityId
from casedesk.model.text import counted
from casedesk.rules.clinic.eligibility import RuleFinding, Step
from casedesk.screens.clinic.casefile_text import said_lines
from casedesk.screens.review_look import Reading
from casedesk.screens.session import Session
from casedesk.widgets.dialogs import Choice, Choose, error_message
from casedesk.widgets.flow import BLANK, Line, line

_COUNTS = {
    Step.CHOOSE: "before a disposal is chosen",
    Step.CONDITIONS: "while its conditions are set",
    Step.AUTHORISE: "when it is proposed and authorised",
    Step.GIVE: "when it is given and signed",
    Step.AFTER: "once it was given",
}


class Acts:
    """The actions of the clinic page that open something else; mixed into the screen."""

    session: Session
    case_id: EntityId
    seen: Look
    _findings: tuple[RuleFinding, ...] | None

    @property
    def _screen(self) -> Screen[None]:
        return cast(Screen[None], self)

    def changed(self) -> None:
        """Read everything again."""
        raise NotImplementedError

    def neighbour(self, step: int) -> Any:
        """The next case, where there is a list."""
        raise NotImplementedError

    def _told(self, said: str, *_which: object) -> None:
        self._screen.app.notify(said, timeout=7, markup=False)
        self.changed()

    def _refused(self, error: CasedeskError) -> None:
        self._screen.app.push_screen(error_message(error, kept="Nothing was changed."))

    # The appointment

    @property
    def _appointment(self) -> tuple[EntityId, Appointment] | None:
        return self.seen.page.appointment

    def action_book(self) -> None:
        """Choose a clinic with a free slot, then ask for the rest and book."""
        from casedesk.screens.clinic.diary_asks import ask_booking

        app, desk = self._screen.app, self.session.desk
        days = [day for day in clinics.clinics(desk) if _free(day, self)]

        def chosen(day: ClinicDay | None) -> None:
            if day is not None:
                ask_booking(app, self.session, day, _free(day, self)[0], self.case_id, self._told)

        if not days:
            app.notify(
                "No clinic to come has a free slot: open one in the diary (d, then n).",
                severity="warning",
                markup=False,
            )
        elif len(days) == 1:
            chosen(days[0])
        else:
            choices = [Choice(day, day.title, counted(len(_free(day, self)), "free slot")) for day in days]
            app.push_screen(Choose("Book into which clinic?", choices), chosen)

    def action_checklist(self) -> None:
        """Show the checklist of the appointment and keep the ticks."""
        from casedesk.screens.clinic.preparing import Checklist

        held, desk = self._appointment, self.session.desk
        if held is None:
            return
        own = held[0]

        def ticked(names: Sequence[str] | None) -> None:
            if names is None:
                return
            try:
                left = clinics.prepare(desk, self.case_id, own, names)
            except CasedeskError as error:
                self._refused(error)
                return
            todo = "; ".join(one.check.title for one in left)
            self._told(f"Still to do: {todo}." if todo else "Everything is ready.")

        page = self.seen.page
        self._screen.app.push_screen(
            Checklist(f"Preparation: {page.name} · {page.reference}", page.preparation), ticked
        )

    def action_invited(self) -> None:
        """Ask how the invitation went out."""
        from casedesk.screens.clinic.diary_asks import ask_invitation

        if self._appointment is not None:
            ask_invitation(self._screen.app, self.session, self.case_id, self._appointment[0], self._told)

    def action_arrange(self) -> None:
        """Ask who comes along and what is arranged."""
        from casedesk.screens.clinic.diary_asks import ask_arrangements

        if self._appointment is not None:
            own, facts = self._appointment
            ask_arrangements(self._screen.app, self.session, self.case_id, own, facts, self._told)

    def action_attended(self) -> None:
        """Record that the person came."""
        if self._appointment is None:
            return
        try:
            doubts = clinics.attended(self.session.desk, self.case_id, self._appointment[0])
        except CasedeskError as error:
            self._refused(error)
        else:
            self._told(" ".join([f"{self.seen.page.name} came.", *(doubts or [])]))

    # Letters

    def action_preview(self) -> None:
        """Choose a letter and read it as it would be written."""
        choices = [
            Choice(one.letter.id, one.letter.title, one.why_not or one.letter.about, tail=one.letter.code)
            for one in sorted(self.seen.page.documents, key=lambda one: bool(one.why_not))
        ]
        self._screen.app.push_screen(Choose("Read which letter?", choices), self._read_letter)

    def _read_letter(self, letter: str | None) -> None:
        if letter is None:
            return
        desk = self.session.desk
        try:
            composed = paperwork.compose(desk, self.case_id, self.seen.page.suspect, letter)
            paperwork.consulted(desk, composed)
        except CasedeskError as error:
            self._refused(error)
            return
        notes = paperwork.notes(composed)
        checks = [one for one in notes if one.startswith("To be checked")]
        lines: list[Line] = [line((one, "bold $cd-warn"), hang=2) for one in notes if one not in checks]
        lines += [BLANK] if lines else []
        lines += [line((one, "")) for one in paperwork.preview_text(composed).splitlines()]
        lines += [line((one, "$cd-muted"), hang=2) for one in checks]
        self._screen.app.push_screen(Reading(f"{composed.letter.title}, to {composed.to}", lines))

    def action_print_list(self) -> None:
        """Show what to print for everybody of the clinic day."""
        held = self._appointment
        if held is None or held[1].clinic is None:
            return
        try:
            found = paperwork.print_list(self.session.desk, held[1].clinic)
        except CasedeskError as error:
            self._refused(error)
            return
        lines: list[Line] = []
        for one in found:
            lines.append(line((f"{one.at} {one.name} · {one.reference}", "bold")))
            for letter, why_not in one.papers:
                copies = f"{letter.copies} × {letter.title}"
                lines.append(
                    line((f"  ○ {copies}: not yet. {why_not}", "$cd-muted"), hang=4)
                    if why_not
                    else line((f"  ✓ {copies}", ""), hang=4)
                )
        empty = [line(("Nobody is still to be seen.", ""))]
        self._screen.app.push_screen(Reading("To print for this clinic", lines or empty))

    # Findings

    @property
    def findings(self) -> tuple[RuleFinding, ...]:
        """Everything that the rules say about this matter, once each."""
        if self._findings is None:
            self._findings = findings_for_explaining(self.seen)
        return self._findings

    def action_explain(self) -> None:
        """Choose a finding, and show what it rests on and how far it can be relied on."""
        found = self.findings
        choices = [
            Choice(place, f"{SIGNS[one.severity][0]} {one.rule}", one.message, tail=one.status.value)
            for place, one in enumerate(found)
        ]

        def chosen(place: int | None) -> None:
            if place is not None:
                self._screen.app.push_screen(Reading(*_explained(found[place])))

        if len(found) == 1:
            chosen(0)
        else:
            self._screen.app.push_screen(Choose("Explain which finding?", choices, typed=True), chosen)

    # Other screens

    def action_wizard(self) -> None:
        """Open the needs assessment."""
        from casedesk.screens.clinic.wizard import open_wizard

        open_wizard(self._screen.app, self.session, self.case_id, self.seen.page.suspect, done=self.changed)

    def action_case(self) -> None:
        """Open the case page; where this page was opened from it, go back to it."""
        from casedesk.screens.case import CaseScreen, open_case

        below = self._screen.app.screen_stack[-2]
        if isinstance(below, CaseScreen) and below.case_id == self.case_id:
            self._screen.dismiss(None)
        else:
            open_case(self._screen.app, self.session, self.case_id, self)

    def action_diary(self) -> None:
        """Open the diary; where this page was opened from it, go back to it."""
        from casedesk.screens.clinic.diary import DiaryScreen, open_diary

        if isinstance(self._screen.app.screen_stack[-2], DiaryScreen):
            self._screen.dismiss(None)
        else:
            open_diary(self._screen.app, self.session)


def _free(day: ClinicDay, place: Acts) -> Sequence[Any]:
    now = place.session.clock()
    return [] if day.cancelled_why else [at for at in day.free() if at > now]


def _explained(one: RuleFinding) -> tuple[str, list[Line]]:
    said = [*said_lines(finding_lines(one))]
    counts = f"{one.title}. It counts {_COUNTS[one.step]}."
    said += [BLANK, line(("Rule  ", "$cd-muted"), (counts, ""), hang=6)]
    if one.unknown:
        said.append(
            line(
                (
                    "What is not recorded counts as if the rule did not hold: record it, and it is judged again.",
                    "",
                )
            )
        )
    said.append(line((f"This rule is {STATUS[one.status]}.", "$cd-muted")))
    return f"{one.rule} {one.title}", said
