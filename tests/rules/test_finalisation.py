"""The finalisation check: every rule on its examples, and what holds for any facts whatever."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casedesk.model.entities import CASE, OUTCOME_RECORD, SUSPECT, VICTIM, Entity, Kind
from casedesk.model.errors import PackError
from casedesk.model.facts import CaseFile
from casedesk.model.ids import derived_id
from casedesk.model.words import Confidence, Severity
from casedesk.reference.finalisation import Confirmation, Rule, load_finalisation
from casedesk.reference.packs import Packs
from casedesk.rules.finalisation import Checker, Finding, compile_rules, problems
from casedesk.rules.predicates import PREDICATES
from tests.rules.finalisation_cases import EXAMPLES, NOW, STREET, Example, case_file


@cache
def reference() -> Packs:
    return Packs()


@cache
def checker() -> Checker:
    return compile_rules(load_finalisation(), reference())


def findings(file: CaseFile, *, loaded: bool = False) -> dict[str, Finding]:
    verdict = checker().check(file, NOW, possible=False, outcome_extract_loaded=loaded)
    return {finding.rule: finding for finding in verdict.findings}


def possible(**facts: Any) -> tuple[str, ...]:
    return checker().check(case_file(**facts), NOW).possible


def rule_with(**changes: Any) -> Rule:
    made = Rule(
        id="X01", title="A rule", outcomes=frozenset({"*"}), require=("recorded",),
        values={"fields": ("rationale",)}, target=Severity.BLOCK, status=Confidence.SECONDARY,
        source="Test", message="No rationale.", fix="Write one.", facts=("rationale",),
    )  # fmt: skip
    return replace(made, **changes)


def check_with(rule: Rule, **facts: Any) -> list[Finding]:
    return list(compile_rules([rule], reference()).check(case_file(**facts), NOW, possible=False).findings)


EACH = [
    pytest.param(rule_id, example, id=f"{rule_id}-{example.why}".replace(" ", "_"))
    for rule_id, examples in EXAMPLES.items()
    for example in examples
]


@pytest.mark.parametrize(("rule_id", "example"), EACH)
def test_rule_on_its_example(rule_id: str, example: Example) -> None:
    found = findings(example.file, loaded=example.loaded)
    assert (rule_id in found) is example.found


def test_every_rule_has_a_passing_a_failing_and_a_boundary_example() -> None:
    kinds = {rule_id: {example.kind for example in examples} for rule_id, examples in EXAMPLES.items()}
    short = [rule.id for rule in load_finalisation() if kinds.get(rule.id) != {"pass", "fail", "boundary"}]
    assert short == []
    assert set(kinds) == {rule.id for rule in load_finalisation()}


def test_every_predicate_is_called_by_a_rule_and_says_what_it_means() -> None:
    called = {name for rule in load_finalisation() for name in (*rule.require, *rule.when, *rule.unless)}
    assert called == set(PREDICATES)
    assert all(named.meaning.endswith(".") for named in PREDICATES.values())


def test_a_finding_says_what_is_wrong_on_what_facts_and_what_to_do() -> None:
    file = case_file(
        outcome="16", suspects=["named"], victims=[{"is": "unwilling", "withdrawal_on": "2026-10-01"}]
    )
    found = findings(file)["V05"]
    assert found.message == (
        "Outcome 16 needs a record of the victim's decision. "
        "Kind: not recorded; date: 1 Oct 2026; reference: not recorded."
    )
    assert "signed statement" in found.fix
    assert [(fact.title, fact.value, fact.field) for fact in found.facts][:2] == [
        ("Victim: withdrawal record", "not recorded", "victim.withdrawal_kind"),
        ("Victim: withdrawal date", "1 Oct 2026", "victim.withdrawal_on"),
    ]
    assert {fact.entity for fact in found.facts} == {file.victims[0][0]}


def test_an_unverified_rule_warns_and_says_so() -> None:
    found = findings(case_file(outcome="16", victims=["unwilling"]))["V05"]
    assert (found.severity, found.status) == (Severity.WARN, Confidence.UNVERIFIED)
    assert found.standing == "Unverified: confirm with your Force Crime Registrar."


def test_a_confirmed_rule_blocks_and_says_who_confirmed_it() -> None:
    rule = next(rule for rule in load_finalisation() if rule.id == "V05")
    confirmation = Confirmation(by="A Registrar", on=date(2026, 11, 1), note="Agreed.")
    confirmed = replace(rule, status=Confidence.CONFIRMED, confirmation=confirmation)
    (found,) = check_with(confirmed, outcome="16", victims=["unwilling"])
    assert found.severity is Severity.BLOCK
    assert found.standing == "Confirmed for this force by A Registrar on 2026-11-01: Agreed."


def test_the_verdict_is_that_of_the_worst_finding() -> None:
    def verdict(**facts: Any) -> str:
        return checker().check(case_file(**facts), NOW, possible=False).verdict

    good = {"outcome_date": "2026-11-01", "rationale": "All lines of enquiry done."}
    assert verdict(outcome="18", **good) == "clean"
    assert verdict(outcome="18", **{**good, "rationale": None}) == "warn"
    assert verdict(outcome="19", rationale=None) == "block"
    assert verdict() == "clean"


def test_blocks_come_first() -> None:
    severities = [found.severity for found in findings(case_file(outcome="21", flags=("da",))).values()]
    assert severities == sorted(severities, key=["block", "warn", "info"].index)
    assert set(severities) == {Severity.BLOCK, Severity.WARN, Severity.INFO}


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"suspects": ["named"], "victims": ["willing"]}, {"15"}),
        ({"suspects": ["named"], "victims": ["unwilling"]}, {"16"}),
        ({"victims": ["willing"]}, {"18"}),
        ({"victims": ["unwilling"]}, {"14", "18"}),
        ({"suspects": ["named"], "victims": ["state"]}, {"15"}),
        ({"victims": ["state"]}, {"18"}),
    ],
)
def test_the_grid_of_14_15_16_and_18(facts: dict[str, Any], codes: set[str]) -> None:
    assert set(possible(**facts)) == codes


def test_age_decides_which_caution_is_possible() -> None:
    admitted = {"ho_class": "105/01", "charge_ho_class": "105/01", "offence_from": "2026-10-01"}

    def cautions(dob: str | None) -> set[str]:
        suspects = [{"is": "named", "dob": dob, "admitted": True}]
        return set(possible(suspects=suspects, victims=["willing"], **admitted)) & {"2", "3"}

    assert cautions("2010-01-01") == {"2"}
    assert cautions("1990-01-01") == {"3"}
    assert cautions(None) == set()


def test_what_would_be_right_names_what_is_missing() -> None:
    file = case_file(suspects=["named"], victims=["unwilling"])
    right = {one.code: one for one in checker().what_would_be_right(file, NOW)}
    assert right["16"].needs == (
        "a record of the victim's decision", "the consideration of an evidence-led prosecution",
    )  # fmt: skip
    assert right["15"].needs == ("the victim's support for police action",)
    assert right["9"].needs[0] == "a written CPS decision and its reference"
    assert not {"14", "18", "0", "19"} & right.keys()


def test_what_would_be_right_begins_with_what_needs_least() -> None:
    right = checker().what_would_be_right(case_file(suspects=["named"], victims=["willing"]), NOW)
    assert right[0].code == "15"
    assert right[0].needs == ()
    assert [len(one.needs) for one in right] == sorted(len(one.needs) for one in right)


def test_a_published_record_is_not_asked_for_people_or_reasons() -> None:
    text = "Investigation complete; no suspect identified"
    file = case_file(source=STREET, outcome="18", outcome_text=text, offence_from="2016-02")
    verdict = checker().check(file, NOW)
    assert (verdict.verdict, verdict.possible) == ("clean", ("18",))
    assert checker().what_would_be_right(file, NOW) == ()


def test_a_published_wording_keeps_the_outcomes_it_may_stand_for() -> None:
    verdict = checker().check(case_file(source=STREET, outcome_text="Offender given a caution"), NOW)
    assert verdict.possible == ("2", "2A", "3", "3A")


def test_exceptions_and_conditions_of_a_rule() -> None:
    excused = rule_with(unless=("state_based_only",))
    assert check_with(excused, victims=["willing"])
    assert not check_with(excused, victims=["state"])
    only_flagged = rule_with(when=("flagged",), values={"fields": ("rationale",), "flags": ("da",)})
    assert check_with(only_flagged, flags=("da",))
    assert not check_with(only_flagged, flags=("hate",))


def test_a_rule_holds_from_its_first_to_its_last_day() -> None:
    dated = rule_with(effective_from=date(2026, 3, 1), effective_to=date(2026, 3, 31))
    days = ("2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01", "2026-03", "2026-02")
    assert [len(check_with(dated, outcome="18", outcome_date=day)) for day in days] == [0, 1, 1, 0, 1, 0]


def test_a_rule_without_an_outcome_date_is_judged_by_today() -> None:
    assert check_with(rule_with(effective_from=NOW.date()))
    assert not check_with(rule_with(effective_from=NOW.date() + timedelta(days=1)))


def test_a_facts_own_braces_are_not_read_as_a_template() -> None:
    (found,) = check_with(
        rule_with(require=("not_recorded",), message="Reads: {rationale}"), rationale="{ref} {__class__} %s"
    )
    assert found.message == "Reads: {ref} {__class__} %s"


def test_a_long_text_is_clipped_in_a_finding() -> None:
    (found,) = check_with(
        rule_with(require=("not_recorded",), message="Reads: {rationale}"), rationale="long " * 100
    )
    assert len(found.message) < 100
    assert found.message.endswith("…")


@pytest.mark.parametrize(
    ("changes", "says", "cure"),
    [
        ({"require": ("recordet",)}, "require: there is no predicate “recordet”", "Did you mean “recorded”?"),
        ({"when": ("flaged",)}, "when: there is no predicate “flaged”", "Did you mean “flagged”?"),
        ({"unless": ("state",)}, "unless: there is no predicate “state”", ""),
        ({"require": ()}, "require: names no predicate", ""),
        ({"values": {}}, "values: recorded needs fields", "Add fields = … to the values."),
        ({"values": {"fields": "rationale"}}, "values: fields is of the wrong kind for recorded", ""),
        ({"values": {"fields": ("rationale",), "x": 1}}, "values: no predicate of this rule takes x", ""),
        ({"values": {"fields": ("rational",)}}, "values: the case has no field “rational”", "“rationale”"),
        (
            {"require": ("dates_in_order",), "values": {"dates": ("rationale",)}},
            "values: the case has no date “rationale”",
            "",
        ),
        ({"facts": ("suspect.stature",)}, "facts: there is no field “suspect.stature”", "“suspect.status”"),
        ({"message": "At {outcome_dat}"}, "message: there is no field “outcome_dat”", "“outcome_date”"),
        ({"fix": "See {__class__}"}, "message: there is no field “__class__”", ""),
    ],
)
def test_a_rule_that_does_not_hold_together_is_named_with_a_cure(
    changes: dict[str, Any], says: str, cure: str
) -> None:
    rule = rule_with(file="finalisation.toml", place="[[rule]] X01", **changes)
    (problem,) = problems([rule])
    assert str(problem) == f"finalisation.toml: [[rule]] X01, {says}"
    assert cure in problem.cure
    with pytest.raises(PackError):
        compile_rules([rule], reference())


def test_the_shipped_rules_hold_together() -> None:
    assert problems(load_finalisation()) == []


DAYS = st.dates(date(1930, 1, 1), date(2035, 12, 31)).flatmap(
    lambda day: st.sampled_from([f"{day:%Y-%m}", f"{day:%Y-%m-%d}", f"{day:%Y-%m-%d}T10:30:00Z"])
)
WORDS = st.text(max_size=12) | st.sampled_from((
    "1", "1A", "3", "14", "15", "16", "17", "18", "21", "22", "23", "0", "19", "C1", "C2", "C9", "open",
    "filed", "pc", "sgt", "insp", "fcr", "cps", "named", "eliminated", "described", "person", "state",
    "yes", "no", "unknown", "offered", "public-interest", "evidential", "CJ88116", "TH68010", "SX03001",
    "105/01", "8/6", "da", "intimate", "police-uk-street", "rms-occurrences",
))  # fmt: skip
KINDS: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: WORDS, Kind.MOMENT: DAYS, Kind.FLAG: st.booleans(), Kind.INT: st.integers(0, 50_000),
    Kind.LIST: st.lists(WORDS, max_size=3).map(tuple),
}  # fmt: skip


def any_of(entity: Entity) -> st.SearchStrategy[Any]:
    return st.builds(entity.facts, **{one.name: st.none() | KINDS[one.kind] for one in entity.fields})


def linked(entity: Entity, key: str) -> st.SearchStrategy[Any]:
    return st.lists(any_of(entity), max_size=2).map(
        lambda them: tuple((derived_id(key, str(n)), one) for n, one in enumerate(them))
    )


FILES = st.builds(
    CaseFile, id=st.just(derived_id("any")), case=any_of(CASE), suspects=linked(SUSPECT, "s"),
    victims=linked(VICTIM, "v"), outcome_records=linked(OUTCOME_RECORD, "o"),
    custody=st.just(()), actions=st.just(()), contacts=st.just(()), log=st.just(()),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(file=FILES, now=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_whatever_the_facts_the_checker_answers_explains_and_never_suggests_what_it_blocks(
    file: CaseFile, now: datetime
) -> None:
    verdict = checker().check(file, now)
    for finding in verdict.findings:
        assert finding.message
        assert finding.fix
        assert finding.source
        assert finding.facts
    for code in verdict.possible:
        tried = replace(file, case=replace(file.case, outcome=code))
        assert checker().check(tried, now, possible=False).verdict != "block"
    right = {one.code for one in checker().what_would_be_right(file, now) if not one.needs}
    assert right <= set(verdict.possible)


def test_an_end_of_time_date_is_judged_and_not_a_crash() -> None:
    file = case_file(outcome="17", offence_code="CJ67002", offence_from="2026-01-01", offence_to="9999-12-31")
    assert "V11a" not in findings(file)
    assert "V21b" in findings(case_file(outcome="18", outcome_date="9999-12"))


def test_lines_are_shown_with_their_month() -> None:
    lines = [{"at": "2016-03", "text": text} for text in ("Suspect charged", "Local resolution")]
    found = findings(case_file(lines=lines))
    assert found["P03"].message.endswith("Mar 2016 Suspect charged · Mar 2016 Local resolution.")
