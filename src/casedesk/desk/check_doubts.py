"""Quality checks that were answered “yes” and that the case contradicts: pointed out, never changed."""

from collections.abc import Callable, Iterator, Mapping

from casedesk.desk.after_decision import were_consulted
from casedesk.desk.desk import Desk
from casedesk.desk.matter import Matter
from casedesk.desk.needs import open_matters, sitting_of
from casedesk.model.facts import standing
from casedesk.model.moments import Moment, earliest_day, local, show_day
from casedesk.model.words import AppointmentState, VictimKind
from casedesk.rules.clinic.preparation import adult_of, is_vulnerable

_COMING = frozenset({AppointmentState.BOOKED, AppointmentState.INVITED, AppointmentState.CONFIRMED})


def doubts(desk: Desk, matter: Matter, said: Mapping[str, str]) -> dict[str, str]:
    """What the case says against each check answered ``yes``, by its id; ``said`` are the answers."""
    found = {}
    for name, against in _AGAINST.items():
        if said.get(name) == "yes":
            why = "; ".join(against(desk, matter))
            if why:
                found[name] = why
    return found


def doubt_lines(desk: Desk, matter: Matter, said: Mapping[str, str]) -> tuple[str, ...]:
    """The same as sentences."""
    return tuple(f"{name} is answered yes, but {why}." for name, why in doubts(desk, matter, said).items())


def attendance_doubts(matter: Matter, given_on: Moment) -> tuple[str, ...]:
    """What the diary says against a resolution given on that day: nobody recorded that the person came."""
    held = [one for _, one in matter.file.appointments if one.suspect == matter.suspect and one.at]
    if any(one.state == AppointmentState.ATTENDED for one in held):
        return ()
    days = sorted(local(one.at).date() for one in held if one.state in _COMING and one.at)
    if not days:
        return ()
    day = earliest_day(given_on)
    if day < days[0]:
        return (f"It is given {show_day(day)}, and the appointment is {show_day(days[0])}: check the day.",)
    return (f"Nobody recorded that the person came to the appointment of {show_day(days[-1])}.",)


def _advice(desk: Desk, matter: Matter) -> Iterator[str]:
    held = matter.resolution
    told = [
        one.legal_advice for _, one in standing(matter.dossier.interviews) if one.suspect == matter.suspect
    ]
    now = held.legal_advice if held else None
    if now == "not-offered":
        yield "legal advice is recorded as not offered"
    elif not now and not any(told):
        yield "no legal advice is recorded, neither at an interview nor with the offer"
    person = matter.suspect
    coming = any(one.appropriate_adult for _, one in matter.file.appointments if one.suspect == person)
    if is_vulnerable(matter.file, person) and not coming and not adult_of(matter.file, person):
        yield "the person is vulnerable and no appropriate adult is recorded"


def _victim(desk: Desk, matter: Matter) -> Iterator[str]:
    people = [one for _, one in matter.victims if one.kind != VictimKind.STATE]
    if people and not were_consulted(matter.file):
        yield "a victim's views are not recorded, nor that they were asked for"


def _history(desk: Desk, matter: Matter) -> Iterator[str]:
    if not matter.review.previous_checked:
        yield "the review does not say that the history was checked"


def _gravity(desk: Desk, matter: Matter) -> Iterator[str]:
    if matter.gravity is None:
        yield "no gravity score is recorded"


def _needs(desk: Desk, matter: Matter) -> Iterator[str]:
    sitting = sitting_of(desk, matter)
    if sitting is None:
        yield "no needs assessment was begun"
    elif not sitting.completed:
        yield "the needs assessment is not completed"
    raised = open_matters(desk, matter)
    if raised:
        yield f"nothing is recorded of what it raised: {', '.join(one.title for one in raised)}"


_AGAINST: Mapping[str, Callable[[Desk, Matter], Iterator[str]]] = {
    "QA04": _advice, "QA05": _victim, "QA06": _history, "QA07": _gravity, "QA11": _needs,
}  # fmt: skip
"""What can be held against an answer, by the check."""
