"""Victims and witnesses: what is recorded of them, contacts and duties met, withdrawal, referrals, newcomers."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.desk import people, undo
from casedesk.desk.case_asks import find_person
from casedesk.desk.desk import Desk
from casedesk.desk.newcomers import Newcomer, add_person
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment, moment_of_instant
from casedesk.model.words import EventKind
from casedesk.rules.duties import State
from casedesk.store.checks import rebuild
from casedesk.store.records import read_dossier
from tests.conftest import FrozenClock
from tests.desk.cases import a_case, acts
from tests.desk.extracts import extract, file_of, operations, taken

TODAY = Moment("2026-11-20")


@pytest.fixture
def case_id(desk: Desk) -> EntityId:
    return a_case(desk)


@pytest.fixture
def victim(desk: Desk, case_id: EntityId) -> EntityId:
    return desk.case(case_id).file.victims[0][0]


@pytest.fixture
def witness(desk: Desk, case_id: EntityId) -> EntityId:
    return desk.case(case_id).file.witnesses[0][0]


# -- contact ----------------------------------------------------------------------------------------------------


def test_a_contact_says_which_duties_it_met(desk: Desk, case_id: EntityId, victim: EntityId) -> None:
    told = people.contact(
        desk, case_id, channel="phone", made=True, text="Told her of the arrest", purposes=["arrest", "needs"]
    )
    assert told.met
    assert {duty.owed_to for duty in told.met} == {victim}
    assert all(duty.met_by == told.id and duty.state is State.MET for duty in told.met)
    assert not {duty.key for duty in told.still_owed} & {duty.key for duty in told.met}


def test_an_attempt_meets_nothing(desk: Desk, case_id: EntityId) -> None:
    told = people.contact(desk, case_id, channel="phone", made=False, text="No reply", purposes=["arrest"])
    assert told.met == ()
    assert told.still_owed


def test_a_witness_is_contacted_as_a_witness(desk: Desk, case_id: EntityId, witness: EntityId) -> None:
    people.contact(
        desk, case_id, person=witness, channel="phone", made=True, text="Told her", purposes=["update"]
    )
    ((_, contact),) = desk.case(case_id).file.contacts
    assert (contact.victim, contact.witness) == (None, witness)


def test_the_safe_contact_warning_is_of_the_person_meant(
    desk: Desk, case_id: EntityId, victim: EntityId, witness: EntityId
) -> None:
    people.amend_victim(desk, case_id, victim, {"safe_contact": "Never at home"})
    people.amend_witness(desk, case_id, witness, {"safe_contact": "Not at work"})
    file = desk.case(case_id).file
    assert people.safe_contact_warning(file, victim) == "Zoë Larkin: Never at home"
    assert people.safe_contact_warning(file).splitlines() == [
        "Zoë Larkin: Never at home", "Ann Sample: Not at work",
    ]  # fmt: skip


# -- victims ----------------------------------------------------------------------------------------------------


def test_what_is_recorded_of_a_victim_is_kept_and_taken_away(
    desk: Desk, case_id: EntityId, victim: EntityId
) -> None:
    changed = people.amend_victim(
        desk,
        case_id,
        None,
        {"needs": "Afraid\x07 of him", "update_days": 7, "interpreter": True, "views": "Court"},
    )
    assert changed == ["Needs assessed", "Agreed update interval in days", "Interpreter needed",
                       "Views on the outcome", "Views asked"]  # fmt: skip
    held = dict(desk.case(case_id).file.victims)[victim]
    assert (held.needs, held.update_days, held.interpreter) == ("Afraid of him", 7, True)
    assert (held.views, held.views_on) == ("Court", TODAY)
    assert people.amend_victim(desk, case_id, victim, {"needs": None, "views": "Court"}) == ["Needs assessed"]
    assert dict(desk.case(case_id).file.victims)[victim].needs is None


def test_a_later_extract_leaves_what_was_decided_at_the_desk(desk: Desk, tmp_path: Path) -> None:
    heading = ("Occurrence No", "Offence", "Victim 1 name", "Victim 1 phone")
    row = ("A1", "Theft", "Zoë Larkin", "0115")
    taken(desk, extract(tmp_path, row, heading=heading), as_at="2026-11-01")
    case_id = desk.find("A1")
    people.amend_victim(desk, case_id, None, {"contact_preference": "text"})
    taken(desk, extract(tmp_path, row, heading=heading), as_at="2026-11-10")
    ((_, held),) = file_of(desk, "A1").victims
    assert held.contact_preference == "text"


def test_a_withdrawal_is_one_act_with_everything_that_was_asked(
    desk: Desk, case_id: EntityId, victim: EntityId
) -> None:
    before = acts(desk.store)
    people.withdraw_support(
        desk, case_id, kind="pocket-book", reference="PNB 7042/12", why="Wants it over",
        pressure="Seen alone; says none", evidence_led="Yes: the neighbour saw it", on=Moment("2026-11-19"),
    )  # fmt: skip
    assert acts(desk.store) == before + 1
    file = desk.case(case_id).file
    held = dict(file.victims)[victim]
    assert (held.support, held.withdrawal_kind, held.withdrawal_on) == ("no", "pocket-book", "2026-11-19")
    assert (held.withdrawal_reference, held.withdrawal_why) == ("PNB 7042/12", "Wants it over")
    assert held.pressure == "Seen alone; says none"
    assert file.case.evidence_led == "Yes: the neighbour saw it"
    assert file.log[-1][1].text == (
        "Zoë Larkin no longer supports police action: pocket book PNB 7042/12, 19 Nov 2026."
    )
    undo.undo(desk)
    held = dict(desk.case(case_id).file.victims)[victim]
    assert (held.support, held.withdrawal_kind, desk.case(case_id).file.case.evidence_led) == (
        None,
        None,
        None,
    )


def test_each_part_of_a_withdrawal_is_needed(desk: Desk, case_id: EntityId) -> None:
    whole = {
        "kind": "bwv", "reference": "BWV 1", "why": "Wants it over", "pressure": "None found",
        "evidence_led": "Not possible",
    }  # fmt: skip
    withdraw: Callable[..., None] = people.withdraw_support
    before = operations(desk.store)
    for name in whole:
        with pytest.raises(BadInputError) as refused:
            withdraw(desk, case_id, **{**whole, name: " "})
        assert refused.value.cure
    with pytest.raises(BadInputError, match="lies in the future"):
        withdraw(desk, case_id, **whole, on=Moment("2026-11-21"))
    assert operations(desk.store) == before


# -- witnesses --------------------------------------------------------------------------------------------------


def test_new_dates_to_avoid_are_an_event_too(desk: Desk, case_id: EntityId, witness: EntityId) -> None:
    before = acts(desk.store)
    people.amend_witness(desk, case_id, None, {"availability": "1 to 14 Dec", "special_measures": "Screens"})
    assert acts(desk.store) == before + 1
    file = desk.case(case_id).file
    ((_, event),) = file.events
    assert (event.kind, event.subject) == (EventKind.AVAILABILITY_CHANGED, witness)
    held = dict(file.witnesses)[witness]
    assert (held.availability, held.special_measures) == ("1 to 14 Dec", "Screens")
    people.amend_witness(desk, case_id, witness, {"phone": "07700 900123"})
    assert len(desk.case(case_id).file.events) == 1


def test_a_statement_taken_starts_what_is_owed_to_the_witness(
    desk: Desk, case_id: EntityId, witness: EntityId, victim: EntityId, clock: FrozenClock
) -> None:
    at = clock.now - timedelta(hours=2)
    people.statement_taken(desk, case_id, witness, at=at)
    file = desk.case(case_id).file
    assert dict(file.witnesses)[witness].statement_on == moment_of_instant(at)
    ((_, event),) = file.events
    assert (event.kind, event.at, event.subject) == (EventKind.STATEMENT_TAKEN, at, witness)
    people.statement_taken(desk, case_id, victim)
    assert len(desk.case(case_id).file.events) == 2
    suspect = file.suspects[0][0]
    with pytest.raises(BadInputError, match="not in this case"):
        people.statement_taken(desk, case_id, suspect)
    with pytest.raises(BadInputError, match="Whose statement"):
        people.statement_taken(desk, case_id, None)


# -- referrals --------------------------------------------------------------------------------------------------


def test_a_referral_made_and_one_not_made(desk: Desk, case_id: EntityId, victim: EntityId) -> None:
    made = people.refer(desk, case_id, victim, "marac", made=True, why="High risk", reference="M/1")
    not_made = people.refer(
        desk, case_id, victim, "A local\x1b[2J charity", made=False, not_made_why="Declined"
    )
    people.referral_result(desk, case_id, made, "Heard on 1 Dec")
    held = dict(read_dossier(desk.store.connection, case_id).referrals)
    assert (held[made].made_on, held[made].why, held[made].result) == (TODAY, "High risk", "Heard on 1 Dec")
    assert held[made].reference == "M/1"
    assert (held[not_made].to, held[not_made].made_on) == ("A local charity", None)
    assert held[not_made].not_made_why == "Declined"
    assert people.service_title("marac") == "MARAC"
    with pytest.raises(BadInputError, match="was not made"):
        people.referral_result(desk, case_id, not_made, "x")


# -- newcomers --------------------------------------------------------------------------------------------------


def test_somebody_added_by_hand_is_joined_by_the_extract(desk: Desk, tmp_path: Path) -> None:
    heading = ("Occurrence No", "Offence", "Suspect 1 name", "Suspect 1 DOB", "Victim 1 name")
    first = extract(tmp_path, ("A1", "Theft"), heading=heading)
    taken(desk, first, as_at="2026-11-01")
    case_id = desk.find("A1")
    suspect = add_person(desk, case_id, "suspect", Newcomer(name="Lee JARRETT", dob=Moment("1994-11-02")))
    victim = add_person(desk, case_id, "victim", Newcomer(name="Zoe Larkin", kind="person"))
    later = extract(
        tmp_path,
        ("A1", "Theft", "Lee Jarrett", "02/11/1994", "Zoë Larkin"),
        heading=heading,
        name="later.csv",
    )
    taken(desk, later, as_at="2026-11-10")
    file = file_of(desk, "A1")
    assert [(own, one.name) for own, one in file.suspects] == [(suspect, "Lee Jarrett")]
    assert [(own, one.name) for own, one in file.victims] == [(victim, "Zoë Larkin")]
    assert rebuild(desk.store).differing == ()


def test_somebody_of_a_case_known_by_its_custody_number_is_joined_too(desk: Desk) -> None:
    from casedesk.desk.intake import Arrest, Person, add_case
    from casedesk.exchange.intake import person_key
    from casedesk.model.ids import derived_id

    arrest = Arrest(number="NB/9/26", arrested_at=desk.now - timedelta(hours=1))
    case_id = add_case(desk, intake="arrest", arrest=arrest, person=Person(name="Kyle"))
    own = add_person(desk, case_id, "suspect", Newcomer(name="Lee"))
    namespace = desk.packs.profiles["custody"].own_namespace
    assert own == derived_id(*person_key("suspect", 2, namespace, "NB/9/26", {"name": "Lee"}))


def test_two_of_one_name_are_told_apart_or_refused_with_a_choice(desk: Desk, case_id: EntityId) -> None:
    before = operations(desk.store)
    with pytest.raises(
        BadInputError, match=r"suspect of that name: Kyle Jarrett, born 2 Nov 1994"
    ) as refused:
        add_person(desk, case_id, "suspect", Newcomer(name="kyle JARRETT"))
    assert "date of birth or the nominal number" in refused.value.cure
    assert "another person" in refused.value.cure
    with pytest.raises(BadInputError, match="of that name"):
        add_person(desk, case_id, "suspect", Newcomer(name="Kyle Jarrett", dob=Moment("1994-11-02")))
    assert operations(desk.store) == before
    son = add_person(desk, case_id, "suspect", Newcomer(name="Kyle Jarrett", dob=Moment("2014-01-05")))
    twin = add_person(
        desk, case_id, "suspect", Newcomer(name="Kyle Jarrett", dob=Moment("1994-11-02")), another=True
    )
    assert len({own for own, _ in desk.case(case_id).file.suspects} | {son, twin}) == 3
    undo.undo(desk)
    again = add_person(
        desk, case_id, "suspect", Newcomer(name="Kyle Jarrett", dob=Moment("1994-11-02")), another=True
    )
    assert again == twin


def test_a_person_is_found_by_words_of_the_name(desk: Desk, case_id: EntityId, victim: EntityId) -> None:
    file = desk.case(case_id).file
    assert find_person(file, "zoe", "victims") == victim
    assert find_person(file, "", "victims") == victim
    with pytest.raises(BadInputError, match="'kyle' fits nobody") as refused:
        find_person(file, "kyle", "victims")
    assert "Zoë Larkin" in refused.value.cure
    add_person(desk, case_id, "victim", Newcomer(name="Zoë Moss"))
    file = desk.case(case_id).file
    with pytest.raises(BadInputError, match="'zoe' fits 2"):
        find_person(file, "zoe", "victims")
    with pytest.raises(BadInputError, match="more than one victim"):
        find_person(file, "", "victims")
    assert find_person(desk.case(a_case(desk, "42/7/26")).file, "", "witnesses") is not None


# -- refusals ---------------------------------------------------------------------------------------------------


def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    desk: Desk, case_id: EntityId, victim: EntityId
) -> None:
    before = operations(desk.store)
    tomorrow = Moment("2026-11-21")
    refused: dict[str, Callable[[], object]] = {
        "'outcome' cannot be changed": lambda: people.amend_victim(desk, case_id, victim, {"outcome": "1"}),
        "victim is not in this case": lambda: people.amend_victim(desk, case_id, new_id(), {"needs": "x"}),
        "need their reason": lambda: people.amend_victim(desk, case_id, victim, {"enhanced": True}),
        "recorded already": lambda: people.amend_victim(desk, case_id, victim, {"needs": None}),
        "with its reasons": lambda: people.amend_victim(desk, case_id, victim, {"support": "no"}),
        "many days": lambda: people.amend_victim(desk, case_id, victim, {"update_days": 0}),
        "for the statement": lambda: people.amend_victim(desk, case_id, victim, {"statement": "sung"}),
        "views were asked": lambda: people.amend_victim(desk, case_id, victim, {"views_on": tomorrow}),
        "person is not in this case": lambda: people.refer(desk, case_id, new_id(), "marac", made=True),
        "service is empty": lambda: people.refer(desk, case_id, victim, " ", made=True),
        "Why it was not made is empty": lambda: people.refer(desk, case_id, victim, "marac", made=False),
        "The referral": lambda: people.refer(desk, case_id, victim, "marac", made=True, on=tomorrow),
        "name is empty": lambda: add_person(desk, case_id, "victim", Newcomer(name="\x07 ")),
        "is to come": lambda: add_person(desk, case_id, "suspect", Newcomer(name="X", dob=tomorrow)),
        "not a kind of person": lambda: add_person(desk, case_id, "neighbour", Newcomer(name="X")),
        "not a suspect status": lambda: add_person(
            desk, case_id, "suspect", Newcomer(name="X", status="odd")
        ),
        "witness is not in this case": lambda: people.amend_witness(desk, case_id, victim, {"phone": "1"}),
    }
    for words, act in refused.items():
        with pytest.raises(BadInputError, match=words) as error:
            act()
        assert error.value.cure, words
    assert operations(desk.store) == before
