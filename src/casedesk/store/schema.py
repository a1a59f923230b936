"""The tables of a store, derived from the registry of entities."""

from casedesk.model.entities import CASE, CUSTODY, ENTITIES, SQL_TYPES, Entity

STORE_SCHEMA = 1
"""Version of the tables. A store of an older version is migrated at opening, after a backup."""
MIN_READER = 1
"""The oldest version whose program can still read these tables; it opens them for reading only."""

JOURNAL_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE space (ix INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, name TEXT NOT NULL);
CREATE TABLE device (
    ix INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, name TEXT NOT NULL, actor TEXT NOT NULL,
    sign_pub BLOB NOT NULL, status TEXT NOT NULL, enrolled_at BIGINT NOT NULL
);
CREATE TABLE op (
    n INTEGER PRIMARY KEY, space INTEGER NOT NULL, device INTEGER NOT NULL, seq BIGINT NOT NULL,
    hash BLOB NOT NULL, hlc BIGINT NOT NULL, kind TEXT NOT NULL, entity TEXT NOT NULL,
    entity_id BLOB NOT NULL, case_id BLOB NOT NULL, unit BLOB NOT NULL,
    header BLOB NOT NULL, sig BLOB NOT NULL, payload BLOB,
    UNIQUE (device, seq)
);
CREATE INDEX op_case ON op (case_id, hlc);
CREATE TABLE vv (
    space INTEGER NOT NULL, device INTEGER NOT NULL, seq BIGINT NOT NULL, hash BLOB NOT NULL,
    PRIMARY KEY (space, device)
) WITHOUT ROWID;
CREATE TABLE access_log (
    seq INTEGER PRIMARY KEY, device INTEGER NOT NULL, at BIGINT NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL,
    case_id BLOB, unit BLOB, detail TEXT NOT NULL, prev BLOB NOT NULL, hash BLOB NOT NULL
);
CREATE INDEX access_log_case ON access_log (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX access_log_unit ON access_log (unit) WHERE unit IS NOT NULL;
CREATE TABLE blob (sha256 BLOB PRIMARY KEY NOT NULL, size INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE loose (
    device INTEGER NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY (device, seq)
) WITHOUT ROWID;
CREATE TABLE aside (
    device INTEGER NOT NULL, seq BIGINT NOT NULL, why TEXT NOT NULL, PRIMARY KEY (device, seq)
) WITHOUT ROWID;
CREATE TABLE park (
    hash BLOB PRIMARY KEY, space BLOB NOT NULL, device BLOB NOT NULL, seq BIGINT NOT NULL, why TEXT NOT NULL,
    sender BLOB NOT NULL, came_at BIGINT NOT NULL, header BLOB NOT NULL, sig BLOB NOT NULL, payload BLOB
);
CREATE INDEX park_device ON park (device, seq);
CREATE INDEX park_why ON park (why, device, seq);
CREATE INDEX park_fork_unit ON park (CAST(header AS TEXT) ->> 'unit') WHERE why = 'fork';
CREATE TABLE peer (
    device BLOB PRIMARY KEY, have TEXT NOT NULL, lacks TEXT NOT NULL, number BIGINT NOT NULL, made_at BIGINT NOT NULL,
    came_at BIGINT NOT NULL, ends TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;
CREATE TABLE receipt (
    sha256 BLOB PRIMARY KEY, sender BLOB NOT NULL, number BIGINT NOT NULL, kind TEXT NOT NULL, made_at BIGINT NOT NULL,
    came_at BIGINT NOT NULL, news INTEGER NOT NULL, held INTEGER NOT NULL, parked INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE outgoing (
    number INTEGER PRIMARY KEY, sha256 BLOB NOT NULL, kind TEXT NOT NULL, made_at BIGINT NOT NULL,
    members TEXT NOT NULL, operations INTEGER NOT NULL, bytes BIGINT NOT NULL, upto BIGINT NOT NULL,
    reason TEXT NOT NULL, medium BLOB
);
CREATE TABLE draft (key TEXT PRIMARY KEY, value TEXT NOT NULL, at BIGINT NOT NULL) WITHOUT ROWID;
CREATE TABLE preference (key TEXT PRIMARY KEY, value TEXT NOT NULL, at BIGINT NOT NULL) WITHOUT ROWID;
"""
"""What is true: the journal, who wrote it, who saw what, what documents hold, what travelled in bundles, and what this
installation knows of itself.

``loose`` are operations held beyond a gap of their chain, as a handover brings them; ``aside`` those held in
their chain and not applied, because their content is not here or their author may not do it; ``park`` those that came
and cannot be taken in yet, or ever.
"""

FOLD_STATE_TABLES = """
CREATE TABLE dead (
    device INTEGER NOT NULL, seq BIGINT NOT NULL, entity_id BLOB NOT NULL, case_id BLOB NOT NULL, field TEXT NOT NULL,
    hlc BIGINT NOT NULL, PRIMARY KEY (device, seq, entity_id, case_id, field)
) WITHOUT ROWID;
CREATE TABLE conflict (
    entity TEXT NOT NULL, entity_id BLOB NOT NULL, field TEXT NOT NULL, case_id BLOB NOT NULL,
    PRIMARY KEY (entity_id, entity, field, case_id)
) WITHOUT ROWID;
CREATE INDEX conflict_case ON conflict (case_id);
CREATE TABLE unit (
    id BLOB PRIMARY KEY, act TEXT NOT NULL, actor TEXT NOT NULL, device INTEGER NOT NULL, hlc BIGINT NOT NULL,
    at_ms BIGINT NOT NULL, first_seq BIGINT NOT NULL, last_seq BIGINT NOT NULL, about BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX unit_hlc ON unit (hlc);
CREATE TABLE disposed (
    case_id BLOB NOT NULL, device INTEGER NOT NULL, seq BIGINT NOT NULL, hlc BIGINT NOT NULL,
    PRIMARY KEY (case_id, device, seq, hlc)
) WITHOUT ROWID;
CREATE TABLE quarantine (
    space INTEGER NOT NULL, device INTEGER NOT NULL, seq BIGINT NOT NULL, why TEXT NOT NULL,
    PRIMARY KEY (space, device, seq)
) WITHOUT ROWID;
CREATE TABLE not_shown (why TEXT PRIMARY KEY, operations INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE queue (
    n INTEGER PRIMARY KEY, band INTEGER NOT NULL, due_at BIGINT NOT NULL, score INTEGER NOT NULL,
    reband_at BIGINT NOT NULL, soon_at BIGINT NOT NULL, stage TEXT NOT NULL, owner TEXT NOT NULL,
    team TEXT NOT NULL COLLATE NOCASE, waiting TEXT NOT NULL, waiting_since BIGINT NOT NULL, sentence TEXT NOT NULL
);
CREATE INDEX queue_order ON queue (band, due_at, score DESC, n);
CREATE INDEX queue_open ON queue (band, due_at, score DESC, n) WHERE stage <> 'closed';
CREATE INDEX queue_owner ON queue (owner, band, due_at, score DESC, n) WHERE stage <> 'closed';
CREATE INDEX queue_team ON queue (team, band, due_at, score DESC, n) WHERE stage <> 'closed';
CREATE INDEX queue_soon ON queue (soon_at, band, due_at, score DESC, n) WHERE stage <> 'closed';
CREATE INDEX queue_waiting ON queue (waiting_since, band, due_at, score DESC, n)
    WHERE waiting <> '' AND stage <> 'closed';
CREATE INDEX queue_stage ON queue (stage, band, due_at, score DESC, n);
CREATE INDEX queue_reband ON queue (reband_at);
CREATE TABLE due_item (
    n INTEGER NOT NULL, ordinal INTEGER NOT NULL, at BIGINT NOT NULL, band INTEGER NOT NULL, clock TEXT NOT NULL,
    who TEXT NOT NULL, legal INTEGER NOT NULL, sentence TEXT NOT NULL, key TEXT NOT NULL, subject BLOB,
    PRIMARY KEY (n, ordinal)
) WITHOUT ROWID;
CREATE INDEX due_item_at ON due_item (at, band);
CREATE VIRTUAL TABLE words USING fts5 (
    facts, ref, oic, suspects, victims, rationale, log, contact, action,
    content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2"
);
"""
"""What is derived besides the entity tables; dropped and remade by a rebuild."""

_TABLE_NAMES = {"case": "cases", "action": "actions"}
FAR = 2**62
"""Stands for “never” where an order needs a number."""


def table_name(entity: Entity) -> str:
    """The table that keeps an entity (``case`` is a word of SQL, so cases live in ``cases``)."""
    return _TABLE_NAMES.get(entity.name, entity.name)


def entity_table(entity: Entity) -> str:
    """The statements that make the table of one kind of entity."""
    name = table_name(entity)
    columns = [
        "n INTEGER PRIMARY KEY",
        "id BLOB NOT NULL",
        "case_id BLOB NOT NULL",
        "hlc BIGINT NOT NULL",
        "actor TEXT NOT NULL",
        "heads TEXT NOT NULL",
        *(f'"{field.name}" {SQL_TYPES[field.kind]}' for field in entity.fields),
        # One who names an entity of another case writes one of that id in their own: neither touches the other.
        # Entries of one id are as many as have authors that say different things.
        *([] if entity.entry else ["UNIQUE (id)" if entity is CASE else "UNIQUE (id, case_id)"]),
    ]
    made = f"CREATE TABLE {name} (\n    {', '.join(columns)}\n);\n"
    if entity is CASE:
        return (
            made
            + f"CREATE INDEX {name}_ref ON {name} (ref COLLATE NOCASE);\n"
            + f"CREATE INDEX {name}_recorded ON {name} (recorded_at);\n"
            + f"CREATE INDEX {name}_offence ON {name} (offence_from);\n"
        )
    made += f"CREATE INDEX {name}_case ON {name} (case_id);\n"
    if entity.entry:
        made += f"CREATE INDEX {name}_id ON {name} (id);\n"
    if entity is CUSTODY:
        made += f"CREATE INDEX {name}_arrested ON {name} (arrested_at);\n"
    return made


def derived_tables() -> list[str]:
    """The names of every table a rebuild drops and remakes."""
    return [table_name(entity) for entity in ENTITIES.values()] + [
        "dead",
        "conflict",
        "disposed",
        "quarantine",
        "unit",
        "not_shown",
        "queue",
        "due_item",
        "words",
    ]


def derived_schema() -> str:
    """The statements that make every derived table."""
    return FOLD_STATE_TABLES + "".join(entity_table(entity) for entity in ENTITIES.values())
