"""Helps the desk's tests: a case with people of every kind, and how a verb is asked of it."""

from datetime import timedelta

from casedesk.desk.asking import At
from casedesk.desk.desk import Desk
from casedesk.desk.intake import Arrest, Person, add_case
from casedesk.desk.newcomers import Newcomer, add_person
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment
from casedesk.store.records import read_dossier
from casedesk.store.store import Store


def a_case(desk: Desk, ref: str = "42/1/26", *, oic: str = "PC 1212 Rao") -> EntityId:
    """An assault in the flags of domestic abuse: suspect Kyle arrested four hours ago, victim Zoë, witness Ann."""
    case_id = add_case(
        desk, intake="arrest", ref=ref, offence_code="CJ88116", offence_title="Common assault", oic=oic,
        flags=("da",), victim="Zoë Larkin", mine=True,
        person=Person(name="Kyle Jarrett", dob=Moment("1994-11-02")),
        arrest=Arrest(number=f"NB/{ref}", arrested_at=desk.now - timedelta(hours=4)),
    )  # fmt: skip
    add_person(desk, case_id, "witness", Newcomer(name="Ann Sample"))
    return case_id


def at(desk: Desk, case_id: EntityId, subject: EntityId | None = None) -> At:
    """Where a verb is asked: the case as it stands now."""
    return At(desk, desk.case(case_id).file, read_dossier(desk.store.connection, case_id), subject)


def acts(store: Store) -> int:
    """How many acts the store has."""
    (number,) = store.connection.execute("SELECT count(*) FROM unit").fetchone()
    return int(number)
