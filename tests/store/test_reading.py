"""What is said of database errors that are met while reading."""

import pytest

from casedesk.desk.desk import Desk
from casedesk.store.connection import DatabaseError, OperationalError
from casedesk.store.reading import unreadable
from tests.store.damage import spoil
from tests.store.making import add_case


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (DatabaseError("database disk image is malformed"), "is damaged"),
        (DatabaseError("vtable constructor failed: words"), "is damaged"),
        (OperationalError("disk I/O error"), "does not answer"),
        (OperationalError("database is locked"), "in use"),
        (OperationalError("database or disk is full"), "disk is full"),
        (OperationalError("unable to open database file"), "cannot be opened"),
    ],
)
def test_trouble_outside_the_program_has_a_cure(desk: Desk, error: Exception, said: str) -> None:
    told = unreadable(desk.store.places.store, error)
    assert told is not None
    assert said in told.message
    assert told.cure


def test_a_fault_of_the_program_is_not_explained_away(desk: Desk) -> None:
    path = desk.store.places.store
    assert unreadable(path, ValueError("disk i/o error")) is None
    with pytest.raises(OperationalError) as raised:
        desk.store.connection.execute("SELECT pigeon FROM cases")
    assert unreadable(path, raised.value) is None
    desk.close()
    with pytest.raises(DatabaseError) as closed:
        desk.store.connection.execute("SELECT 1")
    assert unreadable(path, closed.value) is None


def test_a_file_that_is_gone_is_said_to_be(desk: Desk) -> None:
    path = desk.store.places.store
    path.unlink()
    told = unreadable(path, OperationalError("unable to open database file"))
    assert told is not None
    assert "does not answer" in told.message


def test_a_page_damaged_under_an_open_store_is_told(desk: Desk) -> None:
    add_case(desk.store)
    desk.store.truncate_log()
    spoil(desk.store.places, desk.store.key, "cases")
    with desk.reading() as connection, pytest.raises(DatabaseError) as raised:
        connection.execute("SELECT * FROM cases").fetchall()
    told = unreadable(desk.store.places.store, raised.value)
    assert told is not None
    assert "damaged" in told.message
