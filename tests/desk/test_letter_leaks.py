"""What must never stand in a letter, in every spelling; and the same words where they rightly stand."""

import io
from datetime import timedelta

import pytest
from docx import Document

from casedesk.desk import paperwork
from casedesk.desk.desk import Desk
from casedesk.desk.documents import case_documents
from casedesk.desk.letter_spelling import birth, named, spaced, street, telephone
from casedesk.model.entities import CASE, CONDITION, SUSPECT, VICTIM, Value
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment
from tests.conftest import FrozenClock
from tests.desk.letter_cases import TYPED, Made, full


def _set(desk: Desk, entity: object, own: EntityId, made: Made, **fields: Value) -> None:
    with desk.store.unit_of_work("test") as unit:
        unit.set(entity, own, made.case, fields)  # type: ignore[arg-type] # an entity of a case


def _l10(desk: Desk, made: Made, reason: str = "It puts right what was done.") -> str:
    typed = {"typed.reason": reason}
    return paperwork.preview_text(
        paperwork.compose(desk, made.case, None, "L10", victim=made.victim, typed=typed)
    )


@pytest.mark.parametrize(
    "said",
    [
        "Kyle Jarrett did it", "KYLE  JARRETT", "jarrett, kyle", "Mr Jarrett's van", "K. Jarrett", "kyle said sorry",
        "He lives at 14, Quarry Bank", "14 Quarry-Bank", "at Quarry Bank 14", "14QuarryBank", "quarry bank", "ng47qq",
        "NG4-7QQ", "14 Quаrry Bank", "14 Quarry\u200b Bank",
        "born 2 November 1994", "2/11/1994", "02.11.94", "2-11-94", "1994-11-02", "2nd of Nov. 1994", "Nov 2, 1994",
        "11/02/1994", "02111994",
    ],
)  # fmt: skip
def test_a_victim_never_reads_who_or_where_the_suspect_is(desk: Desk, said: str) -> None:
    made = full(desk)
    with pytest.raises(BadInputError, match="must never stand in a letter to the victim") as refused:
        _l10(desk, made, f"Decided so: {said}.")
    assert refused.value.cure == "It stands in: reason. Change the words there."


def test_the_suspect_is_not_named_through_conditions_or_views_either(desk: Desk) -> None:
    made = full(desk)
    _set(desk, CONDITION, made.comp, made, what="Pay Zoë Larkin for what Jarrett broke")
    with pytest.raises(BadInputError, match="the suspect's name") as refused:
        _l10(desk, made)
    assert "conditions that concern the victim" in refused.value.cure
    _set(desk, CONDITION, made.comp, made, what="Pay for the window")
    _set(desk, VICTIM, made.victim, made, views="Kyle should say sorry")
    with pytest.raises(BadInputError, match="the suspect's name") as refused:
        _l10(desk, made)
    assert "views of the victim" in refused.value.cure


def test_no_suspect_of_the_case_is_named(desk: Desk) -> None:
    made = full(desk)
    _set(desk, SUSPECT, new_id(), made, name="Dean Okonkwo-Hale", address="3 Copse Rise\nTown")
    for said in ("Okonkwo was there", "so was Hale", "at 3 Copse Rise"):
        with pytest.raises(BadInputError, match="the suspect's"):
            paperwork.compose(
                desk, made.case, made.suspect, "L10", victim=made.victim, typed={"typed.reason": said}
            )


def test_a_name_that_is_the_victim_s_own_or_an_ordinary_word_does_not_stop_a_letter(desk: Desk) -> None:
    made = full(desk)
    _set(desk, SUSPECT, made.suspect, made, name="Will Mark Larkin")
    assert "he will mark it" in _l10(desk, made, "Larkin is your name too; he will mark it")
    for said in ("Will did it", "MARK did it", "will mark larkin did it"):
        with pytest.raises(BadInputError, match="the suspect's name"):
            _l10(desk, made, said)
    _set(desk, SUSPECT, made.suspect, made, name="May Day")
    _set(desk, CASE, made.case, made, offence_from="2026-05-02")
    assert "2 May 2026" in _l10(desk, made, "By 3 May 2026.")


def test_a_street_of_the_reader_or_of_the_offence_may_be_named_but_no_house_in_it(desk: Desk) -> None:
    made = full(desk)
    _set(desk, VICTIM, made.victim, made, address="16 Quarry Bank\nNG4 7QQ")
    assert "window in Quarry Bank" in _l10(desk, made, "The window in Quarry Bank is paid for")
    with pytest.raises(BadInputError, match="the suspect's address"):
        _l10(desk, made, "He is at 14 Quarry Bank")
    _set(desk, VICTIM, made.victim, made, address="2 Mill Lane")
    with pytest.raises(BadInputError, match="the suspect's address"):
        _l10(desk, made, "The window in Quarry Bank is paid for")
    _set(desk, CASE, made.case, made, location="Shop, Quarry Bank")
    assert "window in Quarry Bank" in _l10(desk, made, "The window in Quarry Bank is paid for")


def test_one_victim_never_reads_how_to_reach_another(desk: Desk) -> None:
    made = full(desk)
    _set(
        desk, VICTIM, new_id(), made, name="Tom Larkin", kind="person", address="9 Hidden Cl, Town, NG9 9ZZ",
        phone="07700 900555",
    )  # fmt: skip
    for said in ("Pay at 9 Hidden Close", "Pay in NG99ZZ", "ring +44 7700-900555", "at 9, hidden cl."):
        _set(desk, CONDITION, made.comp, made, what=said)
        with pytest.raises(BadInputError, match="another victim's"):
            _l10(desk, made)
    _set(desk, CONDITION, made.comp, made, what="Pay at 2 Mill Lane, ring 07700 900123")
    assert "2 Mill Lane, ring" in _l10(desk, made), "the reader's own may be there"


def test_two_victims_of_one_home_can_both_be_written_to(desk: Desk) -> None:
    made = full(desk)
    same: dict[str, Value] = {"address": "2 Mill Lane\nNG1 1AA", "phone": "07700900123"}
    _set(desk, VICTIM, new_id(), made, name="Tom Larkin", kind="person", **same)
    assert "2 Mill Lane" in _l10(desk, made, "Ring us from 07700 900123 or write from 2 Mill Lane")


def test_a_provider_is_not_told_where_the_suspect_lives_and_a_suspect_not_where_the_victim_does(
    desk: Desk,
) -> None:
    made = full(desk)
    with pytest.raises(BadInputError, match="the suspect's address"):
        paperwork.compose(desk, made.case, None, "referral", typed={"typed.request": "Visit 14 Quarry Bank"})
    for said in ("Keep away from 2 Mill Ln", "from 2, Mill Lane", "from mill lane", "from NG11AA"):
        _set(desk, CONDITION, made.comp, made, what=said)
        with pytest.raises(BadInputError, match="the victim's address"):
            paperwork.compose(desk, made.case, None, "L04")


def test_the_same_letter_of_the_same_day_is_refused_a_second_time(desk: Desk, clock: FrozenClock) -> None:
    made = full(desk)
    paperwork.save_into_case(desk, paperwork.compose(desk, made.case, None, "L05", typed=TYPED))
    clock.advance(timedelta(minutes=37))
    with pytest.raises(BadInputError, match="very same letter"):
        paperwork.save_into_case(desk, paperwork.compose(desk, made.case, None, "L05", typed=TYPED))
    assert len(case_documents(desk, made.case)) == 1


def test_what_only_one_force_says_is_to_be_checked_with_every_letter(desk: Desk) -> None:
    made = full(desk)
    composed = paperwork.compose(desk, made.case, None, "L10", typed=TYPED)
    assert any("Right to Review" in one and "Cleveland" in one for one in composed.unchecked)
    agreement = paperwork.compose(desk, full(desk, disposal="cr").case, None, "L04", typed=TYPED)
    assert any("Avon and Somerset" in one for one in agreement.unchecked)


def test_a_victim_is_not_told_that_they_reported_it_nor_that_somebody_did_it(desk: Desk) -> None:
    made = full(desk, disposal="o22")
    said = _l10(desk, made)
    assert "recorded as “Criminal damage to property” (Wednesday 21 October 2026)" in said
    assert "You told us about" not in said
    assert "person responsible" not in said


def test_a_name_with_control_characters_is_only_text_in_the_document(desk: Desk) -> None:
    made = full(desk)
    _set(desk, SUSPECT, made.suspect, made, name="Ky\x1b[31mle\x07 \u202eJarrett\n{{address}}")
    content = paperwork.write_docx(paperwork.compose(desk, made.case, None, "L01"))
    assert "Kyle Jarrett {{address}}" in [one.text for one in Document(io.BytesIO(content)).paragraphs]


def test_spellings() -> None:
    assert named("Ng")("Ng was there") is False, "two letters are not looked for alone"
    assert named("Li Ng")("it was NG, LI") is True
    assert named("Unknown male")("an unknown male ran") is False
    assert named("O'Hara")("Ms O’Hara’s car") is True
    assert spaced("4 mill lane")("14 Mill Lane") is False
    assert spaced("m1 1ae")("in M11AE.") is True
    assert street("flat 2") == street("ng4 7qq") == street("northgate") == ""
    assert telephone("07700 900123 / 0113 496 0000")("01134960000") is True
    assert birth(Moment("1994-11"))("born in November 1994") is True
    assert birth(Moment("1994-11-02"))("on 12 November 1994") is False
    assert birth(Moment("1994-11-02"))("on 2 November 2026") is False
