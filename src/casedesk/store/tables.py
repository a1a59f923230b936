"""The store's tables as SQLModel classes, for queries that are composed: reports, review lists, exports.

The classes are made from the registry of entities, so that a column is written once; a test compares them with
the tables a store really has. Importing SQLModel costs more than half a second, so nothing on the way to the
first paint imports this module: the queue, the case page and the fold speak SQL on the same connection.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text, create_engine
from sqlalchemy.pool import StaticPool
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field, Session, SQLModel

from casedesk.model.entities import ENTITIES, Entity, Kind
from casedesk.model.moments import from_micros, to_micros
from casedesk.store.connection import Connection
from casedesk.store.schema import table_name


class Utc(TypeDecorator[datetime]):
    """An aware UTC instant, kept as whole microseconds since 1970 so that it sorts and compares as a number."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        """Write an instant. Raises ValueError for a naive one."""
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        """Read an instant."""
        return None if value is None else from_micros(value)


_TYPES: dict[Kind, tuple[type[Any], type[TypeEngine[Any]]]] = {
    Kind.TEXT: (str, Text),
    Kind.MOMENT: (str, Text),
    Kind.LIST: (str, Text),
    Kind.INT: (int, Integer),
    Kind.FLAG: (int, Integer),
    Kind.INSTANT: (datetime, Utc),
    Kind.REFERENCE: (bytes, LargeBinary),
}


def _table(entity: Entity) -> type[SQLModel]:
    kinds = {field.name: _TYPES[field.kind] for field in entity.fields}
    annotations: dict[str, Any] = {
        "n": int | None, "id": bytes, "case_id": bytes, "hlc": int, "actor": str, "heads": str,
        **{name: python | None for name, (python, _) in kinds.items()},
    }  # fmt: skip
    columns: dict[str, Any] = {
        "n": Field(default=None, sa_column=Column(Integer, primary_key=True)),
        "id": Field(sa_column=Column(LargeBinary, nullable=False, unique=True)),
        "case_id": Field(sa_column=Column(LargeBinary, nullable=False)),
        "hlc": Field(sa_column=Column(BigInteger, nullable=False)),
        "actor": Field(sa_column=Column(Text, nullable=False)),
        "heads": Field(sa_column=Column(Text, nullable=False)),
        **{
            name: Field(default=None, sa_column=Column(sql, nullable=True))
            for name, (_, sql) in kinds.items()
        },
    }
    name = entity.name.title().replace("_", "") + "Row"
    metaclass: Any = type(SQLModel)  # a class statement whose columns are known only now
    made: type[SQLModel] = metaclass(
        name,
        (SQLModel,),
        {
            "__module__": __name__,
            "__doc__": f"One {entity.name.replace('_', ' ')} as its table keeps it.",
            "__tablename__": table_name(entity),
            "__annotations__": annotations,
            **columns,
        },
        table=True,
    )
    return made


TABLES: dict[str, Any] = {entity.name: _table(entity) for entity in ENTITIES.values()}
"""The table class of each kind of entity, by the entity's name. ``Any``, because no type checker sees the columns."""


@contextmanager
def session(connection: Connection) -> Iterator[Session]:
    """A session for reading on a connection to the store. Writing goes through the journal and nowhere else."""
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    with Session(engine, autoflush=False) as opened:
        yield opened
        opened.expunge_all()
