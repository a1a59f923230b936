"""Operations of other programs: older ones are brought up to date, newer ones kept and counted, odd ones set aside."""

import pytest

from casedesk.model.entities import CASE
from casedesk.model.ids import EntityId, new_id
from casedesk.store import journal, operations, upcast
from casedesk.store.checks import rebuild, verify
from casedesk.store.operations import OpKind, payload_bytes
from casedesk.store.store import Store
from tests.store.making import add_case


def put(store: Store, case_id: EntityId, fields: dict[str, object]) -> None:
    """Write an operation into the journal as another program might have, past everything that checks fields."""
    with store.unit_of_work("test") as unit:
        payload = payload_bytes(b"salt", fields, None)
        unit._log.add(unit._made(OpKind.SET, CASE, case_id, case_id, {}, 0, payload))
        unit.operations += 1


def shown(store: Store, case_id: EntityId, name: str) -> object:
    row = store.connection.execute(f'SELECT "{name}" FROM cases WHERE id = ?', (case_id,)).fetchone()  # noqa: S608
    return row[0] if row else None


def test_an_older_format_is_brought_up_to_date_whenever_it_is_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = new_id()
    put(store, case_id, {"ref": "99260000001", "officer": "PC 1 Sample"})
    before = store.connection.execute("SELECT payload FROM op ORDER BY n DESC LIMIT 1").fetchone()
    monkeypatch.setattr(operations, "SCHEMA", 3)
    monkeypatch.setitem(upcast.STEPS, 1, lambda _entity, said: {**said, "oic": said["officer"]})
    monkeypatch.setitem(
        upcast.STEPS,
        2,
        lambda _entity, said: {name: value for name, value in said.items() if name != "officer"},
    )
    report = rebuild(store)
    assert shown(store, case_id, "oic") == "PC 1 Sample"
    assert report.not_shown == {}
    assert store.connection.execute("SELECT payload FROM op ORDER BY n DESC LIMIT 1").fetchone() == before


def test_a_newer_format_is_kept_and_counted_and_shown_by_the_program_that_knows_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = add_case(store)
    case_id = new_id()
    with monkeypatch.context() as newer:
        newer.setattr(operations, "SCHEMA", 9)
        newer.setattr(journal, "SCHEMA", 9)
        put(store, case_id, {"ref": "99260000002"})
    report = rebuild(store)
    assert report.not_shown == {"format 9": 1}
    assert shown(store, case_id, "ref") is None
    assert shown(store, known, "ref") is not None
    assert verify(store.connection).problems == []


def test_what_is_whole_but_cannot_be_read_is_set_aside_and_the_rest_is_shown(store: Store) -> None:
    known, odd = add_case(store), new_id()
    put(store, odd, {"ref": "99260000003", "outcome_date": "the day before yesterday"})
    report = rebuild(store)
    assert report.quarantined == 1
    assert shown(store, odd, "ref") is None
    assert shown(store, known, "ref") is not None
    assert verify(store.connection).problems == [], "it is kept as it was signed"
    assert rebuild(store).quarantined == 1
