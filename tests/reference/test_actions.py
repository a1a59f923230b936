"""The action-plan templates, the enabling teams, and which template fits a case."""

from pathlib import Path

import pytest

from casedesk.model.facts import Case
from casedesk.model.words import Role
from casedesk.reference.actions import DESK, OIC, load_actions, match
from casedesk.reference.clocks import Unit
from casedesk.reference.loading import PackEntryError
from casedesk.reference.packs import Packs

ACTIONS = Packs().actions
TEAMS = {
    "cctv", "digital-forensics", "pnc", "phone-download", "medical-statement", "forensics", "intelligence",
    "financial", "witness-care",
}  # fmt: skip
CATEGORIES = {"documents", "footage", "statements", "forensic", "medical", "records", "exhibits", "other"}


def write(folder: Path, text: str) -> Path:
    (folder / "actions.toml").write_text(text, encoding="utf-8")
    return folder


def test_the_enabling_teams_and_the_categories_of_the_cps_are_there() -> None:
    assert set(ACTIONS.teams) == TEAMS
    assert set(ACTIONS.categories) == CATEGORIES
    assert ACTIONS.late_reasons
    assert ACTIONS.themes


@pytest.mark.parametrize("template", ACTIONS.templates.values(), ids=lambda one: one.id)
def test_every_action_says_what_why_who_by_when_and_leans_only_on_earlier_ones(template) -> None:  # type: ignore[no-untyped-def] # parametrised
    seen: set[str] = set()
    for item in template.items:
        assert item.what
        assert item.why
        assert item.owner in {OIC, DESK, *TEAMS}
        assert item.category in CATEGORIES
        assert item.due[0] > 0
        assert item.due[1] in (Unit.HOURS, Unit.DAYS, Unit.WORKING_DAYS)
        assert not item.after or item.after in seen
        seen.add(item.id)
    assert len(seen) == len(template.items) >= 3


@pytest.mark.parametrize(
    ("case", "first"),
    [
        (Case(offence_code="OF61102", ho_class="008/06"), "assault"),
        (Case(ho_class="105/01"), "assault"),
        (Case(offence_code="OF61102", ho_class="008/06", flags=("da",)), "da-assault"),
        (Case(offence_title="Common assault", flags=("intimate",)), "da-assault"),
        (Case(offence_code="TH68010A"), "retail-theft"),
        (Case(category="Shoplifting"), "retail-theft"),
        (Case(offence_code="MD71530", ho_class="092/61"), "drugs-possession"),
        (Case(ho_class="008/26"), "weapon"),
        (Case(offence_code="CJ88116", flags=("knife",)), "weapon"),
        (Case(offence_code="PU86116"), "public-order"),
        (Case(offence_code="TH68036", ho_class="028/03"), "burglary"),
        (Case(offence_code="CD71039"), "criminal-damage"),
        (Case(ho_class="008/65"), "harassment-stalking"),
        (Case(offence_title="Harassment without violence", flags=("da",)), "harassment-stalking"),
        (Case(offence_code="TH68050"), "vehicle"),
        (Case(category="Vehicle crime"), "vehicle"),
    ],
)
def test_the_best_template_for_an_offence_comes_first(case: Case, first: str) -> None:
    assert match(ACTIONS.templates.values(), case, Role.EARLY_OUTCOME)[0].id == first


def test_a_domestic_assault_offers_the_plain_plan_too_and_the_plan_of_the_role_last() -> None:
    case = Case(offence_code="OF61102", ho_class="008/06", flags=("da",))
    offered = [one.id for one in match(ACTIONS.templates.values(), case, Role.EARLY_OUTCOME)]
    assert offered == ["da-assault", "assault", "early-outcome"]


def test_plans_of_other_roles_are_left_out_unless_no_role_is_given() -> None:
    assert [one.id for one in match(ACTIONS.templates.values(), Case(), Role.FINALISATIONS)] == [
        "finalisation-query"
    ]
    assert {one.id for one in match(ACTIONS.templates.values(), Case())} >= {"file-returned", "out-of-court"}


def test_the_title_counts_only_where_there_is_no_class() -> None:
    case = Case(ho_class="017/14", offence_title="Sexual assault on a male", flags=("da",))
    assert "da-assault" not in [one.id for one in match(ACTIONS.templates.values(), case)]


def test_the_third_chase_tells_the_supervisor() -> None:
    assert [bool(ACTIONS.after_chase(chases)) for chases in (0, 1, 2, 3, 4)] == [
        False,
        False,
        False,
        True,
        True,
    ]
    assert "supervisor" in ACTIONS.after_chase(3)


def test_owners_have_names_and_strangers_stand_as_they_are() -> None:
    assert ACTIONS.owner_title("cctv") == ACTIONS.teams["cctv"].title
    assert ACTIONS.owner_title("oic") == "OIC"
    assert ACTIONS.owner_title("7042") == "7042"


ITEM = 'id = "one"\nwhat = "Do"\nwhy = "So"\nowner = "oic"\ndue = 1\ncategory = "other"\n'


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("oic", "ocu"), "there is no team “ocu”"),
        (('category = "other"', 'category = "others"'), "there is no category “others”"),
        (("due = 1", "due = 0"), "0 does not fit"),
        (("due = 1", 'due = 1\nunit = "months"'), "too long for an action"),
        (("due = 1", 'due = 1\nafter = "two"'), "no earlier action “two”"),
        (('titles = ["x"]', ""), "fits every case"),
    ],
)
def test_a_force_that_misspells_a_template_is_told_where(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    text = f'[[template]]\nid = "ours"\ntitle = "Ours"\ntitles = ["x"]\n[[template.item]]\n{ITEM}'
    assert "ours" in load_actions(write(tmp_path, text)).templates
    with pytest.raises(PackEntryError, match="ours") as raised:
        load_actions(write(tmp_path, text.replace(*change)))
    assert said in raised.value.message


def test_a_team_that_templates_ask_cannot_be_switched_off_unnoticed(tmp_path: Path) -> None:
    with pytest.raises(PackEntryError, match="there is no team “cctv”"):
        load_actions(write(tmp_path, '[[team]]\nid = "cctv"\nseverity = "off"\n'))
