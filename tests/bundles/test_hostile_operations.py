"""What a member writes who means harm: it is taken in, and reaches neither the terminal nor a trace of the program."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import pytest

from casedesk.bundles.body import Signed, operation_bytes
from casedesk.desk import bundle_in
from casedesk.desk.casepage import read_page
from casedesk.model.entities import ENTITIES, Kind
from casedesk.model.errors import CasedeskError
from casedesk.model.ids import EntityId, encode, new_id
from casedesk.model.text import harmless
from casedesk.store.checks import digests, rebuild, verify
from casedesk.store.operations import DOMAIN, OpKind, content_of
from casedesk.store.parked import Why
from tests.bundles.hostile import Prey, make_prey
from tests.conftest import FrozenClock
from tests.desk.team_of_two import make_two

ESCAPES = "\x1b]0;owned\x07 \x1b[2J\x1b[31mred\u202edevlig\u202c \x9b5m a\u200bb \ud7ff\ue000x \x7f end"
HOSTILE: dict[Kind, tuple[Any, ...]] = {
    Kind.TEXT: (
        ESCAPES, 7, "x" * 99_999, "x" * 300_000, True, ["a"], {"a": 1}, "", "\n" * 5_000, "[bold red]x[/] [link=x]y",
        "e\u0301" * 50,
    ),
    Kind.INT: (2**63, 2**64 - 1, -(2**63), 10**18, True, "7", 1.5, 1e300),
    Kind.FLAG: (1, "true", None, 2**64 - 1),
    Kind.INSTANT: (
        "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59+00:00", "2026-01-01T00:00:00",
        "0001-01-01T00:00:00+00:00", "tomorrow", 0, "2026-01-01T00:00:00+00:00\x1b[2J",
    ),
    Kind.MOMENT: (
        "0001-01", "0001-01-01", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31", "2026-13", "2026-02-30",
        "\x1b[2J", 5,
    ),
    Kind.LIST: ([ESCAPES], [], [1], ["x"] * 20_000, "a", [["a"]]),
    Kind.REFERENCE: ("AAAAAAAAAAAAAAAAAAAAAA", "A", "", "é", 5, "A" * 10_000),
}  # fmt: skip


@pytest.fixture
def prey(tmp_path: Path, clock: FrozenClock) -> Iterator[Prey]:
    two = make_two(tmp_path, clock)
    made = make_prey(two)
    bundle_in.take_in(two.bob, made.good)
    yield made
    two.ann.close()
    two.bob.close()


class Mallory:
    """A member whose program was changed: it signs whatever it likes, as long as the chain holds."""

    def __init__(self, prey: Prey) -> None:
        self._prey = prey
        store = prey.two.ann.store
        self._seq, self._prev = store.registry.have(store.registry.spaces[store.identity.space], store.device)
        self.records: list[tuple[bytes, bytes]] = []

    def says(self, entity: str, entity_id: bytes, case_id: bytes, fields: Any, **other: Any) -> None:
        payload = orjson.dumps({"salt": "AAAAAAAAAAAAAAAA", "fields": fields})
        self.writes(payload, entity=entity, id=encode(entity_id), case=encode(case_id), **other)

    def writes(self, payload: bytes, **other: Any) -> None:
        self._seq += 1
        header = self._prey.header_of(payload, seq=self._seq, prev=encode(self._prev), **other)
        self._prev = hashlib.sha256(header).digest()
        self.records.append((header, payload))

    def sends(self) -> bundle_in.Imported:
        """Bob takes it in."""
        sign = self._prey.two.ann.store.sign
        raw = b"".join(
            operation_bytes(Signed(header, sign(DOMAIN + hashlib.sha256(header).digest()), payload))
            for header, payload in self.records
        )
        bob = self._prey.two.bob
        return bundle_in.take_in(bob, self._prey.for_bob(self._prey.with_records(raw, len(self.records))))


def texts(prey: Prey) -> Iterator[str]:
    """Every text of every table that something shows."""
    db = prey.two.bob.store.connection
    hidden = {"op", "park", "meta", "secret", "receipt", "outgoing", "blob", "content"}
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        if name not in hidden and not name.startswith(("words", "sqlite")):
            for row in db.execute(f'SELECT * FROM "{name}"').fetchall():  # noqa: S608
                yield from (cell for cell in row if isinstance(cell, str))


def assert_sound(prey: Prey) -> None:
    bob = prey.two.bob
    assert not verify(bob.store.connection).problems
    assert not rebuild(bob.store).differing
    for text in texts(prey):
        assert harmless(text) == text


def test_an_operation_that_its_author_did_not_sign_waits_and_changes_no_table(prey: Prey) -> None:
    bob = prey.two.bob
    payload = orjson.dumps({"salt": "AAAAAAAAAAAAAAAA", "fields": {"ref": "42/9/26"}})
    header = prey.header_of(payload)
    path = prey.for_bob(prey.with_operation(header, payload, prey.two.ann.store.sign(b"something else")))
    before = digests(bob.store.connection)
    assert bundle_in.take_in(bob, path).taken.parked == {Why.FORGED: 1}
    assert digests(bob.store.connection) == before
    assert_sound(prey)


def test_terminal_commands_in_what_a_colleague_writes_never_reach_a_table(prey: Prey) -> None:
    bob = prey.two.bob
    mallory = Mallory(prey)
    case_id = new_id()
    mallory.says("case", case_id, case_id, {"ref": f"42/7/26{ESCAPES}", "summary": ESCAPES, "owner": ESCAPES})
    mallory.says("log_entry", new_id(), case_id, {"text": ESCAPES, ESCAPES: ESCAPES}, kind=OpKind.ENTRY.value)
    mallory.says("suspect", new_id(), case_id, {"name": ESCAPES})
    assert mallory.sends().taken.new == 3
    assert_sound(prey)
    page = read_page(bob, EntityId(case_id))
    shown = repr(page.file.case.summary) + "".join(entry.text or "" for _, entry in page.file.log)
    assert "red" in shown
    for bad in ("\x1b", "\x07", "\x9b", "\u202e", "\u200b", "\ue000", "\x7f"):
        assert bad not in shown.replace("\\", "")


def test_what_history_and_undo_read_from_the_journal_is_harmless_too() -> None:
    said = content_of(
        orjson.dumps({"salt": "", "reason": ESCAPES, "fields": {ESCAPES: [ESCAPES, {ESCAPES: ESCAPES}]}})
    )
    for text in (*said["fields"], *said["fields"][harmless(ESCAPES)][:1], said["reason"]):
        assert harmless(text) == text
        assert "\x1b" not in text
    assert "\x1b" not in repr(said)
    assert "\\x1b" not in repr(said)


def test_what_is_safe_stays_as_it_was_written_to_the_letter() -> None:
    for text in (
        "Zoë O’Hara  said “no”",
        "two\nlines\n\n\n\nfour",
        " leading",
        "日本語 👍",
        "[bold]not markup[/]",
    ):
        assert content_of(orjson.dumps({"fields": {"text": text}}))["fields"]["text"] == text


@pytest.mark.parametrize("kind", list(Kind))
def test_values_that_no_field_has_are_set_aside_and_break_nothing(prey: Prey, kind: Kind) -> None:
    """Every field of every entity that is of a kind gets every wrong value; each operation stands or is set aside."""
    mallory = Mallory(prey)
    case_id = EntityId(new_id())
    mallory.says("case", case_id, case_id, {"ref": "42/8/26", "stage": "open"})
    for entity in ENTITIES.values():
        if entity.name == "member":
            continue  # whom to believe is another matter: test_team.py
        for number, value in enumerate(HOSTILE[kind]):
            names = [of.name for of in entity.fields if of.kind is kind]
            if not names:
                continue
            some = names[:1] if number % 2 == 0 or len(str(value)) > 1_000 else names
            own = case_id if entity.name == "case" else new_id()
            how = OpKind.ENTRY if entity.entry else OpKind.SET
            mallory.says(entity.name, own, case_id, dict.fromkeys(some, value), kind=how.value)
    taken = mallory.sends().taken
    assert taken.new + sum(taken.parked.values()) == len(mallory.records)
    assert_sound(prey)
    read_page(prey.two.bob, case_id)


@pytest.mark.parametrize(
    "payload",
    [
        b"{}", b'{"fields":[]}', b'{"fields":null}', b'{"fields":{"ref":null}}', b'{"salt":5,"reason":7,"fields":{}}',
        b'{"fields":{"covers":{}}}', b'{"fields":{"covers":{"AAAAAAAAAAAAAAAAAAAAAA":18446744073709551615}}}',
        b'{"fields":{"covers":{"AAAAAAAAAAAAAAAAAAAAAA":-1}}}', b'{"fields":{"covers":7}}', b'{"reason":{"a":1}}',
    ],
    ids=range(10),
)  # fmt: skip
@pytest.mark.parametrize("kind", [*(kind.value for kind in OpKind), "unheard-of"])
def test_odd_contents_of_every_kind_of_operation_break_nothing(prey: Prey, payload: bytes, kind: str) -> None:
    mallory = Mallory(prey)
    for entity in ("case", "log_entry", "member", "restriction", "document", "unheard-of"):
        mallory.writes(payload, kind=kind, entity=entity)
    with suppress(CasedeskError):
        mallory.sends()
    assert not verify(prey.two.bob.store.connection).problems
    assert digests(prey.two.bob.store.connection)
    assert_sound(prey)
