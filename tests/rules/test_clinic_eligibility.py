"""The rules of the clinic one by one: what passes, what fails, what lies at the boundary; and what holds of all."""

from collections import defaultdict
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casedesk.model.errors import BadInputError, PackError
from casedesk.model.words import Confidence, Severity
from casedesk.reference.eligibility import Ages, load_eligibility
from casedesk.reference.packs import Packs
from casedesk.rules.clinic.eligibility import Step, check_rules, judge, options
from casedesk.rules.clinic.facts import ClinicFacts
from casedesk.rules.clinic.predicates import PREDICATES
from tests.rules.clinic_cases import SHIPPED, SUSPECT, TODAY, condition, force, sound, summary

NONE, FAULT, UNKNOWN = "none", "fault", "unknown"


@dataclass(frozen=True)
class Example:
    """One case for one rule, and what the rule must say of it."""

    rule: str
    kind: str
    disposal: str
    found: str
    changes: dict[str, Any] = field(default_factory=dict)
    of_force: bool = False

    def __str__(self) -> str:
        return f"{self.rule}-{self.kind}-{self.disposal}-{','.join(self.changes) or 'sound'}"


def ok(rule: str, disposal: str = "cc", *, own: bool = False, **changes: Any) -> Example:
    return Example(rule, "pass", disposal, NONE, changes, own)


def bad(rule: str, disposal: str = "cc", *, own: bool = False, **changes: Any) -> Example:
    return Example(rule, "fail", disposal, FAULT, changes, own)


def edge(rule: str, found: str, disposal: str = "cc", *, own: bool = False, **changes: Any) -> Example:
    return Example(rule, "boundary", disposal, found, changes, own)


def due(days: int, **more: Any) -> dict[str, Any]:
    return {"conditions": (condition(days),), **more}


FIRST = datetime(2026, 11, 23, 10, tzinfo=UTC)
BEFORE = datetime(2026, 11, 21, 10, tzinfo=UTC)
EARLY, START = date(2026, 5, 31), date(2026, 6, 1)
PENALTY: dict[str, Any] = {"kind": "punitive", "service": "penalty"}
TABLE = (
    ok("R00"), bad("R00", "sc"), edge("R00", NONE, "sc", own=True), bad("R00", "pnd"), bad("R00", "cannabis"),
    ok("E01", "dc", own=True), bad("E01", "dc"), bad("E01", "cmc"), edge("E01", NONE, "dc", own=True, given_on=START),
    edge("E01", FAULT, "dc", own=True, given_on=EARLY),
    ok("E02", "dc", own=True), bad("E02", "dc", own=True, offence_day=EARLY),
    edge("E02", NONE, "cmc", own=True, offence_day=START), edge("E02", UNKNOWN, "dc", own=True, offence_day=None),
    ok("R01"), bad("R01", age=(17, 17)), bad("R01", "cr", age=(12, 12)), edge("R01", NONE, age=(18, 18)),
    edge("R01", UNKNOWN, age=(17, 18)), edge("R01", UNKNOWN, age=None),
    ok("E19", "o22"), bad("E19", "o22", age=(13, 13)), edge("E19", NONE, "o22", age=(18, 18)),
    edge("E19", UNKNOWN, "o22", age=(17, 18)),
    ok("R01-CHILD", "o23"), bad("R01-CHILD", "o23", age=(18, 18)), edge("R01-CHILD", NONE, "o23", age=(17, 17)),
    ok("E09", "o23"), bad("E09", "o23", weapon=False), edge("E09", NONE, "cc", weapon=False),
    ok("R02"), bad("R02", evidential="not-met"), bad("R02", "cr", evidential="not-met"),
    edge("R02", UNKNOWN, evidential=None), edge("R02", NONE, "o22", evidential="not-met"),
    ok("R03"), bad("R03", admission="part"), bad("R03", admission="denial"), bad("R03", defences=("self-defence",)),
    bad("R03", covers_all=False), bad("R03", "sc", admission="none"), edge("R03", UNKNOWN, covers_all=None),
    edge("R03", UNKNOWN, admission=None), edge("R03", UNKNOWN, defences=None),
    edge("R03", NONE, "o22", admission="none"),
    ok("R04", "cr"), bad("R04", "cr", admission="none", responsibility=False),
    bad("R04", "cr", defences=("other",), responsibility=False),
    edge("R04", NONE, "cr", admission="none", responsibility=True),
    edge("R04", NONE, "cr", admission="part", responsibility=None),
    edge("R04", UNKNOWN, "cr", admission="none", responsibility=None),
    edge("R04", UNKNOWN, "cr", admission=None, responsibility=None),
    ok("R05", "cc"), bad("R05", "o22"), edge("R05", FAULT, "o22", admission="none"),
    ok("R05-DONE", "o22"), bad("R05-DONE", "o22", completed_on=None), edge("R05-DONE", NONE, "o22", completed_on=TODAY),
    edge("R05-DONE", FAULT, "o22", completed_on=TODAY + timedelta(days=1)),
    ok("R06"), bad("R06", mode="indictable"), bad("R06", "cr", mode="indictable"), bad("R06", "sc", mode="indictable"),
    edge("R06", NONE, mode="indictable", cps_decision=True), edge("R06", UNKNOWN, mode=None),
    edge("R06", NONE, mode=None, cps_decision=True),
    ok("R07"), bad("R07", hate=True), edge("R07", NONE, hate=True, cps_decision=True),
    ok("R08", domestic=True, conditions=(condition(service="cara"),)), bad("R08", domestic=True),
    edge("R08", NONE, domestic=False), edge("R08", FAULT, domestic=True, conditions=(condition(service="alcohol"),)),
    ok("R08-RISK", domestic=True, risk_grade="standard"), bad("R08-RISK", domestic=True, risk_grade="high"),
    edge("R08-RISK", NONE, domestic=True, risk_grade="medium"), edge("R08-RISK", UNKNOWN, domestic=True),
    ok("R08-CONTROL", domestic=True), bad("R08-CONTROL", domestic=True, controlling=True),
    edge("R08-CONTROL", UNKNOWN, domestic=True, controlling=None),
    ok("R08b", domestic=True, risk_grade="standard"), bad("R08b", domestic=True, risk_grade="medium"),
    edge("R08b", NONE, domestic=True, risk_grade="high"), edge("R08b", NONE, domestic=True, risk_grade=None),
    ok("E18", "cr", domestic=True, risk_grade="medium"), bad("E18", "cr", domestic=True, risk_grade="high"),
    edge("E18", UNKNOWN, "o22", domestic=True),
    ok("R09", "cr"), bad("R09", "cr", intimate=True), bad("R09", "cr", intimate=True, exceptional="Inspector agrees"),
    edge("R09", NONE, "cr", own=True, intimate=True, exceptional="Inspector agrees"),
    edge("R09", FAULT, "cr", own=True, intimate=True), edge("R09", UNKNOWN, "cr", intimate=None),
    ok("R10"), bad("R10", weapon=True), bad("R10", "cr", weapon=True),
    edge("R10", FAULT, weapon=True, exceptional="Why"),
    ok("R11", "sc"), bad("R11", "sc", similar=True), edge("R11", NONE, "sc", similar=True, exceptional="Why"),
    edge("R11", FAULT, "sc", similar=True, exceptional="  "), edge("R11", UNKNOWN, "sc", similar=None),
    ok("R11-RANK", "sc", similar=True, authoriser_rank="insp"), bad("R11-RANK", "sc", similar=True),
    edge("R11-RANK", NONE, "sc", similar=True, authoriser_rank="ci"),
    edge("R11-RANK", UNKNOWN, "sc", similar=True, authoriser_rank=None),
    ok("R12"), bad("R12", similar=True), edge("R12", NONE, similar=True, exceptional="Why"),
    edge("R12", UNKNOWN, similar=None),
    ok("E03", "sc"), bad("E03", "sc", specified=True), edge("E03", NONE, "sc", specified=True, exceptional="Why"),
    ok("E08"), bad("E08", sexual=True), bad("E08", "o22", child_victim=True), edge("E08", NONE, "o23", sexual=True),
    ok("E17", "cr"), bad("E17", "cr", weapon=True), bad("E17", "o22", weapon=True),
    edge("E17", NONE, "cc", weapon=True),
    ok("R21", **summary()), bad("R21", **summary(left=57)), edge("R21", NONE, **summary(left=58)),
    edge("R21", NONE, mode="either-way"), bad("R21", "cr", **summary(left=57)),
    bad("R21", "o22", **summary(left=57)), edge("R21", UNKNOWN, **summary(conditions=(condition(None),))),
    edge("R21", UNKNOWN, mode=None, limited=None),
    edge("R21", UNKNOWN, mode="summary", limited=True, limit_day=None, offence_day=None),
    ok("R21-ROOM", **summary()), bad("R21-ROOM", **summary(left=41)), edge("R21-ROOM", NONE, **summary(left=42)),
    edge("R21-ROOM", UNKNOWN, mode=None, limited=None), bad("R21-ROOM", **summary(left=-5)),
    ok("E07", "cr", **summary()), bad("E07", "cr", **summary(left=-1)), edge("E07", NONE, "cr", **summary(left=0)),
    ok("R22"), bad("R22", low_value_shop_theft=True), edge("R22", NONE, low_value_shop_theft=None),
    ok("R22-DAMAGE"), bad("R22-DAMAGE", low_value_damage=True), edge("R22-DAMAGE", NONE, low_value_damage=None),
    ok("R14"), bad("R14", victim_views="none"), bad("R14", "cr", victim_views="none"),
    edge("R14", NONE, victim_views="sought"), edge("R14", NONE, has_victim=False, victim_views=None),
    edge("R14", UNKNOWN, has_victim=None, victim_views=None),
    ok("R15", remedy_chosen=True, remedy_attached=True), bad("R15", remedy_chosen=True),
    bad("R15", "cr", remedy_chosen=True), edge("R15", NONE, remedy_chosen=True, remedy_why="Unsafe to meet"),
    edge("R15", FAULT, remedy_chosen=True, remedy_why=" "),
    ok("E11"), bad("E11", conditions=()), edge("E11", NONE, "cr", conditions=()), bad("E11", "o22", conditions=()),
    ok("E20"), bad("E20", **due(-3)), edge("E20", FAULT, **due(0)), edge("E20", NONE, **due(1)),
    bad("E20", "cr", **due(-1)), edge("E20", FAULT, **due(5, given_on=TODAY + timedelta(days=5))),
    edge("E20", NONE, conditions=(condition(None),)),
    ok("E21", conditions=(condition(first_at=FIRST),)), bad("E21", conditions=(condition(first_at=BEFORE),)),
    bad("E21", conditions=(condition(1, first_at=FIRST + timedelta(days=1)),)),
    edge("E21", NONE, conditions=(condition(1, first_at=FIRST),)),
    edge("E21", NONE, conditions=(condition(first_at=BEFORE + timedelta(days=1)),)),
    ok("R17", conditions=(condition(**PENALTY, amount_pence=5000),)),
    bad("R17", conditions=(condition(**PENALTY, amount_pence=10001),)),
    edge("R17", NONE, conditions=(condition(**PENALTY, amount_pence=10000),)),
    edge("R17", NONE, **summary(conditions=(condition(**PENALTY, amount_pence=5000),))),
    edge("R17", FAULT, **summary(conditions=(condition(**PENALTY, amount_pence=5001),))),
    edge("R17", NONE, mode="indictable", conditions=(condition(**PENALTY, amount_pence=15000),)),
    edge("R17", FAULT, mode="indictable", conditions=(condition(**PENALTY, amount_pence=15001),)),
    edge("R17", FAULT, conditions=(condition(**PENALTY, amount_pence=6000), condition(**PENALTY, amount_pence=4001))),
    edge("R17", UNKNOWN, conditions=(condition(**PENALTY),)),
    edge("R17", UNKNOWN, mode=None, limited=None, conditions=(condition(**PENALTY, amount_pence=5000),)),
    edge("R17", FAULT, mode=None, limited=None, conditions=(condition(**PENALTY, amount_pence=15001),)),
    edge("R17", NONE, conditions=(condition(kind="reparative", service="compensation", amount_pence=90000),)),
    ok("R18", conditions=(condition(kind="punitive", hours=12),)),
    bad("R18", conditions=(condition(kind="punitive", hours=12), condition(kind="reparative", hours=9))),
    edge("R18", NONE, conditions=(condition(kind="punitive", hours=20),)),
    edge("R18", FAULT, conditions=(condition(kind="punitive", hours=21),)),
    edge("R18", NONE, conditions=(condition(hours=60),)),
    edge("R18", UNKNOWN, conditions=(condition(kind="reparative", service="unpaid-work"),)),
    edge("R18", NONE, "cmc", own=True, conditions=(condition(kind="punitive", hours=10),)),
    edge("R18", FAULT, "cmc", own=True, conditions=(condition(kind="punitive", hours=11),)),
    ok("E23", "cr"), bad("E23", "o22", conditions=(condition(**PENALTY, amount_pence=50000),)),
    edge("E23", NONE, "cr", conditions=(condition(kind="reparative", service="compensation", amount_pence=90000),)),
    edge("E23", NONE, conditions=(condition(**PENALTY, amount_pence=5000),)),
    ok("E24", "cr"), bad("E24", "cr", conditions=(condition(kind="reparative", hours=300),)),
    edge("E24", NONE, "o22", conditions=(condition(kind="reparative", hours=20),)),
    edge("E24", FAULT, "o22", conditions=(condition(kind="reparative", hours=21),)),
    edge("E24", NONE, "cr", conditions=(condition(hours=60),)),
    ok("R19"), bad("R19", **due(200)), edge("R19", NONE, **due(140)), edge("R19", FAULT, **due(141)),
    edge("R19", UNKNOWN, conditions=(condition(None),)),
    edge("R19", FAULT, conditions=(condition(None), condition(141))), edge("R19", NONE, "cr", **due(141)),
    ok("R20"), bad("R20", **due(130)), edge("R20", NONE, **due(112)), edge("R20", FAULT, **due(113)),
    edge("R20", NONE, **due(113, exceptional="The course starts late")),
    ok("R23"), bad("R23", conditions=(condition(kind="punitive", why=None),)),
    edge("R23", NONE, conditions=(condition(kind="punitive"),)),
    edge("R23", NONE, conditions=(condition(kind="punitive", why=None), condition(kind="reparative", why=None))),
    ok("E12"), bad("E12", conditions=(condition(why=None),)), edge("E12", FAULT, conditions=(condition(why=" "),)),
    ok("E13"), bad("E13", conditions=(condition(service="cara"),)),
    edge("E13", FAULT, conditions=(condition(provider="A charity", evidence="Letter"),)),
    edge("E13", NONE, conditions=(condition(service="repair", kind="reparative"),)),
    ok("E14", conditions=(condition(kind="reparative", service="compensation", amount_pence=4000, pay_to="Shop"),)),
    bad("E14", conditions=(condition(kind="reparative", service="compensation", amount_pence=4000),)),
    edge("E14", FAULT, conditions=(condition(kind="reparative", service="compensation", pay_to="Shop"),)),
    edge("E14", NONE, conditions=(condition(**PENALTY, amount_pence=4000),)),
    ok("R13"), bad("R13", authoriser_rank="staff"), bad("R13", authoriser_rank="pc"),
    edge("R13", NONE, authoriser_rank="staff", dpp_authorised=True), edge("R13", UNKNOWN, authoriser_rank=None),
    edge("R13", NONE, authoriser_rank="cps"), edge("R13", FAULT, authoriser_rank="Sarge"),
    ok("R13-SELF"), bad("R13-SELF", authoriser="1234"), edge("R13-SELF", FAULT, proposer="ab1", authoriser=" AB1 "),
    edge("R13-SELF", FAULT, proposer="Alex Doe 7042", authoriser="PS 07042"),
    edge("R13-SELF", UNKNOWN, authoriser=None),
    ok("E16"), bad("E16", similar=True), edge("E16", NONE, similar=True, authoriser_rank="insp"),
    edge("E16", UNKNOWN, similar=None), edge("E16", FAULT, hate=True, authoriser_rank="supt"),
    edge("E16", NONE, hate=True, cps_decision=True), edge("E16", FAULT, domestic=True),
    edge("E16", NONE, "cr", weapon=True, authoriser_rank="supt"), edge("E16", UNKNOWN, authoriser_rank=None),
    ok("R26"), bad("R26", matrix_default="cr"), edge("R26", NONE, matrix_default="cr", deviation="History"),
    edge("R26", UNKNOWN, gravity=None, matrix_default=None), edge("R26", FAULT, matrix_default="cr", deviation=" "),
    ok("R27"), bad("R27", rationale=""), edge("R27", NONE, rationale="word " * 20),
    edge("R27", FAULT, rationale="w " * 19),
    ok("E05"), bad("E05", interest="prosecute"), edge("E05", UNKNOWN, interest=None),
    ok("E10"), bad("E10", previous_checked=False), edge("E10", UNKNOWN, previous_checked=None),
    ok("R29"), bad("R29", self_harm=True), edge("R29", NONE, self_harm=True, risk_action=True),
    edge("R29", UNKNOWN, self_harm=None), edge("R29", NONE, self_harm=None, risk_action=True),
    edge("R29", NONE, self_harm=True, risk_declined="Seen by the nurse today"),
    ok("R29-WHY"), bad("R29-WHY", self_harm=True, risk_declined="Seen by the nurse today"),
    edge("R29-WHY", NONE, self_harm=True), edge("R29-WHY", UNKNOWN, self_harm=None, risk_declined="Seen by the nurse"),
    edge("R29-WHY", NONE, self_harm=True, risk_declined="Seen by the nurse", risk_action=True),
    ok("E22"), bad("E22", look_again=("the point “Dishonestly”",)), bad("E22", "o22", look_again=("admission",)),
    edge("E22", FAULT, evidential="not-met", look_again=("admission",)), edge("E22", NONE, look_again=()),
    ok("R30"), bad("R30", exploitation=True), bad("R30", "o22", exploitation=True),
    edge("R30", NONE, exploitation=True, notified=True),
    ok("R30-S45"), bad("R30-S45", exploitation=True), edge("R30-S45", NONE, exploitation=True, slavery_defence=True),
    edge("R30-S45", NONE, "o22", exploitation=True),
    ok("R03-GIVE"), bad("R03-GIVE", admission_repeated=False), edge("R03-GIVE", UNKNOWN, admission_repeated=None),
    ok("R04-GIVE", "cr"), bad("R04-GIVE", "cr", admission_repeated=False, responsibility=None),
    edge("R04-GIVE", NONE, "cr", admission_repeated=False), edge("R04-GIVE", NONE, "o22", admission_repeated=False),
    edge("R04-GIVE", UNKNOWN, "cr", admission_repeated=None, responsibility=None),
    ok("R16"), bad("R16", signed=False), bad("R16", consent=False), bad("R16", conditions=()),
    edge("R16", FAULT, offence=None, offence_code=None), edge("R16", UNKNOWN, consent=None),
    edge("R16", FAULT, consent=None, signed=False),
    ok("R16-EXPLAIN"), bad("R16-EXPLAIN", explained=False), edge("R16-EXPLAIN", UNKNOWN, explained=None),
    ok("E06"), bad("E06", consent=False), bad("E06", "cr", consent=False), edge("E06", UNKNOWN, consent=None),
    ok("R24"), bad("R24", legal_advice="not-offered"), edge("R24", NONE, legal_advice="declined"),
    edge("R24", UNKNOWN, legal_advice=None),
    ok("R25", vulnerable=True, appropriate_adult=True), bad("R25", vulnerable=True),
    edge("R25", UNKNOWN, vulnerable=None),
    edge("R25", NONE, vulnerable=None, appropriate_adult=True), bad("R25", "o22", vulnerable=True),
    ok("R28", breach=True, breach_rank="sgt"), bad("R28", breach=True, breach_rank="staff"),
    edge("R28", FAULT, breach=True, breach_rank="pc"), edge("R28", NONE, breach=True, breach_rank="cps"),
    edge("R28", UNKNOWN, breach=True),
)  # fmt: skip


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Packs:
    return force(tmp_path_factory.mktemp("force"))


@pytest.mark.parametrize("example", TABLE, ids=str)
def test_every_rule_judges_its_examples(example: Example, own: Packs) -> None:
    facts = sound(example.disposal, **example.changes)
    found = judge(own if example.of_force else SHIPPED, facts, example.disposal, at=Step.AFTER)
    mine = [one for one in found if one.rule == example.rule]
    got = NONE if not mine else UNKNOWN if mine[0].unknown else FAULT
    assert got == example.found
    for one in mine:
        assert one.cure
        assert "{" not in one.message + one.cure
        assert not one.unknown or (one.cure.startswith("Record ") and "Not recorded" in one.message)


def test_every_rule_of_the_pack_has_a_pass_a_fail_and_a_boundary() -> None:
    kinds: dict[str, set[str]] = defaultdict(set)
    for example in TABLE:
        kinds[example.rule].add(example.kind)
    assert kinds.keys() == SHIPPED.eligibility.rules.keys()
    for rule, had in kinds.items():
        assert had == {"pass", "fail", "boundary"}, rule


def test_every_predicate_is_asked_by_a_rule_and_every_rule_holds_together() -> None:
    check_rules(SHIPPED.eligibility)
    asked = {
        name for one in SHIPPED.eligibility.rules.values() for name in (*one.require, *one.when, *one.unless)
    }
    assert asked == PREDICATES.keys()


@pytest.mark.parametrize("disposal", ["cr", "cc"])
def test_a_sound_case_has_no_finding_at_any_step(disposal: str) -> None:
    assert judge(SHIPPED, sound(disposal), disposal, at=Step.AFTER) == ()


def test_the_levels_of_the_reference_decide_what_blocks() -> None:
    rules = SHIPPED.eligibility.rules
    assert rules["R06"].severity_for("cc") is Severity.BLOCK
    assert rules["R06"].severity_for("cr") is Severity.WARN
    for rule in ("R24", "R25", "R28", "R29"):
        assert rules[rule].severity is Severity.WARN
        assert rules[rule].target_for("cc") is Severity.BLOCK
    for rule, held in rules.items():
        for disposal in SHIPPED.eligibility.disposals:
            if held.severity_for(disposal) is Severity.BLOCK and held.applies_to(disposal):
                status = held.status_for(disposal)
                assert status in (Confidence.CONFIRMED, Confidence.SECONDARY) or (
                    status is Confidence.CONVENTION
                    and held.control
                    and "control" in held.standing_for(disposal)
                ), rule


def test_a_confirmed_rule_blocks_and_says_who_confirmed_it(tmp_path: Path) -> None:
    text = "".join(
        f'[[confirm]]\nid = "{one}"\nby = "OOCR lead"\non = 2026-11-21\n' for one in ("R24", "R06")
    )
    packs = force(tmp_path, text)
    facts = sound(legal_advice="not-offered")
    (before,) = judge(SHIPPED, facts, "cc", at=Step.GIVE)
    (after,) = judge(packs, facts, "cc", at=Step.GIVE)
    assert (before.severity, before.standing) == (
        Severity.WARN,
        "Unverified: confirm with your out-of-court lead.",
    )
    assert (after.severity, after.status) == (Severity.BLOCK, Confidence.CONFIRMED)
    assert after.standing == "Confirmed for this force by OOCR lead on 2026-11-21."
    assert packs.eligibility.rules["R06"].severity_for("cr") is Severity.BLOCK


def test_each_step_takes_in_those_before_it_and_nothing_later() -> None:
    facts = ClinicFacts(suspect=SUSPECT, today=TODAY)
    seen: set[str] = set()
    for step in Step:
        rules = {one.rule for one in judge(SHIPPED, facts, "cc", at=step)}
        assert seen <= rules
        assert all(SHIPPED.eligibility.rules[one].step.place <= step.place for one in rules)
        seen = rules


def test_a_child_has_no_adult_disposal_and_an_adult_no_outcome_23() -> None:
    child = {
        one.disposal.id: one for one in options(SHIPPED, sound(age=(15, 15), weapon=True, mode="either-way"))
    }
    assert [name for name, one in child.items() if one.lawful] == ["o22", "o23"]
    adult = {one.disposal.id: one for one in options(SHIPPED, sound(weapon=True))}
    assert not adult["o23"].lawful
    assert all(one.disposal.ages is not Ages.CHILD for one in adult.values() if one.lawful)


def test_dropped_and_dormant_disposals_say_why() -> None:
    found = {one.disposal.id: one for one in options(SHIPPED, sound())}
    assert "two-tier" in found["pnd"].why_not[0]
    assert "two-tier" in found["cannabis"].why_not[0]
    assert "not in force" in found["dc"].why_not[0]
    assert "[offered]" in found["sc"].why_not[0]
    assert found["cc"].lawful
    assert found["cc"].default
    assert found["cc"].authority is not None
    assert found["cc"].authority.words == "a sergeant or above"


def test_the_authority_is_the_highest_that_the_case_asks_for() -> None:
    def asked(disposal: str, **changes: Any) -> str:
        (one,) = (one for one in options(SHIPPED, sound(**changes)) if one.disposal.id == disposal)
        assert one.authority is not None
        return one.authority.rank

    assert asked("cc", domestic=True) == "insp"
    assert asked("cc", domestic=True, hate=True) == "cps"
    assert asked("cr", hate=True, weapon=True) == "refuse"
    assert asked("cr", mode="indictable") == "sgt"
    assert asked("o22", similar=True) == "insp"


def test_what_comes_later_is_named_but_does_not_stand_in_the_way_yet() -> None:
    (option,) = (one for one in options(SHIPPED, sound(signed=False)) if one.disposal.id == "cc")
    assert option.lawful
    assert [one.rule for one in option.later] == ["R16"]


def test_a_misprint_in_the_force_s_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="there is no disposal “ccc”"):
        force(tmp_path, '[[authority]]\nid = "ccc"\n').eligibility  # noqa: B018 # loading is the act
    rule = '[[rule]]\nid = "X1"\ntitle = "t"\non = ["cc"]\nstep = "choose"\nrequire = "is_adlt"\nseverity = "warn"\n'
    rule += 'status = "convention"\nsource = "s"\nmessage = "m"\nfix = "f"\nfacts = ["age"]\n'
    with pytest.raises(PackError, match="is_adlt"):
        check_rules(force(tmp_path, rule).eligibility)
    with pytest.raises(PackError, match="nothing"):
        check_rules(
            force(tmp_path, rule.replace("is_adlt", "is_adult").replace('"m"', '"{nothing}"')).eligibility
        )
    with pytest.raises(PackError, match="says nothing of “cr”"):
        load_eligibility(
            force(
                tmp_path,
                rule.replace('["cc"]', '["cc", "cr"]').replace('"convention"', '{ cc = "confirmed" }'),
            ).overlay
        )
    with pytest.raises(PackError, match="out of range"):
        load_eligibility(force(tmp_path, "[limits]\nbuffer_days = -1\n").overlay)
    with pytest.raises(BadInputError, match="no disposal"):
        judge(SHIPPED, sound(), "fine")


# -- what holds of every case ------------------------------------------------------------------------------------------

_WORDS = {
    "evidential": ("met", "not-met"), "interest": ("out-of-court", "prosecute"),
    "admission": ("full", "part", "none", "denial"), "mode": ("summary", "either-way", "indictable"),
    "risk_grade": ("standard", "medium", "high"), "victim_views": ("recorded", "sought", "none"),
    "legal_advice": ("had", "declined", "not-offered"), "authoriser_rank": ("staff", "pc", "sgt", "insp", "cps"),
    "breach_rank": ("staff", "sgt"), "matrix_default": ("cr", "cc", "charge"), "disposal": ("cr", "cc", "o22"),
    "offence_code": ("TH68010",), "proposer": ("1", "2"), "authoriser": ("1", "2"), "offence": ("Theft",),
}  # fmt: skip
_TEXTS = ("remedy_why", "deviation", "rationale", "exceptional")
_CONDITIONS = st.lists(
    st.builds(
        condition,
        st.none() | st.integers(-5, 200),
        kind=st.sampled_from(["rehabilitative", "reparative", "punitive", "restrictive"]),
        hours=st.none() | st.integers(0, 30),
        amount_pence=st.none() | st.integers(0, 20000),
        service=st.none() | st.sampled_from(["cara", "penalty", "unpaid-work", "compensation"]),
    ),
    max_size=3,
).map(tuple)


def _strategy(name: str) -> st.SearchStrategy[Any]:
    if name in _WORDS:
        return st.none() | st.sampled_from(_WORDS[name])
    if name in _TEXTS:
        return st.sampled_from(["", "word " * 25])
    if name == "age":
        return st.none() | st.integers(10, 90).flatmap(
            lambda one: st.sampled_from([(one, one), (one, one + 1)])
        )
    if name == "defences":
        return st.none() | st.sampled_from([(), ("s45",)])
    if name == "conditions":
        return _CONDITIONS
    if name in ("limit_day", "offence_day", "completed_on", "given_on"):
        return st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31))
    if name == "gravity":
        return st.none() | st.integers(1, 5)
    sure = isinstance(getattr(ClinicFacts(suspect=SUSPECT, today=TODAY), name), bool)
    return st.booleans() if sure and name not in _OPEN else st.none() | st.booleans()


_OPEN = ("low_value_shop_theft", "low_value_damage", "self_harm")
_FIXED = ("suspect", "today", "sources", "previous")
FACTS = st.fixed_dictionaries(
    {one.name: _strategy(one.name) for one in fields(ClinicFacts) if one.name not in _FIXED}
).map(lambda values: ClinicFacts(suspect=SUSPECT, today=TODAY, **values))
NEARLY = FACTS.flatmap(
    lambda wild: st.sets(
        st.sampled_from(sorted(set(_WORDS) | {"age", "defences", "conditions", "domestic", "similar"}))
    ).map(lambda names: replace(sound(), **{one: getattr(wild, one) for one in names}))
)


@settings(max_examples=250, deadline=None)
@given(facts=FACTS | NEARLY, at=st.sampled_from(list(Step)))
def test_no_facts_make_an_option_lawful_that_a_blocking_rule_blocks(facts: ClinicFacts, at: Step) -> None:
    for option in options(SHIPPED, facts, at=at):
        found = judge(SHIPPED, facts, option.disposal.id, at=at)
        blocked = any(one.severity is Severity.BLOCK for one in found)
        assert option.lawful == (not blocked)
        assert not (option.lawful and option.disposal.evidential and facts.evidential != "met")
        assert not (option.lawful and option.disposal.part_6)
        assert not (
            option.lawful and option.disposal.ages is Ages.ADULT and (facts.age is None or facts.age[0] < 18)
        )
        if option.lawful and option.disposal.id == "cc":
            assert facts.admission == "full"
            assert facts.covers_all
            assert facts.defences == ()
            assert not facts.hate or facts.cps_decision


@settings(max_examples=150, deadline=None)
@given(
    facts=NEARLY, name=st.sampled_from(["age", "evidential", "admission", "covers_all", "defences", "mode"])
)
def test_taking_a_fact_away_never_makes_a_blocked_caution_lawful(facts: ClinicFacts, name: str) -> None:
    def lawful(known: ClinicFacts) -> bool:
        return all(one.severity is not Severity.BLOCK for one in judge(SHIPPED, known, "cc", at=Step.GIVE))

    gone: dict[str, Any] = {name: None, **({"limited": None} if name == "mode" else {})}
    without = replace(facts, **gone)
    assert not lawful(without) or lawful(facts)
