"""The clocks pack: every row of it, its overlay, and what is refused."""

from datetime import date
from pathlib import Path

import pytest

from casedesk.model.errors import PackError
from casedesk.model.words import Confidence
from casedesk.reference.clocks import NEEDED, UNITS, Count, Group, load_clocks
from casedesk.reference.offences import load_offences
from casedesk.rules import counting

CLOCKS = load_clocks()

LIMITS = {
    # duties to victims: standard and enhanced
    "VC-R4-REF": (2, None, Count.WORKING_DAYS, "secondary"),
    "VC-R6-NOINV": (5, 1, Count.WORKING_DAYS, "secondary"),
    "VC-R6-ARREST": (5, 1, Count.WORKING_DAYS, "secondary"),
    "VC-R6-IUC": (5, 1, Count.WORKING_DAYS, "secondary"),
    "VC-R6-RWC": (5, 1, Count.WORKING_DAYS, "secondary"),
    "VC-R6-BAIL": (5, 1, Count.WORKING_DAYS, "secondary"),
    "VC-R6-UPD": (None, None, Count.DAYS_FROM, "secondary"),
    "VC-R6-NFA": (5, 1, Count.WORKING_DAYS, "secondary"),
    "VC-R6-CHG": (5, 1, Count.WORKING_DAYS, "unverified"),
    "VC-R6-OOCV": (None, None, None, "unverified"),
    "VC-R6-OOCT": (5, 1, Count.WORKING_DAYS, "unverified"),
    "VC-R6-CPS": (5, 1, Count.WORKING_DAYS, "secondary"),
    "VC-R8-DATE": (1, None, Count.WORKING_DAYS, "secondary"),
    "VC-R8-BAILH": (5, 1, Count.WORKING_DAYS, "secondary"),
    "VC-R8-WIT": (1, None, Count.WORKING_DAYS, "secondary"),
    "VC-R9-OUT": (1, None, Count.WORKING_DAYS, "secondary"),
    "VC-R10-EXP": (10, None, Count.WORKING_DAYS, "secondary"),
    "VC-R12-ACK": (10, None, Count.WORKING_DAYS, "unverified"),
    "VRR-REQ": (3, None, Count.MONTHS_FROM, "secondary"),
    "VRR-ACK": (10, None, Count.WORKING_DAYS, "secondary"),
    "VRR-DEC": (30, None, Count.WORKING_DAYS, "secondary"),
    "VRR-CPS": (3, None, Count.MONTHS_FROM, "secondary"),
    # detention
    "DET-24": (24, None, Count.ELAPSED_HOURS, "confirmed"),
    "DET-36": (36, None, Count.ELAPSED_HOURS, "confirmed"),
    "DET-WFD": (72, None, Count.ELAPSED_HOURS, "confirmed"),
    "DET-96": (96, None, Count.ELAPSED_HOURS, "confirmed"),
    "REV-1": (6, None, Count.ELAPSED_HOURS, "confirmed"),
    "REV-2": (9, None, Count.ELAPSED_HOURS, "confirmed"),
    "REV-n": (9, None, Count.ELAPSED_HOURS, "confirmed"),
    "DT-6": (6, None, Count.ELAPSED_HOURS, "confirmed"),
    "CRT-1": (1, None, Count.NEXT_COURT_DAY, "confirmed"),
    "BR-3H": (3, None, Count.ELAPSED_HOURS, "confirmed"),
    "B7-24": (24, None, Count.HOURS_SKIPPING_DAYS, "confirmed"),
    # bail
    "ABP-0": (3, None, Count.MONTHS_BEGINNING, "confirmed"),
    "ABP-1": (6, None, Count.MONTHS_BEGINNING, "confirmed"),
    "ABP-2": (9, None, Count.MONTHS_BEGINNING, "confirmed"),
    "ABP-3": (12, None, Count.MONTHS_BEGINNING, "confirmed"),
    "ABP-M1": (12, None, Count.MONTHS_BEGINNING, "confirmed"),
    "ABP-M2": (3, None, Count.MONTHS_BEGINNING, "unverified"),
    "ABP-X": (6, None, Count.MONTHS_BEGINNING, "confirmed"),
    "ABP-STREET": (3, None, Count.MONTHS_BEGINNING, "confirmed"),
    # prosecution, custody time limits, notices
    "STL-127": (6, None, Count.MONTHS_FROM, "confirmed"),
    "STL-39A": (6, None, Count.MONTHS_FROM, "confirmed"),
    "STL-12TA": (6, None, Count.MONTHS_BEGINNING, "confirmed"),
    "STL-RTOA6": (6, None, Count.MONTHS_FROM, "secondary"),
    "STL-AWA31": (6, None, Count.MONTHS_BEGINNING, "secondary"),
    "STL-CA127": (6, None, Count.MONTHS_BEGINNING, "secondary"),
    "STL-IMG": (6, None, Count.MONTHS_FROM, "secondary"),
    "NIP-14": (14, None, Count.DAYS_FROM, "confirmed"),
    "CTL-56S": (56, None, Count.CUSTODY_DAYS, "confirmed"),
    "CTL-70": (70, None, Count.CUSTODY_DAYS, "confirmed"),
    "CTL-182": (182, None, Count.CUSTODY_DAYS, "confirmed"),
    "DAPN-48": (48, None, Count.HOURS_SKIPPING_DAYS, "confirmed"),
    "DVPN-48": (48, None, Count.HOURS_SKIPPING_DAYS, "unverified"),
}

WITHOUT_A_NUMBER = (
    "VC-R3-ACK", "VC-R4-NA", "VC-R7-VPS", "VC-R10-PROP", "VC-R11-VCS", "BAIL-VV", "BAIL-VVV", "SUS-NFA",
    "REV-POST", "CRT-B", "BR-RET", "ABP-LATE", "ABP-HOSP", "STL-NONE", "STL-IMG2", "STL-BAIL6",
)  # fmt: skip


@pytest.mark.parametrize("clock_id", LIMITS)
def test_every_row_of_the_tables_is_there(clock_id: str) -> None:
    clock = CLOCKS[clock_id]
    assert (clock.amount, clock.enhanced, clock.rule, clock.status) == LIMITS[clock_id]


@pytest.mark.parametrize("clock_id", WITHOUT_A_NUMBER)
def test_rows_without_a_number_have_none(clock_id: str) -> None:
    assert CLOCKS[clock_id].amount is None


def test_every_counting_rule_is_a_function_that_cites_its_source() -> None:
    assert set(CLOCKS.countings) == set(Count) == set(UNITS)
    for rule in Count:
        function = getattr(counting, rule.value)
        assert len(function.__doc__) > 60


def test_special_limits_name_offences_that_the_offence_list_has_where_it_has_them() -> None:
    offences = load_offences()
    listed = {code: clock for code, clock in CLOCKS.by_offence.items() if code in offences}
    assert set(CLOCKS.by_offence) - set(listed) == {"RT88191"}  # not a recordable offence
    either_way = {code for code in listed if not _summary(offences.get(code))}
    assert either_way == {code for code in listed if CLOCKS.by_offence[code].id.startswith("STL-LOW")}


def _summary(offence: object) -> bool:
    mode = getattr(offence, "mode", None)
    return bool(mode and mode.summary_only)


def test_the_victims_code_in_force_and_the_empty_place_for_the_next() -> None:
    assert CLOCKS.ruleset_on(date(2021, 3, 31)) is None
    live = CLOCKS.ruleset_on(date(2026, 11, 21))
    assert live is not None
    assert live.id == "VC2021"
    assert CLOCKS.rulesets["VC20xx"].effective_from is None
    duties = [clock for clock in CLOCKS.group(Group.VICTIM) if clock.id.startswith("VC-")]
    assert {clock.ruleset for clock in duties} == {"VC2021"}


def test_bail_periods_apply_to_arrests_from_the_start_of_the_present_law() -> None:
    assert not CLOCKS["ABP-0"].in_force(date(2022, 10, 27))
    assert CLOCKS["ABP-0"].in_force(date(2022, 10, 28))


def overlay(folder: Path, text: str) -> Path:
    (folder / "clocks.toml").write_text(text, encoding="utf-8")
    return folder


ENTRY = """
[[clock]]
id = "{id}"
group = "victim"
title = "Local update"
trigger = "report"
amount = {amount}
unit = "{unit}"
rule = "{rule}"
status = "convention"
source = "Force policy"
"""


def test_a_force_replaces_adds_and_retires_clocks(tmp_path: Path) -> None:
    text = ENTRY.format(id="VC-R4-REF", amount=1, unit="working-days", rule="working_days")
    text += ENTRY.format(id="LOCAL-1", amount=21, unit="days", rule="days_from")
    text += '[[clock]]\nid = "VC-R12-ACK"\nseverity = "off"\n'
    clocks = load_clocks(overlay(tmp_path, text))
    assert (clocks["VC-R4-REF"].amount, clocks["VC-R4-REF"].status) == (1, Confidence.CONVENTION)
    assert clocks["LOCAL-1"].amount == 21
    assert "VC-R12-ACK" not in clocks.by_id
    assert clocks.version != CLOCKS.version


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ENTRY.format(id="X", amount=1, unit="days", rule="working_days"), "counts working-days"),
        (ENTRY.format(id="X", amount=0, unit="days", rule="days_from"), "from 1 up"),
        (ENTRY.format(id="X", amount=1, unit="days", rule="days_form"), "not one of its words"),
        (
            ENTRY.format(id="X", amount=1, unit="days", rule="days_from") + 'offences = ["CJ88116"]',
            "stands in STL-39A",
        ),
        (ENTRY.format(id="X", amount=1, unit="days", rule="days_from") + 'ruleset = "VC2012"', "no ruleset"),
        (ENTRY.format(id="X", amount=1, unit="days", rule="days_from") + "furthr = [2]", "unknown key"),
        (ENTRY.format(id="X", amount=1, unit="days", rule="days_from") + 'further = ["2"]', "whole numbers"),
        ('[[clock]]\nid = "DET-24"\nseverity = "off"', "no clock “DET-24”"),
        ('[[counting]]\nid = "working_days"\nseverity = "off"', "no counting rule"),
        ("[clocks]\nx = 1", "unknown table"),
    ],
)
def test_what_does_not_hold_together_is_refused_and_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PackError) as refused:
        load_clocks(overlay(tmp_path, text))
    assert said in str(refused.value)
    assert "clocks.toml" in str(refused.value)


def test_no_clock_that_a_calculator_needs_is_missing() -> None:
    assert set(NEEDED) <= set(CLOCKS.by_id)


def test_what_is_unverified_or_a_convention_is_never_called_law() -> None:
    clocks = load_clocks()
    assert clocks.may_be_called_law("DET-24")
    assert clocks.may_be_called_law("VC-R6-ARREST")
    assert not clocks.may_be_called_law("VC-R6-CHG")
    assert not clocks.may_be_called_law("DVPN-48")
    assert not clocks.may_be_called_law("RUI-REVIEW")
