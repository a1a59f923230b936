"""A Word document (.docx) of plain paragraphs: marking in head and foot, a title, headings, text, bullets."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

_STYLES = {"text": "Normal", "heading": "Heading 2", "bullet": "List Bullet"}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: its text, and how it stands (``text``, ``heading`` or ``bullet``, whose dash is taken off)."""

    text: str
    style: str = "text"


def document(marking: str, title: str, paragraphs: Sequence[Paragraph], author: str, at: datetime) -> bytes:
    """Write a document with these paragraphs; ``author`` and ``at`` stand in its properties.

    A paragraph that only repeats the marking is left out. Raises nothing for any text that was cleaned.
    """
    from docx import Document  # half a second, only for those who write one
    from docx.shared import Cm

    made = Document()
    properties = made.core_properties
    properties.author = properties.last_modified_by = author[:255]
    properties.title = title[:255]
    properties.created = properties.modified = at.astimezone(UTC)
    properties.comments = ""
    section = made.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.header.paragraphs[0].text = marking
    section.footer.paragraphs[0].text = marking
    made.add_heading(title, level=1)
    for one in paragraphs:
        if one.text != marking:
            text = one.text.removeprefix("- ") if one.style == "bullet" else one.text
            made.add_paragraph(text, style=_STYLES[one.style])
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()
