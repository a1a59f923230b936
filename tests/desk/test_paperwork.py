"""Letters: every one with everything recorded and with nothing, what must never stand in one, and where they go."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casedesk.desk import paperwork
from casedesk.desk.desk import Desk
from casedesk.desk.documents import case_documents
from casedesk.desk.letter_scene import read_scene, warning_of
from casedesk.desk.undo import undo
from casedesk.model.entities import ANSWER, APPOINTMENT, CONDITION, RESOLUTION, SUSPECT, VICTIM
from casedesk.model.errors import BadInputError
from casedesk.model.ids import new_id
from casedesk.model.moments import moment_of_day
from casedesk.reference.letter_words import Audience
from casedesk.reference.letters import load_letters
from casedesk.store import blobs
from tests.conftest import FrozenClock
from tests.desk.letter_cases import ADDRESS, SECRETS, TYPED, Made, bare, full

LETTERS = load_letters().letters
VICTIM_LETTERS = [name for name, one in LETTERS.items() if one.audience is Audience.VICTIM]
_STATE = {
    "l09": "completed",
    "l11": "completed",
    "l15": "failed",
    "agreement": "authorised",
    "caution-record": "offered",
}
_DISPOSAL = {"agreement": "o22", "resolution-agreement": "cr"}


def _composed(desk: Desk, made: Made, letter: str, **more: object) -> paperwork.Composed:
    return paperwork.compose(desk, made.case, None, letter, typed=TYPED, **more)  # type: ignore[arg-type] # few of them


def _text(content: bytes) -> list[str]:
    """The paragraphs of a Word document, its title first."""
    return [one.text for one in Document(io.BytesIO(content)).paragraphs]


def _everything(desk: Desk) -> Iterator[tuple[str, Made]]:
    """Every letter with a case in which it can be written."""
    known: dict[tuple[str, str], Made] = {}
    for letter in LETTERS:
        kind = (_DISPOSAL.get(letter, "cc"), _STATE.get(letter, "active"))
        if kind not in known:
            known[kind] = full(desk, disposal=kind[0], state=kind[1])
        yield letter, known[kind]


def test_every_letter_can_be_written_once_everything_is_recorded(desk: Desk) -> None:
    unset = {
        "name of the force", *(f"{what} of the team" for what in ("address", "telephone", "email", "hours")),
        "how to complain", "support for victims", "how to get legal advice",
    }  # fmt: skip
    besides = {
        "decision-notice": {"gravity score"}, "needs-profile": {"needs by pathway"}, "l13": {"address"},
        "l14": {"address"},
    }  # fmt: skip
    for letter, made in _everything(desk):
        composed = _composed(desk, made, letter)
        assert composed.why_not == "", letter
        text = paperwork.preview_text(composed)
        assert "{{" not in text
        assert text.startswith("OFFICIAL-SENSITIVE\n")
        assert set(composed.missing) <= unset | besides.get(letter, set()), letter


def test_the_word_document_says_what_the_preview_says(desk: Desk) -> None:
    for letter, made in _everything(desk):
        for easy in {False, letter in ("l01", "l10", "caution-record")}:
            composed = _composed(desk, made, letter, easy=easy)
            document = Document(io.BytesIO(paperwork.write_docx(composed)))
            said = [one.text.rstrip("\t") for one in document.paragraphs]
            assert said == [composed.heading, *(line.text for line in composed.lines)], letter
            for section in document.sections:
                assert "OFFICIAL-SENSITIVE" in section.header.paragraphs[0].text
                assert "OFFICIAL-SENSITIVE" in section.footer.paragraphs[0].text


def test_pages_are_numbered_and_nobody_signs_a_page_that_says_nothing(desk: Desk) -> None:
    """As it looks on paper: what is signed for stays with the lines to sign, and no last line stands alone."""
    for letter, made in _everything(desk):
        document = Document(io.BytesIO(paperwork.write_docx(_composed(desk, made, letter))))
        foot = document.sections[0].footer
        assert foot.paragraphs[-1]._p.xpath("string(.)") == "Page 1 of 1", letter
        fields = foot._element.xpath(".//w:fldSimple/@w:instr")
        assert fields == [" PAGE ", " NUMPAGES "], letter
        texts = document.paragraphs
        assert texts[-2].paragraph_format.keep_with_next, letter
        signed = [
            number for number, one in enumerate(texts) if one.style and one.style.name == "Letter Signature"
        ]
        if signed:
            assert all(texts[n].paragraph_format.keep_with_next for n in range(signed[0] - 2, signed[-1])), (
                letter
            )


def test_what_is_not_recorded_is_a_gap_with_a_name_and_is_listed(desk: Desk) -> None:
    made = bare(desk)
    for name, letter in LETTERS.items():
        composed = paperwork.compose(desk, made.case, made.suspect, name)
        gaps = re.findall(r"\[([^\]]+) not (?:recorded|set|written)\]", paperwork.preview_text(composed))
        assert gaps, name
        assert set(gaps) == set(composed.missing), name
        assert all(line.text.strip() for line in composed.lines), name
        assert letter.when == () or composed.why_not, name


def test_a_letter_is_not_written_before_its_time_and_nothing_is_kept(desk: Desk) -> None:
    made = bare(desk)
    composed = paperwork.compose(desk, made.case, None, "l01")
    assert composed.why_not == "No appointment is booked."
    with pytest.raises(BadInputError, match="cannot be written yet: No appointment"):
        paperwork.save_into_case(desk, composed)
    assert case_documents(desk, made.case) == []


@pytest.mark.parametrize(
    ("disposal", "state", "can"),
    [
        ("cc", "proposed", set()),
        ("cc", "authorised", {"caution-record", "l04"}),
        ("cr", "authorised", {"resolution-agreement", "l04"}),
        ("o22", "offered", {"agreement", "l04"}),
        ("cc", "declined", set()),
        ("cc", "refused", set()),
    ],
)
def test_the_papers_of_an_offer_wait_for_authority_and_fit_the_resolution(
    desk: Desk, disposal: str, state: str, can: set[str]
) -> None:
    made = full(desk, disposal=disposal, state=state)
    papers = {"caution-record", "resolution-agreement", "agreement", "l04"}
    found = {one.letter.id for one in paperwork.documents_for(desk, made.case) if not one.why_not}
    assert found & papers == can
    assert not found & {"decision-notice", "oic-notice", "l10", "l13"}, (
        "nobody is told before it was accepted"
    )


def test_the_invitation_shows_no_offence_and_the_record_all_five_requirements(desk: Desk) -> None:
    made = full(desk)
    invitation = paperwork.preview_text(_composed(desk, made, "l01"))
    assert "damage" not in invitation.lower()
    assert "does not mean that you admit" in invitation
    assert "legal advice" in invitation
    assert "Friday 20 November 2026 at 17:00" in invitation
    record = paperwork.preview_text(_composed(desk, made, "caution-record"))
    for said in ("I admit that I committed", "I agree to be given", "not the official form MG14", "PS Okafor, sergeant",
                 "Criminal damage to property (CD71040)", "£120.50"):  # fmt: skip
        assert said in record
    assert (
        len(re.findall(r"^(?:Evidence that|Enough to|Admitted to|Effect expl|Signed doc)", record, re.M)) == 5
    )
    offered = full(desk, state="offered")
    assert "five requirements" not in paperwork.preview_text(_composed(desk, offered, "caution-record"))


def test_outcome_22_is_not_given_out_as_its_code_before_the_activity_is_done(desk: Desk) -> None:
    made = full(desk, disposal="o22", state="active")
    assert "22, not before the activity is completed" in paperwork.preview_text(
        _composed(desk, made, "decision-notice")
    )
    with desk.store.unit_of_work("test") as unit:
        unit.set(RESOLUTION, made.resolution, made.case, {"state": "completed"})
    assert "Outcome code: 22\n" in paperwork.preview_text(_composed(desk, made, "l15"))


# -- what must never be said ------------------------------------------------------------------------------------


def test_a_victim_is_never_told_address_health_needs_or_answers(desk: Desk) -> None:
    for letter, made in _everything(desk):
        if letter not in VICTIM_LETTERS:
            continue
        for easy in (False, True):
            composed = _composed(desk, made, letter, easy=easy)
            text = "\n".join(_text(paperwork.write_docx(composed)))
            for secret in (
                *SECRETS.values(),
                *ADDRESS.split("\n"),
                "Kyle",
                "Jarrett",
                "1994",
                "Turning Way",
                "07700",
            ):
                assert secret not in text, letter
            assert letter != "l10" or "Pay for the window (£120.50)" in text


def test_what_somebody_typed_cannot_carry_it_there_either(desk: Desk) -> None:
    made = full(desk)
    for planted in (*SECRETS.values(), "NG4 7QQ", "2 Nov 1994"):
        reason = {"typed.reason": f"We were told:  {planted.upper()} ."}
        with pytest.raises(BadInputError, match="must never stand in a letter to the victim") as refused:
            paperwork.compose(desk, made.case, None, "l10", typed=reason)
        assert planted.lower() not in str(refused.value).lower()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=14, max_size=30))
def test_no_private_text_of_the_file_reaches_a_victim(desk: Desk, secret: str) -> None:
    made = full(desk)
    sitting = read_scene(desk, made.case).matter.assessment
    assert sitting is not None
    with desk.store.unit_of_work("test") as unit:
        unit.set(ANSWER, new_id(), made.case, {"assessment": sitting[0], "question": "z", "value": secret})
        unit.set(CONDITION, made.rehab, made.case, {"what": secret, "note": secret, "provider": secret})
        unit.set(SUSPECT, made.suspect, made.case, {"address": secret})
        unit.set(RESOLUTION, made.resolution, made.case, {"rationale": secret * 2, "exceptional": secret})
    for letter in VICTIM_LETTERS:
        assert secret not in paperwork.preview_text(_composed(desk, made, letter))
    with desk.store.unit_of_work("test") as unit:
        unit.set(VICTIM, made.victim, made.case, {"name": f"Zoë, {secret}"})
    for letter in VICTIM_LETTERS:
        with pytest.raises(BadInputError, match="must never stand"):
            _composed(desk, made, letter)


def test_two_people_in_one_home_can_both_be_written_to(desk: Desk) -> None:
    made = full(desk)
    with desk.store.unit_of_work("test") as unit:
        unit.set(VICTIM, made.victim, made.case, {"address": ADDRESS})
    assert "14 Quarry Bank" in paperwork.preview_text(_composed(desk, made, "l10"))


def test_words_that_rightly_stand_in_a_letter_do_not_stop_it(desk: Desk) -> None:
    made = full(desk)
    sitting = read_scene(desk, made.case).matter.assessment
    assert sitting is not None
    with desk.store.unit_of_work("test") as unit:
        unit.set(
            ANSWER,
            new_id(),
            made.case,
            {
                "assessment": sitting[0],
                "question": "y",
                "value": "repair",
                "said": "Pay for the window",
            },
        )
        unit.set(
            RESOLUTION,
            made.resolution,
            made.case,
            {"rationale": "Fair. Wants the window paid for. Proportionate."},
        )
        unit.set(VICTIM, made.victim, made.case, {"address": "9 Other Road\nNorthgate\nNG4 1AA"})  # fmt: skip
    assert "Wants the window paid for." in paperwork.preview_text(_composed(desk, made, "l10"))
    assert "Northgate police station, Room 3" in paperwork.preview_text(_composed(desk, made, "l01"))
    assert "Wants the window" in paperwork.preview_text(_composed(desk, made, "decision-notice"))


def test_a_provider_learns_its_own_condition_and_nothing_else(desk: Desk) -> None:
    made = full(desk)
    text = paperwork.preview_text(_composed(desk, made, "l13"))
    assert SECRETS["rehab"] in text
    assert "2 November 1994" in text
    for hidden in ("Pay for the window", "Zoë", "damage", "14 Quarry", SECRETS["why"], SECRETS["answer"]):
        assert hidden not in text


def test_a_suspect_never_reads_how_to_reach_the_victim(desk: Desk) -> None:
    made = full(desk)
    for said in ("ring 07700900123", "call 07700-900-123", "2 mill lane", "it is NG1 1AA"):
        with pytest.raises(BadInputError, match="must never stand in a letter to the suspect"):
            paperwork.compose(desk, made.case, None, "l06", typed={"typed.reason": said})


# -- safe contact -----------------------------------------------------------------------------------------------


def test_a_warning_is_shown_and_must_be_read_before_anything_is_written(desk: Desk, tmp_path: Path) -> None:
    made = full(desk, flags=("da",))
    with desk.store.unit_of_work("test") as unit:
        unit.set(VICTIM, made.victim, made.case, {"safe_contact": "He opens her post"})
    composed = _composed(desk, made, "l10")
    assert composed.warning.splitlines() == [
        "Zoë Larkin: He opens her post",
        "Domestic abuse: plain envelope, nothing on a voicemail.",
    ]
    assert paperwork.notes(composed)[0] == "BEFORE YOU SEND IT: Zoë Larkin: He opens her post"
    for write in (
        lambda: paperwork.save_into_case(desk, composed),
        lambda: paperwork.write_file(desk, composed, tmp_path / "a.docx"),
    ):
        with pytest.raises(BadInputError, match="He opens her post"):
            write()
    assert list(tmp_path.glob("*.docx")) == []
    assert paperwork.save_into_case(desk, composed, warned=True).number == 1


def test_a_suspect_who_must_not_get_letters_is_warned_of(desk: Desk) -> None:
    made = full(desk)
    with desk.store.unit_of_work("test") as unit:
        unit.set(
            APPOINTMENT, new_id(), made.case,
            {"suspect": made.suspect, "at": desk.now, "state": "booked", "safe_contact": "His father reads his post",
             "avoid": ("letter",)},
        )  # fmt: skip
    said = warning_of(read_scene(desk, made.case), Audience.SUSPECT)
    assert "His father reads his post" in said
    assert "A letter is not a safe way" in said
    assert warning_of(read_scene(desk, made.case), Audience.RECORDS) == ""


# -- kept and given out -----------------------------------------------------------------------------------------


def test_a_letter_is_kept_in_the_case_under_its_line_of_the_log(desk: Desk) -> None:
    made = full(desk)
    composed = _composed(desk, made, "l01")
    kept = paperwork.save_into_case(desk, composed)
    assert kept.name == "l01-42-7-26-2026-11-20.docx"
    (listed,) = case_documents(desk, made.case)
    assert listed.document.title == "L01 Invitation to a clinic, to Kyle Jarrett"
    assert listed.kind == "Word document"
    assert listed.belongs.startswith("Log 20 Nov 2026 15:00: Written: L01")
    content = b"".join(blobs.read(desk.store.connection, bytes.fromhex(listed.document.sha256 or "")))
    assert _text(content)[0] == "Your appointment"
    assert paperwork.write_docx(composed) == content, "the same letter is the same file"
    with pytest.raises(BadInputError, match="very same letter"):
        paperwork.save_into_case(desk, composed)
    undo(desk)
    assert case_documents(desk, made.case) == []


def test_a_letter_that_leaves_has_a_line_in_the_access_log_and_overwrites_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    made = full(desk)
    composed = _composed(desk, made, "l10")
    path = paperwork.write_file(desk, composed, tmp_path)
    assert path.name == "l10-42-7-26-2026-11-20.docx"
    assert path.stat().st_mode & 0o077 == 0
    (kind, detail) = desk.store.connection.execute(
        "SELECT kind, detail FROM access_log ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    assert (kind, "letter" in str(detail)) == ("disclosure", True)
    with pytest.raises(BadInputError, match="there already"):
        paperwork.write_file(desk, composed, path)
    with pytest.raises(BadInputError, match=r"ends in \.docx"):
        paperwork.write_file(desk, composed, tmp_path / "a.exe")


def test_control_characters_and_braces_in_facts_are_only_text(desk: Desk) -> None:
    made = full(desk)
    with desk.store.unit_of_work("test") as unit:
        unit.set(
            CONDITION,
            made.comp,
            made.case,
            {"what": "Pay \x1b[31m\x00{{suspect.address}} & <b>all</b>\ufffe"},
        )
        unit.set(SUSPECT, made.suspect, made.case, {"address": "1 A Street\r\nTown\x0b"})
    said = _text(paperwork.write_docx(_composed(desk, made, "caution-record")))
    assert any("Pay {{suspect.address}} & <b>all</b> (£120.50)" in one for one in said)
    assert "Address: 1 A Street\nTown" in said


def test_an_address_is_set_and_taken_off_again(desk: Desk) -> None:
    made = bare(desk)
    paperwork.set_address(desk, made.case, made.suspect, "1 New Road\nTown")
    assert "1 New Road\nTown" in paperwork.preview_text(paperwork.compose(desk, made.case, None, "l02"))
    paperwork.set_address(desk, made.case, made.suspect, "  ")
    assert "[address not recorded]" in paperwork.preview_text(paperwork.compose(desk, made.case, None, "l02"))


def test_unknown_letters_people_and_typed_names_are_refused(desk: Desk) -> None:
    made = full(desk)
    with pytest.raises(BadInputError, match="There is no letter"):
        paperwork.compose(desk, made.case, None, "L99")
    with pytest.raises(BadInputError, match="nothing that is typed"):
        paperwork.compose(desk, made.case, None, "l10", typed={"suspect.address": "x"})
    with pytest.raises(BadInputError, match="victim is not in this case"):
        paperwork.compose(desk, made.case, None, "l10", victim=made.suspect)
    with pytest.raises(BadInputError, match="no easy-read"):
        paperwork.compose(desk, made.case, None, "l15", easy=True)


def test_what_to_print_for_a_clinic_is_what_fits_each_person(desk: Desk, clock: FrozenClock) -> None:
    made = full(desk, state="authorised")
    (one,) = paperwork.print_list(desk, made.clinic)
    assert (one.at, one.name, one.reference) == ("17:00", "Kyle Jarrett", "42/7/26")
    assert [(paper.id, paper.copies, why) for paper, why in one.papers] == [("caution-record", 2, "")]
    with desk.store.unit_of_work("test") as unit:
        unit.set(RESOLUTION, made.resolution, made.case, {"state": "proposed"})
    (one,) = paperwork.print_list(desk, made.clinic)
    assert [why for _, why in one.papers] == ["The resolution is not authorised."]
    clock.advance(timedelta(days=2))
    with desk.store.unit_of_work("test") as unit:
        unit.set(RESOLUTION, made.resolution, made.case, {"given_on": moment_of_day(desk.now.date())})
