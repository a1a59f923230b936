"""All packs in one place, read on first use."""

import subprocess
import sys
from pathlib import Path

import pytest

from casedesk.model.errors import PackError
from casedesk.reference.packs import Packs


def test_each_pack_is_read_once_and_sees_the_overlay(tmp_path: Path) -> None:
    (tmp_path / "bank-holidays.toml").write_text('[days]\n2026-12-24 = "Ours"\n')
    packs = Packs(tmp_path)
    assert packs.bank_holidays is packs.bank_holidays
    assert "Ours" in packs.bank_holidays.titles.values()
    assert "Ours" not in Packs().bank_holidays.titles.values()
    assert packs.outcomes["15"].name.startswith("Named suspect identified")
    assert packs.police_uk.outcome("Local resolution")
    assert "TH68010" in packs.offences
    assert packs.clocks["STL-127"].title
    assert packs.priority.number("liberty") == 1
    assert "police-uk-street" in packs.profiles
    assert packs.finalisation


def test_a_broken_pack_harms_only_those_who_ask_for_it(tmp_path: Path) -> None:
    (tmp_path / "outcomes.toml").write_text("oops")
    packs = Packs(tmp_path)
    assert packs.bank_holidays.days
    with pytest.raises(PackError, match="line 1"):
        _ = packs.outcomes


def test_nothing_is_read_or_imported_before_it_is_asked_for() -> None:
    code = (
        "import sys; from casedesk.reference.packs import Packs; packs = Packs();"
        "loaded = [m for m in sys.modules if m.startswith('casedesk.reference.')];"
        "print(loaded, 'tomllib' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "['casedesk.reference.packs'] False"
