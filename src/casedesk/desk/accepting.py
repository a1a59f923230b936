"""Accepting many crimes at once: the preview says which are clean and why the others are left, undo takes it as one."""

from collections.abc import Collection, Iterable, Sequence

from casedesk.desk.bulk import Change, Plan, Unchanged, last_operation
from casedesk.desk.check import covered_months
from casedesk.desk.desk import Desk
from casedesk.desk.finalise import CannotFinaliseError, Correction, Ready, Writes, prepare
from casedesk.desk.finalised_code import code_of
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from casedesk.store.finalised import read_finalisings
from casedesk.store.records import read_cases

_BATCH = 500
_AS_RECORDED = Correction()


def accept_clean(desk: Desk, ids: Sequence[EntityId]) -> Plan:
    """Finalise those of these crimes that the check finds nothing wrong with, as they are recorded."""
    return accept(desk, ids)


def accept(desk: Desk, ids: Sequence[EntityId], accept_warnings: Collection[str] = ()) -> Plan:
    """Finalise these crimes as they are recorded, accepting the warnings of these rules in each.

    Those that block, or have other warnings, are held or finalised already stay as they are. Each approval is bound
    to the facts of the preview: where they change before it is carried out, it shows as changed since.
    """
    journal = last_operation(desk)
    covered = covered_months(desk.store.connection)
    wanted = list(dict.fromkeys(ids))
    ready: dict[EntityId, Ready] = {}
    refs: dict[EntityId, str] = {}
    left_as_is: list[Unchanged] = []
    for start in range(0, len(wanted), _BATCH):
        some = wanted[start : start + _BATCH]
        left = read_finalisings(desk.store.connection, some)
        found = {bundle.file.id: bundle.file for bundle in read_cases(desk.store.connection, some)}
        for case_id in some:
            if (file := found.get(case_id)) is None:
                continue
            refs[case_id] = file.case.ref or "(no reference)"
            try:
                ready[case_id] = prepare(desk, file, left[case_id], _AS_RECORDED, accept_warnings, covered)
            except BadInputError as error:
                left_as_is.append(Unchanged(case_id, refs[case_id], _why(error)))
    changes = tuple(
        Change(case_id, refs[case_id], one.file.case.stage or "open", f"finalised {_outcome(one)}")
        for case_id, one in ready.items()
    )

    def writes(change: Change) -> Iterable[Writes]:
        return ready[change.case_id].writes

    return Plan(
        "finalise.many", "Finalise", changes, tuple(left_as_is), writes,
        lambda: accept(desk, ids, accept_warnings), journal, thing="crime",
    )  # fmt: skip


def _outcome(ready: Ready) -> str:
    return code_of(ready.file.case) or ""


def _why(error: BadInputError) -> str:
    return error.short if isinstance(error, CannotFinaliseError) else "finalised already"
