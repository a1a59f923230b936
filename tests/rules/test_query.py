"""Queries as typed: what they mean, what is said of those that mean nothing, and what is still being typed."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.model.errors import BadInputError
from casedesk.rules.query import by_sound, leaves, parse, plain
from casedesk.rules.query_nodes import (
    FACTS_AND_PEOPLE,
    FIELDS,
    MOST_CHARACTERS,
    MOST_TERMS,
    PLACES,
    All,
    Banded,
    Begun,
    Context,
    Due,
    Either,
    Node,
    Not,
    Owned,
    Sounds,
    Staged,
    Tagged,
    Words,
)

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
"""A Friday in winter: London keeps UTC."""
CONTEXT = Context(NOW, "7042", {"liberty": 1, "limit": 2, "rest": 8})


def shape(node: Node | None) -> str:
    """A query in brackets: ``(all smith (not burglary))``; a begun word ends with *, its places stand after @."""
    match node:
        case None:
            return ""
        case All(parts):
            return f"(all {' '.join(map(shape, parts))})"
        case Either(parts):
            return f"(either {' '.join(map(shape, parts))})"
        case Not(of):
            return f"(not {shape(of)})"
        case Words(tokens, begun, sources):
            return "_".join(tokens) + "*" * begun + "".join(f"@{source}" for source in sources)
        case Sounds(tokens, sources):
            return "~" + "_".join(tokens) + "".join(f"@{source}" for source in sources)
        case Tagged(name, value):
            return f"{name}={value}"
        case Owned(owner):
            return f"owner={owner}"
        case Staged(stage):
            return f"stage={stage}"
        case Banded(band):
            return f"band={band}"
        case Due(since, before, never):
            return "due=never" if never else f"due={_at(since)}..{_at(before)}"


def _at(instant: datetime | None) -> str:
    return instant.strftime("%d-%m %H:%M") if instant else ""


def read(text: str, begun: Begun = Begun.NONE) -> str:
    return shape(parse(text, CONTEXT, begun).node)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", ""),
        ("  ", ""),
        ("& – !", ""),
        ("Smith", "smith"),
        ("Zoë O’Hara", "(all zoe o_hara)"),
        ("smith burglary", "(all smith burglary)"),
        ("smith AND burglary", "(all smith burglary)"),
        ("smith & burglary", "(all smith burglary)"),
        ("smith or jones", "(all smith or jones)"),
        ("smith OR jones", "(either smith jones)"),
        ("smith OR jones OR smith", "(either smith jones)"),
        ("theft smith OR jones high", "(all theft (either smith jones) high)"),
        ("(theft smith) OR jones", "(either (all theft smith) jones)"),
        ("((smith))", "smith"),
        ("smith -burglary", "(all smith (not burglary))"),
        ("smith NOT burglary", "(all smith (not burglary))"),
        ("-burglary", "(not burglary)"),
        ("--burglary", "burglary"),
        ("-(smith OR jones)", "(not (either smith jones))"),
        ("well-known", "well_known"),
        ("vic*", "vic*"),
        ('"no reply"', "no_reply"),
        ("“no reply”", "no_reply"),
        ('"no rep"*', "no_rep*"),
        ('"smith OR jones"', "smith_or_jones"),
        ("14:30", "14_30"),
        ("45/1234/26", "45_1234_26"),
    ],
)
def test_words_and_signs(typed: str, meant: str) -> None:
    assert read(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("oic:okafor", "okafor@oic"),
        ("OIC:Okafor", "okafor@oic"),
        ("oic: okafor", "okafor@oic"),
        ('oic:"rhys okafor"', "rhys_okafor@oic"),
        ("oic:oka*", "oka*@oic"),
        ("ref:45/12", "45_12@ref"),
        ("suspect:(smith OR khan)", "(either smith@suspects khan@suspects)"),
        ("victim:-smith", "smith@victims"),
        ("sounds:smyth", "~smyth@suspects@victims"),
        ("owner:me", "owner=7042"),
        ("owner:(me)", "owner=7042"),
        ("owner:KX1", "owner=KX1"),
        ("owner:none", "owner="),
        ("outcome:16", "outcome=16"),
        ("outcome:2A", "outcome=2a"),
        ("outcome:none", "outcome=none"),
        ("outcome:15,16", "(either outcome=15 outcome=16)"),
        ("outcome:(15 OR 16)", "(either outcome=15 outcome=16)"),
        ("flag:da", "flag=da"),
        ("flag:DA,knife", "(either flag=da flag=knife)"),
        ('flag:"Domestic abuse"', "flag=da"),
        ("-flag:mental-health", "(not flag=mental-health)"),
        ("stage:submitted", "stage=submitted"),
        ("stage:finalised", "stage=closed"),
        ("band:liberty", "band=1"),
        ("band:8", "band=8"),
        ("band:liberty,limit", "(either band=1 band=2)"),
        ("in:log no reply", "(all no@log reply@log)"),
        ("no in:log reply", "(all no@log reply@log)"),
        ("in:log,contact reply", "reply@log@contact"),
        ("in:log in:contact reply", "reply@log@contact"),
        ("in:people smith", "smith@suspects@victims"),
        ("in:log reply oic:okafor", "(all reply@log okafor@oic)"),
        ("in:log (in:facts theft) called", "(all theft@facts@ref@oic called@log)"),
        ("smith (in:log called) -theft", "(all smith called@log (not theft))"),
    ],
)
def test_fields(typed: str, meant: str) -> None:
    assert read(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("due:overdue", "due=..20-11 15:00"),
        ("due:today", "due=20-11 00:00..21-11 00:00"),
        ("due:tomorrow", "due=21-11 00:00..22-11 00:00"),
        ("due:3d", "due=..23-11 15:00"),
        ("due:<3d", "due=..23-11 15:00"),
        ("due:<=12h", "due=..21-11 03:00"),
        ("due:>2w", "due=04-12 15:00.."),
        ("due:mon", "due=23-11 00:00..24-11 00:00"),
        ("due:<mon", "due=..23-11 00:00"),
        ("due:<=mon", "due=..24-11 00:00"),
        ("due:>mon", "due=24-11 00:00.."),
        ("due:>=mon", "due=23-11 00:00.."),
        ("due:21/11", "due=21-11 00:00..22-11 00:00"),
        ("due:2026-12-01", "due=01-12 00:00..02-12 00:00"),
        ('due:"<mon 09:00"', "due=..23-11 09:00"),
        ("due:none", "due=never"),
    ],
)
def test_due_times(typed: str, meant: str) -> None:
    assert read(typed) == meant


def test_a_due_day_in_summer_is_londons() -> None:
    (leaf,) = leaves(parse("due:2026-07-01", CONTEXT).node)
    assert leaf == Due(datetime(2026, 6, 30, 23, tzinfo=UTC), datetime(2026, 7, 1, 23, tzinfo=UTC))


@pytest.mark.parametrize(
    ("typed", "at", "says", "cure"),
    [
        ("smith foo:bar", 7, "no field foo:", "quotation marks"),
        ("own:me", 1, "no field own:", "owner"),
        ('"no reply', 1, "not closed", 'Add "'),
        ("(smith", 1, "not closed", "Add )"),
        ("smith)", 6, "closes nothing", "Take it out"),
        ("smith OR", 7, "OR stands between", "both sides"),
        ("OR smith", 1, "OR stands between", "both sides"),
        ("smith OR AND khan", 7, "OR stands between", "both sides"),
        ("smith AND", 7, "AND stands between", "Leave it out"),
        ("AND smith", 1, "AND stands between", "Leave it out"),
        ("smith NOT", 7, "nothing follows", "right after the -"),
        ("v*", 1, "one letter", "2 letters"),
        ("smith o'h*", 7, "one letter", "2 letters"),
        ("vi*m", 1, "may only end a word", "begin the word"),
        ("oic:", 1, "has no value", "It takes the name"),
        ("oic:(suspect:smith)", 6, "among the values of oic:", "Close the bracket"),
        ("outcome:99x", 9, "not an outcome code", "16 or 2A"),
        ("flag:dx", 6, "not a flag", "da"),
        ("stage:sub", 7, "not a stage", "submitted"),
        ("band:liberti", 6, "not a band", "liberty"),
        ("due:soonish", 5, "not a time", "due:<3d"),
        ("due:<31/02", 5, "not a time", "due:<3d"),
        ("in:logs reply", 4, "not a place", "log"),
        ("in:log", 4, "no word says what for", "Add a word"),
        ("in:log oic:okafor", 4, "no word says what for", "Add a word"),
        ("-in:log reply", 1, "cannot be turned round", "Name the places"),
        ("in:(log contact) x", 4, "takes no brackets", "in:log,contact"),
        ("(" * 12 + "x", 9, "too many brackets", "simpler"),
        (" ".join(["word"] * (MOST_TERMS + 1)), MOST_TERMS * 5 + 1, "more than 32 terms", "fewer"),
        ("outcome:" + ",".join(["16"] * (MOST_TERMS + 1)), 9, "more than 32 values", "fewer"),
    ],
)
def test_what_cannot_be_read_is_explained(typed: str, at: int, says: str, cure: str) -> None:
    with pytest.raises(BadInputError) as raised:
        parse(typed, CONTEXT)
    assert raised.value.message.startswith(f"At character {at}: ")
    assert says in raised.value.message
    assert cure in raised.value.cure


def test_a_query_without_end_is_refused() -> None:
    parse("x" * MOST_CHARACTERS)
    with pytest.raises(BadInputError, match="1,001 characters; the most is 1,000"):
        parse("x" * (MOST_CHARACTERS + 1))


def test_without_a_clock_or_a_person_a_query_says_what_it_lacks() -> None:
    for typed, says in (
        ("due:today", "what time it is"),
        ("owner:me", "who asks"),
        ("band:liberty", "not a band"),
    ):
        with pytest.raises(BadInputError, match=says):
            parse(typed)


@pytest.mark.parametrize(
    ("typed", "last", "every"),
    [
        ("sm", "sm*", "sm*"),
        ("s", "", ""),
        ("smith b", "smith", "smith*"),
        ("smith bu", "(all smith bu*)", "(all smith* bu*)"),
        ("smith bu ", "(all smith bu)", "(all smith* bu*)"),
        ("j smith", "(all j smith*)", "(all j smith*)"),
        ("o'h", "o", "o"),
        ('"no rep', "no_rep*", "no_rep*"),
        ('"no rep"', "no_rep", "no_rep"),
        ("smith OR", "smith", "smith*"),
        ("smith -", "smith", "smith*"),
        ("(smith", "smith*", "smith*"),
        ("oic:", "", ""),
        ("oic:ok", "ok*@oic", "ok*@oic"),
        ("flag:d", "flag=da", "flag=da"),
        ("flag:", "", ""),
        ("stage:s", "stage=submitted", "stage=submitted"),
        ("band:li", "(either band=1 band=2)", "(either band=1 band=2)"),
        ("flag:x", "", ""),
        ("due:<", "", ""),
        ("due:<3", "", ""),
        ("in:l", "", ""),
        ("in:lo vic", "!", "!"),
        ("foo:x", "!", "!"),
        ("x)", "!", "!"),
        ("stage:s theft", "!", "!"),
    ],
)
def test_what_is_still_being_typed(typed: str, last: str, every: str) -> None:
    for begun, meant in ((Begun.LAST, last), (Begun.ALL, every)):
        if meant == "!":
            with pytest.raises(BadInputError):
                read(typed, begun)
        else:
            assert read(typed, begun) == meant


def test_plain_words_take_no_sign_for_an_operator() -> None:
    assert shape(plain('foo:bar (a "b -ju').node) == "(all foo* bar* a b ju*)"
    assert plain(")(").node is None
    assert len(list(leaves(plain("word " * 100).node))) == MOST_TERMS


def test_a_query_names_the_fields_it_asks() -> None:
    assert parse("oic:okafor flag:da x oic:khan", CONTEXT).fields == ("oic", "flag")


def test_leaves_are_told_apart_by_whether_they_are_wanted() -> None:
    node = parse("smith -(khan OR theft) OR patel").node
    assert [shape(leaf) for leaf in leaves(node)] == ["smith", "khan", "theft", "patel"]
    assert [shape(leaf) for leaf in leaves(node, denied=False)] == ["smith", "patel"]


def test_only_names_are_taken_by_their_sound() -> None:
    node = parse("suspect:smyth OR victim:smyth oic:smyth in:log smyth", CONTEXT).node
    assert node is not None
    assert shape(by_sound(node)) == "(all (either ~smyth@suspects ~smyth@victims) smyth@oic smyth@log)"


SIGNS = ["smith", "o'hara", '"', "(", ")", "-", "*", "OR", "AND", "NOT", "in:log", "due:", "<3d", ":", ",", " ",
         "oic:", "flag:da", "owner:me", "“", "\x00", "é", "NEAR", "{ref}", "'", ";--"]  # fmt: skip


@given(st.lists(st.sampled_from(SIGNS), max_size=12).map("".join) | st.text(max_size=40))
def test_whatever_is_typed_is_a_query_or_an_explained_error(typed: str) -> None:
    for begun in Begun:
        try:
            query = parse(typed, CONTEXT, begun)
        except BadInputError as error:
            said = error.message
            query = plain(typed)
        else:
            said = "At character 1"
        assert said.startswith(("At character ", "The query has "))
        words = [leaf for leaf in leaves(query.node) if isinstance(leaf, Words)]
        assert all(token.isalnum() for leaf in words for token in leaf.tokens)


def test_every_field_can_be_asked_as_its_help_says() -> None:
    for name, meaning in FIELDS.items():
        examples = [
            word.rstrip(",") for word in meaning.split() if word.startswith(f"{name}:") and word[-1] != ":"
        ]
        assert examples
        for example in examples:
            assert read(f"{example} x")


def test_the_places_cover_every_source_but_the_queues_filter_only_facts_and_people() -> None:
    assert {source for places in PLACES.values() for source in places} > set(FACTS_AND_PEOPLE)
    assert set(FACTS_AND_PEOPLE) == {*PLACES["facts"], *PLACES["people"]}
