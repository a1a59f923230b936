"""Guidance, paths, the worklist, audits and confirming on the command line."""

import json
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from tests.cli.running import Command, one_line
from tests.desk.extracts import extract

HEADING = (
    "Occurrence No", "Offence code", "Recorded", "Offence from", "Outcome", "Outcome date", "Rationale",
    "Decision maker", "Rank", "OIC", "Victim name", "Victim supports police action", "Victim informed",
    "Victim how informed",
)  # fmt: skip
FIRST = (
    "A1", "TH68010", "1/11/2026", "1/11/2026", "18", "5/11/2026", "Nobody seen.", "Sgt Roe", "sgt", "PC 1",
    "Ann", "yes", "6/11/2026", "phone",
)  # fmt: skip


@pytest.fixture
def finalised(casedesk: Command, home: Path, work: Path) -> Path:
    """A store with two crimes that were finalised; returns the folder of files."""
    second = ("A2", *FIRST[1:9], "PC 2", *FIRST[10:])
    path = extract(work, FIRST, second, heading=HEADING)
    assert casedesk("import", path, "--profile", "rms-occurrences").status == 0, home
    for ref in ("A1", "A2"):
        said = casedesk("finalise", ref)
        assert said.status == 0, said
    return work


def test_guidance_needs_no_store(casedesk: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEDESK_HOME", str(tmp_path / "nothing"))
    said = casedesk("guidance", "16")
    assert said.status == 0
    assert said.out.startswith("16 ")
    assert "Unverified" in said.out
    found = json.loads(casedesk("guidance", "withdrawal", "record", "--format", "json").out)
    assert "rule:V05" in [one["id"] for one in found]
    assert casedesk("guidance", "xylophone").status == 1


def test_a_path_shows_what_decided_and_what_fits(casedesk: Command, finalised: Path) -> None:
    said = casedesk("path", "A1")
    assert said.status == 0, finalised
    assert "→ Is a named suspect linked? NO" in said.out
    assert "18 fits" in said.out
    assert "to turn it:" in said.out


def test_the_worklist_is_written_marked_and_compared(casedesk: Command, finalised: Path) -> None:
    out = finalised / "key.csv"
    assert "2 written" in casedesk("worklist", "export", out).out
    assert "A1" in casedesk("worklist", "list").out
    assert "1 marked as keyed" in casedesk("worklist", "keyed", "A1").out
    assert "A1" in one_line(casedesk("worklist", "keyed", "A1"))
    assert json.loads(casedesk("worklist", "list", "--format", "json").out)[0]["reference"] == "A2"
    right = extract(finalised, FIRST, heading=HEADING, name="right.csv")
    wrong = extract(finalised, (*FIRST[:4], "15", *FIRST[5:]), heading=HEADING, name="wrong.csv")
    assert casedesk("worklist", "reconcile", right).status == 0
    said = casedesk("worklist", "reconcile", wrong)
    assert said.status == 1
    assert "differs" in said.out


def test_a_sample_is_drawn_judged_and_counted(casedesk: Command, finalised: Path) -> None:
    said = casedesk("sample", "--size", "1", "--seed", "7", "--by", "outcome")
    assert said.status == 0
    assert said.out == casedesk("sample", "--size", "1", "--seed", "7", "--by", "outcome").out
    assert casedesk("audit", "record", "A1", "--sample", "S", "--agree").status == 0
    judged = casedesk(
        "audit",
        "record",
        "A2",
        "--sample",
        "S",
        "--disagree",
        "--right",
        "14",
        "--theme",
        "withdrawal-record",
    )
    assert judged.status == 0
    assert "50%" in casedesk("audit", "figures", "--sample", "S").out
    assert "PC 2" in casedesk("audit", "figures", "--by", "oic").out
    assert "two people" in casedesk("audit", "raters").out
    assert "No record of the victim" in casedesk("audit", "themes").out
    assert "with what" in one_line(casedesk("audit", "record", "A1", "--sample", "S", "--disagree"))
    assert finalised.is_dir()


@pytest.mark.parametrize("form", ["txt", "json", "docx"])
def test_an_audit_pack_holds_facts_findings_decisions_sources_and_history(
    casedesk: Command, finalised: Path, form: str
) -> None:
    casedesk("audit", "record", "A1", "--sample", "S", "--agree")
    path = finalised / f"pack.{form}"
    assert casedesk("audit", "pack", "A1", path).status == 0
    content = path.read_bytes()
    if form == "json":
        said = json.loads(content)
        assert said["marking"] == "OFFICIAL-SENSITIVE"
        assert {"facts", "findings", "paths", "decisions", "sources", "history"} <= said.keys()
        assert [one["heading"].split()[0] for one in said["decisions"]] == ["Approval", "Audit"]
    elif form == "txt":
        text = content.decode()
        assert text.startswith("OFFICIAL-SENSITIVE")
        assert "Nobody seen." in text
        assert "DECISIONS" in text
    else:
        assert content.startswith(b"PK")
    assert "Name a file that ends so" in one_line(casedesk("audit", "pack", "A1", finalised / "pack.pdf"))


def test_a_rule_is_confirmed_listed_and_taken_back(casedesk: Command, home: Path) -> None:
    said = casedesk("packs", "confirm", "V05", "--by", "A Registrar", "--note", "Agreed.")
    assert said.status == 0
    assert "Confirmed for this force by A Registrar on" in said.out
    assert "counts as block" in said.out
    assert "V05" in casedesk("packs", "confirmed").out
    assert casedesk("packs", "check").status == 0
    assert "counts as warn" in casedesk("packs", "unconfirm", "V05", "--by", "A Registrar").out
    assert "No rule" in casedesk("packs", "confirmed").out
    assert "There is no rule" in one_line(casedesk("packs", "confirm", "V99", "--by", "A"))
    assert home.is_dir()


def test_junit_has_a_failure_for_what_blocks(casedesk: Command, work: Path) -> None:
    blocked = (*FIRST[:4], "19", *FIRST[5:])
    path = extract(work, FIRST, ("A2", *blocked[1:]), heading=HEADING)
    said = casedesk("check", path, "--format", "junit")
    assert said.status == 1
    suite = fromstring(said.out)  # noqa: S314 - our own output
    assert (suite.attrib["tests"], suite.attrib["failures"], suite.attrib["errors"]) == ("2", "1", "0")
    first, second = suite.findall("testcase")
    assert first.find("failure") is None
    failure = second.find("failure")
    assert failure is not None
    assert failure.attrib["message"] == "V01"
