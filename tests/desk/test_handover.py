"""Handing cases over: given, lent, taken back, several at once; and the note for the next shift."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from casedesk.desk import actions, decisions, people, record, suspects, undo
from casedesk.desk.desk import Desk
from casedesk.desk.handover import Way, hand_over, loan
from casedesk.desk.handover_note import handover_note
from casedesk.desk.handover_verbs import handed_said
from casedesk.model.dossier import Handover
from casedesk.model.entities import CASE
from casedesk.model.errors import BadInputError, CasedeskError
from casedesk.model.facts import standing
from casedesk.model.ids import EntityId, new_id
from casedesk.store.checks import rebuild
from casedesk.store.records import read_dossier
from tests.conftest import FrozenClock
from tests.desk.cases import a_case, acts
from tests.desk.extracts import operations


@pytest.fixture
def case_id(desk: Desk) -> EntityId:
    return a_case(desk)


def _owner(desk: Desk, case_id: EntityId) -> str | None:
    return desk.case(case_id).file.case.owner


def _last(desk: Desk, case_id: EntityId) -> Handover:
    said = standing(read_dossier(desk.store.connection, case_id).handovers)[-1][1]
    assert isinstance(said, Handover)
    return said


def test_a_case_is_given_with_what_to_do_first(desk: Desk, case_id: EntityId) -> None:
    handed = hand_over(desk, [case_id], "give", "7043", text="Victim at her mother's", first="Ring Zoë")
    assert (handed.refs, handed.receivers) == (("42/1/26",), ("7043",))
    assert _owner(desk, case_id) == "7043"
    said = _last(desk, case_id)
    assert (said.kind, said.giver, said.receiver) == ("give", "7042", "7043")
    assert (said.first, said.text, said.at) == ("Ring Zoë", "Victim at her mother's", desk.now)
    undo.undo(desk)
    assert _owner(desk, case_id) == "7042"
    assert standing(read_dossier(desk.store.connection, case_id).handovers) == ()


def test_a_lent_case_goes_back_to_whoever_lent_it(desk: Desk, case_id: EntityId) -> None:
    until = desk.now + timedelta(days=7)
    hand_over(desk, [case_id], "lend", "7043", text="Holiday", until=until)
    lent = loan(read_dossier(desk.store.connection, case_id))
    assert lent is not None
    assert (lent.giver, lent.receiver, lent.until) == ("7042", "7043", until)
    assert "lent by 7042 until Fri 27 Nov 15:00" in handover_note(desk, case_id)
    handed = hand_over(desk, [case_id], "take-back")
    assert handed.receivers == ("7042",)
    assert _owner(desk, case_id) == "7042"
    assert loan(read_dossier(desk.store.connection, case_id)) is None
    with pytest.raises(BadInputError, match="42/1/26 is not lent"):
        hand_over(desk, [case_id], "take-back")


def test_several_cases_are_one_act_and_all_or_none(desk: Desk, case_id: EntityId) -> None:
    second, third = a_case(desk, "42/2/26"), a_case(desk, "42/3/26")
    before = acts(desk.store)
    handed = hand_over(desk, [case_id, second, second], "give", "7043", first="Read the log")
    assert handed.refs == ("42/1/26", "42/2/26")
    assert acts(desk.store) == before + 1
    with pytest.raises(BadInputError, match="42/2/26 is 7043's already"):
        hand_over(desk, [third, second], "give", "7043", first="Read the log")
    assert _owner(desk, third) == "7042"
    undo.undo(desk)
    assert (_owner(desk, case_id), _owner(desk, second)) == ("7042", "7042")
    assert rebuild(desk.store).differing == ()


def test_a_case_nobody_owned_is_handed_over_by_whoever_does_it(desk: Desk, case_id: EntityId) -> None:
    with desk.store.unit_of_work("bulk.release") as unit:
        unit.set(CASE, case_id, case_id, {"owner": None})
    hand_over(desk, [case_id], "give", "7043", text="Yours")
    assert _last(desk, case_id).giver == "7042"


def test_what_makes_no_sense_is_refused_and_nothing_is_written(desk: Desk, case_id: EntityId) -> None:
    closed = a_case(desk, "42/9/26")
    with desk.store.unit_of_work("bulk.stage") as unit:
        unit.set(CASE, closed, closed, {"stage": "finalised"})
    before, ahead = operations(desk.store), desk.now + timedelta(days=1)
    refused: dict[str, Callable[[], object]] = {
        "not a way of handing over": lambda: hand_over(desk, [case_id], "throw", "7043"),
        "Nobody was named": lambda: hand_over(desk, [case_id], "give", " ", text="x"),
        "says nothing": lambda: hand_over(desk, [case_id], "give", "7043", first="\x1b[2J"),
        "Lent until when": lambda: hand_over(desk, [case_id], "lend", "7043", text="x"),
        "has no end": lambda: hand_over(desk, [case_id], "give", "7043", text="x", until=ahead),
        "has passed": lambda: hand_over(desk, [case_id], "lend", "7043", text="x", until=desk.now),
        "is 7042's already": lambda: hand_over(desk, [case_id], "give", "7042", text="x"),
        "is finalised": lambda: hand_over(desk, [closed], "give", "7043", text="x"),
        "not in this store": lambda: hand_over(desk, [case_id, new_id()], "give", "7043", text="x"),
        "No case was named": lambda: hand_over(desk, [], "give", "7043", text="x"),
        "goes to whoever lent it": lambda: hand_over(desk, [case_id], "take-back", "7043"),
        "most is 60": lambda: hand_over(desk, [case_id], "give", "7" * 61, text="x"),
    }
    for words, act in refused.items():
        with pytest.raises(CasedeskError, match=words) as error:
            act()
        assert error.value.cure, words
    assert operations(desk.store) == before


def test_the_note_for_the_next_shift(desk: Desk, case_id: EntityId, clock: FrozenClock) -> None:
    victim, _ = desk.case(case_id).file.victims[0]
    record.add_log_entry(desk, case_id, "Before the shift", at=clock.now - timedelta(hours=13))
    people.amend_victim(desk, case_id, victim, {"safe_contact": "Ring her sister first"})
    people.contact(desk, case_id, channel="phone", made=True, text="Told of\nthe arrest", purposes=["arrest"])
    suspects.interview(desk, case_id, account="no-comment", voluntary=False)
    late = actions.add(desk, case_id, "Seize CCTV", due=clock.now + timedelta(hours=1), owner="oic")
    actions.add(desk, case_id, "View CCTV", due=clock.now + timedelta(hours=3), after=late)
    actions.done(desk, case_id, actions.add(desk, case_id, "Ring the GP"), "No record")
    decisions.decide(
        desk, case_id, "bail", result="Bail with conditions", rationale="To finish", by="Insp Lee"
    )
    clock.advance(timedelta(hours=2))
    note = handover_note(desk, case_id)
    parts = {part.splitlines()[0]: part for part in note.split("\n\n")}
    assert note.startswith("42/1/26  Common assault\nHandover note, Fri 20 Nov 17:00\n")
    assert "Suspect Kyle Jarrett: " in parts["WHERE IT STANDS"]
    assert "no comment" in parts["WHERE IT STANDS"]
    assert "OIC: PC 1212 Rao" in parts["WHERE IT STANDS"]
    assert "Kyle Jarrett (in custody): " in parts["CLOCKS"]
    done = parts["DONE SINCE Fri 20 Nov 05:00"]
    for said in (
        "Reached Zoë Larkin: Told of the arrest", "Interviewed Kyle Jarrett: no comment",
        "Done: Ring the GP: No record", "Decided: Bail: Bail with conditions (Insp Lee)",
    ):  # fmt: skip
        assert said in done
    assert "Before the shift" not in done
    assert "Before the shift" in handover_note(desk, case_id, clock.now - timedelta(hours=20))
    ahead = parts["NEXT"]
    assert "- Seize CCTV: PC 1212 Rao, LATE, due Fri 20 Nov 16:00" in ahead
    assert ahead.index("Seize CCTV") < ahead.index(", by ")
    assert ahead.splitlines()[-1].startswith("- View CCTV")
    assert "(waits for another action)" in ahead
    assert parts["BEFORE ANYBODY IS CONTACTED"].endswith("- Zoë Larkin: Ring her sister first\n")


def test_the_note_of_a_case_with_nothing_says_so(desk: Desk) -> None:
    from casedesk.desk.intake import add_case

    case_id = add_case(desk, intake="referral", ref="42/5/26")
    note = handover_note(desk, case_id)
    assert "OIC: not recorded" in note
    assert note.count("- Nothing recorded.") >= 1


def test_a_receiver_nobody_knows_is_doubted_and_one_who_has_a_case_is_not(
    desk: Desk, case_id: EntityId
) -> None:
    handed = hand_over(desk, [case_id], "give", "7099", first="Ring Zoë")
    assert handed.doubt == "Nobody here is known as 7099 yet: check the number."
    assert handed_said(Way.GIVE, handed).endswith(handed.doubt)
    other = a_case(desk, "42/2/26")
    again = hand_over(desk, [other], "give", "7099", first="Ring Zoë")
    assert again.doubt == ""
    assert handed_said(Way.GIVE, again).endswith("now with 7099.")
