"""Helps the desk's tests: small extracts, and what a store holds."""

from pathlib import Path

from casedesk.desk.desk import Desk
from casedesk.desk.take_in import TakeInReport, take_in
from casedesk.model.facts import Case, CaseFile
from casedesk.model.moments import Moment
from casedesk.store.checks import digests
from casedesk.store.store import Store
from tests.exchange.reading import STREET, as_csv

RMS = ("Occurrence No", "Offence", "Recorded", "OIC", "Suspect name", "Suspect status")
OUTCOMES = (
    "Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code",
    "LSOA name", "Outcome type",
)  # fmt: skip
FORCE = "City of London Police"


def extract(
    folder: Path, *rows: tuple[str, ...], heading: tuple[str, ...] = RMS, name: str = "rms.csv"
) -> Path:
    """Write an extract: short rows are filled up with empty cells."""
    path = folder / name
    path.write_text(
        as_csv([heading, *((*row, *[""] * (len(heading) - len(row))) for row in rows)]), encoding="utf-8"
    )
    return path


def street(folder: Path, *crimes: tuple[str, str, str], name: str = "2026-03-street.csv") -> Path:
    """Write a street file: reference, crime type and last outcome of each crime, all of March 2026."""
    rows = [
        (
            ref,
            "2026-03",
            FORCE,
            FORCE,
            "-0.1",
            "51.5",
            "On or near High Street",
            "E01",
            "City 001A",
            kind,
            last,
            "",
        )
        for ref, kind, last in crimes
    ]
    return extract(folder, *rows, heading=tuple(STREET.split(",")), name=name)


def outcomes(folder: Path, *lines: tuple[str, str, str], name: str = "2026-04-outcomes.csv") -> Path:
    """Write an outcomes file: reference, month and words of each outcome."""
    rows = [
        (ref, month, FORCE, FORCE, "-0.1", "51.5", "On or near Old Lane", "E01", "City 002B", text)
        for ref, month, text in lines
    ]
    return extract(folder, *rows, heading=OUTCOMES, name=name)


def taken(desk: Desk, path: Path, profile: str = "rms-occurrences", as_at: str = "") -> TakeInReport:
    """Take a file in."""
    return take_in(desk, path, desk.packs.profiles[profile], as_at=Moment(as_at) if as_at else None)


def file_of(desk: Desk, reference: str) -> CaseFile:
    """Everything known of a case."""
    return desk.case(desk.find(reference)).file


def case_of(desk: Desk, reference: str) -> Case:
    """The facts of a case."""
    return file_of(desk, reference).case


def operations(store: Store) -> int:
    """How many operations the journal has."""
    (number,) = store.connection.execute("SELECT count(*) FROM op").fetchone()
    return int(number)


def state(store: Store) -> tuple[int, dict[str, str]]:
    """The length of the journal and what every table says."""
    return operations(store), digests(store.connection)


def references(store: Store) -> set[str]:
    """The references of all cases that have one."""
    return {ref for (ref,) in store.connection.execute("SELECT ref FROM cases WHERE ref IS NOT NULL")}
