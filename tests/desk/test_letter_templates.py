"""A force's own Word templates: filled in however Word split them, and refused where they hold more than text."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from casedesk.desk import paperwork
from casedesk.desk.desk import Desk
from casedesk.desk.letter_templates import check_template
from casedesk.model.errors import BadInputError
from casedesk.reference.letters import load_letters
from casedesk.reference.packs import Packs
from tests.desk.letter_cases import TYPED, full


@pytest.fixture
def desk(desk: Desk, tmp_path: Path) -> Desk:
    """The desk with a folder of the force's own packs."""
    desk.packs = Packs(tmp_path / "packs")
    return desk


def _folder(desk: Desk) -> Path:
    """The folder of the force's own templates."""
    assert desk.packs.overlay is not None
    folder = desk.packs.overlay / "letters"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _save(desk: Desk, name: str, document: object) -> Path:
    path = _folder(desk) / name
    document.save(str(path))  # type: ignore[attr-defined] # a document of python-docx
    return path


def _compose(desk: Desk, letter: str = "l10") -> paperwork.Composed:
    made = full(desk)
    return paperwork.compose(desk, made.case, None, letter, typed=TYPED)


def _said(composed: paperwork.Composed) -> str:
    document = Document(io.BytesIO(paperwork.write_docx(composed)))
    return "\n".join(one.text or "" for one in document.element.body.iter(qn("w:t")))


def test_a_template_is_filled_in_however_word_split_its_text(desk: Desk) -> None:
    document = Document()
    paragraph = document.add_paragraph()
    for piece, bold in (
        ("Dear {", False),
        ("{na", True),
        ("me}", False),
        ("} of ", True),
        ("{{refe", False),
        ("rence}}.", True),
    ):
        paragraph.add_run(piece).bold = bold
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "About {{offence}}"
    table.cell(0, 1).text = "{{if completed}}Done {{completed.day}}"
    document.add_paragraph("{{conditions.victim}}", style="List Number")
    document.sections[0].header.paragraphs[0].text = "{{team}}"
    _save(desk, "l10.docx", document)
    composed = _compose(desk)
    assert composed.template is not None
    assert composed.heading == "What was decided in your case"
    filled = Document(io.BytesIO(paperwork.write_docx(composed)))
    first = filled.paragraphs[0]
    assert first.text == "Dear Zoë Larkin of 42/7/26."
    assert next(run for run in first.runs if "Zoë" in run.text).bold is False, "it looks as its beginning did"
    assert filled.tables[0].cell(0, 0).text == "About Criminal damage to property"
    assert filled.tables[0].cell(0, 1).text == "", "a cell keeps its one paragraph"
    listed = [one for one in filled.paragraphs if one.style and one.style.name == "List Number"]
    assert [one.text for one in listed] == ["Pay for the window (£120.50). By Tuesday 19 January 2027."]
    header = [one.text for one in filled.sections[0].header.paragraphs]
    assert header == ["OFFICIAL-SENSITIVE", "Out-of-court resolutions team"]
    assert "Dear Zoë Larkin of 42/7/26." in paperwork.preview_text(composed)


def test_a_list_gives_a_paragraph_for_each_and_an_address_its_lines(desk: Desk) -> None:
    document = Document()
    document.add_paragraph("{{suspect.address}}")
    document.add_paragraph("{{conditions}}", style="List Bullet")
    _save(desk, "caution-record.docx", document)
    filled = Document(io.BytesIO(paperwork.write_docx(_compose(desk, "caution-record"))))
    assert filled.paragraphs[0].text == "14 Quarry Bank\nNorthgate\nNG4 7QQ"
    assert len([one for one in filled.paragraphs if one.style and one.style.name == "List Bullet"]) == 2


def test_a_text_box_is_filled_in_and_looked_at_too(desk: Desk) -> None:
    document = Document()
    run = document.add_paragraph("Outside ").add_run()
    box = parse_xml(
        f"<w:pict {nsdecls('w')} xmlns:v='urn:schemas-microsoft-com:vml'><v:shape><v:textbox><w:txbxContent><w:p><w:r>"
        "<w:t>In the box: {{reference}}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict>"
    )
    run._r.append(box)
    _save(desk, "l10.docx", document)
    composed = _compose(desk)
    assert _said(composed).split("\n") == ["Outside ", "In the box: 42/7/26"]
    assert "In the box: 42/7/26" in paperwork.preview_text(composed)


def test_the_templates_that_are_written_are_the_letters_themselves(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    names = paperwork.write_templates(desk, folder)
    assert {"l01.docx", "l01-easy.docx", "caution-record.docx", "decision-notice.docx"} <= set(names)
    assert "decision-notice-easy.docx" not in names
    text = "\n".join(one.text for one in Document(str(folder / "l01.docx")).paragraphs)
    assert "{{appointment.day}}" in text
    assert "{{if not adult}} Do you find" in text or "{{if not adult}}Do you find" in text
    with pytest.raises(BadInputError, match="there already"):
        paperwork.write_templates(desk, folder)
    plain = {name: paperwork.preview_text(_compose(desk, name)) for name in ("l01", "l10", "caution-record")}
    for name in names:
        (_folder(desk) / name).write_bytes((folder / name).read_bytes())
    assert paperwork.check_templates(desk) == []
    for name, said in plain.items():
        again = paperwork.preview_text(_compose(desk, name))
        assert [line for line in again.split("\n") if line] == [*_with_heading(said)], name


def _with_heading(said: str) -> list[str]:
    """The lines of a preview as a template gives them: its heading stands in the document as well."""
    lines = [line for line in said.split("\n") if line]
    return [*lines[:2], lines[1], *lines[2:]]


def test_a_victim_s_template_cannot_ask_for_what_a_victim_must_not_know(desk: Desk) -> None:
    for name in (
        "suspect.address",
        "needs",
        "conditions",
        "rationale",
        "suspect.name",
        "appointment.adjustments",
    ):
        document = Document()
        document.add_paragraph(f"{{{{{name}}}}}")
        _save(desk, "l10.docx", document)
        with pytest.raises(BadInputError, match="must never stand in this letter"):
            _compose(desk)


def test_a_template_has_names_and_no_expressions(desk: Desk) -> None:
    for text, why in (
        ("{{surname}}", "no placeholder “surname”"),
        ("{{name", "is no placeholder"),
        ("name}}", "is no placeholder"),
        ("{{ name.__class__ }}", "is no placeholder"),
        ("{{ 7*7 }}", "is no placeholder"),
        ("{% for x in y %}{{x}}", "no placeholder “x”"),
        ("{{if sunny}}Hello", "no “if sunny”"),
        ("As agreed: {{conditions.victim}}", "must stand alone"),
    ):
        document = Document()
        document.add_paragraph(text)
        _save(desk, "l10.docx", document)
        with pytest.raises(BadInputError, match=why):
            _compose(desk)
        (said,) = paperwork.check_templates(desk)
        assert why in said


# -- hostile ----------------------------------------------------------------------------------------------------


def _plain() -> bytes:
    document = Document()
    document.add_paragraph("Dear {{name}}")
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def _with(changes: dict[str, Callable[[bytes], bytes] | bytes]) -> bytes:
    """A whole template with parts changed or added."""
    held = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_plain())) as source,
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for info in source.infolist():
            change = changes.get(info.filename)
            raw = source.read(info)
            made.writestr(
                info.filename, change(raw) if callable(change) else change if change is not None else raw
            )
        for name, change in changes.items():
            if name not in source.namelist():
                assert isinstance(change, bytes)
                made.writestr(name, change)
    return held.getvalue()


def _into_body(xml: str) -> Callable[[bytes], bytes]:
    return lambda raw: raw.replace(b"<w:body>", f"<w:body>{xml}".encode())


def _relation(target: str, kind: str) -> Callable[[bytes], bytes]:
    added = f'<Relationship Id="rId99" Type="http://x/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    return lambda raw: raw.replace(b"</Relationships>", added.encode())


def _macro_enabled(raw: bytes) -> bytes:
    return raw.replace(b"wordprocessingml.document.main", b"x.macroEnabled.main")


def _with_entities(raw: bytes) -> bytes:
    return b'<!DOCTYPE a [<!ENTITY b "c">]>' + raw.split(b"?>", 1)[1]


LETTER = load_letters().letters["l10"]
_RELS = "word/_rels/document.xml.rels"
_FIELD = "<w:p><w:r><w:instrText>{}</w:instrText></w:r></w:p>"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"not a zip", "no whole Word document"),
        (_plain()[:400], "no whole Word document"),
        (_with({"word/vbaProject.bin": b"x"}), "holds macros"),
        (_with({"[Content_Types].xml": _macro_enabled}), "macros"),
        (_with({"word/embeddings/oleObject1.bin": b"x"}), "which no letter needs"),
        (_with({"../../etc/passwd": b"x"}), "which no letter needs"),
        (_with({"word/activeX/activeX1.xml": b"<a/>"}), "which no letter needs"),
        (_with({_RELS: _relation("https://example.org/x.dotm", "attachedTemplate")}), "attached to another template"),
        (_with({_RELS: _relation("\\\\\\\\host\\\\share\\\\a.png", "image")}), "links to something outside"),
        (_with({"word/document.xml": _into_body(_FIELD.format("INCLUDETEXT c:\\\\x"))}), "holds the field INCLUDETEXT"),
        (_with({"word/document.xml": _into_body(_FIELD.format(" DDEAUTO cmd"))}), "holds the field"),
        (_with({"word/document.xml": _into_body('<w:fldSimple w:instr="HYPERLINK x"/>')}), "holds the field HYPERLINK"),
        (_with({"word/document.xml": _into_body("<w:altChunk/>")}), "brings in another document"),
        (_with({"word/document.xml": _into_body("<w:p><w:r><w:object/></w:r></w:p>")}), "embedded object"),
        (_with({"word/document.xml": _into_body("<w:p><w:ins/></w:p>")}), "tracked changes"),
        (_with({"word/document.xml": lambda raw: raw.replace(b"<w:body>", b"<w:body")}), "damaged"),
        (_with({"word/document.xml": _with_entities}), "document type"),
        (_with({f"word/media/a{n}.png": b"x" for n in range(400)}), "too many parts"),
        (_with({"word/media/a.png": bytes(41 * 1024 * 1024)}), "unpacks to more than"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_template_that_holds_more_than_text_is_refused_with_the_reason(raw: bytes, why: str) -> None:
    with pytest.raises(BadInputError, match=why):
        check_template(raw, LETTER, "l10.docx")


def test_page_numbers_are_allowed_and_a_plain_template_is() -> None:
    check_template(_plain(), LETTER, "l10.docx")
    field = _FIELD.format(" PAGE ") + _FIELD.format(r"\* MERGEFORMAT")
    check_template(_with({"word/document.xml": _into_body(field)}), LETTER, "l10.docx")
    check_template(_with({"docMetadata/LabelInfo.xml": b"<labels/>"}), LETTER, "l10.docx")


def test_a_template_that_is_a_link_or_far_too_large_is_not_opened(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "real.docx").write_bytes(_plain())
    path = _folder(desk) / "l10.docx"
    path.symlink_to(tmp_path / "real.docx")
    with pytest.raises(BadInputError, match="is a link"):
        _compose(desk)
    path.unlink()
    path.write_bytes(bytes(6 * 1024 * 1024))
    with pytest.raises(BadInputError, match="more than"):
        _compose(desk)


def test_a_file_that_is_the_template_of_no_letter_is_pointed_out(desk: Desk) -> None:
    (_folder(desk) / "l1.docx").write_bytes(_plain())
    (_folder(desk) / "l10.docm").write_bytes(_plain())
    said = paperwork.check_templates(desk)
    assert said == [
        "l1.docx is the template of no letter: it is not used.",
        "l10.docm is the template of no letter: it is not used.",
    ]


def test_what_word_hid_in_properties_does_not_go_out(desk: Desk) -> None:
    document = Document()
    document.core_properties.comments = "Draft by J. Bloggs"
    document.core_properties.author = "J. Bloggs"
    document.add_paragraph("Dear {{name}}")
    _save(desk, "l10.docx", document)
    filled = Document(io.BytesIO(paperwork.write_docx(_compose(desk)))).core_properties
    assert (filled.author, filled.comments) == ("7042", "")


def test_an_element_nobody_expects_does_no_harm(desk: Desk) -> None:
    document = Document()
    paragraph = document.add_paragraph("Dear {{name}}")
    paragraph._p.append(OxmlElement("w:proofErr"))
    paragraph._p.append(OxmlElement("w:bookmarkStart"))
    _save(desk, "l10.docx", document)
    assert "Dear Zoë Larkin" in _said(_compose(desk))
