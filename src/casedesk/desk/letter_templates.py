"""Word templates of letters: casedesk's own made from its packs, and a force's own looked at before it is used.

A template is only ever text with placeholders. What could run, fetch or hide something is refused with the reason:
macros, embedded objects, fields, links to elsewhere, parts of unknown kinds.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casedesk.desk.incoming_file import ordinary_file, shown_size
from casedesk.model.errors import BadInputError
from casedesk.model.text import clean
from casedesk.reference.letter_text import TemplateError, holes, if_text, split_only
from casedesk.reference.letters import FOLDER, Letter, Part, Style

if TYPE_CHECKING:
    from docx.document import Document

_MB = 1024 * 1024
_LARGEST, _LARGEST_UNPACKED, _MOST_PARTS = 5 * _MB, 40 * _MB, 300
_KNOWN = re.compile(
    r"""\[Content_Types\]\.xml | _rels/\.rels | docProps/(app|core|custom|thumbnail)\.(xml|jpe?g|emf|wmf)
      | word/(_rels/)?(document|styles|stylesWithEffects|settings|webSettings|fontTable|numbering|footnotes|endnotes
                       |comments|commentsExtended|commentsIds|commentsExtensible|people|header\d*|footer\d*)
        \.xml(\.rels)?
      | word/theme/(_rels/)?theme\d*\.xml(\.rels)? | word/media/[^/]+\.(png|jpe?g|gif|bmp|tiff?)
      | customXml/(_rels/)?(item|itemProps)\d*\.xml(\.rels)? | docMetadata/LabelInfo\.xml""",
    re.VERBOSE | re.IGNORECASE,
)
_FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "\\*", "\\#"})
"""Page numbers, and the switches that Word may write as a piece of their own."""
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_FORBIDDEN = {
    f"{{{_W}}}altChunk": "brings in another document",
    f"{{{_W}}}object": "holds an embedded object",
    f"{{{_W}}}control": "holds an ActiveX control",
    f"{{{_W}}}subDoc": "brings in another document",
    f"{{{_W}}}dataBinding": "is bound to data",
    f"{{{_W}}}mailMerge": "is set up for a mail merge: that reads a data source",
    f"{{{_W}}}footnoteReference": "has footnotes: nothing is filled in there",
    f"{{{_W}}}endnoteReference": "has endnotes: nothing is filled in there",
    f"{{{_W}}}ins": "holds tracked changes: accept or reject them first",
    f"{{{_W}}}del": "holds tracked changes: accept or reject them first",
}
"""What a template must not hold, by its tag."""
STYLES = {
    Style.TEXT: "Normal",
    Style.HEADING: "Heading 2",
    Style.BULLET: "List Bullet",
    Style.NUMBER: "List Number",
    Style.FIELD: "Letter Field",
    Style.SIGN: "Letter Signature",
    Style.SMALL: "Letter Small",
}
"""The named styles of Word that the paragraphs bear: a force changes how they look in its template."""
_STYLE_OF = {name: style for style, name in STYLES.items()} | {
    "Heading 1": Style.HEADING,
    "Title": Style.HEADING,
}


def template_name(letter: Letter, *, easy: bool) -> str:
    """The file of a letter's template: ``l01.docx``, ``l01-easy.docx``."""
    return f"{letter.id}-easy.docx" if easy else f"{letter.id}.docx"


def force_template(overlay: Path | None, letter: Letter, *, easy: bool) -> bytes | None:
    """The force's own template of a letter, checked; None where there is none.

    Raises BadInputError, with the reason, for one that cannot be used.
    """
    path = overlay / FOLDER / template_name(letter, easy=easy) if overlay is not None else None
    if path is None or not (path.is_file() or path.is_symlink()):
        return None
    with ordinary_file(path, path.name) as opened:
        raw = opened.read(_LARGEST + 1)
    check_template(raw, letter, path.name)
    return raw


# -- looked at --------------------------------------------------------------------------------------------------


def check_template(raw: bytes, letter: Letter, name: str) -> None:
    """Raise BadInputError, with the reason, for a template that cannot be used for this letter."""
    try:
        _check_container(raw)
        for paragraph in paragraphs(opened(raw)):
            text = own_text(paragraph)
            holes(text[split_only(text)[1] :], letter.never)
    except TemplateError as error:
        cure = (
            error.cure or "Begin anew from “casedesk letter templates”, and change only its words and styles."
        )
        raise BadInputError(f"The template {name} cannot be used: {clean(error.message)}.", cure) from None


def _check_container(raw: bytes) -> None:
    if len(raw) > _LARGEST:
        raise TemplateError(f"it has more than {shown_size(_LARGEST)}")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            _check_members(archive)
            for info in archive.infolist():
                if info.filename.lower().endswith((".xml", ".rels")):
                    _check_xml(info.filename, archive.read(info))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error):
        raise TemplateError("it is no whole Word document (.docx)") from None


def _check_members(archive: zipfile.ZipFile) -> None:
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if len(names) > _MOST_PARTS or len(names) != len(set(map(str.lower, names))):
        raise TemplateError("it holds too many parts, or one twice")
    if sum(info.file_size for info in infos) > _LARGEST_UNPACKED:
        raise TemplateError(f"it unpacks to more than {shown_size(_LARGEST_UNPACKED)}")
    for name in names:
        if "vba" in name.lower() or "macro" in name.lower():
            raise TemplateError("it holds macros", "Save it as a plain Word document (.docx) without macros.")
        if not _KNOWN.fullmatch(name) and not name.endswith("/"):
            raise TemplateError(f"it holds “{clean(name)[:60]}”, which no letter needs")
    if "word/document.xml" not in names:
        raise TemplateError("it is no Word document (.docx)")


def _check_xml(name: str, raw: bytes) -> None:
    from lxml import etree  # type: ignore[import-untyped] # comes with python-docx, without types

    # No entity is expanded and nothing is fetched; a document type, where entities are declared, is refused below.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise TemplateError(f"its part {clean(name)[:60]} is damaged") from None
    if root.getroottree().docinfo.doctype:
        raise TemplateError(f"its part {clean(name)[:60]} declares a document type")
    for element in root.iter():
        _check_element(element)


def _check_element(element: Any) -> None:
    tag = element.tag
    if not isinstance(tag, str):
        return
    if tag.endswith("}Relationship") and element.get("TargetMode", "").lower() == "external":
        if element.get("Type", "").endswith("/attachedTemplate"):
            raise TemplateError(
                "it is attached to another template",
                "In Word: Developer, Document Template, and attach Normal.",
            )
        raise TemplateError(
            "it links to something outside", "Write addresses as plain text: remove every link."
        )
    if tag.endswith(("}Override", "}Default")) and "macro" in element.get("ContentType", "").lower():
        raise TemplateError("it holds macros", "Save it as a plain Word document (.docx) without macros.")
    if tag in _FORBIDDEN:
        raise TemplateError(f"it {_FORBIDDEN[tag]}")
    if tag.endswith("}OLEObject"):
        raise TemplateError("it holds an embedded object")
    words = element.get(f"{{{_W}}}instr") if tag == f"{{{_W}}}fldSimple" else None
    if tag == f"{{{_W}}}instrText":
        words = element.text
    if words is not None and words.strip() and words.split()[0].upper() not in _FIELDS:
        raise TemplateError(
            f"it holds the field {clean(words)[:30]}: a field can fetch or run something",
            "Only page numbers (PAGE, NUMPAGES) may be fields.",
        )


# -- read -------------------------------------------------------------------------------------------------------


def opened(raw: bytes) -> "Document":
    """A Word document read into memory. Raises TemplateError when it cannot be."""
    from docx import Document  # half a second, only for those who use a Word template

    try:
        return Document(io.BytesIO(raw))
    except Exception:  # noqa: BLE001 - the library raises whatever it meets in a part that is not as it should be
        raise TemplateError("it cannot be read as a Word document") from None


def paragraphs(document: "Document") -> Iterator[Any]:
    """Every paragraph in it, of the heads, the text with its tables and boxes, and the feet, as XML elements."""
    parts: dict[str, list[Any]] = {"header": [], "footer": []}
    for relation in document.part.rels.values():
        kind = relation.reltype.rpartition("/")[2]
        if kind in parts:
            parts[kind].append(relation.target_part.element)
    for root in (*parts["header"], document.element.body, *parts["footer"]):
        yield from list(root.iter(f"{{{_W}}}p"))


def texts_of(paragraph: Any) -> list[Any]:
    """The pieces of text of a paragraph, in order, those of a box within it left out: Word splits text at will."""
    return [one for one in paragraph.iter(f"{{{_W}}}t") if _paragraph_of(one) is paragraph]


def own_text(paragraph: Any) -> str:
    """The text of a paragraph as one."""
    return "".join(one.text or "" for one in texts_of(paragraph))


def _paragraph_of(element: Any) -> Any:
    return next(element.iterancestors(f"{{{_W}}}p"), None)


def blocks_of(raw: bytes) -> tuple[Part, ...]:
    """The paragraphs of a checked template, as parts of a letter."""
    document = opened(raw)
    styles = {style.style_id: style.name or "" for style in document.styles}
    found = []
    for number, paragraph in enumerate(paragraphs(document)):
        text = own_text(paragraph)
        only, start = split_only(text)
        if text[start:].strip():
            style = paragraph.find(f"{{{_W}}}pPr/{{{_W}}}pStyle")
            name = styles.get(style.get(f"{{{_W}}}val"), "") if style is not None else ""
            found.append(
                Part(
                    str(number), _STYLE_OF.get(name, Style.TEXT), clean(text[start:], lines=True), None, only
                )
            )
    return tuple(found)


# -- made -------------------------------------------------------------------------------------------------------


def made(letter: Letter, blocks: Sequence[Part], *, easy: bool) -> bytes:
    """casedesk's own template of a letter, for Word: its paragraphs in named styles, placeholders where values go."""
    return _made(letter.heading, tuple((part.style, if_text(part.only) + part.words(easy=easy)) for part in blocks
                                       if part.words(easy=easy)), easy)  # fmt: skip


@lru_cache(maxsize=64)
def _made(heading: str, said: tuple[tuple[Style, str], ...], easy: bool) -> bytes:
    from docx import Document
    from docx.shared import Cm, Pt

    document = Document()
    size = 14 if easy else 11
    _style(document, size)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.5)
    section.header_distance = section.footer_distance = Cm(1)
    document.add_heading(heading, level=1)
    for style, text in said:
        paragraph = document.add_paragraph(style=STYLES[style])
        label, colon, rest = text.partition(": ")
        if style is Style.FIELD and colon and "{{" not in label.replace("{{if", ""):
            paragraph.add_run(label + colon).bold = True
            paragraph.add_run(rest)
        else:
            paragraph.add_run(text)
        if style is Style.SIGN:
            paragraph.add_run("\t")
    if easy:
        for paragraph in document.paragraphs:
            paragraph.paragraph_format.space_after = Pt(10)
    _keep_together(document.paragraphs)
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


_CLOSING = 4
"""So many last lines of a letter stand on one page: none is alone on the next."""


def _keep_together(paragraphs: Sequence[Any]) -> None:
    """Nobody signs a page on which nothing stands but the line to sign: what is signed for stays with it."""
    signing = [number for number, one in enumerate(paragraphs) if one.style.name == STYLES[Style.SIGN]]
    together = [*range(max(signing[0] - 3, 0), signing[-1])] if signing else []
    for number in (*together, *range(max(len(paragraphs) - _CLOSING, 0), len(paragraphs) - 1)):
        paragraphs[number].paragraph_format.keep_with_next = True


def _style(document: Any, size: int) -> None:
    """The styles that the paragraphs bear: plain, large enough, black on white."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_TAB_LEADER
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    styles = document.styles
    for language in styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    for name, points in (("Normal", size), ("Heading 1", size + 6), ("Heading 2", size + 2)):
        font = styles[name].font
        font.name, font.size, font.color.rgb = "Arial", Pt(points), RGBColor(0, 0, 0)
        fonts = styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
    styles["Normal"].paragraph_format.space_after = Pt(6)
    styles["Normal"].paragraph_format.line_spacing = 1.4 if size > 12 else 1.15
    for style in (Style.FIELD, Style.SIGN, Style.SMALL):
        added = styles.add_style(STYLES[style], WD_STYLE_TYPE.PARAGRAPH)
        added.base_style = styles["Normal"]
        if style is Style.SMALL:
            added.font.size = Pt(max(size - 2, 9))
        if style is Style.SIGN:
            added.paragraph_format.space_before = Pt(18)
            added.paragraph_format.tab_stops.add_tab_stop(Cm(15.5), leader=WD_TAB_LEADER.LINES)
