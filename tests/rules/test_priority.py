"""The order of the queue: bands, what is due first, ties, and who a case waits for."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.model.errors import PackError
from casedesk.model.facts import (
    Action,
    Case,
    CaseEvent,
    CaseFile,
    Condition,
    Contact,
    Custody,
    Grading,
    Suspect,
    Victim,
    Witness,
)
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment, moment_of_day
from casedesk.model.words import (
    CustodyState,
    EventKind,
    Flag,
    Purpose,
    Stage,
    SuspectStatus,
    VictimKind,
)
from casedesk.reference.packs import Packs
from casedesk.reference.priority import BAND_IDS, load_priority
from casedesk.rules import priority
from casedesk.rules.priority import Placing, factors, place, tie_break

PACKS = Packs()
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def eid(number: int) -> EntityId:
    return EntityId(number.to_bytes(16, "big"))


def made(n: int = 1, **parts: Any) -> CaseFile:
    """A case file: the case's own facts and lists of parts by name."""
    lists = {name: value for name, value in parts.items() if isinstance(value, list)}
    facts = {name: value for name, value in parts.items() if name not in lists}
    return CaseFile(
        id=eid(n),
        case=Case(**{"recorded_at": Moment("2026-11-10"), **facts}),
        **{
            name: tuple((eid(1000 + 100 * at + m), one) for m, one in enumerate(some))
            for at, (name, some) in enumerate(lists.items())
        },
    )


def day(days: int) -> Moment:
    return moment_of_day((NOW + timedelta(days=days)).date())


def band(file: CaseFile, packs: Packs = PACKS, now: datetime = NOW) -> str:
    return packs.priority.by_number(place(file, now, packs).band).id


PERSON = Victim(kind=VictimKind.PERSON)
NAMED = Suspect(status=SuspectStatus.NAMED, name="A Person")
ARRESTED: dict[str, Any] = {"arrested_at": NOW - 60 * DAY, "released_at": NOW - 60 * DAY + 6 * HOUR}
BAND_CASES: dict[str, list[CaseFile]] = {
    "liberty": [
        made(custody=[Custody(state=CustodyState.DETAINED, relevant_at=NOW - 2 * HOUR, authorised_at=NOW - HOUR)]),
        made(custody=[Custody(state=CustodyState.DETAINED)]),
    ],
    "limit": [
        made(offence_code="CJ88001", offence_from=Moment("2026-05-24"), suspects=[NAMED]),
        made(custody=[Custody(state=CustodyState.RELEASED, notice_kind="dvpn", notice_at=NOW - HOUR)]),
    ],
    "protection": [
        made(
            victims=[PERSON], suspects=[NAMED],
            custody=[Custody(state=CustodyState.BAILED, bail_ends_on=day(3), conditions="Not to contact", **ARRESTED)],
        ),
    ],
    "safeguarding": [
        made(flags=("da",), suspects=[Suspect(status=SuspectStatus.WANTED)], victims=[PERSON]),
        made(
            suspects=[NAMED],
            custody=[Custody(state=CustodyState.BAILED, bail_ends_on=day(60), conditions="Curfew", **ARRESTED)],
            events=[CaseEvent(kind=EventKind.BREACH, at=NOW - HOUR)],
        ),
    ],
    "victim": [
        made(
            victims=[PERSON],
            contacts=[
                Contact(
                    at=NOW - 3 * DAY, made=True, next_at=NOW + HOUR,
                    purposes=(Purpose.REPORT, Purpose.NEEDS_ASSESSMENT, Purpose.REFERRAL, Purpose.PERSONAL_STATEMENT),
                )
            ],
        ),
    ],
    "out-of-court": [
        made(conditions=[Condition(kind="reparative", what="Letter", due_on=day(-1))]),
    ],
    "action": [
        made(actions=[Action(what="Statement", due_at=NOW - HOUR)]),
        made(stage=Stage.RETURNED, stage_note="No rationale"),
    ],
    "coming": [
        made(offence_code="CJ88001", offence_from=Moment("2026-06-10"), suspects=[NAMED]),
        made(
            suspects=[NAMED],
            custody=[Custody(state=CustodyState.BAILED, bail_ends_on=day(20), **ARRESTED)],
        ),
    ],
    "rest": [made(), made(outcome="18")],
    "closed": [
        made(record_status="filed", outcome="18"),
        made(stage=Stage.FINALISED, outcome="14", victims=[PERSON], owner="7042"),
    ],
}  # fmt: skip
"""Cases of each band, in the order that the reference proposes."""


# -- bands -----------------------------------------------------------------------------------------------------------


def test_the_bands_stand_in_the_order_of_the_reference() -> None:
    by_number = sorted(PACKS.priority.bands.values(), key=lambda one: one.number)
    assert [one.id for one in by_number] == list(BAND_CASES) == list(BAND_IDS)


@pytest.mark.parametrize(
    ("wanted", "file"),
    [(wanted, file) for wanted, files in BAND_CASES.items() for file in files],
)
def test_each_band_has_its_cases(wanted: str, file: CaseFile) -> None:
    assert band(file) == wanted


def test_the_queue_shows_the_first_factor() -> None:
    for files in BAND_CASES.values():
        for file in files:
            placing, found = place(file, NOW, PACKS), factors(file, NOW, PACKS)
            assert (placing.sentence, placing.due) == (found[0].sentence, found[0].due)
            assert placing.factors == tuple(found)


def test_a_case_stands_by_its_most_pressing_reason() -> None:
    everything = made(
        custody=[one for _, one in BAND_CASES["liberty"][0].custody],
        actions=[one for _, one in BAND_CASES["action"][0].actions],
        suspects=[Suspect(status=SuspectStatus.WANTED)],
        flags=("da",),
    )
    placing = place(everything, NOW, PACKS)
    numbers = [PACKS.priority.number(factor.band) for factor in placing.factors]
    assert numbers == sorted(numbers)
    assert placing.band == 1
    assert {"liberty", "safeguarding", "action", "rest"} <= {factor.band for factor in placing.factors}


def test_a_low_harm_never_hides_a_clock() -> None:
    theft = replace(BAND_CASES["coming"][0], gradings=((eid(9), graded(0)),))
    rape = made(ho_class="019/08", custody=[Custody(under_18=True)])
    assert tie_break(theft, PACKS).score < tie_break(rape, PACKS).score
    assert key(place(theft, NOW, PACKS), 1) < key(place(rape, NOW, PACKS), 2)


def test_within_a_band_what_is_due_first_stands_first() -> None:
    soon = made(actions=[Action(what="a", due_at=NOW - HOUR)])
    grave = made(actions=[Action(what="a", due_at=NOW)], ho_class="001/01")
    assert key(place(soon, NOW, PACKS), 1) < key(place(grave, NOW, PACKS), 2)


def test_a_force_renumbers_and_renames_the_bands(tmp_path: Path) -> None:
    (tmp_path / "priority.toml").write_text(
        '[limits]\nbail_chase_days = [3, 10]\n[[band]]\nid = "action"\nnumber = 0\nlabel = "Now"\nmeaning = "-"\n',
        encoding="utf-8",
    )
    ours = Packs(tmp_path)
    assert place(BAND_CASES["action"][0], NOW, ours).band == 0
    assert ours.priority.bands["action"].label == "Now"
    assert ours.priority.bail_chase == (timedelta(days=10), timedelta(days=3))
    assert PACKS.priority.bail_chase == tuple(timedelta(days=days) for days in (28, 14, 7, 2))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[band]]\nid = "closed"\nnumber = 0\nlabel = "C"\nmeaning = "-"', "is not the last band"),
        ('[[band]]\nid = "rest"\nnumber = 1\nlabel = "C"\nmeaning = "-"', "the same number"),
        ('[[band]]\nid = "out-of-court"\nseverity = "off"', "no band 'out-of-court'"),
        ("[limits]\nbail_chase_days = [7, 0]", "a list of days expected"),
        ("[limits]\nbail_chase_days = 7", "a list of days expected"),
        ('[limits]\nbail_chase_days = ["7"]', "a list of days expected"),
    ],
)
def test_an_order_that_does_not_hold_together_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "priority.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match=said):
        load_priority(tmp_path)


# -- ties ------------------------------------------------------------------------------------------------------------


def graded(level: int) -> Grading:
    return Grading(threat=level, harm=level, opportunity=level, risk=level, at=NOW)


TIES = [
    made(ho_class="046/00", victims=[replace(PERSON, enhanced=True)], offence_from=Moment("2026-11-09")),
    made(ho_class="046/00", victims=[replace(PERSON, dob=Moment("2012-01-01"), enhanced=False)],
         offence_from=Moment("2026-11-09")),
    made(ho_class="019/08"),
    made(ho_class="034/01"),
    made(ho_class="105/01", recorded_at=Moment("2020-01-01")),
    made(ho_class="105/01", recorded_at=Moment("2026-11-01")),
    made(ho_class="105/01", recorded_at=None),
]  # fmt: skip
"""Enhanced rights, then youth, then harm, then the older."""


def test_ties_are_broken_by_rights_then_youth_then_harm_then_age() -> None:
    scores = [tie_break(file, PACKS).score for file in TIES]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


def test_a_person_s_grading_breaks_the_tie() -> None:
    plain = made(ho_class="105/01")
    assert tie_break(replace(plain, gradings=((eid(9), graded(3)),)), PACKS) > tie_break(TIES[2], PACKS)
    assert tie_break(replace(TIES[2], gradings=((eid(9), graded(0)),)), PACKS) < tie_break(plain, PACKS)


def test_a_suspect_under_18_counts_as_a_victim_does() -> None:
    young = made(suspects=[Suspect(dob=Moment("2010-01-01"))], offence_from=Moment("2026-11-09"))
    assert tie_break(young, PACKS).young
    assert tie_break(made(custody=[Custody(under_18=True)]), PACKS).young
    assert not tie_break(made(suspects=[NAMED]), PACKS).young


# -- waiting ---------------------------------------------------------------------------------------------------------


def waits(file: CaseFile) -> tuple[str, datetime | None]:
    placing = place(file, NOW, PACKS)
    return placing.waiting, placing.waiting_since


def action(owner: str | None, days: int = 1, **more: Any) -> Action:
    return Action(what="x", owner=owner, set_at=NOW - days * DAY, **more)


def event(kind: EventKind, days: int, subject: EntityId | None = None) -> CaseEvent:
    return CaseEvent(kind=kind, at=NOW - days * DAY, subject=subject)


@pytest.mark.parametrize(
    ("file", "who", "days"),
    [
        (made(owner="7042"), "", None),
        (made(owner="7042", actions=[action("CCTV unit", 3)]), "CCTV unit", 3),
        (made(actions=[action("CCTV unit", 3)]), "CCTV unit", 3),
        (made(owner="7042", actions=[action("CCTV unit", 3), action("7042")]), "", None),
        (made(owner="PC Doe", actions=[action(" pc doe ", 3)]), "", None),
        (made(owner="7042", actions=[action(None, 3)]), "", None),
        (made(owner="7042", actions=[action("CCTV unit", 3), action("7042", done_at=NOW)]), "CCTV unit", 3),
        (made(owner="7042", actions=[action("CCTV unit", 3, done_at=NOW)]), "", None),
        (made(owner="7042", actions=[action("A", 1), action("B", 5)]), "A, B", 5),
        (made(owner="7042", actions=[action(name) for name in "ABC"]), "A, B, C", 1),
        (made(owner="7042", actions=[action(name) for name in "ABCD"]), "A, B, 2 more", 1),
        (made(events=[event(EventKind.CPS_SUBMITTED, 9)]), "CPS", 9),
        (made(events=[event(EventKind.CPS_BAIL, 9)]), "CPS", 9),
        (made(events=[event(EventKind.CPS_SUBMITTED, 9), event(EventKind.CPS_DECISION, 2)]), "", None),
        (made(events=[event(EventKind.CPS_SUBMITTED, 9), event(EventKind.CPS_REQUEST, 2)]), "", None),
        (
            made(events=[event(kind, days) for kind, days in (
                (EventKind.CPS_SUBMITTED, 9), (EventKind.CPS_REQUEST, 5), (EventKind.CPS_SUBMITTED, 2))]),
            "CPS", 2,
        ),
        (
            made(events=[event(EventKind.CPS_BAIL, 9, eid(2)), event(EventKind.CPS_BAIL, 8, eid(3)),
                         event(EventKind.CPS_DECISION, 2, eid(2))]),
            "CPS", 8,
        ),
        (made(events=[event(EventKind.CPS_SUBMITTED, 9)], charged_on=day(-1)), "", None),
        (
            made(events=[event(EventKind.CPS_SUBMITTED, 9)],
                 custody=[Custody(charged_at=NOW - DAY, state=CustodyState.CHARGED)]),
            "", None,
        ),
        (made(owner="7042", events=[event(EventKind.CPS_SUBMITTED, 2)], actions=[action("A", 5)]), "CPS, A", 5),
        (made(owner="7042", actions=[action("A", 5)], record_status="filed"), "", None),
    ],
)  # fmt: skip
def test_who_a_case_waits_for_and_since_when(file: CaseFile, who: str, days: int | None) -> None:
    assert waits(file) == (who, None if days is None else NOW - days * DAY)


# -- whatever is recorded --------------------------------------------------------------------------------------------

_INSTANTS = st.none() | st.integers(-90 * 24, 90 * 24).map(lambda hours: NOW + hours * HOUR)
_MOMENTS = st.none() | st.sampled_from(
    [Moment(text) for text in ("2026-11", "2026-11-20", "2026-05-21", "2012-02-29", "1969-12-31", "9999-12-31",
                               "2026-11-20T15:00:00Z")]
)  # fmt: skip
_CASES = st.builds(
    Case,
    ref=st.just("42CA/1/26"),
    offence_code=st.sampled_from([None, "TH68010", "CJ88001", "RT88001", "nonsense"]),
    ho_class=st.sampled_from([None, "019/08", "046/00", "?"]),
    flags=st.none() | st.lists(st.sampled_from([*Flag, "odd"]), unique=True, max_size=3).map(tuple),
    recorded_at=_MOMENTS,
    offence_from=_MOMENTS,
    stage=st.none() | st.sampled_from([*Stage, "odd"]),
    record_status=st.sampled_from([None, "open", "filed"]),
    outcome=st.sampled_from([None, "8", "18", "?"]),
    owner=st.sampled_from([None, "7042"]),
)
_CUSTODY = st.builds(
    Custody,
    state=st.none() | st.sampled_from([*CustodyState, "odd"]),
    arrested_at=_INSTANTS,
    relevant_at=_INSTANTS,
    authorised_at=_INSTANTS,
    bail_ends_on=_MOMENTS,
    bail_return_at=_INSTANTS,
    charged_at=_INSTANTS,
    released_at=_INSTANTS,
    conditions=st.sampled_from([None, "x"]),
    under_18=st.sampled_from([None, True, False]),
)
_EVENTS = st.builds(
    CaseEvent, kind=st.none() | st.sampled_from([*EventKind, "odd"]), at=_INSTANTS, until=_INSTANTS
)
_ACTIONS = st.builds(
    Action,
    what=st.sampled_from([None, "x"]),
    owner=st.sampled_from([None, "7042", "A"]),
    due_at=_INSTANTS,
    done_at=st.sampled_from([None, NOW]),
    set_at=_INSTANTS,
)
_LEVELS = st.sampled_from([None, -1, 0, 1, 2, 3, 4])
_GRADINGS = st.builds(Grading, threat=_LEVELS, harm=_LEVELS, opportunity=_LEVELS, risk=_LEVELS, at=_INSTANTS)
_PEOPLE = {"dob": _MOMENTS, "name": st.sampled_from([None, "A"])}


@st.composite
def _files(draw: st.DrawFn) -> CaseFile:
    parts = {
        "custody": _CUSTODY,
        "events": _EVENTS,
        "actions": _ACTIONS,
        "gradings": _GRADINGS,
        "suspects": st.builds(Suspect, status=st.none() | st.sampled_from([*SuspectStatus]), **_PEOPLE),
        "victims": st.builds(Victim, enhanced=st.sampled_from([None, True, False]), **_PEOPLE),
        "witnesses": st.builds(Witness, name=st.just("W")),
        "conditions": st.builds(Condition, due_on=_MOMENTS, done_on=_MOMENTS),
        "contacts": st.builds(Contact, at=_INSTANTS, made=st.booleans(), next_at=_INSTANTS),
    }
    number = 10
    drawn: dict[str, Any] = {}
    for name, strategy in parts.items():
        some = draw(st.lists(strategy, max_size=2))
        drawn[name] = tuple((eid(number + n), one) for n, one in enumerate(some))
        number += len(some)
    return CaseFile(id=eid(1), case=draw(_CASES), **drawn)


def key(placing: Placing, n: int) -> tuple[int, float, int, int]:
    """The order of the queue: band, due, tie-break, and the case's number in the store."""
    return placing.band, placing.due.timestamp() if placing.due else float("inf"), -placing.score, n


@given(_files(), _INSTANTS)
def test_placing_never_fails_and_depends_on_nothing_but_case_and_time(
    file: CaseFile, at: datetime | None
) -> None:
    now = at or NOW
    placing = place(file, now, PACKS)
    assert placing == place(file, now, PACKS)
    assert placing.sentence
    assert PACKS.priority.by_number(placing.band).id == placing.factors[0].band
    assert placing.score >= 0
    assert placing.reband_at is None or placing.reband_at > now
    assert all(factor.band in PACKS.priority.bands and factor.sentence for factor in placing.factors)


@given(_files(), _INSTANTS, _INSTANTS)
def test_the_tie_break_does_not_change_with_time(
    file: CaseFile, one: datetime | None, other: datetime | None
) -> None:
    first, second = (place(file, at or NOW, PACKS) for at in (one, other))
    closed = PACKS.priority.number("closed")
    if (first.band == closed) == (second.band == closed):
        assert first.score == second.score


@given(st.lists(_files(), min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_the_order_is_total_and_the_same_however_cases_and_their_parts_come(
    files: list[CaseFile], rnd: random.Random
) -> None:
    def shuffled(parts: Any) -> Any:
        return tuple(rnd.sample(parts, len(parts)))

    keys = [key(place(file, NOW, PACKS), n) for n, file in enumerate(files)]
    turned = [
        replace(
            file, custody=shuffled(file.custody), actions=shuffled(file.actions), events=shuffled(file.events)
        )
        for file in files
    ]
    again = [key(place(file, NOW, PACKS), n) for n, file in enumerate(turned)]
    assert again == keys
    assert sorted(rnd.sample(again, len(again))) == sorted(keys)


@given(_CASES, _INSTANTS)
def test_the_short_way_for_bare_cases_says_what_the_rules_say(case: Case, at: datetime | None) -> None:
    file = CaseFile(id=eid(1), case=case)
    said = [factor for rule in priority._RULES for factor in rule(file, at or NOW, PACKS)]
    found = factors(file, at or NOW, PACKS)
    assert sorted(factor.sentence for factor in found) == sorted(factor.sentence for factor in said)


def test_a_cancelled_action_neither_presses_nor_is_waited_for() -> None:
    action = Action(what="Footage", owner="PC 9", due_at=NOW - HOUR, set_at=NOW - DAY)
    pressing = place(made(actions=[action]), NOW, PACKS)
    assert (pressing.band, pressing.waiting) == (PACKS.priority.number("action"), "PC 9")
    cancelled = place(made(actions=[replace(action, cancelled_at=NOW)]), NOW, PACKS)
    assert (cancelled.band, cancelled.due, cancelled.waiting) == (PACKS.priority.number("rest"), None, "")


FIRST = datetime.min.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "file",
    [
        made(actions=[Action(what="Footage", due_at=FIRST)]),
        made(
            custody=[Custody(state=CustodyState.DETAINED, arrested_at=FIRST, arrived_at=FIRST)],
            victims=[PERSON],
        ),
        made(contacts=[Contact(at=FIRST, made=True, next_at=FIRST)], victims=[PERSON]),
        made(recorded_at=Moment("0001-01-01T00:00:00Z"), victims=[PERSON], suspects=[NAMED]),
        made(events=[CaseEvent(kind=EventKind.BREACH, at=FIRST)], suspects=[NAMED]),
    ],
)
def test_the_first_of_all_instants_is_placed_too(file: CaseFile) -> None:
    reasons = place(file, NOW, PACKS).factors
    assert reasons
    assert all(reason.how().steps for reason in reasons if reason.how is not None)
