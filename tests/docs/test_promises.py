"""The promises of the pages on security and operations: each names a test, and those tests exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@cache
def named_in(path: str) -> frozenset[str]:
    """The names of the test functions of a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_a_page_names_exists(page: Path) -> None:
    missing = [
        f"{path}::{name}"
        for path, name in NAMED.findall(page.read_text(encoding="utf-8"))
        if not (ROOT / path).is_file() or name not in named_in(path)
    ]
    assert not missing


@pytest.mark.parametrize("name", ["security.md", "operations.md"])
def test_every_promise_names_a_test(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    (table,) = re.findall(r"\| promise \| shown by \|\n\|---\|---\|\n((?:\|.*\n)+)", text)
    rows = table.splitlines()
    assert len(rows) > 10
    assert [row for row in rows if not NAMED.search(row)] == []
