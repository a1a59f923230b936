"""THOR: what is suggested and why, and that a person's grading wins."""

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.model.errors import PackError
from casedesk.model.facts import Case, CaseEvent, CaseFile, Custody, Grading, Suspect, Victim
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment
from casedesk.model.words import CustodyState, EventKind, Flag, SuspectStatus
from casedesk.reference.offence_groups import Recorded
from casedesk.reference.offences import load_offences
from casedesk.reference.packs import Packs
from casedesk.reference.thor import GRADES, CaseFact, load_thor
from casedesk.rules.thor import graded, harm, suggested, under_18

PACKS = Packs()
THOR = PACKS.thor
NOW = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)


def eid(number: int) -> EntityId:
    return EntityId(number.to_bytes(16, "big"))


def case(**facts: object) -> CaseFile:
    return CaseFile(id=eid(1), case=Case(**facts))  # type: ignore[arg-type] # by name


def graded_case(*gradings: tuple[int, Grading]) -> CaseFile:
    file = case(offence_code="TH68010")
    return dataclasses.replace(file, gradings=tuple((eid(number), one) for number, one in gradings))


# -- weights ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offence", "band"),
    [
        (Recorded(ho_class="001/01"), "death"),
        (Recorded(ho_class="019/08"), "rape-and-slavery"),
        (Recorded(ho_class="005/01"), "grave-violence"),
        (Recorded(ho_class="020/05"), "sexual"),
        (Recorded(ho_class="034/01"), "serious-violence"),
        (Recorded(ho_class="008/77"), "serious-violence"),
        (Recorded(ho_class="028/03"), "violence-and-homes"),
        (Recorded(ho_class="028/01"), "grave-violence"),
        (Recorded(ho_class="008/06"), "injury-and-weapons"),
        (Recorded(ho_class="105/01"), "assault-and-harassment"),
        (Recorded(ho_class="053/01"), "loss-and-disorder"),
        (Recorded(ho_class="149/00"), "property"),
        (Recorded(ho_class="046/00"), "shops"),
        (Recorded(title="Rape of a female aged 16 or over"), "rape-and-slavery"),
        (Recorded(title="ATTEMPTED MURDER"), "death"),
        (Recorded(title="Theft from a shop, attempted"), "shops"),
        (Recorded(title="Sexual assault on a male"), "sexual"),
        (Recorded(title="Grape seller without a licence"), "other"),
        (Recorded(category="Violence and sexual offences"), "assault-and-harassment"),
        (Recorded(category="shoplifting"), "shops"),
        (Recorded(ho_class="046/00", category="Robbery"), "shops"),
        (Recorded(ho_class="999/99", category="Robbery"), "injury-and-weapons"),
        (Recorded(), "other"),
    ],
)
def test_the_most_exact_match_weighs_an_offence(offence: Recorded, band: str) -> None:
    assert THOR.weigh(offence).id == band


def test_every_published_category_has_a_weight() -> None:
    texts = [category.text for category in PACKS.police_uk.categories]
    unknown = [text for text in texts if THOR.weigh(Recorded(category=text)).id == "other"]
    assert unknown == []


def test_every_listed_class_of_the_weights_is_a_class_of_some_offence() -> None:
    classes = {offence.ho_class for offence in load_offences() if offence.ho_class}
    written = {one for band in THOR.bands for one in band.offences.classes}
    written |= {one for rule in THOR.rules if rule.offences for one in rule.offences.classes}
    assert {one for one in written if not any(known.startswith(one) for known in classes)} == set()


def test_a_code_alone_is_looked_up_in_the_offence_list() -> None:
    listed = suggested(case(offence_code="CJ88116"), PACKS)
    assert listed == suggested(case(offence_code="CJ88116", ho_class="105/01"), PACKS)
    assert listed.harm.reasons == (
        "Offence weight 30: assault without injury, harassment, malicious messages",
    )


def test_the_title_counts_only_where_no_class_is_known() -> None:
    def weight(**facts: str) -> str:
        return suggested(case(**facts), PACKS).harm.reasons[0].split(":")[0]

    assert weight(offence_title="Robbery") == "Offence weight 60"
    assert weight(offence_title="Robbery", offence_code="LOCAL1") == "Offence weight 60"
    assert weight(offence_title="Robbery", ho_class="105/01") == "Offence weight 30"
    assert weight(offence_title="Robbery", offence_code="CJ88116") == "Offence weight 30"


# -- suggestions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "levels"),
    [
        (case(ho_class="046/00"), (0, 0, 0, 0)),
        (case(ho_class="149/00"), (0, 1, 0, 0)),
        (case(ho_class="105/01"), (1, 1, 0, 0)),
        (case(ho_class="105/01", flags=("da",)), (2, 2, 0, 2)),
        (case(ho_class="008/77"), (3, 2, 0, 0)),
        (case(ho_class="008/66"), (3, 2, 0, 2)),
        (case(ho_class="019/08"), (3, 3, 0, 0)),
        (case(ho_class="034/01", flags=("knife",)), (2, 2, 0, 0)),
        (case(ho_class="105/01", flags=("exploitation",)), (2, 3, 0, 3)),
        (case(ho_class="105/01", flags=("unheard-of",)), (1, 1, 0, 0)),
    ],
)
def test_offence_and_flags_suggest_grades(file: CaseFile, levels: tuple[int, ...]) -> None:
    assert suggested(file, PACKS).levels == levels


@pytest.mark.parametrize(
    ("suspect", "level"),
    [
        (Suspect(status=SuspectStatus.DESCRIBED), 1),
        (Suspect(status=SuspectStatus.NAMED), 2),
        (Suspect(name="A Person", status=SuspectStatus.ELIMINATED), 0),
        (Suspect(status=SuspectStatus.NAMED, admitted=True), 3),
        (Suspect(status=SuspectStatus.IN_CUSTODY), 3),
    ],
)
def test_what_is_known_of_the_suspect_suggests_the_opportunity(suspect: Suspect, level: int) -> None:
    file = dataclasses.replace(case(), suspects=((eid(2), suspect),))
    assert suggested(file, PACKS).opportunity.level == level


def test_a_wanted_suspect_of_domestic_abuse_is_the_highest_risk() -> None:
    file = dataclasses.replace(
        case(flags=("da",)), suspects=((eid(2), Suspect(status=SuspectStatus.WANTED)),)
    )
    assert suggested(file, PACKS).risk.level == 3
    assert suggested(file, PACKS).risk.reasons == ("The suspect is wanted and somebody may be in danger",)


def test_a_breach_counts_until_it_is_dealt_with() -> None:
    def events(*kinds: EventKind) -> CaseFile:
        made = ((eid(n), CaseEvent(kind=kind, at=NOW + timedelta(hours=n))) for n, kind in enumerate(kinds))
        return dataclasses.replace(case(), events=tuple(made))

    breach, dealt = EventKind.BREACH, EventKind.BREACH_DEALT_WITH
    assert suggested(events(breach), PACKS).risk.level == 3
    assert suggested(events(breach, dealt), PACKS).risk.level == 0
    assert suggested(events(breach, dealt, breach), PACKS).risk.level == 3


def test_every_fact_a_rule_may_ask_for_can_be_met() -> None:
    asked = {fact for rule in THOR.rules for fact in rule.facts}
    assert asked == {fact.value for fact in CaseFact}
    file = dataclasses.replace(
        case(offence_from="2026-11-01", flags=("da",), ho_class="105/01"),
        victims=((eid(2), Victim(kind="person", dob=Moment("2015-05-05"))),),
        suspects=(
            (eid(3), Suspect(status="wanted", dob=Moment("2010-05-05"), admitted=True)),
            (eid(4), Suspect(status="described")),
        ),
        custody=((eid(5), Custody(state=CustodyState.DETAINED)),),
        events=((eid(6), CaseEvent(kind=EventKind.BREACH, at=NOW)),),
    )
    reasons = {reason for name in GRADES for reason in getattr(suggested(file, PACKS), name).reasons}
    assert "A suspect is in police detention" in reasons
    assert "A suspect admits it" in reasons
    assert "Bail conditions were broken and it has not been dealt with" in reasons


@pytest.mark.parametrize(
    ("dob", "offence", "young"),
    [
        ("2008-11-22", "2026-11-21", True),
        ("2008-11-21", "2026-11-21", False),
        ("2008-02-29", "2026-02-28", True),
        ("2008-02-29", "2026-03-01", False),
        ("2008-11", "2026-11-01", True),
        ("2007-11-30", "2026-11", False),
        ("1980-01-01", "2026-11", False),
        ("2030-01-01", "2026-11", False),
        ("2015-01-01", None, False),
        (None, "2026-11-21", False),
    ],
)
def test_under_18_is_judged_at_the_offence(dob: str | None, offence: str | None, young: bool) -> None:
    assert under_18(Moment(dob) if dob else None, case(offence_from=offence)) is young


@given(
    flags=st.lists(st.sampled_from([*Flag, "strange"]), unique=True),
    ho_class=st.none() | st.from_regex(r"\d{3}/\d{2}", fullmatch=True),
    title=st.none() | st.text(max_size=30),
    category=st.none() | st.text(max_size=12),
    code=st.none() | st.text(max_size=8),
    statuses=st.lists(st.sampled_from([*SuspectStatus, None, "odd"]), max_size=3),
)
def test_whatever_is_recorded_each_grade_is_suggested_with_a_reason(
    flags: list[str],
    ho_class: str | None,
    title: str | None,
    category: str | None,
    code: str | None,
    statuses: list[str | None],
) -> None:
    file = dataclasses.replace(
        case(
            flags=tuple(flags), ho_class=ho_class, offence_title=title, category=category, offence_code=code
        ),
        suspects=tuple((eid(n), Suspect(status=status)) for n, status in enumerate(statuses)),
    )
    found = suggested(file, PACKS)
    for name in GRADES:
        one = getattr(found, name)
        assert 0 <= one.level <= 3
        assert one.reasons
        assert all(one.reasons)
    assert 0 <= found.total <= THOR.most


# -- a person's grading ----------------------------------------------------------------------------------------------


def grading(level: int, *, minutes: int = 0, **more: object) -> Grading:
    return Grading(
        threat=level,
        harm=level,
        opportunity=level,
        risk=level,
        at=NOW + timedelta(minutes=minutes),
        **more,  # type: ignore[arg-type] # by name
    )


def test_a_person_s_grading_wins_over_the_suggestion() -> None:
    file = graded_case((2, grading(3)))
    assert harm(file, PACKS) == THOR.most
    assert harm(graded_case(), PACKS) == suggested(graded_case(), PACKS).total < THOR.most


def test_the_latest_grading_counts_and_one_withdrawn_does_not() -> None:
    first, later = grading(1), grading(2, minutes=5)
    assert graded(graded_case((2, first), (3, later))) == later
    assert graded(graded_case((3, later), (2, first))) == later
    withdrawal = Grading(about=eid(3), withdrawn=True)
    assert graded(graded_case((2, first), (3, later), (4, withdrawal))) == first
    assert graded(graded_case()) is None


@pytest.mark.parametrize("level", [4, -1, None])
def test_a_grading_that_makes_no_sense_is_passed_over(level: int | None) -> None:
    strange = dataclasses.replace(grading(2, minutes=9), harm=level)
    assert graded(graded_case((2, strange))) is None
    assert graded(graded_case((2, grading(1)), (3, strange))) == grading(1)


# -- the pack --------------------------------------------------------------------------------------------------------


def test_the_pack_says_what_each_level_means_and_where_it_is_from() -> None:
    assert list(THOR.grades) == list(GRADES)
    assert all(len(grade.levels) == 4 and grade.question for grade in THOR.grades.values())
    assert THOR.status == "convention"
    assert THOR.model_status == "secondary"
    assert "neither the Cambridge Crime Harm Index nor" in THOR.source
    assert THOR.licence == "MIT"


def test_every_rule_and_band_is_of_use() -> None:
    rules = {rule.id: rule for rule in THOR.rules}
    assert {rule.grade for rule in rules.values()} == set(GRADES)
    weights = [band.weight for band in THOR.bands]
    assert len(set(weights)) == len(weights)


def test_a_force_lays_its_own_weights_and_order_over(tmp_path: Path) -> None:
    (tmp_path / "thor.toml").write_text(
        '[order]\nharm = 0\n[[harm]]\nid = "shops"\nweight = 90\nlabel = "ours"\nclasses = ["046"]\n'
        '[[rule]]\nid = "threat-gravest"\nseverity = "off"\n',
        encoding="utf-8",
    )
    thor = load_thor(tmp_path)
    assert thor.weigh(Recorded(ho_class="046/00")).label == "ours"
    assert thor.total(0, 3, 0, 0) == 0
    assert thor.version == "2026.1+local"
    found = suggested(case(ho_class="046/00"), Packs(tmp_path))
    assert found.harm.level == 3
    assert found.threat.level == 1


GRADE = '[[grade]]\nlabel = "X"\nquestion = "?"\nunless = "-"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[order]\nharm = 101", "101 does not fit"),
        ("[weights]\ngrade_1 = 50", "do not rise"),
        ('[[rule]]\nid = "x"\ngrade = "harms"\nlevel = 1\nwhy = "y"\nflags = ["da"]', "is no grade"),
        ('[[rule]]\nid = "x"\ngrade = "harm"\nlevel = 4\nwhy = "y"\nflags = ["da"]', "4 does not fit"),
        ('[[rule]]\nid = "x"\ngrade = "harm"\nlevel = 1\nwhy = "y"', "has no condition"),
        ('[[rule]]\nid = "x"\ngrade = "harm"\nlevel = 1\nwhy = "y"\nflags = ["dv"]', "“dv”"),
        ('[[rule]]\nid = "x"\ngrade = "harm"\nlevel = 1\nwhy = "y"\nfacts = ["rich"]', "“rich”"),
        ('[[harm]]\nid = "x"\nweight = 5\nlabel = "y"\nclasses = ["46"]', "is not a class"),
        ('[[harm]]\nid = "x"\nweight = 5\nlabel = "y"', "names no offences"),
        ('[[harm]]\nid = "x"\nweight = 5\nlabel = "y"\ntitles = [" "]', "would match every offence"),
        (f'{GRADE}id = "vulnerability"\nlevels = ["a", "b", "c", "d"]', "is no grade"),
        (f'{GRADE}id = "harm"\nlevels = ["a", "b", "c"]', "four texts"),
        ('[[grade]]\nid = "harm"\nseverity = "off"', "no grade 'harm'"),
        ("[strange]\na = 1", "unknown table"),
    ],
)  # fmt: skip
def test_a_pack_that_does_not_hold_together_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "thor.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match=said):
        load_thor(tmp_path)
