"""The contents of documents: by their hash, each once, whole, and in pieces."""

import hashlib
import tracemalloc
from collections.abc import Iterator

import pytest

from casedesk.model.entities import DOCUMENT
from casedesk.model.errors import NotFoundError, StoreError
from casedesk.model.ids import EntityId, new_id
from casedesk.store import blobs
from casedesk.store.checks import digests, rebuild, verify
from casedesk.store.store import Store
from tests.store.making import add_case

WORDS = b"the ginger cat at number nine " * 400


def sha_of(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def keep(store: Store, content: bytes) -> bool:
    with store.transaction():
        return blobs.write(store.connection, sha_of(content), len(content), [content])


def attach(store: Store, case_id: EntityId, content: bytes) -> EntityId:
    """A document of a case with its content, as attaching writes them."""
    document_id = new_id()
    with store.unit_of_work("document.attach") as unit:
        blobs.write(store.connection, sha_of(content), len(content), [content])
        unit.set(DOCUMENT, document_id, case_id, {"name": "a.txt", "sha256": sha_of(content).hex()})
    return document_id


def test_what_was_written_is_read_and_kept_once(store: Store) -> None:
    assert keep(store, WORDS)
    assert not keep(store, WORDS)
    assert blobs.have(store.connection, sha_of(WORDS))
    assert not blobs.have(store.connection, sha_of(b"x"))
    assert b"".join(blobs.read(store.connection, sha_of(WORDS))) == WORDS
    assert blobs.held(store.connection) == blobs.Held(1, len(WORDS))


def test_what_is_not_here_is_said_so(store: Store) -> None:
    with pytest.raises(NotFoundError, match="not in the store"):
        next(blobs.read(store.connection, sha_of(b"x")))


@pytest.mark.parametrize(
    ("size", "chunks"),
    [
        (len(WORDS), [WORDS[:-1], b"x"]),
        (len(WORDS) + 1, [WORDS]),
        (len(WORDS) - 1, [WORDS]),
        (0, []),
        (blobs.LARGEST + 1, [WORDS]),
    ],
)
def test_what_is_not_as_announced_is_refused_and_nothing_is_kept(
    store: Store, size: int, chunks: list[bytes]
) -> None:
    with pytest.raises(StoreError), store.transaction():
        blobs.write(store.connection, sha_of(WORDS), size, chunks)
    assert blobs.held(store.connection) == blobs.Held(0, 0)


def test_a_refusal_that_is_caught_leaves_no_half_content_in_the_transaction(store: Store) -> None:
    with store.transaction():
        with pytest.raises(StoreError):
            blobs.write(store.connection, sha_of(WORDS), len(WORDS), [b"other"])
        blobs.write(store.connection, sha_of(b"good"), 4, [b"good"])
    assert blobs.held(store.connection) == blobs.Held(1, 4)


def test_a_unit_that_fails_keeps_neither_document_nor_content(store: Store) -> None:
    case_id = add_case(store)

    def fail(at: str) -> None:
        if at == "finished":
            raise OSError("no")

    store.checkpoint = fail
    with pytest.raises(OSError, match="no"):
        attach(store, case_id, WORDS)
    store.checkpoint = lambda _: None
    assert blobs.held(store.connection).count == 0
    assert store.connection.execute("SELECT count(*) FROM document").fetchone() == (0,)


def test_memory_stays_flat_up_to_the_largest_content(store: Store) -> None:
    piece = bytes(range(256)) * 256
    count = blobs.LARGEST // len(piece)
    digest = hashlib.sha256(piece * count).digest()

    def chunks() -> Iterator[bytes]:
        for _ in range(count):
            yield bytes(piece)

    tracemalloc.start()
    with store.transaction():
        blobs.write(store.connection, digest, blobs.LARGEST, chunks())
    assert sum(map(len, blobs.read(store.connection, digest))) == blobs.LARGEST
    assert not list(blobs.wrong(store.connection))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * blobs.PIECE


def test_verify_names_a_content_that_was_changed(store: Store) -> None:
    attach(store, add_case(store, ref="42/7/26"), WORDS)
    report = verify(store.connection)
    assert (report.problems, report.missing, report.documents) == ([], [], blobs.Held(1, len(WORDS)))
    with store.transaction():
        store.connection.execute("UPDATE blob SET data = ?", (b"x" + WORDS[1:],))
    (problem,) = verify(store.connection).problems
    assert problem.startswith("a document of 42/7/26 (SHA-256 ")
    assert "not what was attached" in problem
    with pytest.raises(StoreError, match="not what was attached"):
        list(blobs.read(store.connection, sha_of(WORDS)))


def test_verify_names_a_document_whose_content_is_not_here(store: Store) -> None:
    attach(store, add_case(store, ref="42/7/26"), WORDS)
    with store.transaction():
        store.connection.execute("DELETE FROM blob")
    report = verify(store.connection)
    assert not report.problems
    (said,) = report.missing
    assert said.startswith("a document of 42/7/26 (SHA-256 ")


def test_a_rebuild_leaves_contents_alone(store: Store) -> None:
    attach(store, add_case(store), WORDS)
    before = digests(store.connection)
    assert rebuild(store).differing == ()
    assert digests(store.connection) == before
    assert b"".join(blobs.read(store.connection, sha_of(WORDS))) == WORDS


# -- disposal ---------------------------------------------------------------------------------------------------


def dispose(store: Store, case_id: EntityId) -> None:
    with store.unit_of_work("dispose", "Review") as unit:
        unit.dispose(case_id, "Supt Sample")


def test_disposal_erases_what_no_other_case_needs(store: Store) -> None:
    one, two = add_case(store, ref="1"), add_case(store, ref="2")
    attach(store, one, b"only here")
    attach(store, one, b"in both")
    attach(store, two, b"in both")
    dispose(store, one)
    assert not blobs.have(store.connection, sha_of(b"only here"))
    assert blobs.have(store.connection, sha_of(b"in both"))
    dispose(store, two)
    assert blobs.held(store.connection).count == 0


def test_a_document_taken_off_or_undone_elsewhere_still_needs_its_content(store: Store) -> None:
    one, off, undone = (add_case(store, ref=ref) for ref in "123")
    attach(store, one, b"off")
    attach(store, one, b"undone")
    taken, gone = attach(store, off, b"off"), attach(store, undone, b"undone")
    with store.unit_of_work("document.remove") as unit:
        unit.set(DOCUMENT, taken, off, {"removed": True})
        unit.set(DOCUMENT, gone, undone, {"name": None, "sha256": None})
    dispose(store, one)
    assert blobs.held(store.connection).count == 2
    dispose(store, off)
    dispose(store, undone)
    assert blobs.held(store.connection).count == 0
