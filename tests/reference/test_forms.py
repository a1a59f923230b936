"""The questionnaires: the shipped one holds together and says what it is; a broken one is refused with the place."""

import hashlib
from pathlib import Path

import pytest

from casedesk.model.words import Confidence, Service
from casedesk.reference.check import check_packs
from casedesk.reference.form_parts import QuestionKind, Whose
from casedesk.reference.forms import Forms, load_form
from casedesk.reference.loading import DATA, PackEntryError
from casedesk.reference.packs import Packs

NEEDS = Packs().forms["needs"]
CLOSINGS = ("own-words", "strengths", "score", "linked", "motivation", "consent")


def test_the_needs_form_covers_every_pathway_with_its_score() -> None:
    assert {section.id for section in NEEDS.pathways} == {
        "accommodation", "education-training-employment", "finance-benefits-debt", "drugs", "alcohol",
        "physical-health", "mental-health", "neurodiversity-learning", "children-family",
        "relationships-domestic-abuse", "exploitation", "sex-work", "attitudes-thinking-behaviour",
    }  # fmt: skip
    for section in NEEDS.pathways:
        names = [question.id for question in section.questions]
        assert [f"{section.id}.{one}" for one in CLOSINGS] == names[-len(CLOSINGS) :]
        judged = NEEDS.questions[f"{section.id}.score"]
        assert judged.whose is Whose.WORKER
        assert [option.id for option in judged.options] == ["0", "1", "2"]
        assert section.title.lower() in judged.text


def test_nothing_that_a_person_answers_is_forced_but_what_the_form_gives_a_reason_for() -> None:
    forced = [one.id for one in NEEDS.questions.values() if one.must]
    assert forced == ["begin.told"]
    assert NEEDS.told == "begin.told"
    assert all(one.declinable for one in NEEDS.questions.values() if one.whose is Whose.PERSON)
    assert not any(one.declinable for one in NEEDS.questions.values() if one.whose is Whose.WORKER)


def test_every_trigger_names_an_action_a_source_and_somebody_to_tell() -> None:
    known = set(Service)
    for rule in NEEDS.triggers.values():
        assert rule.action
        assert rule.source
        assert rule.services
        assert all(one in known or one[0].isupper() for one in rule.services), rule.id
    same_day = {rule.id for rule in NEEDS.triggers.values() if rule.same_day}
    assert {"suicide", "phq-harm", "danger-home", "honour", "high-risk-abuse", "fresh-offence"} <= same_day
    assert {"exploited", "stalking", "suicide", "high-risk-abuse"} <= {
        rule.id for rule in NEEDS.triggers.values() if rule.holds
    }


def test_what_other_packs_say_of_the_form_is_in_it() -> None:
    packs = Packs()
    for fact, says in packs.eligibility.answers.items():
        for name, answers in says.items():
            question = NEEDS.questions[name]
            options = [one.id for one in question.options] or ["yes", "no"]
            assert set(answers) <= set(options), (fact, name)
    told = {service.casefold() for rule in NEEDS.triggers.values() for service in rule.services}
    for what in ("nrm", "duty to notify (home office)"):
        assert what in told
        assert what in packs.eligibility.referrals["exploitation"]
    first = NEEDS.triggers["suicide"].services[0].casefold()
    assert first in packs.eligibility.referrals["risk"]
    pathways = {section.id for section in NEEDS.pathways}
    assert {need for one in packs.conditions.services.values() for need in one.needs} <= pathways


def test_wording_that_needs_a_licence_is_not_shown_unless_the_force_switched_it_on(tmp_path: Path) -> None:
    assert not any("audit-1" in name for name in NEEDS.questions)
    assert "alcohol.audit-score" in NEEDS.questions
    assert NEEDS.modules["audit"].attribution
    assert NEEDS.modules["audit"].status is Confidence.UNVERIFIED
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "needs.toml").write_text("[modules]\naudit = true\n")
    switched = load_form("needs", tmp_path)
    assert "alcohol.audit-10" in switched.questions
    assert "alcohol.audit-score" not in switched.questions
    assert "audit-c" in switched.instruments
    assert "audit-score" not in switched.instruments
    assert switched.version.startswith("2026-11-22+local-")
    assert not check_packs(tmp_path)


@pytest.mark.parametrize("word", ["DAST-10", "PHQ-9", "GAD-7"])
def test_an_instrument_of_which_only_the_score_may_be_kept_has_one_number_to_enter(word: str) -> None:
    (tool,) = [one for one in NEEDS.instruments.values() if one.title.startswith(word)]
    assert [NEEDS.questions[item].kind for item in tool.items] == [QuestionKind.NUMBER]
    assert NEEDS.questions[tool.items[0]].most == tool.most
    assert tool.attribution


def test_a_version_that_was_used_is_never_changed() -> None:
    """A changed question needs a new version: copy the file to ``old/``, then note the new one's digest here."""
    for form_id, versions in VERSIONS.items():
        kept = Forms().versions(form_id)
        for version, digest in versions.items():
            assert version in kept, f"keep data/forms/old/{form_id}-{version}.toml"
            newest = Forms()[form_id].version == version
            path = DATA / "forms" / (f"{form_id}.toml" if newest else f"old/{form_id}-{version}.toml")
            held = path.read_bytes().replace(b"\r\n", b"\n")
            assert hashlib.sha256(held).hexdigest()[:16] == digest, f"{path.name} has changed: see above"


def small(tmp_path: Path, text: str, name: str = "small") -> Path:
    folder = tmp_path / "forms"
    (folder / Path(name).parent).mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return tmp_path


SMALL = """
[pack]
title = "Small"
version = "{version}"
[form]
id = "small"
title = "Small"
told = "a.one"
[[section]]
id = "a"
title = "A"
[[question]]
id = "a.one"
text = "One?"
kind = "yes-no"
[[question]]
id = "a.two"
text = "Two?"
kind = "choice"
options = ["x: X", "y: Y"]
{more}
"""


def test_an_older_version_is_found_beside_the_newest_and_a_lost_one_is_not(tmp_path: Path) -> None:
    small(tmp_path, SMALL.format(version="2", more='when = { question = "a.one", is = "yes" }'))
    small(tmp_path, SMALL.format(version="1", more=""), "old/small-1")
    held = Forms(tmp_path)
    assert held.versions("small") == ("2", "1")
    old = held.version("small", "1")
    assert old is not None
    assert old.questions["a.two"].when is None
    assert held["small"].version == "2"
    assert held.version("small", "3") is None
    assert held.version("nothing", "1") is None
    assert set(held) == {"needs", "small"}
    assert not check_packs(tmp_path)
    small(tmp_path, SMALL.format(version="1", more=""), "old/small-0")
    (wrong,) = check_packs(tmp_path)
    assert "old/small-1" in wrong.message


def test_the_shipped_version_is_still_known_where_the_force_has_laid_its_own_over_it(tmp_path: Path) -> None:
    small(tmp_path, "[modules]\naudit = true\n", "needs")
    held = Forms(tmp_path)
    assert held["needs"].version != NEEDS.version
    shipped = held.version("needs", NEEDS.version)
    assert shipped is not None
    assert shipped.questions.keys() == NEEDS.questions.keys()


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ('when = { question = "a.three", is = "yes" }', "a.three"),
        ('when = { question = "a.one", is = "maybe" }', "maybe"),
        ('when = { question = "a.two", is = "x" }', "later"),
        ('when = { question = "a.one" }', "needs one of"),
        ('when = { score = "none", at_least = 1 }', "no instrument"),
        ('when = { all = [] }', "no parts"),
        ('alone = ["z"]', "z"),
        ('hints = "?"', "unknown key"),
        ('module = "none"', "no module"),
        ('[[question]]\nid = "b.one"\ntext = "?"\nkind = "text"', "does not begin with a section"),
        ('[[question]]\nid = "a.three"\ntext = "?"\nkind = "text"\noptions = ["a: A"]', "do not go with"),
        ('[[question]]\nid = "a.three"\ntext = "?"\nkind = "many"', "are missing"),
        ('[[question]]\nid = "a.three"\ntext = "?"\nkind = "many"\noptions = ["A"]', "not an id"),
    ],
)  # fmt: skip
def test_a_form_that_does_not_hold_together_is_refused_with_the_place(
    tmp_path: Path, more: str, place: str
) -> None:
    small(tmp_path, SMALL.format(version="1", more=more))
    with pytest.raises(PackEntryError) as refused:
        load_form("small", tmp_path)
    assert place in str(refused.value)
    assert check_packs(tmp_path)


VERSIONS = {"needs": {"2026-11-22": "66e51ff174c8b578"}}
"""The digest of every version that was shipped."""
