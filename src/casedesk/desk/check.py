"""The finalisation check: of one case, of the whole store, or of a bare extract file without a store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casedesk.desk.desk import Desk
from casedesk.desk.resting import resolved_cases, with_resting
from casedesk.exchange.intake import open_extract
from casedesk.exchange.intake.taken import RejectedRow, TakenRow
from casedesk.model.entities import ENTITIES
from casedesk.model.facts import Case, CaseFile
from casedesk.model.ids import EntityId, derived_id
from casedesk.reference.packs import Packs
from casedesk.rules.finalisation import Checker, Verdict, compile_rules
from casedesk.rules.judged import is_published
from casedesk.store.connection import Connection
from casedesk.store.records import each_case

if TYPE_CHECKING:
    from casedesk.reference.profiles import Profile

Covered = frozenset[tuple[str | None, str]]
"""Force and month (``2016-03``) for which an outcomes extract was taken in."""

_PARTS = {
    "suspect": "suspects",
    "victim": "victims",
    "custody": "custody",
    "outcome_record": "outcome_records",
}
FILTERS = {
    "open": "record_status IS NOT 'filed'",
    "filed": "record_status = 'filed'",
    "proposed": "coalesce(outcome, cancel_code) IS NOT NULL AND record_status IS NOT 'filed'",
    "all": "1",
}
"""Which cases a check of the store looks at."""


def make_checker(packs: Packs) -> Checker:
    """Compile the finalisation rules against the packs. Raises PackError when they do not hold together."""
    return compile_rules(packs.finalisation, packs)


def covered_months(connection: Connection) -> Covered:
    """The forces and months that outcomes extracts in the store speak of: there a missing line means something."""
    return frozenset(
        connection.execute(
            "SELECT DISTINCT cases.force, substr(outcome_record.at, 1, 7) "
            "FROM outcome_record JOIN cases ON cases.id = outcome_record.case_id"
        ).fetchall()
    )


def is_covered(case: Case, covered: Covered) -> bool:
    """Whether an outcomes extract of the case's force and month was taken in."""
    return bool(case.offence_from) and (case.force, (case.offence_from or "")[:7]) in covered


def check_case(desk: Desk, case_id: EntityId) -> Verdict:
    """Check one case, with the outcomes its facts allow."""
    return check_file_held(desk, desk.case(case_id).file, desk.now)


def check_file_held(desk: Desk, file: CaseFile, now: datetime) -> Verdict:
    """Check a case that has been read, as things stand at ``now``, with the outcomes its facts allow."""
    loaded = outcomes_loaded(desk.store.connection, file)
    file = with_resting(desk.packs, desk.store.connection, file)
    return desk.checker.check(file, now, outcome_extract_loaded=loaded)


def outcomes_loaded(connection: Connection, file: CaseFile) -> bool:
    """Whether it means something that this one case has no line of outcome: an extract of its month was taken in.

    False where it has lines. For many cases :func:`covered_months` is read once instead.
    """
    return not file.outcome_records and _has_outcomes(connection, file.case)


def _has_outcomes(connection: Connection, case: Case) -> bool:
    """Whether an outcomes extract of the force and month of a published case was taken in.

    Crimes of a month whose outcome came in that month are looked for: all the outcomes of a large store take seconds.
    """
    if not is_published(case) or not case.offence_from:
        return False
    month = case.offence_from[:7]
    return bool(
        connection.execute(
            "SELECT EXISTS (SELECT 1 FROM cases JOIN outcome_record ON outcome_record.case_id = cases.id "
            "WHERE cases.offence_from >= ? AND cases.offence_from < ? AND cases.force IS ? "
            "AND substr(outcome_record.at, 1, 7) = ?)",
            (month, f"{month}~", case.force, month),
        ).fetchone()[0]
    )


def check_store(desk: Desk, which: str = "all", *, possible: bool = False) -> Iterator[Verdict]:
    """Check every case of the store that the filter names, in the order they came; memory stays flat."""
    with desk.reading() as connection:
        covered, resolved = covered_months(connection), resolved_cases(connection)
        now = desk.now
        for bundle in each_case(connection, f"ref IS NOT NULL AND ({FILTERS[which]})"):
            file = bundle.file
            yield desk.checker.check(
                with_resting(desk.packs, connection, file) if file.id in resolved else file,
                now,
                possible=possible,
                outcome_extract_loaded=is_covered(bundle.file.case, covered),
            )


def check_file(
    packs: Packs, path: Path, profile: "Profile", now: datetime, *, possible: bool = True
) -> Iterator[Verdict | RejectedRow]:
    """Check a bare extract: no store is needed and nothing is kept. Lines that cannot be read come first.

    Raises BadInputError when the file is not what it claims to be.
    """
    checker = make_checker(packs)
    files, rejected = assembled(path, profile)
    yield from rejected
    covered = frozenset(
        (file.case.force, (record.at or "")[:7]) for file in files for _, record in file.outcome_records
    )
    for file in files:
        yield checker.check(
            file, now, possible=possible, outcome_extract_loaded=is_covered(file.case, covered)
        )


def assembled(path: Path, profile: "Profile") -> tuple[list[CaseFile], list[RejectedRow]]:
    """The cases of a bare extract, each whole, and the lines that cannot be read. Nothing is kept."""
    files: dict[EntityId, CaseFile] = {}
    rejected = []
    with open_extract(path, profile) as extract:
        for reading in extract.rows():
            if isinstance(reading, TakenRow):
                case_id = derived_id(*reading.case.key)
                files[case_id] = _with_line(files.get(case_id), case_id, reading)
            elif isinstance(reading, RejectedRow):
                rejected.append(reading)
    return list(files.values()), rejected


def _with_line(file: CaseFile | None, case_id: EntityId, row: TakenRow) -> CaseFile:
    if file is None:
        file = CaseFile(id=case_id, case=Case(**_known(row.case.fields)))
    parts: dict[str, Any] = {}
    for other in row.others:
        part = _PARTS[other.entity]
        held = parts.get(part, getattr(file, part))
        other_id = derived_id(*other.key)
        if other_id not in (known for known, _ in held):
            parts[part] = (*held, (other_id, ENTITIES[other.entity].facts(**_known(other.fields))))
    return replace(file, **parts) if parts else file


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
