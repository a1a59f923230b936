"""What holds of duties whatever was recorded, and in whatever order."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from casedesk.model.facts import (
    Case,
    CaseEvent,
    CaseFile,
    Condition,
    Contact,
    Custody,
    Excuse,
    Suspect,
    Victim,
    Witness,
)
from casedesk.model.ids import EntityId, derived_id
from casedesk.model.moments import Moment, moment_of_day, moment_of_instant
from casedesk.model.words import CustodyState, EventKind, Flag, Purpose, Stage, Support, VictimKind
from casedesk.rules.duties import Duty, State, duties, explained
from casedesk.rules.reasons.duties import duties as reasons
from tests.rules.clock_facts import at
from tests.rules.duty_facts import PACKS

T = TypeVar("T")
NOW = at("2026-11-20T15:00")
_VICTIMS = [derived_id("victim", str(n)) for n in range(2)]
_WITNESS, _SUSPECT = derived_id("witness"), derived_id("suspect")
_WORST = {
    State.MET: 0,
    State.EXCUSED: 0,
    State.MET_LATE: 1,
    State.PASSED: 2,
    State.NO_NUMBER: 2,
    State.DUE: 2,
    State.OVERDUE: 3,
    State.MISSING_DATE: 4,
}


def or_none(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | strategy


instants = st.integers(-90 * 24 * 60, 40 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
moments: st.SearchStrategy[Moment] = st.one_of(
    instants.map(moment_of_instant),
    instants.map(lambda instant: moment_of_day(instant.date())),
    instants.map(lambda instant: Moment(f"{instant:%Y-%m}")),
    st.sampled_from([Moment("9999-12-31"), Moment("9999-12"), Moment("0001-01-01"), Moment("2024-02-29")]),
)
purposes = st.lists(st.sampled_from([*Purpose, "no such purpose"]), max_size=3).map(tuple)
people = st.sampled_from([None, *_VICTIMS, _WITNESS, _SUSPECT, derived_id("nobody")])
contacts = st.builds(
    Contact,
    at=or_none(instants),
    made=st.booleans(),
    purposes=or_none(purposes),
    victim=st.sampled_from([None, *_VICTIMS]),
    witness=st.sampled_from([None, None, _WITNESS]),
    next_at=or_none(instants),
)
events = st.builds(
    CaseEvent,
    kind=st.sampled_from([*EventKind, "no such event", None]),
    at=or_none(instants),
    until=or_none(instants),
    subject=people,
    number=or_none(st.integers(-3, 40)),
)
custody = st.builds(
    Custody,
    state=or_none(st.sampled_from(list(CustodyState))),
    suspect=st.sampled_from([None, _SUSPECT]),
    arrested_at=or_none(instants),
    arrived_at=or_none(instants),
    released_at=or_none(instants),
    charged_at=or_none(instants),
)
victims = st.builds(
    Victim,
    kind=or_none(st.sampled_from(list(VictimKind))),
    dob=or_none(moments),
    support=or_none(st.sampled_from(list(Support))),
    enhanced=or_none(st.booleans()),
    update_days=or_none(st.integers(-1, 60)),
    informed_on=or_none(moments),
    withdrawal_on=or_none(moments),
)
cases = st.builds(
    Case,
    owner=st.sampled_from([None, "7042"]),
    stage=or_none(st.sampled_from(list(Stage))),
    outcome=or_none(st.sampled_from(["1", "8", "16", "18", "nonsense"])),
    outcome_date=or_none(moments),
    record_status=st.sampled_from([None, "open", "filed"]),
    reported_at=or_none(moments),
    recorded_at=or_none(moments),
    charged_on=or_none(moments),
    flags=or_none(st.lists(st.sampled_from(list(Flag)), max_size=2).map(tuple)),
)
conditions = st.builds(
    Condition,
    due_on=or_none(moments),
    done_on=or_none(moments),
    failed_on=or_none(moments),
    what=st.just("Write"),
)


def _keyed(
    word: str, strategy: st.SearchStrategy[T], most: int
) -> st.SearchStrategy[tuple[tuple[EntityId, T], ...]]:
    return st.lists(strategy, max_size=most).map(
        lambda things: tuple((derived_id(word, str(n)), thing) for n, thing in enumerate(things))
    )


files = st.builds(
    CaseFile,
    id=st.just(derived_id("case")),
    case=cases,
    victims=_keyed("victim", victims, 2),
    suspects=st.builds(
        Suspect,
        status=st.sampled_from([None, "named", "charged"]),
        interviewed_on=or_none(moments),
        admitted=or_none(st.booleans()),
    ).map(lambda suspect: ((_SUSPECT, suspect),)),
    witnesses=st.builds(Witness, update_days=or_none(st.integers(1, 30))).map(lambda one: ((_WITNESS, one),)),
    custody=_keyed("custody", custody, 2),
    contacts=_keyed("contact", contacts, 4),
    events=_keyed("event", events, 5),
    conditions=_keyed("condition", conditions, 2),
)


def with_excuses(file: CaseFile, now: datetime) -> CaseFile:
    """The case with every other duty excused."""
    keys = [duty.key for duty in duties(file, now, PACKS)][::2]
    excuses = tuple((derived_id("excuse", key), Excuse(duty=key, why="Because", at=now)) for key in keys)
    return replace(file, excuses=excuses)


@given(files, instants)
def test_anything_recorded_gives_duties_and_reasons(file: CaseFile, now: datetime) -> None:
    for known in (file, with_excuses(file, now)):
        found = duties(known, now, PACKS)
        assert len({duty.key for duty in found}) == len(found)
        for duty in found:
            explained(duty, PACKS)
            assert (duty.late_by is not None) <= (duty.due is not None)
            assert duty.state is not State.OVERDUE or (duty.due is not None and duty.due < now)
        for factor in reasons(known, now, PACKS):
            assert factor.sentence
            assert factor.changes_at is None or factor.changes_at > now
            if factor.how:
                factor.how()


@given(files, instants, st.randoms(use_true_random=False))
def test_the_order_in_which_things_were_recorded_does_not_matter(
    file: CaseFile, now: datetime, shuffle: random.Random
) -> None:
    def mixed(things: tuple[T, ...]) -> tuple[T, ...]:
        return tuple(shuffle.sample(things, len(things)))

    other = replace(
        file,
        victims=mixed(file.victims),
        custody=mixed(file.custody),
        contacts=mixed(file.contacts),
        events=mixed(file.events),
        conditions=mixed(file.conditions),
    )
    assert duties(other, now, PACKS) == duties(file, now, PACKS)


@given(files, instants, instants, purposes, st.sampled_from(_VICTIMS))
def test_a_contact_that_is_made_never_makes_a_duty_worse(
    file: CaseFile, now: datetime, when: datetime, said: tuple[str, ...], victim: EntityId
) -> None:
    file = replace(
        file, case=replace(file.case, owner="7042")
    )  # else the contact itself would open the case here
    made = Contact(at=when, made=True, purposes=said, victim=victim)
    after = replace(file, contacts=(*file.contacts, (derived_id("new"), made)))
    then = {duty.key: duty for duty in duties(after, now, PACKS)}
    for duty in duties(file, now, PACKS):
        if duty.key in then:
            assert _WORST[then[duty.key].state] <= _WORST[duty.state], duty.key
            assert _late(then[duty.key]) <= _late(duty)
        else:
            assert duty.clock in ROLLING, duty.key


ROLLING = ("VC-R6-UPD", "VC-UPD-USUAL", "VRR-REQ", "VRR-CPS")
"""Duties that begin with a contact, so that another one may begin them on another day."""


def _late(duty: Duty) -> timedelta:
    return duty.late_by or timedelta(0 if duty.met_at or duty.state is State.MET else 10**6)


@given(files, instants)
def test_recomputing_only_when_a_factor_changes_misses_nothing(file: CaseFile, now: datetime) -> None:
    def shown(when: datetime) -> list[tuple[object, ...]]:
        return [(factor.band, factor.sentence, factor.changes_at) for factor in reasons(file, when, PACKS)]

    before = shown(now)
    until = min((at for _, _, at in before if isinstance(at, datetime)), default=now + timedelta(days=400))
    for when in (now + (until - now) / 2, until - timedelta(microseconds=1)):
        assert when < now or sorted(map(str, shown(when))) == sorted(map(str, before))
