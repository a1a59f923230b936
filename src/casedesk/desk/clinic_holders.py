"""Who holds a clinic and where it is, however it was written: nobody is at two clinics at once, nor is a room."""

from casedesk.desk.case_asks import line
from casedesk.desk.clinic_diary import ClinicDay, clinics
from casedesk.desk.desk import Desk
from casedesk.model.errors import BadInputError
from casedesk.model.text import folded
from casedesk.rules.clinic.names import read_name, same_person

_A_NUMBER = 3
"""From so many digits on a number tells who somebody is."""
_TELLS_NOTHING = ("room", "rm", "the", "no", "number")
"""Words before the name of a room."""


class Holders:
    """The people who hold clinics, each by the number that the team knows them by."""

    def __init__(self, desk: Desk) -> None:
        own = desk.settings.person
        self._own = desk.store.actor
        self._known = [(self._own, f"{own.name} {own.number} {self._own}")]
        self._known += [
            (str(person), f"{name or ''} {person}")
            for person, name in desk.store.connection.execute(
                "SELECT person, name FROM member WHERE state = 'active'"
            )
            if person
        ]

    def meant(self, said: str) -> str:
        """Whoever is meant by a number, a name or its initial with the surname; what fits nobody, or two, stays."""
        written = read_name(said)
        numbers = {one for one in written.numbers if len(one) >= _A_NUMBER}
        fits = set()
        for person, known in self._known:
            theirs = read_name(known)
            if numbers & theirs.numbers or (not numbers and written.names and same_person(said, known)):
                fits.add(person)
        if len(fits) == 1:
            return fits.pop()
        return next(iter(numbers)) if len(numbers) == 1 and not written.names else said

    def typed(self, said: str, what: str) -> str:
        """Whoever was typed; the person at this desk where nobody was. Raises BadInputError for a text too long."""
        return self.meant(line(said, what) or self._own)

    def of(self, day: ClinicDay) -> str:
        """Who sees people at a clinic: whoever took it over, or else its holder."""
        return self.meant(day.covered_by or day.worker)


def same_place(one: str, other: str) -> bool:
    """Whether two names of a place or room mean the same: case, spaces, punctuation and “room” tell nothing apart."""
    return _bare(one) == _bare(other)


def refuse_busy(desk: Desk, holders: Holders, who: str, day: ClinicDay, cure: str) -> None:
    """Raise BadInputError where somebody holds another clinic in the hours of one."""
    for other in clinics(desk):
        meet = other.opens_at < day.closes_at and day.opens_at < other.closes_at
        if meet and other.id != day.id and not other.cancelled_why and holders.of(other) == who:
            raise BadInputError(f"{who} holds a clinic then: {other.title}.", cure)


def _bare(text: str) -> str:
    words = "".join(one if one.isalnum() else " " for one in folded(text)).split()
    telling = [one for one in words if one not in _TELLS_NOTHING]
    bare = "".join(telling or words)
    return next(
        (bare.removeprefix(one) for one in _TELLS_NOTHING if bare.removeprefix(one).isdecimal()), bare
    )
