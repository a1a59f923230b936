"""The page on searching: every query it shows can be read."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casedesk.reference.priority import load_priority
from casedesk.rules.query import parse
from casedesk.rules.query_nodes import FIELDS, Context

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "search.md").read_text(encoding="utf-8")
CODE = re.findall(r"`([^`]+)`", PAGE)
QUERIES = [code for code in CODE if not code.startswith("casedesk") and code not in ("/", "in:", "<3d")]


@pytest.mark.parametrize("typed", QUERIES)
def test_every_query_on_the_page_can_be_read(typed: str) -> None:
    bands = {band.id: band.number for band in load_priority().bands.values()}
    context = Context(datetime(2026, 11, 20, 15, tzinfo=UTC), "7042", bands)
    looks_only = typed.startswith("in:") and " " not in typed
    assert parse(f"{typed} word" if looks_only else typed, context).node is not None


def test_every_field_is_on_the_page() -> None:
    assert {name for name in FIELDS if any(code.lstrip("-").startswith(f"{name}:") for code in CODE)} == set(
        FIELDS
    )
