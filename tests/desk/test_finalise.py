"""Finalising: what blocks is refused, warnings are accepted by name, the approval is bound to the facts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from casedesk.desk import accepting, bulk
from casedesk.desk.approved_facts import changed_since, digest
from casedesk.desk.desk import Desk
from casedesk.desk.finalise import (
    CannotFinaliseError,
    chosen_outcome,
    finalise,
    judge,
    open_warnings,
    reopen,
    settle_approvals,
    summary,
)
from casedesk.desk.record import raise_flag
from casedesk.desk.returns import hold, release_hold, return_case
from casedesk.desk.review import open_review
from casedesk.desk.review_state import (
    ReviewState,
    differing_approvals,
    in_words,
    standing_approval,
    standing_approvals,
    state_of,
)
from casedesk.desk.undo import redo, undo
from casedesk.model.entities import APPROVAL, VICTIM
from casedesk.model.errors import BadInputError
from casedesk.model.facts import Case, CaseFile, OutcomeRecord, Suspect, Victim
from casedesk.model.finalising import Approval
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment
from casedesk.store.checks import digests, rebuild
from casedesk.store.finalised import read_finalising, read_finalisings
from casedesk.store.history import recent_acts
from tests.conftest import FrozenClock
from tests.desk.crimes import add, set_fact

NAMED = ({"name": "Kyle Roe", "status": "rui", "sub_status": "interviewed"},)

CLASS_DIFFERS = ("D06",)
"""The warning that the class is not the one of the offence code."""


def state(desk: Desk, case_id: EntityId) -> ReviewState:
    return state_of(desk.case(case_id).file, read_finalising(desk.store.connection, case_id))


def approval(desk: Desk, case_id: EntityId) -> Approval:
    found = standing_approval(read_finalising(desk.store.connection, case_id))
    assert found is not None
    return found[1]


def changes(desk: Desk, case_id: EntityId) -> tuple[str, ...]:
    found = standing_approval(read_finalising(desk.store.connection, case_id))
    assert found is not None
    return changed_since(desk.store.connection, desk.case(case_id).file, *found)


@pytest.fixture
def clean(desk: Desk) -> EntityId:
    return add(desk, "42/1/26")


@pytest.fixture
def warned(desk: Desk) -> EntityId:
    """A 16 without a withdrawal record, and without a word on going on without the victim."""
    return add(desk, "42/2/26", outcome="16", victim={"support": "no"}, suspects=NAMED)


def test_a_clean_crime_is_finalised_as_it_is_recorded(desk: Desk, clean: EntityId) -> None:
    assert state(desk, clean) is ReviewState.TO_DO
    count = len(recent_acts(desk.store.connection))
    finalise(desk, clean)
    made = approval(desk, clean)
    assert (made.outcome, made.outcome_date, made.decided_by, made.decided_rank, made.verdict) == (
        "18", "2026-11-18", "Sgt Roe", "sgt", "clean",
    )  # fmt: skip
    assert made.facts == digest(desk.case(clean).file)
    assert desk.case(clean).file.case.stage == "finalised"
    assert state(desk, clean) is ReviewState.ACCEPTED
    assert len(recent_acts(desk.store.connection)) == count + 1


def test_what_blocks_is_refused_with_its_rule_and_cure_and_nothing_is_written(desk: Desk) -> None:
    case_id = add(desk, "42/3/26", suspects=NAMED)
    with pytest.raises(CannotFinaliseError) as refused:
        finalise(desk, case_id, accept_warnings=["V02"])
    assert "42/3/26 cannot be finalised: V02: Outcome 18 says that no suspect was identified" in str(
        refused.value
    )
    assert "use 15 (victim supports)" in refused.value.cure
    assert [one.rule for one in refused.value.findings] == ["V02"]
    assert state(desk, case_id) is ReviewState.TO_DO
    assert desk.case(case_id).file.case.stage == "submitted"


def test_warnings_are_accepted_one_by_one_by_name(desk: Desk, warned: EntityId) -> None:
    with pytest.raises(CannotFinaliseError, match="accept them by name: V05, V06a"):
        finalise(desk, warned)
    with pytest.raises(CannotFinaliseError, match="accept them by name: V06a") as refused:
        finalise(desk, warned, accept_warnings=["V05"])
    assert [one.rule for one in refused.value.findings] == ["V06a"]
    with pytest.raises(BadInputError, match="There is no warning 'V99' to accept"):
        finalise(desk, warned, accept_warnings=["V05", "V06a", "V99"])
    assert state(desk, warned) is ReviewState.TO_DO
    finalise(desk, warned, accept_warnings=["V05", "V06a", "RULING"])
    assert approval(desk, warned).rules == ("V05", "V06a")
    assert approval(desk, warned).verdict == "warn"
    assert summary(approval(desk, warned)) == "16, accepted with V05, V06a"


def test_a_correction_is_checked_as_corrected_recorded_and_marked(desk: Desk) -> None:
    case_id = add(desk, "42/4/26", suspects=NAMED)  # 18 with a named suspect: blocked as it stands
    finalise(
        desk,
        case_id,
        outcome="15",
        outcome_date=Moment("2026-11-19"),
        ho_class="045/00",
        decided_by="Insp Hale",
        decided_rank="insp",
        rationale="Identified, but the identification is weak.",
        accept_warnings=CLASS_DIFFERS,
    )
    case = desk.case(case_id).file.case
    assert (case.outcome, case.outcome_date, case.ho_class, case.decided_by, case.decided_rank) == (
        "15", "2026-11-19", "045/00", "Insp Hale", "insp",
    )  # fmt: skip
    assert approval(desk, case_id).corrected == (
        "outcome", "outcome_date", "ho_class", "decided_by", "decided_rank", "rationale",
    )  # fmt: skip
    assert state(desk, case_id) is ReviewState.ACCEPTED
    undo(desk)
    assert desk.case(case_id).file.case.outcome == "18"


def test_a_correction_into_what_blocks_is_refused(desk: Desk, clean: EntityId) -> None:
    with pytest.raises(CannotFinaliseError, match="V03a"):
        finalise(desk, clean, outcome="21")
    assert desk.case(clean).file.case.outcome == "18"


def test_the_same_value_again_is_no_correction(desk: Desk, clean: EntityId) -> None:
    finalise(desk, clean, outcome="18", decided_rank="sgt")
    assert approval(desk, clean).corrected is None


@pytest.mark.parametrize(
    ("correction", "message"),
    [
        ({"outcome": "19"}, "'19' is not an outcome"),
        ({"outcome": "banana"}, "'banana' is not an outcome"),
        ({"outcome_date": "2026-13-01"}, "'2026-13-01' is not a date"),
        ({"ho_class": "39"}, "'39' is not a Home Office class"),
        ({"decided_rank": "boss"}, "'boss' is not a rank"),
        ({"rationale": "  "}, "Rationale is empty"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(
    desk: Desk, clean: EntityId, correction: dict[str, str], message: str
) -> None:
    with pytest.raises(BadInputError, match=message):
        finalise(desk, clean, **correction)  # type: ignore[arg-type] # wrong on purpose


def test_a_crime_without_an_outcome_is_not_finalised(desk: Desk) -> None:
    case_id = add(desk, "42/5/26", outcome=None, outcome_date=None)
    with pytest.raises(CannotFinaliseError, match="has no outcome"):
        finalise(desk, case_id)


def test_a_finalised_crime_is_reopened_first(desk: Desk, clean: EntityId) -> None:
    finalise(desk, clean)
    with pytest.raises(BadInputError, match="finalised already, 20 Nov 2026"):
        finalise(desk, clean)
    with pytest.raises(BadInputError, match="The reason is empty"):
        reopen(desk, clean, " ")
    reopen(desk, clean, "The victim named somebody.")
    assert desk.case(clean).file.case.stage == "submitted", "its outcome is to be checked again"
    assert state(desk, clean) is ReviewState.TO_DO
    with pytest.raises(BadInputError, match="not finalised"):
        reopen(desk, clean, "Again")
    left = read_finalising(desk.store.connection, clean)
    assert [(one.withdrawn, one.text) for _, one in left.approvals] == [
        (None, None), (True, "The victim named somebody."),
    ]  # fmt: skip
    finalise(desk, clean)
    assert state(desk, clean) is ReviewState.ACCEPTED


def test_each_act_is_undone_and_redone_as_one(desk: Desk, clean: EntityId) -> None:
    other = add(desk, "42/6/26")
    acts: list[Callable[[], object]] = [
        lambda: finalise(desk, clean, outcome_date=Moment("2026-11-19")),
        lambda: reopen(desk, clean, "Named"),
        lambda: hold(desk, clean, "Waits for the PNC"),
        lambda: release_hold(desk, clean),
        lambda: return_case(desk, [clean, other], ["lines-of-enquiry"]),
        lambda: bulk.carry_out(desk, accepting.accept(desk, [clean, other], ["RETURNED"])),
    ]

    def seen() -> tuple[object, ...]:
        return tuple((desk.case(one).file.case, state(desk, one)) for one in (clean, other))

    for act in acts:
        before = seen()
        act()
        after = seen()
        assert after != before
        undo(desk)
        assert seen() == before
        redo(desk)
        assert seen() == after
    held = digests(desk.store.connection)
    assert not rebuild(desk.store).differing
    assert digests(desk.store.connection) == held


# -- the facts approved -----------------------------------------------------------------------------------------


def test_a_later_change_shows_and_says_what_who_and_when(
    desk: Desk, clean: EntityId, clock: FrozenClock
) -> None:
    finalise(desk, clean)
    assert changes(desk, clean) == ()
    clock.advance(timedelta(days=1))
    set_fact(desk, clean, rationale="Something else entirely.")
    assert state(desk, clean) is ReviewState.CHANGED
    assert changes(desk, clean) == ("Rationale (7042, 21 Nov 2026 15:00)",)
    ((victim_id, _),) = desk.case(clean).file.victims
    with desk.store.unit_of_work("import") as unit:
        unit.extract(VICTIM, victim_id, clean, {"support": "no"}, desk.now)
    assert changes(desk, clean)[1:] == ("Victim: supports police action (7042, 21 Nov 2026 15:00)",)


def test_a_flag_put_up_later_shows(desk: Desk, clean: EntityId) -> None:
    finalise(desk, clean)
    raise_flag(desk, clean, "hate", raised=True, why="Seen on review")
    assert changes(desk, clean) == ("Flags (7042, 20 Nov 2026 15:00)",)


def test_a_crime_that_changed_is_finalised_anew_in_place_of_the_old_approval(
    desk: Desk, clean: EntityId
) -> None:
    finalise(desk, clean)
    set_fact(desk, clean, rationale="Something else entirely.")
    finalise(desk, clean)
    assert state(desk, clean) is ReviewState.ACCEPTED
    assert len(standing_approvals(read_finalising(desk.store.connection, clean))) == 1
    undo(desk)
    assert state(desk, clean) is ReviewState.CHANGED


def test_what_the_records_system_says_back_is_no_change(desk: Desk, clean: EntityId) -> None:
    finalise(desk, clean)
    set_fact(
        desk,
        clean,
        record_status="filed",
        outcome_text="18 Investigation complete",
        as_at=Moment("2026-11-21"),
    )
    assert state(desk, clean) is ReviewState.ACCEPTED


FILE = CaseFile(
    id=EntityId(bytes(16)),
    case=Case(ref="1", outcome="18", outcome_date=Moment("2026-11-18"), flags=("da", "hate")),
    suspects=((EntityId(b"s" * 16), Suspect(name="Roe")), (EntityId(b"t" * 16), Suspect(name="Doe"))),
    victims=((EntityId(b"v" * 16), Victim(name="Ann", support="yes")),),
)


def test_the_digest_rests_on_facts_not_on_their_order_or_on_desk_work() -> None:
    same = [
        replace(FILE, case=replace(FILE.case, flags=("hate", "da"))),
        replace(FILE, suspects=FILE.suspects[::-1]),
        replace(FILE, case=replace(FILE.case, stage="returned", owner="7042", review_reason="kept")),
        replace(FILE, victims=((FILE.victims[0][0], replace(FILE.victims[0][1], needs="none", phone="07")),)),
        replace(
            FILE,
            outcome_records=(
                (EntityId(b"o" * 16), OutcomeRecord(at=Moment("2026-11"), codes=("18",), text="No suspect")),
            ),
        ),
    ]
    assert {digest(one) for one in same} == {digest(FILE)}


@pytest.mark.parametrize(
    "other",
    [
        replace(FILE, case=replace(FILE.case, outcome="14")),
        replace(FILE, case=replace(FILE.case, flags=("da",))),
        replace(FILE, case=replace(FILE.case, rationale="x")),
        replace(FILE, suspects=FILE.suspects[:1]),
        replace(FILE, victims=((FILE.victims[0][0], Victim(name="Ann", support="no")),)),
        replace(
            FILE, outcome_records=((EntityId(b"o" * 16), OutcomeRecord(at=Moment("2026-11"), codes=("1",))),)
        ),
    ],
)
def test_the_digest_tells_other_facts(other: CaseFile) -> None:
    assert digest(other) != digest(FILE)


def test_the_digest_is_the_same_in_every_version() -> None:
    """Approvals already made are compared with it: a change of this value makes them all “changed”."""
    assert digest(FILE) == "fd29d1ab1839e822f8f5511c17a8fa53315664b5de5be956d345701898600b91"


# -- many at once ------------------------------------------------------------------------------------------------


def test_the_clean_ones_are_accepted_and_the_others_left_with_the_reason(
    desk: Desk, clean: EntityId, warned: EntityId
) -> None:
    blocked = add(desk, "42/7/26", suspects=NAMED)
    done, held = add(desk, "42/8/26"), add(desk, "42/9/26")
    finalise(desk, done)
    hold(desk, held, "Waits")
    ids = [clean, warned, blocked, done, held]
    plan = accepting.accept_clean(desk, ids)
    assert plan.as_lines()[0] == "Finalise: 1 crime"
    assert {one.ref: one.why for one in plan.unchanged} == {
        "42/2/26": "warnings to look at",
        "42/7/26": "something blocks",
        "42/8/26": "finalised already",
        "42/9/26": "held",
    }
    assert state(desk, clean) is ReviewState.TO_DO
    assert bulk.carry_out(desk, plan) == 1
    assert state(desk, clean) is ReviewState.ACCEPTED
    assert state(desk, warned) is ReviewState.TO_DO
    undo(desk)
    assert state(desk, clean) is ReviewState.TO_DO


def test_many_are_accepted_with_the_warnings_that_are_named(desk: Desk, warned: EntityId) -> None:
    assert not accepting.accept(desk, [warned], ["V05"]).changes
    assert bulk.carry_out(desk, accepting.accept(desk, [warned], ["V05", "V06a"])) == 1
    assert approval(desk, warned).rules == ("V05", "V06a")


def test_facts_that_change_after_the_preview_are_not_approved_unseen(desk: Desk, clean: EntityId) -> None:
    plan = accepting.accept_clean(desk, [clean])
    set_fact(desk, clean, rationale="Somebody was seen after all.")
    bulk.carry_out(desk, plan)
    assert state(desk, clean) is ReviewState.CHANGED


def test_a_crime_that_stops_being_clean_after_the_preview_stops_the_act(desk: Desk, clean: EntityId) -> None:
    plan = accepting.accept_clean(desk, [clean])
    set_fact(desk, clean, rationale=None)
    with pytest.raises(BadInputError, match="changed since the preview"):
        bulk.carry_out(desk, plan)


# -- two people --------------------------------------------------------------------------------------------------


def second_approval(desk: Desk, case_id: EntityId, outcome: str, by: str, facts: str = "") -> EntityId:
    """What a colleague's desk wrote apart from this one, as it arrives here."""
    entry_id = new_id()
    facts = facts or digest(desk.case(case_id).file)
    with desk.store.unit_of_work("import") as unit:
        said = {
            "outcome": outcome,
            "outcome_date": Moment("2026-11-18"),
            "ho_class": "046/00",
            "decided_by": by,
        }
        unit.entry(APPROVAL, entry_id, case_id, {**said, "facts": facts, "at": desk.now})
    return entry_id


def test_two_approvals_that_agree_are_one(desk: Desk, clean: EntityId) -> None:
    finalise(desk, clean)
    second_approval(desk, clean, "18", "7099")
    assert state(desk, clean) is ReviewState.ACCEPTED
    assert len(standing_approvals(read_finalising(desk.store.connection, clean))) == 2


def test_one_of_two_agreeing_approvals_on_these_very_facts_is_enough(desk: Desk, clean: EntityId) -> None:
    finalise(desk, clean)
    second_approval(desk, clean, "18", "7099", facts="0" * 64)  # it was given on other facts
    assert state(desk, clean) is ReviewState.ACCEPTED
    set_fact(desk, clean, rationale="Something else entirely.")
    assert state(desk, clean) is ReviewState.CHANGED
    finalise(desk, clean, outcome_date=Moment("2026-11-19"))
    assert state(desk, clean) is ReviewState.ACCEPTED
    assert len(standing_approvals(read_finalising(desk.store.connection, clean))) == 1
    undo(desk)
    assert len(standing_approvals(read_finalising(desk.store.connection, clean))) == 2


def test_two_approvals_that_differ_both_stay_and_are_settled_with_a_reason(
    desk: Desk, clean: EntityId
) -> None:
    finalise(desk, clean)
    other = second_approval(desk, clean, "14", "7099")
    assert state(desk, clean) is ReviewState.TWO_APPROVALS
    pair = differing_approvals(read_finalising(desk.store.connection, clean))
    assert in_words(pair) == "18, 18 Nov 2026 (Sgt Roe) / 14, 18 Nov 2026 (7099)"
    with pytest.raises(BadInputError, match="finalised twice, and not alike"):
        finalise(desk, clean)
    settle_approvals(desk, clean, other, "The victim had withdrawn.")
    assert desk.case(clean).file.case.outcome == "14"
    assert approval(desk, clean).outcome == "14"
    assert len(read_finalising(desk.store.connection, clean).approvals) == 3
    with pytest.raises(BadInputError, match="no two approvals"):
        settle_approvals(desk, clean, other, "Again")
    undo(desk)
    assert state(desk, clean) is ReviewState.TWO_APPROVALS


# -- several suspects --------------------------------------------------------------------------------------------


def test_suspects_dealt_with_differently_give_one_outcome_and_the_rule_that_asks(desk: Desk) -> None:
    two = (
        {"name": "Kyle Roe", "status": "charged", "sub_status": "court", "disposal": "1"},
        {"name": "Lee Poe", "status": "dealt-with", "sub_status": "caution", "disposal": "3"},
    )
    case_id = add(
        desk, "42/10/26", outcome="1", charged_on=Moment("2026-11-18"), charge_code="TH68010",
        charge_ho_class="046/00", suspects=two,
    )  # fmt: skip
    chosen = chosen_outcome(desk.case(case_id).file, desk.packs)
    assert chosen is not None
    assert (chosen.outcome, chosen.rule) == ("1", "V24")
    assert chosen.why.endswith(": 1 of 1, 3")
    with pytest.raises(CannotFinaliseError, match="V24"):
        finalise(desk, case_id)
    finalise(desk, case_id, accept_warnings=["V24"])
    assert approval(desk, case_id).rules == ("V24",)


def test_suspects_dealt_with_alike_leave_nothing_to_choose(desk: Desk, clean: EntityId) -> None:
    assert chosen_outcome(desk.case(clean).file, desk.packs) is None


def test_a_held_crime_can_be_finalised_by_who_says_so(desk: Desk, clean: EntityId) -> None:
    hold(desk, clean, "Waits for the lab")
    assert state(desk, clean) is ReviewState.HELD
    with pytest.raises(CannotFinaliseError, match="HELD: The crime is held"):
        finalise(desk, clean)
    finalise(desk, clean, accept_warnings=["HELD"])
    assert state(desk, clean) is ReviewState.ACCEPTED
    reopen(desk, clean, "The lab answered.")
    assert state(desk, clean) is ReviewState.TO_DO


def test_a_crime_out_for_rework_is_not_swept_up_though_the_check_finds_nothing(
    desk: Desk, clean: EntityId
) -> None:
    return_case(desk, [clean], ["lines-of-enquiry"])
    plan = accepting.accept_clean(desk, [clean])
    assert [one.why for one in plan.unchanged] == ["out for rework"]
    with pytest.raises(CannotFinaliseError, match="RETURNED: The crime is out for rework"):
        finalise(desk, clean, outcome_date=Moment("2026-11-19"))
    set_fact(desk, clean, rationale="The shop has no camera; two neighbours saw nothing.")
    assert len(accepting.accept_clean(desk, [clean]).changes) == 1
    finalise(desk, clean)
    assert state(desk, clean) is ReviewState.ACCEPTED


def test_what_is_left_is_read_for_many_as_for_one(desk: Desk, clean: EntityId, warned: EntityId) -> None:
    finalise(desk, clean)
    hold(desk, warned, "Waits")
    ids = [clean, warned, new_id()]
    found = read_finalisings(desk.store.connection, ids)
    assert found == {one: read_finalising(desk.store.connection, one) for one in ids}


def test_what_must_be_accepted_is_said_in_the_findings_own_words(desk: Desk, warned: EntityId) -> None:
    file = desk.case(warned).file
    verdict = judge(desk, file)
    said = open_warnings(read_finalising(desk.store.connection, warned), file, verdict)
    found = {one.rule: one.message for one in verdict.findings if one.rule in ("V05", "V06a")}
    assert said == found
    with pytest.raises(CannotFinaliseError) as refused:
        finalise(desk, warned)
    assert all(words in str(refused.value) for words in found.values())


def test_an_empty_reason_is_not_asked_for_what_was_done_or_said(desk: Desk) -> None:
    case_id = add(desk, "42/8/26")
    finalise(desk, case_id)
    with pytest.raises(BadInputError, match="The reason is empty") as refused:
        reopen(desk, case_id, " ")
    assert refused.value.cure == "Write it in a few words at least."


# -- an outcome or a cancellation ---------------------------------------------------------------------------------


def test_a_crime_with_an_outcome_and_a_cancellation_is_finalised_as_what_is_said(desk: Desk) -> None:
    both = add(
        desk, "42/21/26", cancel_code="C2", verifiable_information="CCTV shows it.", decided_rank="ddm"
    )
    with pytest.raises(CannotFinaliseError, match="both outcome 18 and cancellation C2") as refused:
        finalise(desk, both)
    assert "give 18 or C2 as the outcome" in refused.value.cure
    with pytest.raises(CannotFinaliseError, match="RULING: No ruling approves cancellation C2"):
        finalise(desk, both, outcome="C2")
    warns = [one.rule for one in judge(desk, desk.case(both).file).findings]
    finalise(desk, both, outcome="C2", accept_warnings=[*warns, "RULING"])
    case = desk.case(both).file.case
    assert (case.outcome, case.cancel_code) == (None, "C2")
    found = standing_approval(read_finalising(desk.store.connection, both))
    assert found is not None
    assert found[1].outcome == "C2"


def test_an_outcome_takes_a_cancellations_place(desk: Desk) -> None:
    both = add(desk, "42/22/26", cancel_code="C2")
    finalise(desk, both, outcome="18")
    case = desk.case(both).file.case
    assert (case.outcome, case.cancel_code) == ("18", None)


@pytest.mark.parametrize("code", ["C9", "C", "0", "19", "C2 or 18"])
def test_what_is_no_code_is_refused(desk: Desk, clean: EntityId, code: str) -> None:
    with pytest.raises(BadInputError, match="is not an outcome that a force can give"):
        finalise(desk, clean, outcome=code)


def test_what_was_keyed_and_filed_and_reopened_is_to_be_finalised_again(desk: Desk, clean: EntityId) -> None:
    finalise(desk, clean)
    set_fact(desk, clean, record_status="filed", outcome="14")
    reopen(desk, clean, "A witness came forward.")
    (row,) = desk.store.connection.execute(
        "SELECT queue.stage FROM queue JOIN cases USING (n) WHERE cases.id = ?", (clean,)
    )
    assert row == ("submitted",)
    review = open_review(desk)
    assert [review.state(number) for number in review.numbers] == [ReviewState.TO_DO]
