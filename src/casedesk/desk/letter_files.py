"""A letter as a Word document: a template with its placeholders filled in, and the marking in head and foot."""

import copy
import io
import zipfile
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from casedesk.desk.letter_parts import Filling, one_text
from casedesk.desk.letter_templates import opened, own_text, paragraphs, texts_of
from casedesk.reference.letter_text import Hole, holes, split_only
from casedesk.reference.letter_words import Given

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKED = (1980, 1, 1, 0, 0, 0)
"""The first day that a ZIP file can name."""
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def docx_of(
    template: bytes,
    filling: Filling,
    so: Collection[Given],
    *,
    marking: str,
    author: str,
    title: str,
    at: datetime,
    numbered: bool,
) -> bytes:
    """Fill in a checked template. ``author``, ``title`` and ``at`` stand in its properties.

    ``numbered``: its pages are given numbers, of how many; the force's own templates have theirs, or want none.
    """
    document = opened(template)
    for paragraph in paragraphs(document):
        _fill(paragraph, filling, so)
    for section in document.sections:
        heads = [section.header, section.footer]
        if section.different_first_page_header_footer:
            heads += [section.first_page_header, section.first_page_footer]
        if document.settings.odd_and_even_pages_header_footer:
            heads += [section.even_page_header, section.even_page_footer]
        for head in heads:
            _mark(head, marking)
        if numbered:
            _number(section.footer)
    properties = document.core_properties
    properties.author = properties.last_modified_by = author[:255]
    properties.title = title[:255]
    properties.subject = properties.keywords = properties.comments = properties.category = ""
    properties.created = properties.modified = at.astimezone(UTC)
    properties.revision = 1
    held = io.BytesIO()
    document.save(held)
    return _settled(held)


def _settled(held: io.BytesIO) -> bytes:
    """The same document without the minute of its packing: the same letter is the same file."""
    made = io.BytesIO()
    with zipfile.ZipFile(held) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for info in source.infolist():
            part = zipfile.ZipInfo(info.filename, _PACKED)
            part.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(part, source.read(info))
    return made.getvalue()


def _fill(paragraph: Any, filling: Filling, so: Collection[Given]) -> None:
    text = own_text(paragraph)
    only, start = split_only(text)
    if only is not None and not only.holds(so):
        _take_out(paragraph)
        return
    if start:
        _put(texts_of(paragraph), 0, start, "")
    found = holes(text[start:])
    if len(found) == 1 and found[0].what.many:
        _repeat(paragraph, found[0], filling)
        return
    for hole in reversed(found):
        _put(texts_of(paragraph), hole.start, hole.end, one_text(filling.of(hole.what)))


def _repeat(paragraph: Any, hole: Hole, filling: Filling) -> None:
    """A paragraph for each of a list, all like the one that stands in the template."""
    value = filling.of(hole.what)
    items = (value,) if isinstance(value, str) else value or ()
    for item in items:
        made = copy.deepcopy(paragraph)
        paragraph.addprevious(made)
        _put(texts_of(made), hole.start, hole.end, item)
    _take_out(paragraph)


def _take_out(paragraph: Any) -> None:
    """Remove a paragraph; the only one of a table's cell is emptied, because a cell must have one."""
    parent = paragraph.getparent()
    if len(parent.findall(f"{{{_W}}}p")) == 1 and parent.tag != f"{{{_W}}}body":
        for one in texts_of(paragraph):
            one.text = ""
    else:
        parent.remove(paragraph)


def _put(texts: Sequence[Any], start: int, end: int, words: str) -> None:
    """Put words in place of the characters from ``start`` to ``end`` of several pieces of text.

    Word splits a paragraph into pieces wherever it likes. The words go where the first character stood, and look as it
    did.
    """
    at, first = 0, True
    for one in texts:
        text = one.text or ""
        begin, stop = max(start - at, 0), min(end - at, len(text))
        at += len(text)
        if begin >= stop:
            continue
        before, after = text[:begin], text[stop:]
        if first:
            _write(one, before + words + after)
            first = False
        else:
            _write(one, before + after)


def _write(one: Any, words: str) -> None:
    """Set a piece of text; lines of it are broken as Word breaks them."""
    lines = words.split("\n")
    one.text = lines[0]
    one.set(_SPACE, "preserve")
    last = one
    for line in lines[1:]:
        pause, more = one.makeelement(f"{{{_W}}}br"), one.makeelement(f"{{{_W}}}t")
        more.text = line
        more.set(_SPACE, "preserve")
        last.addnext(pause)
        pause.addnext(more)
        last = more


def _mark(head: Any, marking: str) -> None:
    """See to it that a head or foot bears the marking."""
    if not marking or marking in "\n".join(own_text(one) for one in head._element.iter(f"{{{_W}}}p")):
        return
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    first = head.paragraphs[0] if head.paragraphs else head.add_paragraph()
    made = first if not first.text and not len(head.paragraphs) > 1 else first.insert_paragraph_before()
    made.alignment = WD_ALIGN_PARAGRAPH.CENTER
    made.add_run(marking).bold = True


def _number(foot: Any) -> None:
    """Say below the marking which page this is, and of how many."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    made = foot.add_paragraph()
    made.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for words, field in (("Page ", "PAGE"), (" of ", "NUMPAGES")):
        made.add_run(words)
        counted = made._p.makeelement(f"{{{_W}}}fldSimple")
        counted.set(f"{{{_W}}}instr", f" {field} ")
        shown = made.add_run("1")._r
        made._p.append(counted)
        counted.append(shown)
