"""The verbs of paperwork: they ask for what nothing recorded gives, and refuse what cannot be written."""

import pytest

from casedesk.desk import paperwork
from casedesk.desk.asking import Kind
from casedesk.desk.desk import Desk
from casedesk.desk.documents import case_documents
from casedesk.desk.paperwork_verbs import PAPERWORK, letter_verb
from casedesk.model.entities import SUSPECT, VICTIM
from casedesk.model.errors import BadInputError
from casedesk.model.ids import new_id
from tests.desk.cases import at
from tests.desk.letter_cases import Made, bare, full

LETTER, ADDRESS = PAPERWORK


def test_a_letter_is_chosen_among_those_that_can_be_written(desk: Desk) -> None:
    made = full(desk)
    asks = {ask.name: ask for ask in LETTER.asks(at(desk, made.case))}
    offered = dict(asks["letter"].choices)
    assert {"l01", "l05", "l10", "l12", "decision-notice"} <= offered.keys()
    assert not offered.keys() & {"l09", "l11", "agreement"}
    assert asks["easy"].kind is Kind.YES_NO
    assert "warned" not in asks, "nothing warns of contact here"
    said = LETTER.run(
        at(desk, made.case), {"letter": "l10", "typed.reason": "It puts it right.", "easy": True}
    )
    assert said.startswith(
        "Document 1: L10 To the victim: the decision and why, easy read, to Zoë Larkin. Not filled in: "
    )
    (document,) = case_documents(desk, made.case)
    assert document.document.name == "l10-easy-42-7-26-2026-11-20.docx"


def test_the_verb_of_one_letter_asks_for_that_letter_alone(desk: Desk) -> None:
    made = full(desk, flags=("da",))
    verb = letter_verb(paperwork.letter_of(desk, "L07"))
    here = at(desk, made.case, made.suspect)
    assert verb.offered(here) is None
    assert [ask.name for ask in verb.asks(here)] == ["typed.reply", "easy", "warned"]
    assert "plain envelope" in verb.warns(here)
    with pytest.raises(BadInputError, match="Read this before"):
        verb.run(here, {"typed.reply": "Friday", "warned": False})
    assert "Document 1: L07" in verb.run(here, {"typed.reply": "Friday", "warned": True})


def test_a_verb_says_why_its_letter_cannot_be_written(desk: Desk) -> None:
    made = bare(desk)
    verb = letter_verb(paperwork.letter_of(desk, "L09"))
    assert verb.offered(at(desk, made.case)) == "It is not completed."
    referral = letter_verb(paperwork.letter_of(desk, "referral"))
    assert referral.offered(at(desk, made.case)) is None


def _second(desk: Desk, made: Made) -> None:
    with desk.store.unit_of_work("test") as unit:
        unit.set(SUSPECT, new_id(), made.case, {"name": "Lee Moss"})
        unit.set(VICTIM, new_id(), made.case, {"name": "Ola Fry", "kind": "person"})


def test_with_several_people_the_form_asks_which(desk: Desk) -> None:
    made = full(desk)
    _second(desk, made)
    here = at(desk, made.case)
    asks = {ask.name: ask for ask in LETTER.asks(here)}
    assert [title for _, title in asks["suspect"].choices][1].startswith("Lee Moss")
    values = {"letter": "l10", "suspect": made.suspect.hex(), "typed.reason": "It puts it right."}
    with pytest.raises(BadInputError, match="several victims: choose one"):
        LETTER.run(here, values)
    said = LETTER.run(here, {**values, "victim": made.victim.hex()})
    assert "to Zoë Larkin" in said


def test_an_address_is_given_for_a_suspect_or_a_victim(desk: Desk) -> None:
    made = bare(desk)
    here = at(desk, made.case, made.victim)
    assert ADDRESS.asks(here)[0].initial == made.victim.hex()
    assert (
        ADDRESS.run(here, {"person": made.victim.hex(), "address": "1 New Road\nTown"})
        == "Letters go there now."
    )
    again = at(desk, made.case, made.victim)
    assert ADDRESS.asks(again)[1].initial == "1 New Road\nTown"
    assert ADDRESS.run(again, {"person": made.victim.hex(), "address": ""}) == "The address is taken off."
