"""The needs assessment as rules: follow-ups, scores and bands at every edge, and what an answer makes necessary."""

from datetime import UTC, date, datetime

import pytest

from casedesk.model.errors import BadInputError
from casedesk.reference.form_parts import Form, Instrument, QuestionKind, Whose
from casedesk.reference.forms import load_form
from casedesk.rules.form_changes import Direction, changes
from casedesk.rules.forms import (
    Given,
    SectionState,
    check,
    form_of_answers,
    live,
    missing_words,
    needs,
    next_open,
    orphans,
    progress,
    said,
    scores,
    screens,
    triggers,
    visible,
    would_orphan,
)
from tests.rules.form_answers import answers_of, given, yes

NEEDS = load_form("needs")


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Form:
    """The form with the AUDIT questions switched on."""
    folder = tmp_path_factory.mktemp("packs")
    (folder / "forms").mkdir()
    (folder / "forms" / "needs.toml").write_text("[modules]\naudit = true\n")
    return load_form("needs", folder)


def raised(**values: str) -> set[str]:
    return {one.id for one in triggers(NEEDS, answers_of(NEEDS, **values))}


# -- what arises ------------------------------------------------------------------------------------------------


def test_a_follow_up_is_asked_only_after_the_answer_that_calls_for_it() -> None:
    assert "drugs.which" not in {one.id for one in visible(NEEDS, {})}
    asked = {one.id for one in visible(NEEDS, answers_of(NEEDS, drugs__used="yes"))}
    assert {"drugs.which", "drugs.often", "drugs.help"} <= asked
    assert "drugs.injecting" not in asked
    heroin = answers_of(NEEDS, drugs__used="yes", drugs__which="cannabis heroin")
    assert "drugs.injecting" in {one.id for one in visible(NEEDS, heroin)}


def test_declining_a_question_asks_none_of_its_follow_ups_and_is_not_asked_again() -> None:
    answers = {"drugs.used": Given(declined=True, confirmed=True)}
    assert "drugs.which" not in {one.id for one in visible(NEEDS, answers)}
    assert next_open(NEEDS, answers, "attitudes-thinking-behaviour.insight") is not None
    drugs = next(one for one in progress(NEEDS, answers) if one.section == "drugs")
    assert "drugs.used" not in drugs.missing


def test_an_answer_that_hangs_on_an_orphan_is_an_orphan_too() -> None:
    answers = answers_of(NEEDS, drugs__used="yes", drugs__which="heroin", drugs__injecting="yes")
    assert orphans(NEEDS, answers) == ()
    no = given("no", NEEDS.questions["drugs.used"])
    lost = would_orphan(NEEDS, answers, "drugs.used", no)
    assert [one.question for one in lost] == ["drugs.which", "drugs.injecting"]
    assert live(NEEDS, {**answers, "drugs.used": no}).keys() == {"drugs.used"}


def test_what_was_said_of_harm_stays_raised_until_it_is_taken_out() -> None:
    answers = answers_of(NEEDS, drugs__used="yes", drugs__which="heroin", drugs__injecting="yes")
    answers["drugs.used"] = given("no")
    assert "injecting" in {one.id for one in triggers(NEEDS, answers)}
    answers["drugs.injecting"] = Given(value="yes", removed=True)
    assert "injecting" not in {one.id for one in triggers(NEEDS, answers)}


def test_sex_work_is_not_scored_unless_the_person_agreed_to_be_asked() -> None:
    assert "sex-work.score" not in {one.id for one in visible(NEEDS, {})}
    agreed = answers_of(NEEDS, sex_work__relevant="yes", sex_work__may_ask="yes")
    asked = {one.id for one in visible(NEEDS, agreed)}
    assert "sex-work.score" in asked
    assert "sex-work.linked" not in asked, "both must hold: agreed, and a need"
    need = agreed | answers_of(NEEDS, sex_work__score="1")
    assert "sex-work.linked" in {one.id for one in visible(NEEDS, need)}


# -- how far ----------------------------------------------------------------------------------------------------


def test_a_section_goes_from_not_started_over_looked_at_to_complete() -> None:
    def state(answers: dict[str, Given], *seen: str) -> SectionState:
        return next(one.state for one in progress(NEEDS, answers, seen) if one.section == "prior")

    assert state({}) is SectionState.NOT_STARTED
    assert state({}, "prior") is SectionState.LOOKED_AT
    half = {"prior.services": given("none")}
    assert state(half) is SectionState.LOOKED_AT
    whole = {**half, "prior.resolution": given("none")}
    assert state(whole) is SectionState.COMPLETE
    drafted = {name: given("none", confirmed=False) for name in whole}
    assert state(drafted) is SectionState.NOT_STARTED
    assert state(drafted, "prior") is SectionState.LOOKED_AT
    assert missing_words(progress(NEEDS, whole)).endswith("sections")
    assert missing_words(()) == ""


# -- what was typed ---------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("question", "typed", "kept", "words"),
    [
        ("accommodation.home", "street", "street", "On the street or in a vehicle"),
        ("accommodation.safe", True, "yes", "Yes"),
        ("accommodation.safe", "N", "no", "No"),
        ("accommodation.nights", 7, "7", "7"),
        ("accommodation.nights", "0", "0", "0"),
        ("accommodation.notice-when", date(2026, 12, 1), "2026-12-01", "1 Dec 2026"),
        ("accommodation.notice-when", "1/12/26", "2026-12-01", "1 Dec 2026"),
        ("drugs.which", ("heroin", "cannabis"), "cannabis heroin", "Cannabis; Heroin or other opiates"),
        ("drugs.which", "heroin cannabis", "cannabis heroin", "Cannabis; Heroin or other opiates"),
        ("identity.name", "  Kai\x1b[31m ", "Kai", "Kai"),
        ("wishes.want", "one\ntwo", "one\ntwo", "one\ntwo"),
    ],
)
def test_an_answer_is_kept_in_one_form_and_shown_in_words(
    question: str, typed: object, kept: str, words: str
) -> None:
    asked = NEEDS.questions[question]
    assert check(asked, typed, now=NOW) == kept  # type: ignore[arg-type] # parametrised
    assert said(asked, kept) == words


@pytest.mark.parametrize(
    ("question", "typed"),
    [
        ("accommodation.home", "castle"), ("accommodation.home", ""), ("accommodation.home", None),
        ("accommodation.safe", "perhaps"), ("accommodation.nights", "8"), ("accommodation.nights", "-1"),
        ("accommodation.nights", "two"), ("accommodation.nights", True), ("accommodation.nights", "²"),
        ("accommodation.notice-when", "soon"), ("accommodation.notice-when", "2026-12"),
        ("engagement.contact", ("none", "call")), ("engagement.contact", ()), ("engagement.contact", "fax"),
        ("engagement.contact", 3), ("identity.name", "\x1b"), ("identity.name", "x" * 501),
    ],
)  # fmt: skip
def test_what_does_not_answer_a_question_is_refused_with_a_cure(question: str, typed: object) -> None:
    with pytest.raises(BadInputError) as refused:
        check(NEEDS.questions[question], typed, now=NOW)  # type: ignore[arg-type] # parametrised
    assert refused.value.cure


# -- scores and bands -------------------------------------------------------------------------------------------


def test_a_pathway_has_the_workers_judgement_and_the_persons_words() -> None:
    answers = answers_of(
        NEEDS, alcohol__score="2", alcohol__linked="yes", alcohol__motivation="8", alcohol__consent="yes",
        alcohol__strengths="Sober since Monday", alcohol__own_words="I want it to stop", drugs__score="0",
    )  # fmt: skip
    alcohol = scores(NEEDS, answers)["alcohol"]
    assert (alcohol.score, alcohol.meaning, alcohol.linked, alcohol.motivation) == (
        2, "Significant need", True, 8,
    )  # fmt: skip
    assert (alcohol.consent, alcohol.strengths) == ("yes", "Sober since Monday")
    assert needs(NEEDS, answers) == {"drugs": 0, "alcohol": 2}
    assert scores(NEEDS, answers)["finance-benefits-debt"].score is None


def test_an_answer_that_no_longer_arises_counts_for_no_score() -> None:
    answers = answers_of(NEEDS, alcohol__score="0", alcohol__linked="yes", alcohol__motivation="8")
    assert scores(NEEDS, answers)["alcohol"].linked is None
    assert scores(NEEDS, answers)["alcohol"].motivation is None


EDGES = {
    "audit-score": [(0, "Low risk"), (7, "Low risk"), (8, "Increasing risk"), (15, "Increasing risk"),
                    (16, "Higher risk"), (19, "Higher risk"), (20, "Possible dependence"),
                    (40, "Possible dependence")],
    "dast-10": [(0, "None"), (1, "Low"), (2, "Low"), (3, "Moderate: investigate further"),
                (5, "Moderate: investigate further"), (6, "Substantial: intensive assessment"),
                (8, "Substantial: intensive assessment"), (9, "Severe"), (10, "Severe")],
    "phq-9": [(0, "Minimal"), (4, "Minimal"), (5, "Mild"), (9, "Mild"), (10, "Moderate"), (14, "Moderate"),
              (15, "Moderately severe"), (19, "Moderately severe"), (20, "Severe"), (27, "Severe")],
    "gad-7": [(0, "Minimal"), (4, "Minimal"), (5, "Mild"), (9, "Mild"), (10, "Moderate"), (14, "Moderate"),
              (15, "Severe"), (21, "Severe")],
}  # fmt: skip
ENTRIES = {
    "audit-score": {"alcohol.drinks": "weekly", "alcohol.screened": "yes"},
    "dast-10": {"drugs.used": "yes", "drugs.screened": "yes"},
    "phq-9": {"mental-health.screened": "phq gad"},
    "gad-7": {"mental-health.screened": "phq gad"},
}
POSITIVE = {"audit-score": 8, "dast-10": 3, "phq-9": 10, "gad-7": 10}


@pytest.mark.parametrize(
    ("tool", "score", "band"), [(tool, *edge) for tool, edges in EDGES.items() for edge in edges]
)
def test_an_entered_score_falls_in_its_band_at_every_edge(tool: str, score: int, band: str) -> None:
    (item,) = NEEDS.instruments[tool].items
    answers = {name: given(value) for name, value in ENTRIES[tool].items()} | {item: given(str(score))}
    found = screens(NEEDS, answers)[tool]
    assert (found.score, found.band) == (score, band)
    assert found.positive == (score >= POSITIVE[tool])
    assert bool(found.next_step) == found.positive


def test_no_score_beyond_the_instruments_range_can_be_entered() -> None:
    for tool in NEEDS.instruments.values():
        question = NEEDS.questions[tool.items[0]]
        with pytest.raises(BadInputError):
            check(question, str(tool.most + 1))


def audited(form: Form, tool: Instrument, score: int) -> dict[str, Given]:
    """Answers to the items that come to a score, the first two highest and the third lowest."""
    answers = {"alcohol.drinks": given("daily")}
    for item in (*tool.items[:2], *tool.items[3:], tool.items[2]):
        best = max(value for one in form.questions[item].options if (value := int(one.id)) <= score)
        answers[item] = given(str(best))
        score -= best
    assert score == 0
    return answers


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (0, "Low risk"), (4, "Low risk"), (5, "Increasing risk"), (7, "Increasing risk"), (8, "Higher risk"),
        (10, "Higher risk"), (11, "Possible dependence"), (12, "Possible dependence"),
    ],
)  # fmt: skip
def test_the_three_items_of_audit_c_are_added_up_and_five_asks_for_the_rest(
    audit: Form, score: int, band: str
) -> None:
    answers = audited(audit, audit.instruments["audit-c"], score)
    found = screens(audit, answers)["audit-c"]
    assert (found.score, found.band) == (score, band)
    assert ("alcohol.audit-4" in {one.id for one in visible(audit, answers)}) == (score >= 5)
    assert ("dependence" in {one.id for one in triggers(audit, answers)}) == (score >= 11)


@pytest.mark.parametrize(
    ("score", "band"),
    [(7, "Low risk"), (8, "Increasing risk"), (15, "Increasing risk"), (16, "Higher risk"),
     (19, "Higher risk"), (20, "Possible dependence"), (40, "Possible dependence")],
)  # fmt: skip
def test_the_ten_items_of_audit_are_added_up(audit: Form, score: int, band: str) -> None:
    answers = audited(audit, audit.instruments["audit"], score)
    found = screens(audit, answers)["audit"]
    assert (found.score, found.band) == (score, band)
    assert ("dependence" in {one.id for one in triggers(audit, answers)}) == (score >= 20)


def test_a_tool_with_an_item_declined_has_no_score(audit: Form) -> None:
    answers = audited(audit, audit.instruments["audit-c"], 12)
    answers["alcohol.audit-3"] = Given(declined=True)
    found = screens(audit, answers)["audit-c"]
    assert found.score is None
    assert found.band == ""
    assert not found.positive


# -- safeguarding -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "trigger"),
    [
        ({"mental_health__suicide": "thoughts"}, "suicide"),
        ({"mental_health__suicide": "plan"}, "suicide"),
        ({"mental_health__self_harm": "month"}, "suicide"),
        ({"mental_health__self_harm": "year", "mental_health__suicide_now": "no"}, "suicide"),
        ({"mental_health__screened": "phq", "mental_health__phq_harm": "1"}, "phq-harm"),
        ({"relationships_domestic_abuse__afraid": "yes"}, "danger-home"),
        ({"relationships_domestic_abuse__grade": "high"}, "high-risk-abuse"),
        ({"relationships_domestic_abuse__honour": "yes"}, "honour"),
        ({"relationships_domestic_abuse__throat": "yes"}, "strangled"),
        ({"vulnerability__fresh": "yes"}, "fresh-offence"),
        ({"vulnerability__child": "yes"}, "child-risk"),
        ({"begin__fit": "influence"}, "unfit"),
        ({"alcohol__withdrawal": "yes"}, "withdrawal"),
    ],
)
def test_harm_is_to_be_acted_on_the_same_day(values: dict[str, str], trigger: str) -> None:
    found = {one.id: one for one in triggers(NEEDS, answers_of(NEEDS, **values))}
    assert found[trigger].same_day
    assert found[trigger].action
    assert found[trigger].because


@pytest.mark.parametrize(
    ("values", "trigger"),
    [
        ({"exploitation__owes": "yes"}, "exploited"),
        ({"exploitation__told": "yes"}, "exploited"),
        ({"exploitation__threatened": "yes"}, "exploited"),
        ({"exploitation__held": "yes"}, "exploited"),
        ({"exploitation__offence": "pressure"}, "exploited"),
        ({"sex_work__coerced": "yes"}, "exploited"),
        ({"accommodation__taken_over": "yes"}, "exploited"),
        ({"relationships_domestic_abuse__following": "yes"}, "stalking"),
        ({"relationships_domestic_abuse__has_harmed": "once"}, "has-harmed"),
        ({"relationships_domestic_abuse__harmed": "past"}, "abuse-victim"),
        ({"vulnerability__extremism": "yes"}, "prevent"),
        ({"vulnerability__managed": "probation mappa"}, "managed"),
        ({"vulnerability__care": "yes"}, "adult-at-risk"),
        ({"begin__adult_needed": "unsure"}, "appropriate-adult"),
        ({"neurodiversity_learning__known": "autism"}, "neurodivergent"),
        ({"physical_health__pregnant": "pregnant"}, "pregnant"),
        ({"identity__in_care": "under-25"}, "care-leaver"),
        ({"identity__veteran": "yes"}, "veteran"),
        ({"identity__immigration": "yes"}, "status"),
        ({"identity__role": "firearms"}, "licensed-role"),
        ({"accommodation__home": "street"}, "homeless"),
        ({"accommodation__nights": "1"}, "homeless"),
        ({"finance_benefits_debt__lender": "yes"}, "lender"),
        ({"finance_benefits_debt__gambling": "often"}, "gambling"),
        ({"drugs__injecting": "yes"}, "injecting"),
        ({"sex_work__safe": "no"}, "sex-work-unsafe"),
        ({"alcohol__screened": "yes", "alcohol__audit_score": "20"}, "dependence"),
    ],
)
def test_every_trigger_is_raised_by_its_answer(values: dict[str, str], trigger: str) -> None:
    assert trigger in raised(**values)


@pytest.mark.parametrize(
    "values",
    [
        {"mental_health__suicide": "past"}, {"mental_health__self_harm": "past"},
        {"mental_health__phq_harm": "0"}, {"accommodation__nights": "0"}, {"accommodation__home": "settled"},
        {"identity__in_care": "over-25"}, {"physical_health__pregnant": "not-applicable"},
        {"relationships_domestic_abuse__grade": "medium"}, {"vulnerability__managed": "probation"},
        {"alcohol__audit_score": "19"}, {"exploitation__offence": "no"}, {"begin__fit": "fit"},
    ],
)  # fmt: skip
def test_the_answer_beside_it_raises_nothing(values: dict[str, str]) -> None:
    assert raised(**values) == set()


def test_declined_and_removed_answers_raise_nothing() -> None:
    assert not triggers(NEEDS, {"mental-health.suicide": Given(declined=True)})
    assert not triggers(NEEDS, {"mental-health.suicide": Given(value="plan", removed=True)})


def test_every_trigger_of_the_form_can_be_raised(audit: Form) -> None:
    worst = {}
    for question in audit.questions.values():
        value = {"yes-no": "yes", "number": str(question.most or 0)}.get(question.kind.value)
        if question.kind is QuestionKind.MANY:
            value = " ".join(one.id for one in question.options if one.id not in question.alone)
        worst[question.id] = value or (question.options[-1].id if question.options else "x")
    worst |= {
        "begin.fit": "unwell", "mental-health.suicide": "plan", "identity.in-care": "under-25",
        "relationships-domestic-abuse.grade": "high", "accommodation.safe": "no", "sex-work.safe": "no",
        "physical-health.pregnant": "baby",
    }  # fmt: skip
    answers = {name: given(value) for name, value in worst.items()}
    assert {one.id for one in triggers(audit, answers)} == set(audit.triggers)


# -- the change, and reading without the form -------------------------------------------------------------------


def test_the_change_of_a_pathway_says_which_way_it_went() -> None:
    first = scores(
        NEEDS, answers_of(NEEDS, alcohol__score="2", drugs__score="0", finance_benefits_debt__score="1")
    )
    later = scores(
        NEEDS, answers_of(NEEDS, alcohol__score="1", drugs__score="2", finance_benefits_debt__score="1")
    )
    found = {one.pathway: one for one in changes(first, later)}
    assert (found["alcohol"].by, found["alcohol"].direction) == (-1, Direction.BETTER)
    assert (found["drugs"].by, found["drugs"].direction) == (2, Direction.WORSE)
    assert (found["finance-benefits-debt"].by, found["finance-benefits-debt"].direction) == (
        0,
        Direction.SAME,
    )
    assert found["accommodation"].direction is Direction.UNKNOWN
    gone = {one.pathway: one for one in changes(first, {})}
    assert gone["alcohol"].title == "Alcohol"
    assert gone["alcohol"].direction is Direction.UNKNOWN


def test_without_its_form_an_assessment_reads_from_its_answers_alone() -> None:
    answers = answers_of(NEEDS, alcohol__score="2", alcohol__linked="yes", wishes__want="A job")
    lost = form_of_answers("needs", "1066", answers)
    assert [one.text for one in lost.questions.values()] == [one.asked for one in answers.values()]
    assert orphans(lost, answers) == ()
    alcohol = scores(lost, answers)["alcohol"]
    assert (alcohol.score, alcohol.meaning, alcohol.linked) == (2, "Significant need", True)
    assert lost.questions["wishes.want"].whose is Whose.PERSON
    assert yes().value == "yes"
