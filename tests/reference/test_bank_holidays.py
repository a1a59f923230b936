"""The bank holidays of England and Wales."""

import importlib.util
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from casedesk.reference.calendar import load_bank_holidays
from casedesk.reference.loading import DATA, PackEntryError

PROJECT = Path(__file__).resolve().parents[2]
SOURCE = PROJECT.parent / "shared" / "data" / "reference" / "bank-holidays.json"


@pytest.mark.parametrize(
    ("day", "title"),
    [
        (date(2020, 5, 8), "Early May bank holiday"),
        (date(2022, 6, 3), "Platinum Jubilee"),
        (date(2022, 9, 19), "State Funeral"),
        (date(2023, 5, 8), "coronation"),
        (date(2026, 12, 28), "Boxing Day (substitute day)"),
        (date(2027, 12, 27), "Christmas Day (substitute day)"),
    ],
)
def test_moved_extra_and_substitute_days(day: date, title: str) -> None:
    holidays = load_bank_holidays()
    assert day in holidays.days
    assert title in (holidays.title(day) or "")


def test_ordinary_days_are_no_holidays() -> None:
    holidays = load_bank_holidays()
    assert holidays.title(date(2026, 12, 29)) is None
    assert date(2020, 5, 4) not in holidays.days
    assert len(holidays.days) == 140
    assert not any(day.weekday() >= 5 for day in holidays.days)


def test_whole_years_are_covered_and_the_end_is_known() -> None:
    holidays = load_bank_holidays()
    assert (holidays.first, holidays.last) == (date(2012, 1, 1), date(2028, 12, 31))
    assert holidays.covers(date(2028, 12, 31))
    assert not holidays.covers(date(2029, 1, 1))
    assert not holidays.covers(date(2011, 12, 31))


@pytest.mark.parametrize(
    ("before_end", "near"),
    [(timedelta(days=91), False), (timedelta(days=90), False), (timedelta(days=89), True)],
)
def test_the_end_of_the_list_is_announced_in_time(before_end: timedelta, near: bool) -> None:
    holidays = load_bank_holidays()
    assert holidays.ends_within(holidays.last - before_end, 90) is near
    assert holidays.ends_within(holidays.last + timedelta(days=1), 0)


def test_a_proclaimed_day_is_added_and_a_day_taken_away(tmp_path: Path) -> None:
    own = tmp_path / "bank-holidays.toml"
    own.write_text(
        '[calendar]\nlast = 2029-12-31\n[days]\n2029-01-01 = "New Year"\n2026-12-28 = ""\n', encoding="utf-8"
    )
    holidays = load_bank_holidays(tmp_path)
    assert holidays.title(date(2029, 1, 1)) == "New Year"
    assert holidays.covers(date(2029, 6, 1))
    assert date(2026, 12, 28) not in holidays.days
    assert date(2026, 12, 25) in holidays.days


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('2029-01-01 = "New Year"', "outside"),
        ('2026-02-30 = "Leap"', "not a day"),
        ('boxing = "Day"', "not a day"),
        ("2026-12-24 = 5", "text"),
    ],
)
def test_a_day_that_cannot_be_is_named(tmp_path: Path, line: str, says: str) -> None:
    (tmp_path / "bank-holidays.toml").write_text(f"[days]\n{line}\n", encoding="utf-8")
    with pytest.raises(PackEntryError, match=says) as caught:
        load_bank_holidays(tmp_path)
    assert caught.value.problems[0].file == str(tmp_path / "bank-holidays.toml")


def test_a_rebuild_gives_the_same_bytes() -> None:
    if not SOURCE.is_file():
        pytest.skip("GOV.UK's bank holidays are not beside the project (../shared/data)")
    spec = importlib.util.spec_from_file_location("build", PROJECT / "scripts" / "build_bank_holidays.py")
    assert spec is not None
    assert spec.loader is not None
    builder = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(builder)
    published = json.loads(SOURCE.read_text(encoding="utf-8"))
    assert builder.build(published) == (DATA / "bank-holidays.toml").read_text(encoding="utf-8")
    events = published["england-and-wales"]["events"]
    assert load_bank_holidays().days == {date.fromisoformat(event["date"]) for event in events}
