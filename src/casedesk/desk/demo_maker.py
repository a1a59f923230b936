"""Makes the parts of a made-up case: the occurrence, its people, what was written and said, and when."""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from casedesk.desk.demo_case import Draft, Facts
from casedesk.model.errors import PackError
from casedesk.model.moments import (
    Moment,
    earliest,
    earliest_day,
    local,
    london,
    moment_of_day,
    moment_of_instant,
)
from casedesk.model.words import Support
from casedesk.reference.demo_parts import DemoPack, Happening, Line, Scene, Span
from casedesk.reference.offences import Offence
from casedesk.reference.outcomes import Outcome
from casedesk.reference.packs import Packs
from casedesk.rules import bail

SERIALS_A_DAY = 27_000
"""How many occurrence numbers a day has; 366 days of them fit into seven figures."""
_MINUTE = timedelta(minutes=1)
_RANKS = {"pc": "PC", "sgt": "PS", "insp": "Insp", "ddm": "DDM", "fcr": "FCR", "cps": "Crown Prosecutor"}
_USUAL_HOURS = (9, 11, 14, 16, 18)
_OFFICERS, _SUPERVISORS = 24, 8
_SPOKEN = ("phone", "video", "in-person")
_STRIDE = 61
"""Without a factor in common with 100: it visits every hundredth once before it begins again."""
_UNKNOWN = "an unknown person"
_BEGINNING = re.compile(r"(^|[.!?] )([a-z])")
_NAME = re.compile(r"\{([a-z]+)\}")


@dataclass(frozen=True, slots=True)
class Officer:
    """A made-up officer or decision maker."""

    rank: str
    number: str
    surname: str
    unit: str

    def __str__(self) -> str:
        return f"{self.rank} {self.number} {self.surname}"


class Backdrop:
    """What all cases of one caseload share: the pack, the moment everything counts from, and the officers."""

    def __init__(self, pack: DemoPack, packs: Packs, seed: int, now: datetime) -> None:
        self.pack = pack
        self.seed = seed
        self.now = now.replace(second=0, microsecond=0)
        self.packs = packs
        self.outcomes: dict[str, Outcome] = packs.outcomes
        self.bail_months = tuple(bail.stage(packs.clocks, clock_id=clock)[1] for clock in ("ABP-0", "ABP-1"))
        """Months of pre-charge bail: the initial period and its first extension."""
        self.offences = {kind.id: _offence(packs, kind) for kind in pack.kinds.values()}
        self.owners = {colleague.role: colleague for colleague in pack.colleagues}
        dice = self.dice("officers")
        self.officers = [_officer(dice, dice.choice(("PC", "PC", "DC")), pack) for _ in range(_OFFICERS)]
        self.supervisors = [_officer(dice, "PS", pack) for _ in range(_SUPERVISORS)]
        self.deciders = {
            rank: [_officer(dice, word, pack) for _ in range(3)] for rank, word in _RANKS.items()
        }

    @cached_property
    def today(self) -> date:
        """The day everything counts from."""
        return local(self.now).date()

    @cached_property
    def common_kinds(self) -> tuple[list[str], list[int]]:
        """The kinds of event that cases under investigation are of, and how common each is."""
        common = [kind for kind in self.pack.kinds.values() if kind.often]
        return [kind.id for kind in common], [kind.often for kind in common]

    def dice(self, *of: object) -> random.Random:
        """Chance that falls the same way each time for the same seed and parts."""
        return random.Random(f"{self.seed} {of}")  # noqa: S311 - nothing here is secret

    def day(self, offset: int) -> date:
        """The day so many days from today."""
        return self.today + timedelta(days=offset)

    def reference(self, day: date, slot: int) -> str:
        """The occurrence number of the ``slot``-th record of a day: force code, year and a running number."""
        serial = day.timetuple().tm_yday * SERIALS_A_DAY + slot
        return f"{self.pack.force.code}{day.year % 100:02}{serial:07}"


class Maker:
    """Makes one case. ``slot`` is its number in the caseload."""

    def __init__(self, backdrop: Backdrop, slot: int) -> None:
        self.backdrop = backdrop
        self.slot = slot
        self.pack = backdrop.pack
        self.now = backdrop.now
        self.dice = backdrop.dice("case", slot)

    # -- the occurrence --------------------------------------------------------------------------------------

    def begin(self, kind_id: str, *, recorded: datetime, delay: timedelta | None = None) -> Draft:
        """An occurrence of a kind of event. ``delay`` is the time from the offence to the record."""
        kind, offence, dice = self.pack.kinds[kind_id], self.backdrop.offences[kind_id], self.dice
        words = self.pack.words
        reported = recorded - (delay or self._minutes(5, 240)) / 2
        if delay:
            ended = reported - delay / 4
            began = ended - delay / 4
        else:
            began, ended = self._when(kind, reported)
        officer = self._officer(self.backdrop.officers)
        street, town = dice.choice(words["streets"]), dice.choice(words["towns"])
        return Draft(
            {
                "ref": self.backdrop.reference(local(recorded).date(), self.slot),
                "source": "rms-occurrences",
                "force": self.pack.force.name,
                "offence_code": offence.code,
                "offence_title": offence.title,
                "ho_class": offence.ho_class,
                "recorded_at": at_minute(recorded),
                "reported_at": at_minute(reported),
                "offence_from": at_minute(began),
                "offence_to": at_minute(ended),
                "location": f"{dice.randint(1, 140)} {street}, {town}",
                "area": f"{town} Neighbourhood",
                "oic": str(officer),
                "oic_number": officer.number,
                "oic_contact": f"{officer.number}@{self.pack.force.mail}",
                "oic_unit": officer.unit,
                "supervisor": str(self._officer(self.backdrop.supervisors)),
                "flags": kind.flags or None,
                "record_status": "open",
                "value_pence": self._number(kind.pence) if kind.pence else None,
                "as_at": moment_of_instant(self.now),
            }
        )

    def recorded(self, days: Span) -> datetime:
        """A time at which a crime was recorded, so many days ago."""
        return self.past(self.backdrop.day(-self._number(days)), 7, 22)

    def describe(self, draft: Draft, kind_id: str) -> None:
        """Write the circumstances, once everybody in them is there."""
        draft.case["summary"] = self.filled(self.dice.choice(self.pack.kinds[kind_id].circumstances), draft)

    def decider(self, rank: str) -> str:
        """Somebody of a rank who decides."""
        return str(self._officer(self.backdrop.deciders[rank]))

    def own(self, draft: Draft, scene: Scene, nth: int) -> None:
        """Give the case to one of those whom such cases belong to, in turn, or now and then to nobody."""
        if (nth * _STRIDE + 50) % 100 >= scene.unassigned:
            owner = self.backdrop.owners[scene.owners[nth % len(scene.owners)]]
            draft.case.update(owner=owner.number, team=owner.team)

    # -- people ----------------------------------------------------------------------------------------------

    def suspect(self, draft: Draft, status: str, years: Span, sub_status: str = "") -> Facts:
        """Link a suspect of such an age at the offence."""
        sex = "M" if self.dice.random() < 0.75 else "F"
        known = status != "described"
        suspect: Facts = {
            "name": self._person(sex) if known else None,
            "dob": self._born(draft, years) if known else None,
            "sex": sex,
            "nominal": f"{self.pack.force.code}{self.slot:07}{len(draft.suspects)}",
            "status": status,
            "sub_status": sub_status or None,
        }
        draft.suspects.append(suspect)
        return suspect

    def victim(self, draft: Draft, kind_id: str, kind: str = "", support: str = Support.YES) -> Facts:
        """Link the victim that this kind of event has, or one of another ``kind``."""
        event = self.pack.kinds[kind_id]
        kind = kind or event.victim
        if kind == "state":
            victim: Facts = {"name": "The State", "kind": "state"}
        elif kind == "business":
            victim = self._business(support)
        else:
            whose = "child" if kind == "child" else "da" if "da" in event.flags else "anyone"
            victim = self._victim_in_person(draft, event, whose, support)
        draft.victims.append(victim)
        return victim

    def _business(self, support: str) -> Facts:
        return {
            "name": self.dice.choice(self.pack.words["businesses"]),
            "kind": "business",
            "support": support,
            "contact_preference": "Email to the manager",
            "phone": self._phone(),
        }

    def _victim_in_person(self, draft: Draft, event: Happening, whose: str, support: str) -> Facts:
        manner = self.dice.choice([one for one in self.pack.manners if one.whose == whose])
        sex = "F" if self.dice.random() < (0.8 if whose == "da" else 0.5) else "M"
        foreign = self.dice.random() < 0.06
        return {
            "name": self._person(sex),
            "kind": "person",
            "dob": self._born(draft, manner.years),
            "sex": sex,
            "support": support,
            "enhanced": bool(manner.enhanced),
            "enhanced_why": manner.enhanced or None,
            "contact_preference": manner.preference,
            "safe_contact": manner.safe or None,
            "phone": self._phone(),
            "language": self.dice.choice(self.pack.words["languages"]) if foreign else None,
            "relationship": event.relationship or None,
        }

    def _person(self, sex: str) -> str:
        words = self.pack.words
        first = self.dice.choice(words["female" if sex == "F" else "male"])
        return f"{first} {self.dice.choice(words['surnames'])}"

    def _born(self, draft: Draft, years: Span) -> Moment:
        """A date of birth of somebody of such an age on the day of the offence, and for a month after it."""
        days = int(self._number(years) * 365.25) + self.dice.randint(3, 330)
        return moment_of_day(day_in(draft, "offence_from") - timedelta(days=days))

    def _phone(self) -> str:
        return f"07700 900{self.dice.randrange(1000):03}"

    # -- what was written, said and is to be done ------------------------------------------------------------

    def log(
        self, draft: Draft, lines: Iterable[Line], since: datetime, until: datetime | None = None
    ) -> None:
        """Write these lines into the case log, in order, at times between two instants."""
        said = list(lines)
        times = sorted(self.between(since, until or self.now - 5 * _MINUTE) for _ in said)
        for line, at in zip(said, times, strict=True):
            draft.log.append({"at": at, "topic": line.topic, "text": self.filled(line.text, draft)})

    def work(self, draft: Draft, kind_id: str, *, until: datetime | None = None, least: int = 2) -> None:
        """Write what was done in the investigation of such an event, from its recording until now or then."""
        kind = self.pack.kinds[kind_id]
        recorded = earliest(Moment(str(draft.case["recorded_at"])))
        last = until or self.now - 5 * _MINUTE
        reviewed = min(recorded + timedelta(days=2), last)
        self.log(draft, self.pack.log["open"], recorded + 20 * _MINUTE, reviewed)
        number = min(len(kind.log), least + self.dice.randrange(2))
        self.log(draft, self.dice.sample(kind.log, number), reviewed, last)

    def contact(
        self, draft: Draft, at: datetime, purpose: str, *, made: bool = True, next_at: datetime | None = None
    ) -> None:
        """Write a contact with the first victim, by the channel that suits them; or an attempt at one."""
        victim = draft.victims[0]
        channel = self.channel(victim)
        how = "spoken" if channel in _SPOKEN else "written"
        draft.contacts.append(
            {
                "victim": draft.victim_id(victim),
                "at": at,
                "channel": channel,
                "made": made,
                "purposes": (purpose,),
                "text": self.dice.choice(self.pack.contact[f"{purpose if made else 'attempt'}-{how}"]),
                "next_at": next_at,
            }
        )

    def channel(self, victim: Facts) -> str:
        """How this victim wants to be reached."""
        preference = victim.get("contact_preference")
        return next((one.channel for one in self.pack.manners if one.preference == preference), "email")

    def todo(self, draft: Draft, due: datetime, *, done: datetime | None = None) -> None:
        """Add one of the usual things to do, done or not."""
        todo = self.dice.choice(self.pack.todos)
        self.action(draft, todo.what, due, why=todo.why)
        if done:
            draft.actions[-1].update(done_at=done, result=self.filled(todo.result, draft))

    def action(self, draft: Draft, what: str, due: datetime, why: str = "") -> None:
        """Add something to do."""
        owner = draft.case.get("owner")
        draft.actions.append({"what": what, "owner": owner, "due_at": due, "why": why or None})

    def filled(self, text: str, draft: Draft) -> str:
        """Put names and numbers in place of the words in braces, and capitals where sentences begin."""
        said = self.put_in(text, draft)
        return _BEGINNING.sub(lambda found: found[1] + found[2].upper(), said)

    def put_in(self, text: str, draft: Draft) -> str:
        """Put names and numbers of the case in place of the words in braces; the rest stays as it is."""
        suspect = next((one["name"] for one in draft.suspects if one["name"]), None)
        victim = next((one["name"] for one in draft.victims), None)
        place = str(draft.case.get("location") or "").partition(" ")[2]
        known = {
            "suspect": suspect or _UNKNOWN,
            "victim": victim or "the victim",
            "place": place,
            "oic": draft.case.get("oic"),
            "ref": draft.case["ref"],
            "code": draft.case.get("offence_code"),
            "number": self.dice.randint(10_000, 99_999),
            "other": self.backdrop.reference(self.backdrop.day(-200), self.slot),
        }
        return _NAME.sub(lambda found: str(known.get(found[1], found[0])), text)

    # -- times -----------------------------------------------------------------------------------------------

    def next_times(self) -> list[datetime]:
        """The times within the day to come at which something is usually due, the next first."""
        days = (self.backdrop.today, self.backdrop.day(1))
        times = [london(day, time(hour)) for day in days for hour in _USUAL_HOURS]
        until = self.now + timedelta(hours=23, minutes=30)
        return [at for at in times if self.now + 5 * _MINUTE < at < until]

    def earlier(self, nth: int) -> datetime:
        """A usual time on one of the days before today, each ``nth`` another."""
        return london(self.backdrop.day(-1 - nth % 7), time(_USUAL_HOURS[nth % len(_USUAL_HOURS)]))

    def later(self, days: int) -> datetime:
        """A usual time so many days from today."""
        return london(self.backdrop.day(days), time(_USUAL_HOURS[days % len(_USUAL_HOURS)]))

    def past(self, day: date, least: int, most: int) -> datetime:
        """A time of that day between two hours, but never later than a few minutes ago."""
        at = london(day, time(self.dice.randint(least, most - 1), self.dice.randrange(0, 60, 5)))
        return min(at, self.now - 10 * _MINUTE)

    def between(self, since: datetime, until: datetime) -> datetime:
        """An instant between two, by daylight where there is any."""
        minutes = max(int((until - since) / _MINUTE), 0)
        at = since + self.dice.randint(0, minutes) * _MINUTE
        daylight = london(local(at).date(), time(self.dice.randint(8, 19), self.dice.randrange(60)))
        return daylight if since <= daylight <= until else at

    def _when(self, kind: Happening, reported: datetime) -> tuple[datetime, datetime]:
        """From when to when an event that was then reported may have happened."""
        if kind.hours is None:
            ended = reported - self._minutes(2, 1500)
            return ended - self._minutes(0, 400) - timedelta(days=kind.over), ended
        at = time(self._number(kind.hours), self.dice.randrange(0, 60, 5))
        day = local(reported).date()
        ended = london(day, at)
        if ended >= reported:
            ended = london(day - timedelta(days=1), at)
        return ended - self._minutes(0, 15), ended

    def _minutes(self, least: int, most: int) -> timedelta:
        return self.dice.randint(least, most) * _MINUTE

    def _number(self, span: Span) -> int:
        return self.dice.randint(span.least, span.most)

    def _officer(self, among: Sequence[Officer]) -> Officer:
        return self.dice.choice(among)


def at_minute(instant: datetime) -> Moment:
    """An instant as a moment, to the minute."""
    return moment_of_instant(instant.replace(second=0, microsecond=0))


def day_in(draft: Draft, name: str) -> date:
    """The day of one of the case's moments."""
    return earliest_day(Moment(str(draft.case[name])))


def _offence(packs: Packs, kind: Happening) -> Offence:
    found = packs.offences.get(kind.code)
    if found is None:
        raise PackError(
            f"demo: [[kind]] {kind.id}: {kind.code} is not in the offence list.", "Correct the code."
        )
    return found


def _officer(dice: random.Random, rank: str, pack: DemoPack) -> Officer:
    surname, unit = dice.choice(pack.words["surnames"]), dice.choice(pack.words["units"])
    return Officer(rank, f"{dice.randint(1000, 9999)}", surname, unit)
