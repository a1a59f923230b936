"""What is to be keyed into the records system, what was, and whether the next extract shows it as it was decided.

casedesk does not write to the records system: a person keys what was approved, from this list.
"""

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from casedesk.desk.approved_facts import changed_since, is_changed
from casedesk.desk.bulk_export import write_new
from casedesk.desk.check import assembled
from casedesk.desk.desk import Desk
from casedesk.desk.finalised_code import is_cancellation
from casedesk.desk.review_state import differing_approvals, standing_approvals
from casedesk.desk.typed import given
from casedesk.exchange.intake.rejects import quoted
from casedesk.model.entities import CASE, KEYED
from casedesk.model.errors import BadInputError
from casedesk.model.facts import Case, CaseFile, standing
from casedesk.model.finalising import Approval, Finalising, Keyed
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import earliest, local, moment_of_instant, show_moment
from casedesk.model.text import clean
from casedesk.store.finalised import read_finalisings
from casedesk.store.records import read_cases, read_rows

if TYPE_CHECKING:
    from casedesk.reference.profiles import Profile

ACT = "worklist.keyed"
"""The act of marking as keyed."""
_BATCH = 500
_PROFILE = "rms-occurrences"


@dataclass(frozen=True, slots=True)
class ToKey:
    """One approval that is to be keyed."""

    case_id: EntityId
    approval_id: EntityId
    reference: str
    case: Case
    approval: Approval


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A finalised crime that is not to be keyed as things stand, and why."""

    case_id: EntityId
    reference: str
    why: str


@dataclass(frozen=True, slots=True)
class Worklist:
    """What is to be keyed, in the order it was approved, and what has to be settled first."""

    rows: tuple[ToKey, ...]
    left_out: tuple[LeftOut, ...]


class Reconciled(StrEnum):
    """What became of an approval that was keyed."""

    WAITING = "waiting"
    """No extract has come since."""
    AGREES = "agrees"
    """The extract says what was decided, and that the record is filed."""
    DIFFERS = "differs"
    UNCLEAR = "unclear"
    """It was corrected here, so the store keeps the desk's word: compare the extract itself."""
    REOPENED = "reopened"
    """The approval was withdrawn after it was keyed: the records system has to follow."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact that the extract gives otherwise than it was approved."""

    title: str
    approved: str
    extract: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One keyed approval against the extract."""

    case_id: EntityId
    reference: str
    outcome: str
    keyed_at: datetime | None
    batch: str
    state: Reconciled
    differences: tuple[Difference, ...]


def worklist(desk: Desk, *, outcome: str = "", oic: str = "") -> Worklist:
    """The approvals that nobody has keyed; only those of one outcome or one officer in charge where given.

    Crimes with two approvals that differ, or whose facts changed since, are left out with the reason.
    """
    rows: list[ToKey] = []
    left_out: list[LeftOut] = []
    for file, left in _finalised(desk):
        approvals = standing_approvals(left)
        if not approvals or (oic and oic.casefold() not in _officer(file.case)):
            continue
        approval_id, approval = approvals[-1]
        if (outcome and approval.outcome != outcome) or approval_id in _keyed(left):
            continue
        reference = file.case.ref or ""
        if differing_approvals(left):
            left_out.append(LeftOut(file.id, reference, "two approvals that differ"))
        elif is_changed(file, approval):
            changed = changed_since(desk.store.connection, file, approval_id, approval)
            left_out.append(LeftOut(file.id, reference, f"changed since finalised: {'; '.join(changed)}"))
        else:
            rows.append(ToKey(file.id, approval_id, reference, file.case, approval))
    rows.sort(key=lambda row: (row.approval.at is None, row.approval.at, row.reference))
    return Worklist(tuple(rows), tuple(left_out))


def export(desk: Desk, rows: Sequence[ToKey], path: Path, profile_name: str = _PROFILE) -> int:
    """Write a worklist as CSV, its headings those of the import profile; returns how many rows.

    Raises BadInputError for no rows, an unknown profile or a file that is there, StoreError when it cannot be written.
    """
    if not rows:
        raise BadInputError("There is nothing to key.", "Finalise crimes first; what was keyed is left out.")
    profile = desk.packs.profiles.get(profile_name)
    if profile is None:
        raise BadInputError(
            f"There is no profile {clean(profile_name)!r}.", f"One of: {', '.join(desk.packs.profiles)}."
        )
    content = as_csv(desk, rows, profile)
    write_new(
        desk, path, content, "worklist", len(rows), "csv", case_id=rows[0].case_id if len(rows) == 1 else None
    )
    return len(rows)


def as_csv(desk: Desk, rows: Sequence[ToKey], profile: "Profile") -> bytes:
    """A worklist as CSV, for Excel too: no cell is read as a formula."""
    headings = {
        column.fields[0]: column.title
        for column in reversed(profile.columns)
        if column.entity == CASE.name and len(column.fields) == 1
    }
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    names = [name for name in _FIELDS if name in headings]
    writer.writerow([*(headings[name] for name in names), "Corrected", "Approved", "Marking"])
    for row in rows:
        said = _values(row)
        corrected = ", ".join(CASE.by_name[name].title for name in row.approval.corrected or ())
        approved = local(row.approval.at).isoformat(" ", "minutes")[:16] if row.approval.at else ""
        cells = [*(said[name] for name in names), corrected, approved, desk.settings.marking]
        writer.writerow([quoted(cell) for cell in cells])
    return made.getvalue().encode("utf-8-sig")


_FIELDS = (
    "ref", "offence_code", "offence_title", "ho_class", "outcome", "cancel_code", "outcome_date", "decided_by",
    "decided_rank", "rationale", "oic",
)  # fmt: skip
"""What a row of the worklist shows of a crime, in this order."""


def _values(row: ToKey) -> dict[str, str]:
    case, approval = row.case, row.approval
    cancelled = is_cancellation(approval.outcome)
    return {
        "ref": row.reference,
        "offence_code": case.offence_code or "",
        "offence_title": case.offence_title or "",
        "ho_class": approval.ho_class or "",
        "outcome": "" if cancelled else approval.outcome or "",
        "cancel_code": approval.outcome or "" if cancelled else "",
        "outcome_date": approval.outcome_date or "",
        "decided_by": approval.decided_by or "",
        "decided_rank": approval.decided_rank or "",
        "rationale": approval.rationale or "",
        "oic": case.oic or "",
    }


def mark_keyed(desk: Desk, rows: Sequence[ToKey], batch: str = "") -> int:
    """Mark these approvals as keyed, in one act that undo takes back as one; returns how many.

    Those that somebody marked meanwhile are left alone. Raises BadInputError where none is left.
    """
    now = desk.now
    name = clean(batch) or f"keyed {moment_of_instant(now)}"
    left = {
        case_id: one for some in _batches([row.case_id for row in rows]) for case_id, one in _left(desk, some)
    }
    fresh = [row for row in rows if row.approval_id not in _keyed(left[row.case_id])]
    if not fresh:
        raise BadInputError("There is nothing to mark as keyed.", "It was marked already, or reopened.")
    with desk.store.unit_of_work(ACT) as unit:
        for number, row in enumerate(fresh, 1):
            fields = {"approval": row.approval_id, "outcome": row.approval.outcome, "batch": name, "at": now}
            unit.entry(KEYED, new_id(), row.case_id, given(fields))
            if number % _BATCH == 0:
                unit.settle()
    return len(fresh)


def reconcile(
    desk: Desk, extract: Path | None = None, profile: "Profile | None" = None
) -> list[Reconciliation]:
    """What became of every approval that was keyed: the differing first, then those withdrawn since.

    A crime that was finalised anew after it was reopened is not among the withdrawn: its new approval is to be keyed.
    Compared with what the latest extract in the store says, or with an extract file, which need not be taken in. The
    file shows more: where the desk corrected a fact the store goes on showing the desk's word. Raises BadInputError
    when the file is not what it claims to be.
    """
    told = None
    if extract is not None and profile is not None:
        files, _ = assembled(extract, profile)
        told = {file.id: file.case for file in files}
    found: list[Reconciliation] = []
    for file, left in _finalised(desk):
        marked = _keyed(left)
        found += [
            _reconciled(desk, file, marked[approval_id], approval, told)
            for approval_id, approval in standing_approvals(left)
            if approval_id in marked
        ]
        if (reopened := _reopened(file, left, told)) is not None:
            found.append(reopened)
    order = [
        Reconciled.DIFFERS,
        Reconciled.REOPENED,
        Reconciled.UNCLEAR,
        Reconciled.WAITING,
        Reconciled.AGREES,
    ]
    return sorted(found, key=lambda one: (order.index(one.state), one.reference))


def _reconciled(
    desk: Desk, file: CaseFile, keyed: Keyed, approval: Approval, told: Mapping[EntityId, Case] | None
) -> Reconciliation:
    unsure: Collection[str] = ()
    case: Case | None = file.case
    if told is not None:
        case = told.get(file.id)
    else:
        row = read_rows(desk.store.connection, CASE, [file.id])[file.id]
        unsure = [field.name for field in CASE.fields if row.desk_mask >> field.bit & 1]
        as_at = file.case.as_at
        if as_at is None or (keyed.at is not None and earliest(as_at) <= keyed.at):
            case = None
    differences = tuple(_differences(case, approval, unsure)) if case is not None else ()
    if case is None:
        state = Reconciled.WAITING
    elif differences:
        state = Reconciled.DIFFERS
    else:
        state = Reconciled.UNCLEAR if not _FACTS.isdisjoint(unsure) else Reconciled.AGREES
    return Reconciliation(
        file.id, file.case.ref or "", approval.outcome or "", keyed.at, keyed.batch or "", state, differences
    )


def _reopened(
    file: CaseFile, left: Finalising, told: Mapping[EntityId, Case] | None
) -> Reconciliation | None:
    """The crime, where what was keyed last was withdrawn since, nothing stands in its place, and it is not open yet."""
    keyed = list(_keyed(left).items())
    if not keyed or standing_approvals(left):
        return None
    _, last = keyed[-1]
    case = file.case if told is None else told.get(file.id)
    status = case.record_status if case is not None else None
    if status == "open":
        return None
    differences = (Difference(CASE.by_name["record_status"].title, "open", status),) if status else ()
    return Reconciliation(
        file.id,
        file.case.ref or "",
        last.outcome or "",
        last.at,
        last.batch or "",
        Reconciled.REOPENED,
        differences,
    )


_FACTS = frozenset({"outcome", "cancel_code", "outcome_date", "ho_class", "record_status"})


def _differences(case: Case, approval: Approval, unsure: Collection[str]) -> Iterator[Difference]:
    cancelled = is_cancellation(approval.outcome)
    code = "cancel_code" if cancelled else "outcome"
    wanted = {code: approval.outcome, "outcome_date": approval.outcome_date, "ho_class": approval.ho_class}
    for name, approved in wanted.items():
        said = getattr(case, name)
        if name in unsure or not approved or said == approved:
            continue
        if name == "outcome_date" and said and said[:10] == approved[:10]:
            continue
        if name == "outcome_date" and cancelled and not said:  # records systems need not date a cancellation
            continue
        yield Difference(CASE.by_name[name].title, _shown(name, approved), _shown(name, said))
    if case.record_status == "open":
        yield Difference(CASE.by_name["record_status"].title, "filed", "open")


def _shown(name: str, value: str | None) -> str:
    if not value:
        return "not recorded"
    return show_moment(CASE.by_name[name].from_json(value)) if name == "outcome_date" else value


def _keyed(left: Finalising) -> dict[EntityId, Keyed]:
    """What was marked as keyed, by the approval."""
    return {one.approval: one for _, one in standing(left.keyed) if one.approval is not None}


def _officer(case: Case) -> str:
    return f"{case.oic or ''} {case.oic_number or ''}".casefold()


def _finalised(desk: Desk) -> Iterator[tuple[CaseFile, Finalising]]:
    """Every crime that has an approval, with what finalising left behind."""
    ids = [
        EntityId(case_id)
        for (case_id,) in desk.store.connection.execute("SELECT DISTINCT case_id FROM approval")
    ]
    for some in _batches(ids):
        left = dict(_left(desk, some))
        for bundle in read_cases(desk.store.connection, some):
            yield bundle.file, left[bundle.file.id]


def _left(desk: Desk, ids: Sequence[EntityId]) -> Iterator[tuple[EntityId, Finalising]]:
    yield from read_finalisings(desk.store.connection, ids).items()


def _batches(ids: Sequence[EntityId]) -> Iterator[Sequence[EntityId]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]
