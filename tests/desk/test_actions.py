"""The action plan: set, from a template, chased, done, late, cancelled, opened again; in which order it is shown."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from casedesk.desk import actions, undo
from casedesk.desk.action_plan import State, find, plan
from casedesk.desk.desk import Desk
from casedesk.desk.feedback import give_feedback
from casedesk.model.errors import BadInputError, NotFoundError
from casedesk.model.facts import standing
from casedesk.model.ids import EntityId, new_id
from casedesk.model.text import MAX_TEXT
from casedesk.reference.clocks import Unit
from casedesk.rules.priority import factors
from casedesk.rules.waiting import waiting_on
from casedesk.store.checks import rebuild
from casedesk.store.records import read_dossier
from tests.conftest import FrozenClock
from tests.desk.cases import a_case, acts
from tests.desk.extracts import operations


@pytest.fixture
def case_id(desk: Desk) -> EntityId:
    return a_case(desk)


def _whats(desk: Desk, case_id: EntityId) -> list[tuple[str | None, State]]:
    return [(one.action.what, one.state) for one in plan(desk.case(case_id).file, desk.now)]


def test_an_action_keeps_what_was_said_and_stands_in_the_queue(desk: Desk, case_id: EntityId) -> None:
    due = desk.now + timedelta(hours=20)
    first = actions.add(desk, case_id, "Seize the phone", due=due, owner="oic")
    own = actions.add(
        desk, case_id, "Download\x1b[2J it", why="Messages", owner="DC 7", due=due, after=first,
        evidence="Messages of 1 Nov", category="exhibits",
    )  # fmt: skip
    action = dict(desk.case(case_id).file.actions)[own]
    assert (action.what, action.why, action.owner, action.due_at) == ("Download it", "Messages", "DC 7", due)
    assert (action.after, action.evidence, action.category) == (first, "Messages of 1 Nov", "exhibits")
    assert action.set_at == desk.now
    assert dict(desk.case(case_id).file.actions)[first].owner == "PC 1212 Rao"
    assert rebuild(desk.store).differing == ()


def test_a_request_is_due_when_the_team_usually_takes(desk: Desk, case_id: EntityId) -> None:
    own = actions.add(desk, case_id, "Recover the shop's CCTV", request="cctv", reference="CC/77")
    file = desk.case(case_id).file
    action = dict(file.actions)[own]
    assert (action.request, action.owner, action.reference) == ("cctv", "CCTV recovery", "CC/77")
    # Friday, three working days: Wednesday, to its last second
    assert action.due_at == datetime(2026, 11, 25, 23, 59, 59, tzinfo=UTC)
    lines = actions.request_lines(desk, file, action)
    assert "Occurrence 42/1/26; Common assault" in lines
    assert "- Cameras, date, and from when to when" in lines
    other = actions.add(desk, case_id, "Ring the shop")
    with pytest.raises(BadInputError, match="no request"):
        actions.request_lines(desk, file, dict(desk.case(case_id).file.actions)[other])


def test_days_are_counted_over_the_weekend_and_bank_holidays(desk: Desk, clock: FrozenClock) -> None:
    clock.now = datetime(2026, 12, 24, 11, 0, tzinfo=UTC)
    assert actions.due_after(desk, 2, Unit.WORKING_DAYS) == datetime(2026, 12, 30, 23, 59, 59, tzinfo=UTC)
    assert actions.due_after(desk, 2, Unit.DAYS) == datetime(2026, 12, 26, 23, 59, 59, tzinfo=UTC)
    assert actions.due_after(desk, 24, Unit.HOURS) == datetime(2026, 12, 25, 11, 0, tzinfo=UTC)


def test_a_template_is_one_act_and_is_not_set_twice(desk: Desk, case_id: EntityId) -> None:
    best, *_ = actions.templates_for(desk, desk.case(case_id).file)
    assert best.id == "da-assault"
    before = acts(desk.store)
    fresh = actions.from_template(desk, case_id, "assault", ["medical", "consent"])
    assert acts(desk.store) == before + 1
    held = dict(desk.case(case_id).file.actions)
    consent, medical = (held[own] for own in fresh)
    assert (consent.template, medical.template) == ("assault/consent", "assault/medical")
    assert medical.after == fresh[0]
    assert (medical.request, medical.owner) == ("medical-statement", "Medical statements")
    assert consent.owner == "PC 1212 Rao"
    with pytest.raises(BadInputError, match="has all of these"):
        actions.from_template(desk, case_id, "assault", ["medical"])
    rest = actions.from_template(desk, case_id, "assault")
    assert len(rest) == len(desk.packs.actions.templates["assault"].items) - 2
    undo.undo(desk)
    undo.undo(desk)
    assert desk.case(case_id).file.actions == ()


def test_an_item_depends_on_what_the_case_has_already(desk: Desk, case_id: EntityId) -> None:
    (consent,) = actions.from_template(desk, case_id, "assault", ["consent"])
    (medical,) = actions.from_template(desk, case_id, "assault", ["medical"])
    (alone,) = actions.from_template(desk, a_case(desk, "42/2/26"), "assault", ["medical"])
    assert dict(desk.case(case_id).file.actions)[medical].after == consent
    assert dict(desk.case(desk.find("42/2/26")).file.actions)[alone].after is None


def test_the_plan_puts_the_overdue_first_and_what_waits_last(
    desk: Desk, case_id: EntityId, clock: FrozenClock
) -> None:
    now = desk.now
    late = actions.add(desk, case_id, "Late", due=now + timedelta(hours=1))
    actions.add(desk, case_id, "Waits", due=now + timedelta(hours=2), after=late)
    actions.add(desk, case_id, "Later", due=now + timedelta(days=5), owner="PC 9")
    actions.add(desk, case_id, "Sooner", due=now + timedelta(days=2))
    actions.add(desk, case_id, "Some day")
    clock.advance(timedelta(minutes=90))
    assert _whats(desk, case_id) == [
        ("Late", State.OVERDUE), ("Sooner", State.OPEN), ("Later", State.OPEN), ("Some day", State.OPEN),
        ("Waits", State.BLOCKED),
    ]  # fmt: skip
    by_what = {one.action.what: one for one in plan(desk.case(case_id).file, desk.now)}
    assert by_what["Later"].waiting_since == now
    assert by_what["Sooner"].waiting_since is None
    assert by_what["Waits"].blocked_by == late
    assert [by_what[what].number for what in ("Late", "Some day")] != [1, 1]
    freed = actions.done(desk, case_id, late, "Seen to")
    assert [one.action.what for one in freed] == ["Waits"]
    assert freed[0].state is State.OPEN
    everything = plan(desk.case(case_id).file, desk.now, closed=True)
    assert (everything[-1].action.what, everything[-1].state) == ("Late", State.DONE)
    assert {one.id: one.number for one in everything}[late] == {
        one.action.what: one.number for one in by_what.values()
    }["Late"]


def test_a_chase_is_logged_and_sets_the_next(desk: Desk, case_id: EntityId, clock: FrozenClock) -> None:
    own = actions.add(
        desk, case_id, "Statement of the barman", owner="PC 9", due=desk.now + timedelta(hours=1)
    )
    clock.advance(timedelta(hours=2))
    before = acts(desk.store)
    first = actions.chase(desk, case_id, own)
    assert acts(desk.store) == before + 1
    # Friday; the third working day is Wednesday
    assert (first.times, first.due, first.tell) == (1, datetime(2026, 11, 25, 23, 59, 59, tzinfo=UTC), "")
    ((_, entry),) = desk.case(case_id).file.log
    assert (entry.topic, entry.text) == ("chase", "Chased PC 9 (1st time): Statement of the barman.")
    assert _whats(desk, case_id) == [("Statement of the barman", State.OPEN)]
    actions.chase(desk, case_id, own, text="On rest days", next_due=desk.now + timedelta(days=2))
    third = actions.chase(desk, case_id, own)
    assert third.times == 3
    assert "supervisor" in third.tell
    undo.undo(desk)
    action = dict(desk.case(case_id).file.actions)[own]
    assert (action.chases, action.due_at) == (2, desk.now + timedelta(days=2))
    assert len(standing(desk.case(case_id).file.log)) == 2


def test_a_chase_does_not_bring_a_later_due_time_forward(desk: Desk, case_id: EntityId) -> None:
    due = desk.now + timedelta(days=30)
    own = actions.add(desk, case_id, "Download", due=due)
    assert actions.chase(desk, case_id, own).due == due


def test_done_late_cancelled_and_opened_again(desk: Desk, case_id: EntityId, clock: FrozenClock) -> None:
    own = actions.add(desk, case_id, "Statement", due=desk.now + timedelta(hours=1))
    clock.advance(timedelta(hours=2))
    actions.late(desk, case_id, own, "rest-days", "back on Monday")
    actions.done(desk, case_id, own, "Taken", evidence="MG11 of Ann", by="PC 9")
    action = dict(desk.case(case_id).file.actions)[own]
    assert action.late_why == f"{desk.packs.actions.late_reasons['rest-days']}: back on Monday"
    assert (action.result, action.evidence, action.done_by) == ("Taken", "MG11 of Ann", "PC 9")
    for again in (
        lambda: actions.done(desk, case_id, own, "Again"),
        lambda: actions.chase(desk, case_id, own),
        lambda: actions.cancel(desk, case_id, own, "Why"),
        lambda: actions.late(desk, case_id, own, "workload"),
    ):
        with pytest.raises(BadInputError, match="was done"):
            again()
    due = desk.now + timedelta(days=1)
    actions.reopen(desk, case_id, own, "Not signed", due=due)
    action = dict(desk.case(case_id).file.actions)[own]
    assert (action.done_at, action.result, action.due_at) == (None, None, due)
    assert "It was done: Taken" in (desk.case(case_id).file.log[-1][1].text or "")
    actions.cancel(desk, case_id, own, "Not needed")
    assert _whats(desk, case_id) == []
    with pytest.raises(BadInputError, match="was cancelled"):
        actions.done(desk, case_id, own, "Taken")
    assert rebuild(desk.store).differing == ()


def test_an_action_is_named_by_its_number_or_words(desk: Desk, case_id: EntityId, clock: FrozenClock) -> None:
    first = actions.add(desk, case_id, "CCTV of the shop")
    clock.advance(timedelta(minutes=1))
    second = actions.add(desk, case_id, "Statement of the shop's owner")
    file = desk.case(case_id).file
    assert (find(file, "1"), find(file, "#2"), find(file, "cctv")) == (first, second, first)
    with pytest.raises(BadInputError, match="fits 2 actions") as refused:
        find(file, "shop")
    assert "1, 2" in refused.value.cure or "2, 1" in refused.value.cure
    for nothing in ("3", "phone", "", "²"):
        with pytest.raises(NotFoundError):
            find(file, nothing)


def test_what_makes_no_sense_is_refused_and_nothing_is_written(desk: Desk, case_id: EntityId) -> None:
    own = actions.add(desk, case_id, "Statement")
    past, ahead = desk.now - timedelta(hours=1), desk.now + timedelta(hours=1)
    before = operations(desk.store)
    refused: dict[str, Callable[[], object]] = {
        "action is empty": lambda: actions.add(desk, case_id, " \x1b[2J "),
        "the most is 2,000": lambda: actions.add(desk, case_id, "x" * 2_001),
        "has passed": lambda: actions.add(desk, case_id, "x", due=past),
        "action is not in this case": lambda: actions.add(desk, case_id, "x", after=new_id()),
        "is not a team": lambda: actions.add(desk, case_id, "x", request="pigeons"),
        "is not a category": lambda: actions.add(desk, case_id, "x", category="gossip"),
        "no template 'assalt'": lambda: actions.from_template(desk, case_id, "assalt"),
        "no action 'medicl'": lambda: actions.from_template(desk, case_id, "assault", ["medicl"]),
        "was chosen": lambda: actions.from_template(desk, case_id, "assault", []),
        "result is empty": lambda: actions.done(desk, case_id, own, "\n"),
        "in the future": lambda: actions.done(desk, case_id, own, "x", at=ahead),
        "That action is not in this case": lambda: actions.done(desk, case_id, new_id(), "x"),
        "reason is empty": lambda: actions.late(desk, case_id, own, ""),
        "The reason is empty": lambda: actions.cancel(desk, case_id, own, " "),
        "is open": lambda: actions.reopen(desk, case_id, own, "x"),
        "100,001 characters": lambda: actions.done(desk, case_id, own, "x" * (MAX_TEXT + 1)),
        "has passed.": lambda: actions.chase(desk, case_id, own, next_due=past),
        "is not a theme": lambda: give_feedback(desk, case_id, theme="hair", praise=True, text="x"),
        "feedback is empty": lambda: give_feedback(desk, case_id, theme="footage", praise=True, text=""),
    }
    for words, act in refused.items():
        with pytest.raises(BadInputError, match=words) as error:
            act()
        assert error.value.cure, words
    assert operations(desk.store) == before


def test_feedback_goes_to_the_officer_in_the_case(desk: Desk, case_id: EntityId) -> None:
    give_feedback(desk, case_id, theme="footage", praise=False, text="Clip it to the incident")
    ((_, said),) = read_dossier(desk.store.connection, case_id).feedback
    assert (said.officer, said.theme, said.praise) == ("PC 1212 Rao", "footage", False)
    with pytest.raises(BadInputError, match="officer is empty"):
        give_feedback(desk, a_case(desk, "42/2/26", oic=""), theme="footage", praise=True, text="Well done")


def test_a_hundred_thousand_characters_with_escapes_are_kept_whole(desk: Desk, case_id: EntityId) -> None:
    own = actions.add(desk, case_id, "Statement")
    told = "".join(f"\x1b[3{number % 8}m{number:09d}\n" for number in range(10_000))
    actions.done(desk, case_id, own, told)
    result = dict(desk.case(case_id).file.actions)[own].result
    assert result == "\n".join(f"{number:09d}" for number in range(10_000))


def test_a_cancelled_action_makes_a_case_neither_due_nor_waiting(desk: Desk, case_id: EntityId) -> None:
    def reasons() -> list[str]:
        return [factor.sentence for factor in factors(desk.case(case_id).file, desk.now, desk.packs)]

    own = actions.add(desk, case_id, "Statement", owner="PC 9", due=desk.now + timedelta(hours=1))
    assert any(said.startswith("Statement due") for said in reasons())
    assert waiting_on(desk.case(case_id).file)[0] == "PC 9"
    actions.cancel(desk, case_id, own, "Not needed")
    assert not any(said.startswith("Statement due") for said in reasons())
    assert waiting_on(desk.case(case_id).file) == ("", None)
