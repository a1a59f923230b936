"""The needs profile in words: what was judged, what is linked, and what has changed between two assessments."""

import pytest

from casedesk.desk.needs_profile import BAR, bar, profile, profile_lines, summary
from casedesk.rules.forms import NeedScore


def need(title: str, score: int | None, **more: object) -> NeedScore:
    known: dict[str, object] = {
        "meaning": "", "linked": None, "strengths": "", "motivation": None, "consent": "", "own_words": "",
    }  # fmt: skip
    return NeedScore(pathway=title, title=title, score=score, **(known | more))  # type: ignore[arg-type]


def scores(*needs: NeedScore) -> dict[str, NeedScore]:
    return {one.pathway: one for one in needs}


@pytest.mark.parametrize(("score", "full"), [(0, 0), (1, BAR // 2), (2, BAR)])
def test_a_bar_is_as_long_as_the_need(score: int, full: int) -> None:
    assert bar(score).count("█") == full
    assert len(bar(score)) == BAR


def test_no_judgement_is_not_shown_as_no_need() -> None:
    assert bar(None) != bar(0)
    (row,) = profile(scores(need("Drugs", None)))
    assert row.level == "not judged"


def test_the_facts_of_a_pathway_stand_in_words() -> None:
    (row,) = profile(
        scores(need("Drugs", 2, linked=True, motivation=7, consent="no", strengths="A sister who helps"))
    )
    assert row.linked
    assert row.facts == "linked to the offence · motivation 7 of 10 · does not agree to be referred"
    assert row.strengths == "A sister who helps"


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        (2, 1, "▼ less need than before: 2 to 1, significant need to some need"),
        (0, 2, "▲ more need than before: 0 to 2, no need to significant need"),
        (1, 1, "= no change: 1 both times"),
        (None, 1, "? judged for the first time"),
        (2, None, "? not judged again; it was 2 (significant need)"),
        (None, None, ""),
    ],
)
def test_change_is_an_arrow_and_words(was: int | None, now: int | None, said: str) -> None:
    (row,) = profile(scores(need("Drugs", was)), scores(need("Drugs", now)))
    assert row.change == said


def test_a_change_of_motivation_is_told_beside_it() -> None:
    (row,) = profile(scores(need("Drugs", 1, motivation=3)), scores(need("Drugs", 1, motivation=8)))
    assert row.change.endswith("motivation up, 3 to 8")


def test_pathways_that_only_one_form_has_are_shown_and_said_to_be() -> None:
    rows = profile(scores(need("Drugs", 1)), scores(need("Gambling", 2)))
    assert [row.title for row in rows] == ["Drugs", "Gambling"]
    assert rows[0].change == "? not asked in the later assessment"
    assert rows[1].change == "? judged for the first time"


def test_the_summary_counts() -> None:
    rows = profile(scores(need("A", 2, linked=True), need("B", 0), need("C", None)))
    assert (
        summary(rows) == "3 pathways: 1 significant need, 1 no need · 1 linked to the offence · 1 not judged"
    )


@pytest.mark.parametrize("width", [60, 78, 110])
def test_plain_lines_fit_their_width_and_lose_nothing(width: int) -> None:
    words = "A sister who helps, a job at the yard, " * 6
    first = scores(need("Education, training and employment", 2, linked=True, strengths=words.strip()))
    later = scores(need("Education, training and employment", 1, motivation=4, strengths=words.strip()))
    for lines in (profile_lines(first, width=width), profile_lines(first, later, width=width)):
        assert max(map(len, lines)) <= width
        assert "Education, training and employment" in " ".join(" ".join(lines).split())
        assert " ".join(words.split()) in " ".join(" ".join(lines).split())
