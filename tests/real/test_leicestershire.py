"""Leicestershire, October 2021: the first release, then the later one. What changed is named, and nothing else."""

from pathlib import Path

import pytest

from casedesk.desk.desk import Desk
from casedesk.desk.take_in import TakeInReport, preview, take_in
from casedesk.model.moments import Moment
from casedesk.store.history import recent_acts
from tests.real.conftest import NewDesk
from tests.real.plain import lines, text_of

NAME = "2021-10-leicestershire-street.csv"
LAST = "Last outcome category"


@pytest.fixture(scope="module")
def releases(police_uk: Path) -> tuple[Path, Path]:
    return police_uk / NAME, police_uk / "later-release" / NAME


@pytest.fixture(scope="module")
def desk(new_desk: NewDesk, releases: tuple[Path, Path]) -> Desk:
    """A desk that holds the first release."""
    made = new_desk()
    first = take_in(made, releases[0], made.packs.profiles["police-uk-street"])
    assert first.rejected == first.changed == 0
    return made


@pytest.fixture(scope="module")
def promised(desk: Desk, releases: tuple[Path, Path]) -> TakeInReport:
    """What a preview says of the later release."""
    return preview(desk, releases[1], desk.packs.profiles["police-uk-street"])


@pytest.fixture(scope="module")
def later(desk: Desk, promised: TakeInReport, releases: tuple[Path, Path]) -> TakeInReport:
    """What taking the later release in said."""
    return take_in(desk, releases[1], desk.packs.profiles["police-uk-street"])


def test_the_later_release_names_exactly_the_crimes_whose_outcome_changed(
    later: TakeInReport, releases: tuple[Path, Path]
) -> None:
    before, after = (text_of(path, LAST) for path in releases)
    changed = {ref for ref in before.keys() & after.keys() if before[ref] != after[ref]}
    assert len(changed) == 1_275
    assert later.changed == 1_275
    named = [change for change in later.changes if change.field == "outcome_text"]
    assert {change.reference: (change.before, change.after) for change in named} == {
        ref: (before[ref], after[ref]) for ref in changed
    }
    assert {change.reference for change in later.changes} == changed


def test_nothing_else_changed(later: TakeInReport, releases: tuple[Path, Path]) -> None:
    assert set(later.changed_fields) == {"case.outcome_text", "case.outcome", "case.record_status"}
    nameless = sum(not line["Crime ID"] for line in lines(releases[1]))
    assert (later.new, later.new_cases, later.rejected, later.older) == (0, 0, 0, 0)
    assert later.skipped.total() == nameless
    assert later.unchanged + later.repeated == later.lines - nameless - 1_275


def test_the_preview_had_promised_the_same(promised: TakeInReport, later: TakeInReport) -> None:
    assert promised.changes == later.changes
    assert promised.changed_fields == later.changed_fields
    assert (promised.changed, promised.unchanged) == (later.changed, later.unchanged)


def test_only_the_changed_crimes_were_written(desk: Desk, later: TakeInReport) -> None:
    act, _ = recent_acts(desk.store.connection)
    assert act.name == "import"
    assert act.operations == 1_275


def test_the_store_now_reads_as_the_later_release(
    desk: Desk, later: TakeInReport, releases: tuple[Path, Path]
) -> None:
    held = {
        ref: text or ""
        for ref, text in desk.store.connection.execute("SELECT ref, outcome_text FROM cases").fetchall()
    }
    assert held == text_of(releases[1], LAST)


def test_the_first_release_does_not_come_back_over_the_later_one(
    desk: Desk, later: TakeInReport, releases: tuple[Path, Path]
) -> None:
    said = preview(desk, releases[0], desk.packs.profiles["police-uk-street"], as_at=Moment("2026-01-01"))
    assert said.changed == said.new == 0
    assert said.older + said.repeated + said.skipped.total() == said.lines
