"""The README leads nowhere that is not there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(([\w./-]+)\)")


def test_every_page_and_picture_that_the_readme_leads_to_is_there() -> None:
    linked = LINK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(linked) > 10
    assert [one for one in linked if not (ROOT / one).is_file()] == []


def test_every_page_of_the_documents_can_be_reached_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pages = {one.name for one in (ROOT / "docs").glob("*.md")}
    assert [one for one in sorted(pages) if f"docs/{one}" not in readme] == []
