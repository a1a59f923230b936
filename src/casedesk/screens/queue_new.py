"""Adding a case by hand: an arrest, a voluntary interview or a referral that no extract has told of yet."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from textual.app import App

from casedesk.desk.intake import Arrest, Person, add_case
from casedesk.model.ids import EntityId
from casedesk.model.moments import earliest
from casedesk.model.typed_moments import Lean
from casedesk.model.words import Intake
from casedesk.screens.session import Session
from casedesk.widgets.dialogs import Choice, Choose
from casedesk.widgets.fields import DayField, Field, LinesField, MomentField, TextField, Values, YesNoField
from casedesk.widgets.form import Form

_TITLES = {
    Intake.ARREST: ("Arrest", "Somebody is in custody: the clocks run at once"),
    Intake.VOLUNTARY: ("Voluntary interview", "Held, or arranged"),
    Intake.REFERRAL: ("Referral", "An incident, or work passed on"),
}

_NUMBERS = {
    Intake.ARREST: "Custody number",
    Intake.VOLUNTARY: "Attendance number",
    Intake.REFERRAL: "Incident number",
}
"""The number that names a case until its occurrence is known."""


def ask_new(app: App[Any], session: Session, added: Callable[[EntityId], None]) -> None:
    """Ask what is known of a case and add it; ``added`` is told which it is."""

    def chosen(way: Intake | None) -> None:
        if way is not None:
            _ask(app, session, way, added)

    choices = [Choice(way, label, hint) for way, (label, hint) in _TITLES.items()]
    app.push_screen(Choose("What is it?", choices), chosen)


def _ask(app: App[Any], session: Session, way: Intake, added: Callable[[EntityId], None]) -> None:
    made: list[EntityId] = []

    def save(values: Values) -> None:
        made.append(_add(session, way, values))

    def done(values: Values | None) -> None:
        if values is not None:
            app.notify(f"{_TITLES[way][0]} added. Ctrl+Z takes it back.", timeout=5, markup=False)
            added(made[-1])

    app.push_screen(
        Form(
            f"New case: {_TITLES[way][0].lower()}",
            _fields(way),
            clock=session.clock,
            save=save,
            initial={"mine": "no"},
            drafts=session.drafts,
            draft_key=f"new {way}",
        ),
        done,
    )


def _fields(way: Intake) -> Sequence[Field]:
    """What is asked, the most pressing first. A time that is not known is left empty and asked for by the queue."""
    past, name = Lean.PAST, TextField("name", "Suspect")
    offence = TextField("title", "Offence")
    committed = DayField("offence_on", "Offence on", hint="limits on prosecution run from it", lean=past)
    own = _NUMBERS[way]
    references = [
        TextField("ref", "Occurrence number", hint="leave it empty while there is none"),
        TextField("number", own),
    ]
    rest = [
        TextField("location", "Where"),
        TextField("victim", "Victim"),
        TextField("oic", "OIC"),
        YesNoField("mine", "Mine"),
    ]
    young = [
        YesNoField("under_18", "Under 18"),
        YesNoField("vulnerable", "Vulnerable"),
        TextField("adult", "Appropriate adult"),
    ]
    suite = TextField("suite", "Suite")
    if way is Intake.ARREST:
        return [
            *references,
            MomentField("arrested", "Arrested", required=True, hint="14:30, -2h, 20/11 23:15", lean=past),
            MomentField("arrived", "Arrived at station", lean=past),
            MomentField("relevant", "Relevant time", hint="if it is not the arrival", lean=past),
            MomentField("authorised", "Authorised", hint="when detention was", lean=past),
            YesNoField("on_bail", "Arrested on bail"),
            MomentField("charged", "Charged before", hint="if it is bail after charge", lean=past),
            name, offence, committed, suite, *young, *rest,
        ]  # fmt: skip
    if way is Intake.VOLUNTARY:
        when = MomentField("arrived", "Interview", hint="tue 10:00, held or to come")
        return [*references, when, name, offence, committed, suite, *young, *rest]
    return [*references, offence, committed, LinesField("summary", "What happened", rows=3), name, *rest]


def _add(session: Session, way: Intake, values: Values) -> EntityId:
    def text(name: str) -> str:
        return values.get(name) or ""

    def at(name: str) -> datetime | None:
        typed = values.get(name)
        return earliest(typed) if typed else None

    arrest = None
    if way is not Intake.REFERRAL:
        arrest = Arrest(
            number=text("number"), suite=text("suite"), offence=text("title"), arrested_at=at("arrested"),
            arrived_at=at("arrived"), relevant_at=at("relevant"), authorised_at=at("authorised"),
            under_18=values.get("under_18"), vulnerable=values.get("vulnerable"), appropriate_adult=text("adult"),
            bail_arrest=values.get("on_bail"), charged_at=at("charged"),
        )  # fmt: skip
    return add_case(
        session.desk, intake=way.value, ref=text("ref"), number=text("number") if arrest is None else "",
        offence_title=text("title"), summary=text("summary"), location=text("location"), oic=text("oic"),
        offence_on=values.get("offence_on"),
        victim=text("victim"), person=Person(name=text("name")) if text("name") else None, arrest=arrest,
        mine=values.get("mine") is True,
    )  # fmt: skip
