"""What happens to somebody who was arrested: each verb, what it refuses, what it warns of, and its undoing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casedesk.desk import custody, undo
from casedesk.desk.custody import Recorded, offered, scene_of
from casedesk.desk.custody_asks import AskKind
from casedesk.desk.custody_verbs import VERBS
from casedesk.desk.desk import Desk
from casedesk.desk.intake import Arrest, Person, add_arrest, add_case
from casedesk.desk.undo import ACT_TITLES
from casedesk.model.entities import CASE, CUSTODY
from casedesk.model.errors import BadInputError
from casedesk.model.facts import Custody, standing
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment
from casedesk.model.words import CustodyState, EventKind
from tests.conftest import NOW, FrozenClock

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
Do = Callable[..., Recorded]


def ago(hours: float) -> datetime:
    return NOW - hours * HOUR


@pytest.fixture
def case_id(desk: Desk) -> EntityId:
    """Arrested ten hours ago, detention authorised nine and a half hours ago."""
    return add_case(
        desk, intake="arrest", ref="43260012345", offence_code="TH68010", person=Person(name="Kyle Jarrett"),
        arrest=Arrest(
            number="NB/1/26", arrested_at=ago(10), arrived_at=ago(9.75), authorised_at=ago(9.5), suite="Newbury"
        ),
    )  # fmt: skip


@pytest.fixture
def do(desk: Desk, case_id: EntityId) -> Do:
    return lambda verb, **values: custody.perform(desk, case_id, verb, values)


def record(desk: Desk, case_id: EntityId) -> Custody:
    return scene_of(desk, case_id).custody


def events(desk: Desk, case_id: EntityId) -> list[tuple[str | None, datetime | None, datetime | None]]:
    return [(one.kind, one.at, one.until) for _, one in standing(desk.case(case_id).file.events)]


# -- detention ------------------------------------------------------------------------------------------------------


def test_a_review_moves_the_next_one(desk: Desk, case_id: EntityId, do: Do) -> None:
    said = do("review", at=ago(4), by="Insp Whitlock")
    assert said.warnings == ()
    # nine hours after 11:00, and not after the latest time of the first (11:30)
    assert said.clocks[0].startswith("Review 2 of detention: Fri 20 Nov 2026 20:00 GMT")
    assert events(desk, case_id) == [(EventKind.REVIEW, ago(4), None)]


def test_a_postponed_review_keeps_its_reason(desk: Desk, case_id: EntityId, do: Do) -> None:
    with pytest.raises(BadInputError, match="“Why” is needed"):
        do("postpone")
    do("postpone", text="Interview under way.")
    ((_, event),) = standing(desk.case(case_id).file.events)
    assert (event.kind, event.at, event.text) == (EventKind.POSTPONED, NOW, "Interview under way.")


def test_an_extension_reaches_36_hours_from_the_relevant_time(desk: Desk, case_id: EntityId, do: Do) -> None:
    do("review", at=ago(4))
    do("review", at=ago(1))
    said = do("extend", rank="supt", at=ago(0.5))
    assert said.warnings == ()
    assert events(desk, case_id)[-1] == (EventKind.EXTENSION, ago(0.5), ago(9.75) + 36 * HOUR)
    assert "Extended detention ends" in said.clocks[1]


@pytest.mark.parametrize(
    ("reviews", "rank", "until", "warns"),
    [
        (1, "supt", None, "before the second review"),
        (2, "insp", None, "no lower than superintendent to decide (PACE 1984 s.42"),
        (2, "supt", 37.0, "beyond 36 hours"),
        (2, "supt", 20.0, "ends within 24 hours"),
    ],
)
def test_an_extension_that_should_not_be_is_recorded_and_said(
    desk: Desk, case_id: EntityId, do: Do, reviews: int, rank: str, until: float | None, warns: str
) -> None:
    for turn in range(reviews):
        do("review", at=ago(4 - turn * 2))
    given: dict[str, Any] = {"until": ago(9.75) + until * HOUR} if until else {}
    said = do("extend", rank=rank, **given)
    assert any(warns in warning for warning in said.warnings), said.warnings
    assert events(desk, case_id)[-1][0] == EventKind.EXTENSION


def test_a_warrant_past_96_hours_is_said(do: Do) -> None:
    last = ago(9.75) + 96 * HOUR
    assert do("warrant", until=last, by="Reading Magistrates' Court").warnings == ()
    assert "s.44" in do("warrant", until=last + MINUTE).warnings[0]


def test_the_clock_stands_still_in_hospital_and_goes_on_after_it(
    desk: Desk, case_id: EntityId, do: Do
) -> None:
    assert "stands still" in do("hospital", at=ago(3)).clocks[1]
    with pytest.raises(BadInputError, match="in hospital already"):
        do("hospital")
    with pytest.raises(BadInputError, match=r"return from hospital .* lies before leaving for it"):
        do("back", at=ago(4))
    said = do("back", at=ago(1))
    assert events(desk, case_id) == [(EventKind.HOSPITAL, ago(3), ago(1))]
    assert (ago(9.75) + 26 * HOUR).strftime("%H:%M") in said.clocks[1]
    with pytest.raises(BadInputError, match="not recorded as in hospital"):
        do("back")
    assert do("questioned", at=ago(2), until=ago(1.5)).warnings == ()
    assert do("questioned", at=ago(0.5), until=ago(0.25)).warnings, "outside the time in hospital"


def test_the_relevant_time_or_how_detention_began(desk: Desk, case_id: EntityId, do: Do) -> None:
    do("relevant-time", situation="arrested-at-station")
    assert record(desk, case_id).situation == "arrested-at-station"
    do("relevant-time", relevant_at=ago(9))
    assert record(desk, case_id).relevant_at == ago(9)
    with pytest.raises(BadInputError, match="Give one of them"):
        do("relevant-time")
    with pytest.raises(BadInputError, match="ordinary-arrest"):
        do("relevant-time", situation="teleported")


def test_an_appropriate_adult_is_written_down(desk: Desk, case_id: EntityId, do: Do) -> None:
    do("appropriate-adult", name="Dawn Jarrett, mother")
    assert record(desk, case_id).appropriate_adult == "Dawn Jarrett, mother"


# -- the end of detention -------------------------------------------------------------------------------------------


def test_release_on_bail_shows_when_the_period_ends(desk: Desk, case_id: EntityId, do: Do) -> None:
    said = do(
        "bail", at=ago(1), return_at=datetime(2027, 2, 20, 10, 0, tzinfo=UTC), conditions="Not to contact Ann"
    )
    assert said.warnings == ()
    assert (
        said.clocks[0] == "Bail period ends Sat 20 Feb 2027 23:59:59 GMT, 3 months from the day after arrest."
    )
    one = record(desk, case_id)
    assert (one.state, one.released_at, one.conditions) == (CustodyState.BAILED, ago(1), "Not to contact Ann")


def test_a_return_date_after_the_period_is_said(do: Do) -> None:
    said = do("bail", at=ago(1), return_at=datetime(2027, 2, 21, 10, 0, tzinfo=UTC))
    assert "ends Sat 20 Feb 2027" in said.warnings[0]
    said = do("bail-return", return_at=datetime(2027, 2, 20, 10, 0, tzinfo=UTC))
    assert said.warnings == ()


@pytest.mark.parametrize(
    ("months", "rank", "warns"),
    [
        (6, "insp", ""),
        (6, "sgt", "inspector"),
        (9, "insp", "superintendent"),
        (9, "supt", ""),
        (7, "supt", "7 months"),
    ],
)
def test_each_extension_of_bail_has_its_authority(
    desk: Desk, case_id: EntityId, do: Do, months: int, rank: str, warns: str
) -> None:
    do("bail", at=ago(1), return_at=datetime(2027, 2, 20, 10, 0, tzinfo=UTC))
    said = do("extend-bail", months=months, rank=rank)
    assert (warns in said.warnings[0]) if warns else not said.warnings
    assert f"{months} months" in said.clocks[0]


def test_an_extension_after_the_period_is_said(
    desk: Desk, case_id: EntityId, do: Do, clock: FrozenClock
) -> None:
    do("bail", at=ago(1), return_at=datetime(2027, 2, 20, 10, 0, tzinfo=UTC))
    clock.now = datetime(2027, 2, 21, 0, 0, tzinfo=UTC)
    assert "had ended Sat 20 Feb 2027" in do("extend-bail", months=6, rank="insp").warnings[0]
    with pytest.raises(BadInputError, match="either the months"):
        do("extend-bail")
    do("extend-bail", until_on=Moment("2027-11-20"), rank="court")


def test_conditions_change_and_are_cancelled(desk: Desk, case_id: EntityId, do: Do) -> None:
    do("bail", at=ago(1), return_at=datetime(2027, 2, 20, 10, 0, tzinfo=UTC), conditions="A")
    with pytest.raises(BadInputError, match="as they are"):
        do("conditions", conditions="A")
    do("conditions", conditions="B")
    assert record(desk, case_id).conditions == "B"
    do("conditions")
    assert record(desk, case_id).conditions is None
    assert [kind for kind, _, _ in events(desk, case_id)] == [EventKind.CONDITIONS] * 2


def test_a_breach_is_dealt_with(desk: Desk, case_id: EntityId, do: Do) -> None:
    with pytest.raises(BadInputError, match="No breach"):
        do("breach-dealt-with", text="Arrested.")
    do("bail", at=ago(3), return_at=datetime(2027, 2, 20, 10, 0, tzinfo=UTC))
    do("breach", at=ago(2), text="Seen outside.")
    assert "breach-dealt-with" in {verb.id for verb in offered(scene_of(desk, case_id))}
    with pytest.raises(BadInputError, match=r"12:00.* lies before the breach .*13:00"):
        do("breach-dealt-with", at=ago(3), text="Arrested.")
    do("breach-dealt-with", text="Arrested.")
    assert "breach-dealt-with" not in {verb.id for verb in offered(scene_of(desk, case_id))}


def test_bail_for_the_cps_stands_still_until_it_asks_for_more(desk: Desk, case_id: EntityId, do: Do) -> None:
    said = do("cps-bail", at=ago(1), conditions="A")
    assert record(desk, case_id).state == CustodyState.BAILED
    assert "stands still" in said.clocks[0]
    assert "Bail period ends" in do("cps-request").clocks[0]


def test_under_investigation_sets_the_local_review(
    desk: Desk, case_id: EntityId, do: Do, clock: FrozenClock
) -> None:
    assert do("rui", at=ago(1)).clocks == ("Next review: 18 Dec 2026.",)
    clock.advance(timedelta(days=20))
    do("rui-review", text="Phone still with the lab.")
    assert record(desk, case_id).review_on == "2027-01-07"
    do("rui-review", text="Again.", review_on=Moment("2026-12-24"))
    assert record(desk, case_id).review_on == "2026-12-24"


def test_from_bail_to_under_investigation_ends_the_conditions(desk: Desk, case_id: EntityId, do: Do) -> None:
    do("bail", at=ago(3), return_at=datetime(2027, 2, 20, 10, 0, tzinfo=UTC), conditions="A")
    do("rui", at=ago(1))
    one = record(desk, case_id)
    assert (one.state, one.released_at) == (CustodyState.UNDER_INVESTIGATION, ago(3))
    assert [kind for kind, _, _ in events(desk, case_id)] == [EventKind.CONDITIONS]


@pytest.mark.parametrize(("kept", "released"), [(True, None), (False, ago(1))])
def test_a_charge_is_kept_for_court_or_let_go(
    desk: Desk, case_id: EntityId, do: Do, kept: bool, released: datetime | None
) -> None:
    said = do("charge", at=ago(1), kept=kept)
    one = record(desk, case_id)
    assert (one.state, one.charged_at, one.released_at) == (CustodyState.CHARGED, ago(1), released)
    assert any("First court" in line for line in said.clocks) is kept
    assert (EventKind.LIMIT_MET, ago(1), None) in events(desk, case_id), (
        "the time limit on prosecution is met"
    )


def test_somebody_released_is_not_kept(do: Do) -> None:
    do("rui", at=ago(1))
    with pytest.raises(BadInputError, match="nobody is kept"):
        do("charge", kept=True)


def test_a_court_remands(desk: Desk, case_id: EntityId, do: Do) -> None:
    do("charge", at=ago(1), kept=True)
    with pytest.raises(BadInputError, match="lies before the charge"):
        do("remand", first_appearance_on=Moment("2026-11-19"))
    with pytest.raises(BadInputError, match="still to come"):
        do("remand", first_appearance_on=Moment("2026-11-21"))
    assert record(desk, case_id).state == CustodyState.CHARGED
    do("remand", first_appearance_on=Moment("2026-11-20"))
    assert record(desk, case_id).state == CustodyState.REMANDED


def test_no_further_action_is_a_decision_of_its_own(desk: Desk, case_id: EntityId, do: Do) -> None:
    do("release", at=ago(1), nfa=True)
    assert record(desk, case_id).state == CustodyState.RELEASED
    assert [kind for kind, _, _ in events(desk, case_id)] == [EventKind.NO_FURTHER_ACTION]


def test_a_notice_and_its_hearing(desk: Desk, case_id: EntityId, do: Do) -> None:
    do("notice", kind="dapn", at=ago(2))
    with pytest.raises(BadInputError, match="lies before the notice"):
        do("notice-heard", at=ago(3))
    do("notice-heard", at=ago(1))
    one = record(desk, case_id)
    assert (one.notice_kind, one.notice_at, one.notice_heard_at) == ("dapn", ago(2), ago(1))


def test_a_corrected_state_keeps_its_reason(desk: Desk, case_id: EntityId, do: Do) -> None:
    do("state", state="released", text="Entered on the wrong record.")
    assert record(desk, case_id).state == CustodyState.RELEASED
    act = undo.next_undo(desk)
    assert act is not None
    assert "Entered on the wrong record." in undo.described(desk, act)


# -- what cannot be ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "values", "says"),
    [
        ("release", {"at": ago(11)}, r"release \(20 Nov 2026 04:00\) lies before the arrest \(20 Nov 2026 05:00\)"),
        ("rui", {"at": ago(11)}, "lies before the arrest"),
        ("review", {"at": ago(9.6)}, r"05:24\) lies before the authorisation \(20 Nov 2026 05:30"),
        ("charge", {"at": ago(11), "kept": False}, "lies before the arrest"),
        ("bail", {"at": ago(1), "return_at": ago(2)}, r"return date .*13:00.* lies before the release .*14:00"),
        ("authorise", {"at": ago(11)}, "lies before the arrest"),
        ("warrant", {"until": ago(1)}, "lies before the warrant itself"),
        ("extend", {"until": ago(1)}, "lies before the extension itself"),
        ("review", {"at": NOW + HOUR}, "lies in the future"),
        ("bail", {}, "“Return” is needed"),
        ("charge", {}, "“Kept for court” is needed"),
        ("review", {"att": NOW}, "does not ask for 'att'"),
        ("revieww", {}, "not a verb of custody"),
        ("state", {"state": "lost", "text": "x"}, "'lost' is not a choice"),
        ("cps-request", {}, "No bail for a CPS decision"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_written(
    desk: Desk, case_id: EntityId, do: Do, verb: str, values: dict[str, Any], says: str
) -> None:
    before = desk.case(case_id)
    with pytest.raises(BadInputError, match=says):
        do(verb, **values)
    assert desk.case(case_id) == before


def test_the_same_review_twice_is_refused(do: Do) -> None:
    do("review", at=ago(4))
    with pytest.raises(BadInputError, match="recorded already"):
        do("review", at=ago(4))


# -- which arrest ---------------------------------------------------------------------------------------------------


def test_of_several_arrests_one_must_be_named(desk: Desk, case_id: EntityId, do: Do) -> None:
    second = add_arrest(
        desk, case_id, Arrest(number="NB/2/26", arrested_at=ago(2)), Person(name="Ann Sample")
    )
    with pytest.raises(BadInputError, match="2 arrests") as refused:
        do("review")
    assert "NB/1/26, NB/2/26" in str(refused.value)
    file = desk.case(case_id).file
    assert custody.choose(file, number="nb/2/26") == second
    with pytest.raises(BadInputError, match="'NB/3'"):
        custody.choose(file, number="NB/3")
    said = custody.perform(desk, case_id, "release", custody_id=second)
    states = {one.number: one.state for _, one in desk.case(case_id).file.custody}
    assert states == {"NB/1/26": "detained", "NB/2/26": "released"}
    assert said.custody_id == second


# -- the verbs as a list ----------------------------------------------------------------------------------------------


def test_every_verb_can_be_undone_in_words(desk: Desk, case_id: EntityId, do: Do) -> None:
    assert all(verb.act in ACT_TITLES for verb in VERBS.values())
    before = desk.case(case_id).file
    do("bail", at=ago(1), return_at=datetime(2027, 2, 20, 10, 0, tzinfo=UTC))
    act = undo.next_undo(desk)
    assert act is not None
    assert undo.described(desk, act).startswith("custody: released on bail")
    undo.undo(desk)
    assert desk.case(case_id).file.custody == before.custody


@pytest.mark.parametrize(
    ("state", "usual", "not_now"),
    [
        (
            "detained",
            {"review", "extend", "bail", "rui", "charge", "hospital"},
            {"back", "breach", "rui-review"},
        ),
        (
            "bailed",
            {"extend-bail", "conditions", "breach", "charge", "cps-bail"},
            {"review", "hospital", "cps-request"},
        ),
        ("rui", {"rui-review", "bail", "charge", "release"}, {"review", "conditions"}),
        ("voluntary", {"charge", "appropriate-adult"}, {"review", "bail", "release"}),
        ("charged", {"remand", "review"}, {"bail", "extend"}),
        ("released", {"safeguarding"}, {"review", "charge"}),
    ],
)
def test_the_verbs_offered_fit_the_state(
    desk: Desk, case_id: EntityId, state: str, usual: set[str], not_now: set[str]
) -> None:
    scene = scene_of(desk, case_id)
    with desk.store.unit_of_work("test") as unit:
        unit.set(CUSTODY, scene.id, case_id, {"state": state})
    found = {verb.id for verb in offered(scene_of(desk, case_id))}
    assert usual <= found
    assert not not_now & found


def test_a_screen_can_build_a_form_of_every_verb() -> None:
    for verb in VERBS.values():
        names = [ask.name for ask in verb.asks]
        assert len(set(names)) == len(names)
        assert all(ask.label and (bool(ask.choices) is (ask.kind is AskKind.CHOICE)) for ask in verb.asks), (
            verb.id
        )


def test_the_clocks_of_a_summary_only_arrest_offer_no_extension(desk: Desk, case_id: EntityId) -> None:
    with desk.store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"offence_code": "PU86149"})
    said = custody.clock_lines(custody.scene_of(desk, case_id))
    assert any("summary-only offence: nothing extends it" in line for line in said)
    assert not any("superintendent" in line for line in said)


def test_a_custody_time_limit_is_among_the_clocks_of_a_remanded_person(do: Do) -> None:
    do("charge", at=ago(2), kept=True)
    lines = do("remand", first_appearance_on=Moment("2026-11-20")).clocks
    assert any(line.startswith("Custody time limit ends ") for line in lines)
