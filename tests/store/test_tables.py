"""The SQLModel classes are the tables a store really has, and read them."""

from datetime import UTC, datetime

from sqlmodel import select

from casedesk.desk.desk import Desk
from casedesk.model.entities import CASE, CUSTODY, ENTITIES
from casedesk.model.ids import new_id
from casedesk.store.schema import table_name
from casedesk.store.tables import TABLES, session


def test_every_class_has_the_columns_of_its_table_in_their_order(desk: Desk) -> None:
    for name, entity in ENTITIES.items():
        held = desk.store.connection.execute(f"PRAGMA table_info({table_name(entity)})").fetchall()
        table = TABLES[name].__table__
        assert [(column.name, str(column.type), not column.nullable) for column in table.columns] == [
            (column, "INTEGER" if declared == "INTEGER" else declared, bool(required) or bool(key))
            for _, column, declared, required, _, key in held
        ]


def test_a_composed_query_reads_what_the_journal_wrote(desk: Desk) -> None:
    case_id, custody_id = new_id(), new_id()
    arrested = datetime(2026, 11, 20, 23, 5, tzinfo=UTC)
    with desk.store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"ref": "99260000001", "category": "Drugs"})
        unit.set(CUSTODY, custody_id, case_id, {"suite": "Exampleton", "arrested_at": arrested})
    cases, custody = TABLES["case"], TABLES["custody"]
    with desk.reading() as connection, session(connection) as reading:
        found = reading.exec(
            select(cases.ref, custody.arrested_at)
            .join(custody, custody.case_id == cases.id)
            .where(cases.category == "Drugs")
        ).all()
    assert found == [("99260000001", arrested)]
