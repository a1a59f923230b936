"""The tables of the finalisation rules in the documents are those that the pack and its examples give."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def rules_doc() -> ModuleType:
    path = Path(__file__).parents[2] / "scripts" / "rules_doc.py"
    spec = importlib.util.spec_from_file_location("rules_doc", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tables_are_current(rules_doc: ModuleType) -> None:
    for path, text in rules_doc.pages().items():
        assert path.read_text(encoding="utf-8") == text, f"run python scripts/rules_doc.py: {path.name}"
        assert text.count(rules_doc.BEGIN) == 1
