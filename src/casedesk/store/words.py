"""The searchable words of every case: one document a case in a full-text index, kept with the queue.

One design serves the filter of the queue and the search over everything. The document has a column for each
:class:`~casedesk.rules.query_nodes.Source`; words typed together may stand in different parts of a case (a
suspect's name in the record, what was said in the log), and the filter merely looks in fewer columns. An index of
single entries beside one of cases would answer neither without joining sets of a million rows. The price is that
a case is written anew when an entry is added: 25 words cost about 3 µs.

Names of suspects and victims stand there by sound as well, outcomes and flags as whole values; such tokens begin
with a private-use character, which no text that came through :func:`casedesk.model.text.clean` contains.
The text itself is not kept: snippets are cut from the tables.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

from casedesk.model.entities import ACTION, CASE, CONTACT, CUSTODY, LOG_ENTRY, SUSPECT, VICTIM, Entity
from casedesk.model.ids import EntityId
from casedesk.model.text import folded
from casedesk.rules.query_nodes import Source, split
from casedesk.store.connection import Connection
from casedesk.store.records import CaseBundle

TEXTS: dict[Source, tuple[tuple[Entity, tuple[str, ...]], ...]] = {
    Source.FACTS: (
        (
            CASE,
            (
                "offence_title", "offence_code", "category", "summary", "location", "area", "oic_unit",
                "supervisor", "decided_by", "outcome_text", "owner", "team", "stage_note", "charge_code",
                "cps_reference", "tic_parent", "proof_reference", "body", "activity",
            ),
        ),
        (CUSTODY, ("number", "suite", "offence")),
    ),
    Source.REF: ((CASE, ("ref",)),),
    Source.OIC: ((CASE, ("oic", "oic_number")),),
    Source.SUSPECTS: ((SUSPECT, ("name", "nominal")),),
    Source.VICTIMS: ((VICTIM, ("name", "phone")),),
    Source.RATIONALE: (
        (
            CASE,
            (
                "rationale", "public_interest", "evidence_led", "victim_views", "expiry_reason",
                "verifiable_information",
            ),
        ),
    ),
    Source.LOG: ((LOG_ENTRY, ("text",)),),
    Source.CONTACT: ((CONTACT, ("text",)),),
    Source.ACTION: ((ACTION, ("what", "result", "why")),),
}  # fmt: skip
"""Which facts' words each source holds. Snippets are cut from the same."""
COMPOUND = re.compile(r"(?<![^\W_])[^\W_]+(?:['’‘-][^\W_]+)+")
"""A name in parts that many write as one, or the other way round: O'Hara, Smith-Jones."""
_LONGEST_NAME = 60
_SOUND, _TAG = "\ue000", "\ue001"
_INTO = f"INTO words (rowid, {', '.join(Source)}) VALUES ({', '.join('?' * (len(Source) + 1))})"


def _getter(source: Source, entity: Entity) -> Callable[[Any], tuple[str | None, ...]]:
    return attrgetter(*next(names for of, names in TEXTS[source] if of is entity))


_case_facts = _getter(Source.FACTS, CASE)
_case_rationale = _getter(Source.RATIONALE, CASE)
_custody_facts = _getter(Source.FACTS, CUSTODY)
_action_texts = _getter(Source.ACTION, ACTION)


Document = tuple[int | str, ...]
"""A case's row of the index: its number and a text for each source."""


def write(connection: Connection, documents: Iterable[Document]) -> None:
    """Index these cases anew, inside the caller's transaction."""
    connection.executemany(f"INSERT OR REPLACE {_INTO}", documents)


def add(connection: Connection, documents: Iterable[Document]) -> None:
    """Index cases that are not in the index, inside the caller's transaction."""
    connection.executemany(f"INSERT {_INTO}", documents)


def drop(connection: Connection, numbers: Sequence[int]) -> None:
    """Take the cases of these numbers out of the index. Their words leave the file with :func:`purge`."""
    connection.executemany("DELETE FROM words WHERE rowid = ?", [(n,) for n in numbers])


def forget_case(connection: Connection, case_id: EntityId) -> None:
    """Take a case's words out of the index and out of its pages, inside the caller's transaction.

    Whoever forgets many cases drops them all and then calls :func:`purge` once.
    """
    drop(connection, [n for (n,) in connection.execute("SELECT n FROM cases WHERE id = ?", (case_id,))])
    purge(connection)


def purge(connection: Connection) -> None:
    """Make the index anew without what was dropped or replaced: none of those words stays in its pages.

    An index that keeps no text cannot find the words of one document to erase them (the ``secure-delete`` of FTS5
    does not apply), so everything is merged into one segment. What freed pages held is overwritten by the
    connection's ``secure_delete``; the write-ahead log is the caller's to truncate after the commit.
    """
    connection.execute("INSERT INTO words (words) VALUES ('optimize')")


@lru_cache(1024)
def tag(name: str, value: str) -> str:
    """The token that stands for an outcome or a flag as a whole value."""
    return f"{_TAG}{name[0]}{''.join(split(value))}"


@lru_cache(65536)
def sound(word: str) -> str:
    """The token that stands for the sound of a folded word (Metaphone); empty where it has none.

    Nobody's name is longer than 60 letters; a word without end would take time without end.
    """
    from jellyfish import metaphone

    key = metaphone(word) if len(word) <= _LONGEST_NAME else ""
    return f"{_SOUND}{key.casefold()}" if key else ""


def document(bundle: CaseBundle) -> Document:
    """A case's row of the index. What is not known is empty text: binding NULL costs a microsecond each."""
    file = bundle.file
    case = file.case
    flags = case.flags or ()
    facts = [text for text in _case_facts(case) if text]
    facts += flags
    for _, custody in file.custody:
        facts += filter(None, _custody_facts(custody))
    tags = [tag("outcome", case.outcome or "none"), *(tag("flag", flag) for flag in flags)]
    return (
        bundle.n,
        f"{folded(' '.join(facts))} {' '.join(tags)}",
        _text((case.ref,)),
        _text((case.oic, case.oic_number)),
        _people((suspect.name, suspect.nominal) for _, suspect in file.suspects),
        _people((victim.name, victim.phone) for _, victim in file.victims),
        _text(_case_rationale(case)),
        _text([entry.text for _, entry in file.log]),
        _text([contact.text for _, contact in file.contacts]),
        _text([text for _, action in file.actions for text in _action_texts(action)]),
    )


def _text(parts: Iterable[str | None]) -> str:
    return folded(" ".join([part for part in parts if part]))


def _people(people: Iterable[tuple[str | None, str | None]]) -> str:
    """Names and numbers, and after them the sounds of the names; O'Hara stands there as Ohara too."""
    said: list[str] = []
    sounds: list[str] = []
    for name, number in people:
        if name:
            name = folded(name)
            joined = ["".join(split(part)) for part in COMPOUND.findall(name)]
            said += (name, *joined)
            sounds += filter(None, map(sound, (*split(name), *joined)))
        if number:
            said.append(folded(number))
    return " ".join(said + sounds)
