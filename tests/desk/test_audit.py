"""Dip samples: drawn alike by the same seed, judged again, and the figures."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.desk.audit import (
    Judged,
    _allotted,
    accuracy,
    audits,
    between_auditors,
    kappa,
    meaning,
    record_audit,
    sample,
    theme_title,
    themes_over_time,
)
from casedesk.desk.desk import Desk
from casedesk.desk.finalise import finalise
from casedesk.desk.undo import undo
from casedesk.model.entities import AUDIT
from casedesk.model.errors import BadInputError
from casedesk.model.facts import Case, CaseFile
from casedesk.model.finalising import Audit
from casedesk.model.ids import EntityId, derived_id, new_id
from casedesk.store.finalised import read_finalising
from tests.conftest import FrozenClock
from tests.desk.crimes import add


@pytest.fixture
def crimes(desk: Desk) -> list[EntityId]:
    """Ten finalised crimes of two officers, one of them with eight."""
    made = [add(desk, f"42/{n:02}/26", oic="PC Lane" if n < 8 else "PC Moss") for n in range(10)]
    for case_id in made:
        finalise(desk, case_id)
    return made


def test_the_same_seed_draws_the_same_crimes_and_another_others(desk: Desk, crimes: list[EntityId]) -> None:
    first = sample(desk, 4, 7)
    assert first == sample(desk, 4, 7)
    assert (len(first.picks), first.population) == (4, len(crimes))
    assert len({sample(desk, 4, seed).picks for seed in range(8)}) > 1
    assert first.name == "4, seed 7, to 2026-11-20"


def test_a_spread_sample_has_each_officer_by_share(desk: Desk, crimes: list[EntityId]) -> None:
    drawn = sample(desk, 5, 7, by="oic")
    assert Counter(pick.stratum for pick in drawn.picks) == {"PC Lane": 4, "PC Moss": 1}
    assert len({pick.case_id for pick in drawn.picks} & set(crimes)) == 5


def test_what_was_finalised_later_does_not_change_a_sample(
    desk: Desk, crimes: list[EntityId], clock: FrozenClock
) -> None:
    before = sample(desk, 4, 7, until=date(2026, 11, 20))
    clock.advance(timedelta(days=1))
    finalise(desk, add(desk, "42/99/26"))
    assert sample(desk, 4, 7, until=date(2026, 11, 20)) == before
    assert sample(desk, 4, 7).population == len(crimes) + 1


@pytest.mark.parametrize(
    ("size", "seed", "by", "says"),
    [(0, 7, "", "A sample of 0"), (1, -1, "", "cannot be a seed"), (1, 7, "moon", "way to spread")],
)
def test_a_sample_that_makes_no_sense_is_refused(
    desk: Desk, crimes: list[EntityId], size: int, seed: int, by: str, says: str
) -> None:
    with pytest.raises(BadInputError, match=says):
        sample(desk, size, seed, by=by)
    assert crimes


@given(sizes=st.dictionaries(st.text(max_size=2), st.integers(1, 60), min_size=1, max_size=9), data=st.data())
def test_the_parts_of_a_spread_sample_add_up(sizes: dict[str, int], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, sum(sizes.values())))
    wanted = _allotted(sizes, size)
    assert sum(wanted.values()) == size
    assert all(0 <= wanted[name] <= count for name, count in sizes.items())
    assert size < len(sizes) or min(wanted.values()) >= 1


def test_an_audit_is_recorded_corrected_and_taken_back(desk: Desk, crimes: list[EntityId]) -> None:
    first = record_audit(desk, crimes[0], sample_name="S", agrees=True)
    record_audit(
        desk,
        crimes[0],
        sample_name="S",
        agrees=False,
        right="14",
        themes=["withdrawal-record", "V05"],
        about=first,
    )
    (one,) = audits(desk, "S")
    assert (one.audit.agrees, one.audit.right, one.auditor, one.outcome) == (False, "14", "7042", "18")
    assert theme_title(desk, "V05") == "V05 The victim's decision is on record"
    assert audits(desk, "another") == []
    undo(desk)
    (one,) = audits(desk)
    assert one.audit.agrees is True


def test_who_judges_a_crime_again_in_one_sample_counts_once_with_the_later_word(
    desk: Desk, crimes: list[EntityId]
) -> None:
    record_audit(desk, crimes[0], sample_name="S", agrees=True)
    record_audit(desk, crimes[0], sample_name="S", agrees=False, right="14")
    record_audit(desk, crimes[0], sample_name="T", agrees=True)
    assert [(one.audit.sample, one.audit.agrees) for one in audits(desk)] == [("S", False), ("T", True)]
    (share,) = accuracy(audits(desk, "S"))
    assert (share.audited, share.agreed) == (1, 0)
    assert len(read_finalising(desk.store.connection, crimes[0]).audits) == 3, (
        "the earlier word stays in sight"
    )


def test_one_auditor_on_two_installations_counts_once(desk: Desk, crimes: list[EntityId]) -> None:
    for agrees in (True, False):  # neither entry knows of the other
        with desk.store.unit_of_work("audit.add") as unit:
            said = {"sample": "S", "agrees": agrees, "text": "x", "at": desk.now}
            unit.entry(AUDIT, new_id(), crimes[0], said)
    assert [one.audit.agrees for one in audits(desk, "S")] == [False]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"agrees": False}, "with what"),
        ({"agrees": True, "right": "15"}, "name another"),
        ({"agrees": False, "right": "19"}, "'19' is not an outcome"),
        ({"agrees": True, "themes": ["V5x"]}, "no reason or rule 'V5x'"),
    ],
)
def test_an_audit_that_makes_no_sense_is_refused(
    desk: Desk, crimes: list[EntityId], values: dict[str, object], says: str
) -> None:
    with pytest.raises(BadInputError, match=says):
        record_audit(desk, crimes[0], sample_name="S", **values)  # type: ignore[arg-type] # what a person typed
    assert audits(desk) == []


def judged(case: str, auditor: str, right: str = "", outcome: str = "16", oic: str = "PC Lane") -> Judged:
    audit = Audit(sample="S", agrees=not right, right=right or None, themes=("V05",) if right else ())
    file = CaseFile(id=derived_id(case), case=Case(outcome=outcome, oic=oic))
    return Judged(new_id(), audit, auditor, file, outcome)


def test_accuracy_by_outcome_and_officer_with_the_range_that_few_crimes_leave() -> None:
    found = [
        judged("a", "1"),
        judged("b", "1"),
        judged("c", "1", "15"),
        judged("d", "1", outcome="18", oic=""),
    ]
    (whole,) = accuracy(found)
    assert (whole.audited, whole.agreed, whole.share) == (4, 3, 0.75)
    assert (round(whole.low, 3), round(whole.high, 3)) == (0.301, 0.954)
    assert [(one.group, one.audited, one.agreed) for one in accuracy(found, "outcome")] == [
        ("16", 3, 2), ("18", 1, 1),
    ]  # fmt: skip
    assert [one.group for one in accuracy(found, "oic")] == ["PC Lane", "(not recorded)"]


def test_kappa_is_that_of_the_textbook() -> None:
    words = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    assert kappa(words) == pytest.approx(0.4)
    assert kappa([("yes", "yes")] * 5) is None
    assert kappa([]) is None


@pytest.mark.parametrize(
    ("value", "word"),
    [(-0.1, "worse than chance"), (0.0, "slight"), (0.2, "slight"), (0.21, "fair"), (0.41, "moderate"),
     (0.61, "substantial"), (0.81, "almost perfect"), (1.0, "almost perfect")],
)  # fmt: skip
def test_a_kappa_has_a_meaning(value: float, word: str) -> None:
    assert meaning(value) == word


def test_two_auditors_are_compared_on_what_both_saw() -> None:
    found = [
        judged("a", "1"), judged("a", "2"), judged("b", "1", "15"), judged("b", "2", "15"), judged("c", "1", "14"),
        judged("d", "1"), judged("d", "2", "15"),
    ]  # fmt: skip
    (pair,) = between_auditors(found)
    assert (pair.first, pair.second, pair.crimes, pair.alike) == ("1", "2", 3, 2)
    assert pair.kappa == pytest.approx(0.4)
    assert pair.meaning == meaning(pair.kappa)


def test_themes_are_counted_by_month(desk: Desk, crimes: list[EntityId], clock: FrozenClock) -> None:
    record_audit(desk, crimes[0], sample_name="S", agrees=False, right="14", themes=["V05"])
    clock.advance(timedelta(days=20))
    record_audit(desk, crimes[1], sample_name="S", agrees=False, right="14", themes=["V05", "rationale"])
    assert themes_over_time(audits(desk)) == {
        "2026-11": Counter({"V05": 1}),
        "2026-12": Counter({"V05": 1, "rationale": 1}),
    }


def test_a_crime_that_was_never_finalised_is_not_audited(desk: Desk) -> None:
    case_id = add(desk, "42/77/26")
    with pytest.raises(BadInputError, match="42/77/26 was never finalised here") as refused:
        record_audit(desk, case_id, sample_name="June", agrees=True)
    assert "casedesk sample" in refused.value.cure
    finalise(desk, case_id)
    record_audit(desk, case_id, sample_name="June", agrees=True)


def test_a_sample_up_to_a_day_to_come_is_refused(desk: Desk, crimes: list[EntityId]) -> None:
    with pytest.raises(BadInputError, match="21 Nov 2026 has not come"):
        sample(desk, 4, 7, until=date(2026, 11, 21))
    assert sample(desk, 4, 7, until=date(2026, 11, 20)).population == len(crimes)
