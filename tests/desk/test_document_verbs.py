"""The verbs of the tabs of documents and evidence, as a form uses them."""

from pathlib import Path
from typing import Any

import pytest

from casedesk.desk.asking import At, Verb
from casedesk.desk.desk import Desk
from casedesk.desk.document_verbs import DOCUMENTS, EVIDENCE
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from casedesk.store.records import read_dossier
from tests.model.files import JPEG, PDF
from tests.store.making import add_case

VERBS = {verb.id: verb for verb in (*DOCUMENTS, *EVIDENCE)}


class Tab:
    """A tab of the case page: what is on it, and doing what a form does with a verb."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.case_id = add_case(desk.store)

    def at(self, subject: EntityId | None = None) -> At:
        dossier = read_dossier(self.desk.store.connection, self.case_id)
        return At(self.desk, self.desk.case(self.case_id).file, dossier, subject)

    def do(self, verb: str, subject: EntityId | None = None, **answers: Any) -> str:
        """Fill the form with what it starts with, then with the answers; None where nothing is said."""
        at = self.at(subject)
        asked: dict[str, Any] = {ask.name: ask.initial or None for ask in VERBS[verb].asks(at)}
        assert set(answers) <= set(asked)
        return VERBS[verb].run(at, {**asked, **answers})

    def why_not(self, verb: str, subject: EntityId | None = None) -> str | None:
        return VERBS[verb].offered(self.at(subject))


@pytest.fixture
def tab(desk: Desk) -> Tab:
    return Tab(desk)


@pytest.fixture
def scan(tmp_path: Path) -> str:
    (tmp_path / "scan.pdf").write_bytes(PDF)
    return str(tmp_path / "scan.pdf")


@pytest.mark.parametrize("verbs", [DOCUMENTS, EVIDENCE])
def test_keys_and_ids_are_each_their_own_and_labels_fit(verbs: tuple[Verb, ...], tab: Tab, scan: str) -> None:
    assert len({verb.id for verb in verbs}) == len({verb.key for verb in verbs}) == len(verbs)
    tab.do("documents.attach", path=scan)
    tab.do("evidence.add", reference="JD/1", what="Knife")
    for verb in verbs:
        assert all(len(ask.label) <= 20 for ask in verb.asks(tab.at()))


def test_attaching_says_what_it_was_taken_for_and_how_large_the_store_is(tab: Tab, scan: str) -> None:
    said = tab.do("documents.attach", path=scan, title="Statement")
    assert said == (
        "Document 1: Statement (PDF document, 17 bytes). The documents of this store take 17 bytes now."
    )


def test_verbs_that_need_a_row_say_so_without_one(tab: Tab) -> None:
    for verb in VERBS.values():
        needs_row = verb.id not in ("documents.attach", "evidence.add")
        assert bool(tab.why_not(verb.id)) is needs_row
        if needs_row:
            with pytest.raises(BadInputError, match="cursor"):
                VERBS[verb.id].run(tab.at(), {})


def test_a_document_is_saved_retitled_linked_and_taken_off(tab: Tab, scan: str, tmp_path: Path) -> None:
    tab.do("documents.attach", path=scan)
    (row,) = (own for own, _ in tab.at().dossier.documents)
    (saving, _) = VERBS["documents.save"].asks(tab.at(row))
    assert Path(saving.initial) == Path("~/scan.pdf")
    said = tab.do("documents.save", row, to=str(tmp_path / "copy.pdf"))
    assert str(tmp_path / "copy.pdf") in said
    assert (tmp_path / "copy.pdf").read_bytes() == PDF
    tab.do("documents.title", row, title="Signed statement")
    tab.do("evidence.add", reference="JD/1", what="Knife")
    exhibit = tab.at().dossier.exhibits[0][0]
    tab.do("documents.link", row, belongs=exhibit.hex())
    (belongs,) = VERBS["documents.link"].asks(tab.at(row))
    assert belongs.initial == exhibit.hex()
    assert VERBS["documents.take-off"].warns(tab.at(row)) == "Document 1: Signed statement"
    assert "stays in the store" in tab.do("documents.take-off", row, reason="Wrong case")
    assert tab.why_not("documents.save", row) == "There is no document under the cursor."


def test_an_exhibit_is_moved_changed_and_given_a_document(tab: Tab, tmp_path: Path) -> None:
    tab.do("evidence.add", reference="JD/1", what="Knife", where="Property store")
    row = tab.at().dossier.exhibits[0][0]
    tab.do("evidence.where", row, where="Laboratory")
    tab.do("evidence.change", row, what="Kitchen knife")
    exhibit = tab.at().dossier.exhibits[0][1]
    assert (exhibit.reference, exhibit.what, exhibit.where) == ("JD/1", "Kitchen knife", "Laboratory")
    (tmp_path / "photo.pdf").write_bytes(JPEG)
    assert "the content is: JPEG picture" in tab.do("evidence.attach", row, path=str(tmp_path / "photo.pdf"))
    assert tab.at().dossier.documents[0][1].entry == row
