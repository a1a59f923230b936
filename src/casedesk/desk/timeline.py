"""One timeline of everything that happened in a case."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from casedesk.model.facts import CaseFile, Custody, standing
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment, earliest, latest, show_instant, show_moment


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline. ``shown_at`` is the time as precisely as it is known."""

    sort_at: datetime
    shown_at: str
    kind: str
    """``log``, ``contact``, ``custody``, ``outcome``, ``action`` or ``record``."""
    text: str
    who: str = ""
    entry: EntityId | None = None
    corrects: EntityId | None = None
    gone: bool = False
    """Whether a later entry corrected or withdrew this one; it stays in sight."""


def timeline(file: CaseFile, authors: dict[EntityId, str] | None = None) -> list[Event]:
    """Everything with a time, latest first. ``authors`` names who wrote each entry."""
    events = [
        *_record(file),
        *_custody(file),
        *_outcomes(file),
        *_entries(file, authors or {}),
        *_actions(file),
    ]
    return sorted(events, key=lambda event: event.sort_at, reverse=True)


def _moment_event(at: Moment, kind: str, text: str, *, end: bool = False) -> Event:
    return Event(latest(at) if end else earliest(at), show_moment(at), kind, text)


def _record(file: CaseFile) -> Iterator[Event]:
    case = file.case
    if case.offence_from:
        yield _moment_event(case.offence_from, "record", "Offence")
    if case.reported_at:
        yield _moment_event(case.reported_at, "record", "Reported")
    if case.recorded_at:
        yield _moment_event(case.recorded_at, "record", "Recorded")
    if case.outcome_date:
        by = f" by {case.decided_by}" if case.decided_by else ""
        yield _moment_event(
            case.outcome_date, "outcome", f"Outcome {case.outcome or '?'} given{by}", end=True
        )


def _custody(file: CaseFile) -> Iterator[Event]:
    for _, custody in file.custody:
        yield from _custody_events(custody)


def _custody_events(custody: Custody) -> Iterator[Event]:
    where = f" at {custody.suite}" if custody.suite else ""
    for at, text in (
        (custody.arrested_at, f"Arrested{f' for {custody.offence}' if custody.offence else ''}"),
        (custody.arrived_at, f"Arrived{where}"),
        (custody.authorised_at, "Detention authorised"),
        (custody.charged_at, "Charged"),
        (custody.released_at, "Released on bail" if custody.bail_return_at else "Released"),
    ):
        if at is not None:
            yield Event(at, show_instant(at), "custody", text)


def _outcomes(file: CaseFile) -> Iterator[Event]:
    for _, record in file.outcome_records:
        if record.at:
            again = f" (line {record.ordinal + 1} of the same)" if record.ordinal else ""
            yield _moment_event(record.at, "outcome", f"{record.text or 'Outcome'}{again}", end=True)


def _entries(file: CaseFile, authors: dict[EntityId, str]) -> Iterator[Event]:
    stands = {entry_id for entry_id, _ in (*standing(file.log), *standing(file.contacts))}
    names = {victim_id: victim.name or "the victim" for victim_id, victim in file.victims}
    for entry_id, entry in file.log:
        if entry.at and not entry.withdrawn:
            label = "" if entry.topic in (None, "note") else f"{(entry.topic or '').capitalize()}: "
            yield Event(
                entry.at, show_instant(entry.at), "log", f"{label}{entry.text or ''}",
                authors.get(entry_id, ""), entry_id, entry.about, entry_id not in stands,
            )  # fmt: skip
    for entry_id, contact in file.contacts:
        if contact.at and not contact.withdrawn:
            whom = names.get(contact.victim, "the victim") if contact.victim else "the victim"
            done = f"Reached {whom}" if contact.made else f"Tried to reach {whom}"
            by = f" by {contact.channel}" if contact.channel else ""
            why = f" ({', '.join(contact.purposes)})" if contact.purposes else ""
            then = f" Next: {show_instant(contact.next_at)}." if contact.next_at else ""
            yield Event(
                contact.at, show_instant(contact.at), "contact", f"{done}{by}{why}: {contact.text or ''}{then}",
                authors.get(entry_id, ""), entry_id, contact.about, entry_id not in stands,
            )  # fmt: skip


def _actions(file: CaseFile) -> Iterator[Event]:
    for _, action in file.actions:
        if action.done_at:
            result = f": {action.result}" if action.result else ""
            yield Event(
                action.done_at, show_instant(action.done_at), "action", f"Done: {action.what}{result}"
            )
