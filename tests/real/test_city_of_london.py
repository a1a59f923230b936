"""City of London, 2016: twelve months of crimes and outcomes joined on the Crime ID.

What the checker says is held against a plain computation over the same files, written out here from the words
of the data alone.
"""

import csv
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from casedesk.desk.check import check_store
from casedesk.desk.desk import Desk
from casedesk.desk.take_in import TakeInReport, take_in
from casedesk.rules.finalisation import Verdict
from casedesk.store.checks import rebuild, verify
from casedesk.store.queue import QueueReader, View
from tests.real.conftest import NewDesk
from tests.real.plain import Line, all_lines, lines

OPEN = "Under investigation"
NOT_FINAL = {OPEN, "Status update unavailable", ""}
CHARGES = {"Suspect charged", "Suspect charged as part of another case"}
AT_COURT = {
    "Awaiting court outcome", "Court result unavailable", "Court case unable to proceed",
    "Defendant found not guilty", "Defendant sent to Crown Court", "Offender deprived of property",
    "Offender fined", "Offender given absolute discharge", "Offender given community sentence",
    "Offender given conditional discharge", "Offender given suspended prison sentence",
    "Offender ordered to pay compensation", "Offender otherwise dealt with", "Offender sent to prison",
}  # fmt: skip
POLICE = {
    "Action to be taken by another organisation", "Formal action is not in the public interest",
    "Further investigation is not in the public interest", "Investigation complete; no suspect identified",
    "Local resolution", "Offender given a caution", "Offender given a drugs possession warning",
    "Offender given penalty notice", "Unable to prosecute suspect",
}  # fmt: skip
WAITING = {"Awaiting court outcome", "Court result unavailable"}


@dataclass
class Crime:
    """One Crime ID as the files tell of it: its line of a street file, and its outcome lines (month, words)."""

    street: Line | None = None
    outcomes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def last(self) -> str:
        """The last outcome of the street file."""
        return self.street["Last outcome category"] if self.street else ""

    def in_month(self, month: str) -> set[str]:
        """The words of the outcomes of one month."""
        return {text for at, text in self.outcomes if at == month}


def before_the_crime(crime: Crime) -> bool:
    return crime.street is not None and any(at < crime.street["Month"] for at, _ in crime.outcomes)


def open_with_an_outcome(crime: Crime) -> bool:
    return crime.last == OPEN and any(text not in NOT_FINAL for _, text in crime.outcomes)


def contradicting(crime: Crime) -> bool:
    for month in {at for at, _ in crime.outcomes}:
        final = crime.in_month(month) - NOT_FINAL
        if len({"court" if text in CHARGES | AT_COURT else text for text in final}) > 1:
            return True
    return False


def repeated(crime: Crime) -> bool:
    return len(set(crime.outcomes)) < len(crime.outcomes)


def filed_without_a_line(crime: Crime) -> bool:
    return crime.last not in NOT_FINAL and not crime.outcomes


def ending_otherwise(crime: Crime) -> bool:
    if not crime.outcomes or crime.last in (OPEN, ""):
        return False
    ends = crime.in_month(max(at for at, _ in crime.outcomes))
    if len(ends) > 1:
        return False
    (end,) = ends
    return not (
        crime.last == end or (crime.last in WAITING and end in CHARGES | {"Defendant sent to Crown Court"})
    )


def unknown_words(crime: Crime) -> bool:
    return bool({crime.last, *(text for _, text in crime.outcomes)} - NOT_FINAL - CHARGES - AT_COURT - POLICE)


ANOMALIES: dict[str, Callable[[Crime], bool]] = {
    "P01": before_the_crime,
    "P02": open_with_an_outcome,
    "P03": contradicting,
    "P04": repeated,
    "P06": filed_without_a_line,
    "P07": ending_otherwise,
    "P08": unknown_words,
}
NONE_THAT_YEAR = {"P02", "P08"}
"""Anomalies that these files do not have: they are planted in a month of them."""


@pytest.fixture(scope="module")
def crimes(police_uk: Path) -> dict[str, Crime]:
    """The year as a plain reading of the files gives it."""
    found: dict[str, Crime] = defaultdict(Crime)
    for line in all_lines(sorted(police_uk.glob("2016-*-city-of-london-street.csv"))):
        found[line["Crime ID"]].street = line
    for line in all_lines(sorted(police_uk.glob("2016-*-city-of-london-outcomes.csv"))):
        found[line["Crime ID"]].outcomes.append((line["Month"], line["Outcome type"]))
    return dict(found)


@dataclass
class Year:
    """The year taken in: the desk, what each file brought, and the verdict on each crime."""

    desk: Desk
    reports: dict[str, TakeInReport]
    verdicts: dict[str, Verdict]


@pytest.fixture(scope="module")
def year(police_uk: Path, new_desk: NewDesk) -> Year:
    desk = new_desk()
    reports = {}
    for kind in ("street", "outcomes"):
        for path in sorted(police_uk.glob(f"2016-*-city-of-london-{kind}.csv")):
            reports[path.name] = take_in(desk, path, desk.packs.profiles[f"police-uk-{kind}"])
    return Year(desk, reports, {verdict.reference: verdict for verdict in check_store(desk)})


def test_every_line_is_accounted_for(year: Year, crimes: dict[str, Crime], police_uk: Path) -> None:
    assert len(year.reports) == 24
    for name, report in year.reports.items():
        there = list(lines(police_uk / name))
        nameless = sum(not line["Crime ID"] for line in there)
        assert report.lines == len(there)
        assert report.rejected == report.older == 0
        assert report.skipped.total() == nameless
        assert report.new + report.changed + report.unchanged + report.repeated == len(there) - nameless
    of_crimes = [report for name, report in year.reports.items() if "street" in name]
    of_outcomes = [report for name, report in year.reports.items() if "outcomes" in name]
    assert sum(report.new for report in of_crimes) == sum(
        crime.street is not None for crime in crimes.values()
    )
    assert (
        sum(report.new for report in of_outcomes)
        == sum(len(crime.outcomes) for crime in crimes.values())
        == 6_147
    )
    assert sum(report.new_cases for report in of_outcomes) == sum(
        crime.street is None for crime in crimes.values()
    )


def test_the_store_holds_each_crime_once_with_all_its_outcomes(year: Year, crimes: dict[str, Crime]) -> None:
    db = year.desk.store.connection
    held = dict(
        db.execute(
            "SELECT ref, (SELECT count(*) FROM outcome_record WHERE case_id = cases.id) FROM cases"
        ).fetchall()
    )
    assert held == {ref: len(crime.outcomes) for ref, crime in crimes.items()}
    for ref, crime in list(crimes.items())[::97]:
        file = year.desk.case(year.desk.find(ref)).file
        assert sorted((record.at, record.text) for _, record in file.outcome_records) == sorted(
            crime.outcomes
        )
        assert file.case.category == (crime.street["Crime type"] if crime.street else None)
        assert file.case.outcome_text == (crime.last or None)


@pytest.mark.parametrize("rule", list(ANOMALIES))
def test_the_checker_finds_the_anomalies_that_a_plain_computation_finds(
    year: Year, crimes: dict[str, Crime], rule: str
) -> None:
    found = {ref for ref, verdict in year.verdicts.items() if rule in {one.rule for one in verdict.findings}}
    assert found == {ref for ref, crime in crimes.items() if ANOMALIES[rule](crime)}
    assert bool(found) == (rule not in NONE_THAT_YEAR), "a comparison of nothing with nothing shows nothing"


def test_an_anomaly_that_is_planted_in_real_lines_is_found(
    police_uk: Path, new_desk: NewDesk, tmp_path: Path
) -> None:
    street, outcomes = (police_uk / f"2016-03-city-of-london-{kind}.csv" for kind in ("street", "outcomes"))
    heading, *rows = csv.reader(street.open(encoding="utf-8", newline=""))
    last = heading.index("Last outcome category")
    with_outcome = {line["Crime ID"] for line in all_lines([outcomes])}
    for number, row in enumerate(row for row in rows if row[0] in with_outcome):
        if number % 10 == 0:
            row[last] = OPEN
        elif number % 10 == 5:
            row[last] = "Offender made to apologise"
    planted = tmp_path / "street.csv"
    with planted.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heading, *rows])
    crimes: dict[str, Crime] = defaultdict(Crime)
    for line in all_lines([planted]):
        crimes[line["Crime ID"]].street = line
    for line in all_lines([outcomes]):
        crimes[line["Crime ID"]].outcomes.append((line["Month"], line["Outcome type"]))
    desk = new_desk()
    take_in(desk, planted, desk.packs.profiles["police-uk-street"])
    take_in(desk, outcomes, desk.packs.profiles["police-uk-outcomes"])
    verdicts = list(check_store(desk))
    for rule in NONE_THAT_YEAR:
        found = {verdict.reference for verdict in verdicts if rule in {one.rule for one in verdict.findings}}
        assert len(found) > 5
        assert found == {ref for ref, crime in crimes.items() if ANOMALIES[rule](crime)}


def test_nothing_else_is_found(year: Year) -> None:
    """No rule but those about published data has anything to say, and a filed record always has its outcome here."""
    found = {one.rule for verdict in year.verdicts.values() for one in verdict.findings}
    assert found == set(ANOMALIES) - NONE_THAT_YEAR


def test_every_finding_explains_itself(year: Year) -> None:
    for verdict in year.verdicts.values():
        for finding in verdict.findings:
            assert finding.message
            assert "{" not in finding.message
            assert finding.fix
            assert finding.source
            assert finding.facts
            assert verdict.verdict == ("block" if "P01" in {one.rule for one in verdict.findings} else "warn")


def test_open_and_closed_are_as_the_last_outcome_says(year: Year, crimes: dict[str, Crime]) -> None:
    reader = QueueReader(year.desk.store.connection)
    assert reader.count(View("all")) == len(crimes)
    closed = {ref for ref, crime in crimes.items() if crime.last not in NOT_FINAL}
    still_open = {row.ref for row in reader.rows(reader.first(View(), 20_000))}
    assert still_open == set(crimes) - closed


def test_the_same_year_again_changes_nothing_and_the_store_is_sound(year: Year, police_uk: Path) -> None:
    db = year.desk.store.connection
    (before,) = db.execute("SELECT count(*) FROM op").fetchone()
    for name in ("2016-03-city-of-london-street.csv", "2016-03-city-of-london-outcomes.csv"):
        kind = name.rpartition("-")[2].removesuffix(".csv")
        again = take_in(year.desk, police_uk / name, year.desk.packs.profiles[f"police-uk-{kind}"])
        assert again.new == again.changed == 0
    assert db.execute("SELECT count(*) FROM op").fetchone() == (before,)
    assert verify(db).problems == []
    assert rebuild(year.desk.store).differing == ()
