"""The index of words: what is found and where, that it is what the tables say, and that what is erased is gone."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casedesk.desk.settings import Settings
from casedesk.desk.setup import set_up
from casedesk.model.entities import ACTION, CASE, SUSPECT, Value
from casedesk.model.ids import new_id
from casedesk.rules.query import parse
from casedesk.rules.query_nodes import (
    FACTS_AND_PEOPLE,
    All,
    Context,
    Either,
    Node,
    Not,
    Owned,
    Source,
    Staged,
    Tagged,
    Words,
)
from casedesk.store import keys, search, words
from casedesk.store.checks import rebuild
from casedesk.store.places import Places
from casedesk.store.queue import QueueReader, View
from casedesk.store.search import Order, compiled, matching
from casedesk.store.store import Store
from tests.conftest import NOW, PASSPHRASE, PERSON, FrozenClock
from tests.store.making import add_case, add_cases, add_full_case, add_note
from tests.store.pages import decrypted_pages


def numbers(
    store: Store, typed: str, look_in: Sequence[Source] = (), order: Order = Order.NEWEST
) -> tuple[int, ...]:
    node = parse(typed, Context(store.clock(), store.actor, {"victim": 5, "closed": 10})).node
    assert node is not None
    return matching(store.connection, compiled(node, look_in), order).numbers


def found(store: Store, typed: str) -> bool:
    return bool(numbers(store, typed))


def index_of(store: Store) -> set[tuple[object, ...]]:
    """Every token of the index with its case, source and place."""
    db = store.connection
    db.execute("CREATE VIRTUAL TABLE temp.tokens USING fts5vocab(main, words, instance)")
    try:
        ids = dict(db.execute("SELECT n, id FROM cases").fetchall())
        return {(ids[n], *rest) for n, *rest in db.execute("SELECT doc, term, col, offset FROM temp.tokens")}
    finally:
        db.execute("DROP TABLE temp.tokens")


@pytest.mark.parametrize(
    "typed",
    [
        "burglary", "BURGLARY", "creme", "Crème", "zoë", "zoe", "o'hara", "O’Hara", "ohara", "oha*",
        "smithjones", "smith-jones", '"rear window"',
        "rear window", "window rear", "burgl*", "42/1001/26", "1001", "n/55/1", "900123", "cu/77/26", "luton",
        "okafor", "4412", "requested", "voicemail", "laboratory", "complete", "zoe voicemail burglary laboratory",
        "oic:okafor", "oic:4412", "ref:1001", "suspect:zoe", "victim:smith", "in:log footage", "in:contact voicemail",
        "in:action chase", "in:rationale lines", "in:facts luton", "in:people smith", "in:log,contact voicemail",
        "sounds:smith", "sounds:jon", "sounds:ohara", "sounds:o'harra", "victim:smithjones",
        'sounds:"jon smith"', "outcome:16", "outcome:15,16", "flag:da",
        "flag:mental-health", "owner:KX1", "owner:kx1", "stage:submitted", "band:victim", "due:<9w", "-theft",
        "theft OR burglary", "owner:me OR burglary", "-(theft OR stage:closed)", "flag:da -flag:knife outcome:16 zoe",
        "owner:kx1 -owner:me -stage:closed", "(burglary owner:kx1) OR (theft owner:me)",
    ],
)  # fmt: skip
def test_a_case_is_found_by(store: Store, typed: str) -> None:
    add_full_case(store)
    assert found(store, typed)


@pytest.mark.parametrize(
    "typed",
    [
        "burgl", "window forced*  \"forced rear\"", "theft", "oic:smyth", "suspect:smyth", "victim:zoe", "ref:burglary",
        "in:log voicemail", "in:facts footage", "in:people burglary", "in:rationale burglary", "sounds:patel",
        "outcome:15", "outcome:none", "outcome:1", "flag:knife", "flag:hate", "owner:me", "owner:none", "stage:open",
        "band:closed", "due:overdue", "due:none", "due:>1d", "-burglary", "zoe -voicemail", "burglary -owner:kx1",
        "sm0", "o16", "fda",
    ],
)  # fmt: skip
def test_a_case_is_not_found_by(store: Store, typed: str) -> None:
    add_full_case(store)
    assert not found(store, typed)


def test_due_times_are_those_of_the_queue(store: Store, clock: FrozenClock) -> None:
    case_id = add_case(store)
    with store.unit_of_work("test") as unit:
        unit.set(ACTION, new_id(), case_id, {"what": "Statement", "due_at": clock() + timedelta(days=2)})
    for typed, expected in (
        ("due:<3d", True), ("due:<1d", False), ("due:>1d", True), ("due:sun", True), ("due:sat", False),
        ("due:overdue", False), ("due:none", False),
    ):  # fmt: skip
        assert found(store, typed) is expected, typed
    clock.advance(timedelta(days=3))
    assert found(store, "due:overdue")


def test_what_changes_is_found_as_it_is_now(store: Store) -> None:
    case_id = add_full_case(store)
    with store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"offence_title": "Robbery", "outcome": "15", "owner": "7042"})
    assert found(store, "robbery outcome:15 owner:me")
    assert not found(store, "burglary")
    assert not found(store, "outcome:16")
    assert not found(store, "footage pigeon")
    add_note(store, case_id, "A pigeon was seen.")
    assert found(store, "footage pigeon")


def test_the_filter_of_the_queue_looks_in_facts_and_people_unless_told_where(store: Store) -> None:
    add_full_case(store)
    reader = QueueReader(store.connection)
    for typed, expected in (
        ("burg", 1), ("zo sm", 1), ("okaf", 1), ("foot", 0), ("in:log foot", 1), ("complete", 0), ("voice", 0),
        ("oic:oka out", 0), ("oic:oka flag:da", 1), ("flag:d", 1), ("stage:sub", 1), ("foo:bar", 0), ("burglary (", 1),
        ("due:none", 0), ("due:<9w", 1), ("due:>1d", 0), ("-burg", 0), ("-theft", 1),
    ):  # fmt: skip
        view = View("all", "KX1", words=typed, context=Context(NOW, "KX1"))
        assert (reader.count(view), len(reader.first(view)), len(reader.order(view))) == (expected,) * 3, (
            typed
        )
    assert reader.count(View("all", "KX1", words="owner:me")) == 1
    assert numbers(store, "footage", FACTS_AND_PEOPLE) == ()


def test_results_come_newest_first_or_best_first_and_only_so_many_are_ranked(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [add_case(store, ref=f"42/{number}/26", summary="Smith was seen.") for number in range(3)]
    with store.unit_of_work("test") as unit:
        unit.extract(SUSPECT, new_id(), ids[1], {"name": "Smith"}, unit.now)
    assert numbers(store, "smith") == (3, 2, 1)
    node = parse("smith").node
    assert node is not None
    best = matching(store.connection, compiled(node))
    assert (best.numbers[0], best.ranked, best.more) == (2, True, False)
    monkeypatch.setattr(search, "MOST_RANKED", 2)
    many = matching(store.connection, compiled(node))
    assert (many.numbers, many.ranked, many.more) == ((3, 2), False, True)


def test_a_rebuild_makes_the_same_index(store: Store) -> None:
    case_id = add_full_case(store)
    add_cases(store, 5)
    add_note(store, case_id, "A pigeon was seen.")
    with store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"offence_title": "Robbery"})
    before = index_of(store)
    assert len(before) > 60
    assert not rebuild(store).differing
    assert index_of(store) == before


def test_a_forgotten_case_leaves_none_of_its_words_in_the_file(store: Store) -> None:
    kept = add_case(store, summary="qzkept")
    case_id = add_case(store, summary="qzgone")
    add_note(store, case_id, "qzlater")
    for _ in range(20):  # many small segments, as after a day's work
        add_note(store, kept, "more")
    with store.transaction():
        words.forget_case(store.connection, case_id)
    assert not found(store, "qzgone")
    assert not found(store, "qzlater")
    assert found(store, "qzkept")
    segments = b"".join(bytes(block) for (block,) in store.connection.execute("SELECT block FROM words_data"))
    assert b"kept" in segments
    assert b"gone" not in segments
    assert b"later" not in segments
    with (
        store.transaction()
    ):  # the journal and the tables still say it: only the index's own pages are looked at
        for table in ("cases", "log_entry", "op"):
            store.connection.execute(f"DELETE FROM {table}")  # noqa: S608
    store.truncate_log()
    pages = b"".join(decrypted_pages(store))
    assert b"kept" in pages
    assert b"gone" not in pages
    assert b"later" not in pages


def test_sounds_and_tags_are_never_met_by_what_is_typed(store: Store) -> None:
    add_full_case(store)
    plain_tokens = {term for _, term, *_ in index_of(store) if str(term).isalnum()}
    marked = {term for _, term, *_ in index_of(store)} - plain_tokens
    assert {words.sound("smyth"), words.tag("outcome", "16"), words.tag("flag", "mental-health")} <= marked
    assert all(str(term)[0] in "\ue000\ue001" for term in marked)
    add_case(store, ref="42/2/26", summary=f"{words.tag('flag', 'hate')} {words.sound('patel')}")
    assert not found(store, "sounds:patel")


# -- against a plain reading of the same query --------------------------------------------------------------------

VOCABULARY = ("ada", "adam", "bail", "bee", "cat", "da", "16")
TEXTS = {Source.FACTS: "summary", Source.RATIONALE: "rationale", Source.REF: "ref", Source.OIC: "oic"}


class Model:
    """What a case says, as sets of words by source."""

    def __init__(
        self, said: dict[Source, list[str]], owner: str, outcome: str | None, flags: tuple[str, ...]
    ) -> None:
        self.said, self.owner, self.outcome, self.flags = said, owner, outcome, flags

    def answers(self, node: Node) -> bool:
        if isinstance(node, All):
            return all(map(self.answers, node.parts))
        if isinstance(node, Either):
            return any(map(self.answers, node.parts))
        if isinstance(node, Not):
            return not self.answers(node.of)
        if isinstance(node, Owned):
            return self.owner == node.owner
        if isinstance(node, Staged):
            return node.stage == ("submitted" if self.outcome else "open")
        if isinstance(node, Tagged):
            return node.value in (self.flags if node.name == "flag" else (self.outcome or "none",))
        assert isinstance(node, Words)
        sources = node.sources or tuple(Source)
        return any(self._stands(node, tokens) for source, tokens in self.said.items() if source in sources)

    def _stands(self, node: Words, tokens: list[str]) -> bool:
        size = len(node.tokens)
        for at in range(len(tokens) - size + 1):
            *earlier, last = tokens[at : at + size]
            if earlier == list(node.tokens[:-1]) and (
                last.startswith(node.tokens[-1]) if node.begun else last == node.tokens[-1]
            ):
                return True
        return False


@pytest.fixture(scope="module")
def modelled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, list[Model]]]:
    """A store of small cases and what each of them says."""
    from random import Random

    dice = Random(3)
    places = Places(tmp_path_factory.mktemp("model") / "home")
    with set_up(places, PASSPHRASE, Settings(PERSON), FrozenClock(), cost=keys.GENERATED_COST) as desk:
        models = []
        with desk.store.unit_of_work("test") as unit:
            for _ in range(40):
                said = {source: dice.choices(VOCABULARY, k=dice.randrange(4)) for source in TEXTS}
                said[Source.REF] = said[Source.REF] or ["bee"]
                owner, outcome = dice.choice(("", "7042", "KX1")), dice.choice((None, "16", "2A"))
                flags = tuple(dice.sample(("da", "knife"), dice.randrange(3)))
                case_id = new_id()
                fields: dict[str, Value] = {
                    TEXTS[source]: " ".join(some) for source, some in said.items() if some
                }
                unit.extract(
                    CASE, case_id, case_id,
                    {**fields, **({"outcome": outcome} if outcome else {}), **({"flags": flags} if flags else {})},
                    unit.now,
                )  # fmt: skip
                unit.set(CASE, case_id, case_id, {"owner": owner or None})
                said[Source.FACTS] = [*said[Source.FACTS], *([owner.lower()] if owner else []), *flags]
                models.append(Model(said, owner, outcome.lower() if outcome else None, flags))
        yield desk.store, models


WORDS: st.SearchStrategy[Node] = st.builds(
    Words,
    st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=2).map(tuple),
    st.booleans(),
    st.sampled_from([(), (Source.REF,), (Source.RATIONALE, Source.OIC)]),
)
OTHERS: st.SearchStrategy[Node] = st.sampled_from(
    [
        Owned("7042"),
        Owned(""),
        Staged("open"),
        Tagged("outcome", "16"),
        Tagged("outcome", "none"),
        Tagged("flag", "da"),
    ]
)
NODES: st.SearchStrategy[Node] = st.recursive(
    WORDS | OTHERS,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(All, st.lists(inner, min_size=2, max_size=3).map(tuple))
        | st.builds(Either, st.lists(inner, min_size=2, max_size=3).map(tuple))
    ),
    max_leaves=8,
)


@given(node=NODES)
@example(node=Not(Words(("ada",))))
@example(node=All((Not(Words(("ada",))), Not(Words(("bee",))))))
@example(node=Either((Words(("ada",)), Not(Words(("bee",))))))
@example(node=All((Words(("ada",)), Either((Owned("KX1"), All((Words(("bee",)), Not(Words(("cat",))))))))))
def test_any_query_finds_what_a_plain_reading_finds(modelled: tuple[Store, list[Model]], node: Node) -> None:
    store, models = modelled
    expected = {n for n, model in enumerate(models, 1) if model.answers(node)}
    condition = compiled(node)
    for order in Order:
        assert set(matching(store.connection, condition, order).numbers) == expected
    sql, values = condition.on_queue()
    assert {n for (n,) in store.connection.execute(f"SELECT n FROM queue WHERE {sql}", values)} == expected  # noqa: S608
