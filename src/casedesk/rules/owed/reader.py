"""Reads the duties off one case: each rule of the pack with each person it is owed to and each time it began."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from casedesk.model.facts import CaseFile, Excuse, standing
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment, earliest
from casedesk.model.words import EventKind, VictimKind
from casedesk.reference.duties import DutyRule, Owed, Trigger
from casedesk.reference.packs import Packs
from casedesk.rules.judged import first_day, london_day
from casedesk.rules.owed.counting import ends
from casedesk.rules.owed.duty import AGREED, Duty, State
from casedesk.rules.owed.meeting import Contacts, Meeting, Said, contacts_by_person, first_meeting
from casedesk.rules.owed.review_limit import NO_LIMIT, REVIEWS, review_limit
from casedesk.rules.owed.rolling import (
    Link,
    after_excuse,
    condition_duty,
    links,
    promise_duty,
    promises,
)
from casedesk.rules.owed.told import Person, told
from casedesk.rules.owed.triggers import (
    Begun,
    Events,
    arrested,
    begun,
    begun_by,
    conceivable,
    holds,
    is_closed,
    stands,
)
from casedesk.rules.rights import rights

_NOBODY: tuple[Person, ...] = ((None, "", None),)
_LONGEST_INTERVAL = 3660
_KINDS = frozenset(kind.value for kind in EventKind)
_NO_REASON = "no reason recorded"


class _Standing(NamedTuple):
    """How a duty stands: its state, how late it was met, why it is excused."""

    state: State
    late_by: timedelta | None = None
    excuse: str = ""


class Reader:
    """Reads the duties of one case; what several of them need is looked up once."""

    def __init__(self, file: CaseFile, now: datetime, packs: Packs, *, timed: bool = False) -> None:
        """With ``timed``, duties that have no due time are left out."""
        self.timed = timed
        self.file, self.now, self.packs = file, now, packs
        self.closed = is_closed(file)
        self.events: Events = stands(file)
        self.contacts: Contacts = contacts_by_person(file) if file.contacts else {}
        self.excuses: dict[str, Excuse] = _excuses(file, now) if file.excuses else {}
        self.victims: tuple[Person, ...] = tuple(
            (victim_id, victim.name or "victim", rights(file, victim))
            for victim_id, victim in file.victims
            if victim.kind != VictimKind.STATE
        )
        self.witnesses: tuple[Person, ...] = tuple(
            (witness_id, witness.name or "witness", None) for witness_id, witness in file.witnesses
        )

    def all(self) -> Iterator[Duty]:
        """Every duty; several starts of one duty on one day are one duty."""
        for rule, person, start in self._starts():
            duty = self._duty(rule, person, start)
            if duty is not None and not (self.closed and not rule.after_closing and duty.is_open):
                yield duty
        yield from self._updates()
        yield from self._promises()
        for condition_id, condition in self.file.conditions:
            made = condition_duty(condition_id, condition, self.file, self.now)
            if made is not None:
                yield self._excused(made)

    # ------------------------------------------------------------ duties with a trigger

    def _starts(self) -> list[tuple[DutyRule, Person, Begun]]:
        """Each rule with each person it is owed to and each day it began; of several starts on a day the last."""
        found: dict[tuple[str, EntityId | None, date | None], tuple[DutyRule, Person, Begun]] = {}
        for rule, start in self._begun():
            for person in self._owed(rule, start):
                key = (rule.clock.id, person[0], first_day(start.since) if start.since else None)
                if key not in found or _later(start, found[key][2]):
                    found[key] = (rule, person, start)
        for rule, person, start in told(
            self.file, self.victims, self.contacts, self.events, self.packs.duties
        ):
            found.setdefault(
                (rule.clock.id, person[0], first_day(start.since) if start.since else None),
                (rule, person, start),
            )
        return list(found.values())

    def _begun(self) -> Iterator[tuple[DutyRule, Begun]]:
        pack = self.packs.duties
        by_trigger = pack.timed if self.timed else pack.by_trigger
        for trigger in conceivable(self.file, self.events):
            rules = by_trigger.get(trigger)
            if not rules:
                continue
            for start in begun(trigger, self.file, self.events):
                for rule in rules:
                    yield rule, start
        for kind in {event.kind for _, event in self.events if event.kind in _KINDS} if self.events else ():
            for rule in pack.by_event[EventKind(kind)]:
                if self.timed and not rule.timed:
                    continue
                for start in begun_by(EventKind(kind), self.events):
                    yield rule, start

    def _owed(self, rule: DutyRule, start: Begun) -> Sequence[Person]:
        """To whom a start makes the duty owed: to the person its event names, or to all of the kind."""
        if rule.owed_to is Owed.NOBODY:
            return _NOBODY if holds(rule.only, start, rule.clock.amount, self.file) else ()
        people = (
            self.victims
            if rule.owed_to is Owed.VICTIM
            else self.witnesses
            if rule.owed_to is Owed.WITNESS
            else tuple(
                (suspect_id, suspect.name or "suspect", None) for suspect_id, suspect in arrested(self.file)
            )
        )
        if not holds(rule.only, start, rule.clock.amount, self.file):
            return ()
        if start.event is not None and start.about is not None:
            named = [person for person in people if person[0] == start.about]
            if named or start.about in self._everybody(rule.owed_to):
                return named
        return people

    def _everybody(self, owed_to: Owed) -> set[EntityId]:
        """Those whose own business an event that names them is; a suspect's arrest is the victim's business too."""
        file = self.file
        named = {key for key, _ in (*file.victims, *file.witnesses)}
        return named | {key for key, _ in file.suspects} if owed_to is Owed.SUSPECT else named

    def _duty(self, rule: DutyRule, person: Person, start: Begun) -> Duty | None:
        clock, since = rule.clock, start.since
        day = first_day(since) if since else london_day(self.now)
        if not clock.in_force(day):
            return None
        owed_rights = person[2]
        enhanced = bool(owed_rights and owed_rights.enhanced and clock.enhanced is not None)
        amount = clock.enhanced if enhanced else clock.amount
        due, decided = self._due(rule, start, amount)
        limited_by = NO_LIMIT
        if clock.id in REVIEWS and since is not None:
            limited_by = review_limit(clock.id, self.file, since, due, self.now, self.packs)
            due = limited_by.due
        said = self.contacts.get(person[0], ()) if person[0] is not None else ()
        met = first_meeting(rule, person[0], since, said, self.events, self.file, due)
        key = _key(clock.id, person[0], since)
        limited = amount is not None or (rule.before is not None and decided)
        stand = self._standing(
            key,
            due,
            met,
            undated=due is None and limited and not rule.window,
            awaited=rule.before is not None,
            window=rule.window,
        )
        tried = _tried(said, since, rule.purposes, met) if said else ()
        return Duty(
            key=key,
            clock=clock.id,
            title=clock.title,
            say=rule.say,
            owed_to=person[0],
            name=person[1],
            began=start.words,
            since=since,
            due=due,
            amount=amount,
            state=stand.state,
            met_at=met.at if met else None,
            met_by=met.by if met else None,
            late_by=stand.late_by,
            attempts=len(tried),
            tried_at=tried[-1] if tried else None,
            enhanced=enhanced,
            legal=rule.legal,
            band=rule.band,
            ahead=rule.ahead,
            window=rule.window,
            who=rule.who,
            excuse=stand.excuse,
            purposes=rule.purposes,
            purpose=rule.purpose,
            limit=limited_by.limit,
            limit_warning=limited_by.warning,
            rights=owed_rights if clock.enhanced is not None else None,
        )

    def _due(self, rule: DutyRule, start: Begun, amount: int | None) -> tuple[datetime | None, bool]:
        """When it is due; and for a duty that comes before a decision, whether the decision was made."""
        if rule.agreed and start.event is not None and start.event.until is not None:
            return start.event.until, False
        if rule.before is not None:
            made = begun(rule.before, self.file, self.events)
            times = [earliest(one.since) for one in made if one.since]
            return min(times, default=None), bool(made)
        if amount is None or start.since is None:
            return None, False
        return ends(rule.clock, start.since, amount, self.packs.bank_holidays), False

    # ------------------------------------------------------------ duties without one

    def _updates(self) -> Iterator[Duty]:
        """Updates at the interval agreed with the victim, or else the usual one; with a witness only as agreed."""
        rules = self.packs.duties.by_trigger[Trigger.UPDATE]
        if not rules:
            return
        agreed = next((rule for rule in rules if rule.clock.amount is None), None)
        usual = next((rule for rule in rules if rule.clock.amount is not None), None)
        intervals = {
            key: _interval(victim.update_days) for key, victim in self.file.victims if victim.update_days
        }
        for person in self.victims:
            days = intervals.get(person[0]) if intervals and person[0] else None
            rule = agreed if days is not None and agreed is not None else usual
            if rule is not None:
                yield from self._chain(rule, person, days if rule is agreed else rule.clock.amount)
        template = agreed or usual
        for witness_id, witness in self.file.witnesses:
            days = _interval(witness.update_days)
            if days is not None and template is not None:
                yield from self._chain(
                    template, (witness_id, witness.name or "witness", None), days, witness=True
                )

    def _chain(
        self, rule: DutyRule, person: Person, days: int | None, *, witness: bool = False
    ) -> Iterator[Duty]:
        said = self.contacts.get(person[0], [])
        opened = self.file.case.reported_at or self.file.case.recorded_at
        for link in links(opened, "case opened", said, rule.purposes):
            duty = self._link(rule, person, days, link, said, witness=witness)
            while duty is not None:
                if not (self.closed and duty.is_open):
                    yield duty
                since = self._after_excuse(duty)
                later = Link(since, "last interval excused")
                duty = self._link(rule, person, days, later, said, witness=witness) if since else None

    def _after_excuse(self, duty: Duty) -> Moment | None:
        """When the interval after an excused one begins; None where it was not excused, or was kept after all."""
        if duty.state is not State.EXCUSED or duty.met_at is not None:
            return None
        since = after_excuse(self.excuses[duty.key], duty.due)
        if since is None or (duty.since is not None and first_day(since) <= first_day(duty.since)):
            return None
        return since

    def _link(
        self, rule: DutyRule, person: Person, days: int | None, link: Link, said: list[Said], *, witness: bool
    ) -> Duty | None:
        clock = rule.clock
        if not clock.in_force(first_day(link.since) if link.since else london_day(self.now)):
            return None
        due = ends(clock, link.since, days, self.packs.bank_holidays) if link.since and days else None
        clock_id = AGREED if witness else clock.id
        key = _key(clock_id, person[0], link.since)
        met = Meeting(link.met_at, link.met_by) if link.met_at else None
        undated = due is None and days is not None
        stand = self._standing(key, due, met, undated=undated, awaited=False, window=False)
        tried = _tried(said, link.since, rule.purposes, met) if said else ()
        return Duty(
            key=key,
            clock=clock_id,
            title="Update the witness as often as agreed" if witness else clock.title,
            say="Update witness as agreed" if witness else rule.say,
            owed_to=person[0],
            name=person[1],
            began=link.words,
            since=link.since,
            due=due,
            amount=days,
            state=stand.state,
            met_at=link.met_at,
            met_by=link.met_by,
            late_by=stand.late_by,
            attempts=len(tried),
            tried_at=tried[-1] if tried else None,
            legal=rule.legal and not witness,
            band="action" if witness else rule.band,
            ahead=rule.ahead,
            who=rule.who,
            excuse=stand.excuse,
            purposes=rule.purposes,
            purpose=rule.purpose,
        )

    def _promises(self) -> Iterator[Duty]:
        names = {key: name for key, name, _ in (*self.victims, *self.witnesses)}
        witnesses = {key for key, _, _ in self.witnesses}
        for person, said in self.contacts.items():
            whom = "witness" if person in witnesses else "victim"
            for promise in promises(said):
                name = names.get(person, whom)
                yield self._excused(promise_duty(promise, person, name, whom, self.now))

    # ------------------------------------------------------------ how it stands

    def _standing(
        self,
        key: str,
        due: datetime | None,
        met: Meeting | None,
        *,
        undated: bool,
        awaited: bool,
        window: bool,
    ) -> "_Standing":
        late = met.at - due if met and met.at and due and met.at > due else None
        if met is not None:
            state = State.MET_LATE if late else State.MET
        elif undated:
            state = State.MISSING_DATE
        elif due is None:
            state = State.DUE if awaited else State.NO_NUMBER
        elif self.now > due:
            state = State.PASSED if window else State.OVERDUE
        else:
            state = State.DUE
        excuse = self.excuses.get(key) if self.excuses else None
        if excuse is None or state is State.MET:
            return _Standing(state, late)
        return _Standing(State.EXCUSED, late, excuse.why or _NO_REASON)

    def _excused(self, duty: Duty) -> Duty:
        excuse = self.excuses.get(duty.key) if self.excuses else None
        if excuse is None or duty.state is State.MET:
            return duty
        return replace(duty, state=State.EXCUSED, excuse=excuse.why or _NO_REASON)


def _excuses(file: CaseFile, now: datetime) -> dict[str, Excuse]:
    """The excuses that stand by the duty's key, the latest of each."""
    in_order = sorted(standing(file.excuses), key=lambda one: (one[1].at or now, one[0]))
    return {excuse.duty: excuse for _, excuse in in_order if excuse.duty}


def _tried(
    said: Sequence[Said], start: Moment | None, purposes: frozenset[str], met: Meeting | None
) -> list[datetime]:
    """When somebody tried in vain to reach the person, for this or without saying for what, before it was met."""
    since = earliest(start) if start else None
    until = met.at if met else None
    return [
        one.at
        for one in said
        if not one.contact.made
        and (since is None or one.at >= since)
        and (until is None or one.at < until)
        and (not one.contact.purposes or one.serves(purposes))
    ]


def _key(clock: str, person: EntityId | None, since: Moment | None) -> str:
    return f"{clock}/{person.hex() if person else '-'}/{first_day(since).isoformat() if since else '-'}"


def _later(start: Begun, other: Begun) -> bool:
    """Whether a start comes after another of the same day, so that what met the other need not meet it."""
    return _place(start) > _place(other)


def _place(start: Begun) -> tuple[float, str, bytes]:
    at = earliest(start.since).timestamp() if start.since else 0.0
    return at, start.words, start.about or b""


def _interval(days: int | None) -> int | None:
    return days if days is not None and 1 <= days <= _LONGEST_INTERVAL else None
