"""Finding things in the timeline: filters, jumping to a day, searching, corrections with what they correct."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from casedesk.desk.timeline import KINDS, Event, Timeline, timeline
from casedesk.model.facts import Case, CaseFile, LogEntry
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment, earliest, latest, london

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def an_id(number: int) -> EntityId:
    return EntityId(number.to_bytes(16, "big"))


def log(*texts: str) -> Timeline:
    """A log with one entry a day, the first the latest."""
    entries = tuple(
        (an_id(number), LogEntry(at=NOON - timedelta(days=number), text=text))
        for number, text in enumerate(texts)
    )
    return timeline(CaseFile(id=an_id(999), case=Case(), log=entries))


def texts(events: Timeline) -> list[str]:
    return [event.text for event in events]


def corrected() -> Timeline:
    entries = (
        (an_id(1), LogEntry(at=NOON - timedelta(days=9), text="Rang Zoë about the footage", topic="chase")),
        (an_id(2), LogEntry(at=NOON, text="It was her brother", about=an_id(1))),
        (an_id(3), LogEntry(at=NOON, text="No, her uncle", about=an_id(2))),
        (an_id(4), LogEntry(at=NOON, text="Nothing to do with it")),
    )
    return timeline(CaseFile(id=an_id(999), case=Case(reported_at=Moment("2026-03")), log=entries))


def test_words_must_all_occur_whatever_their_case_and_accents() -> None:
    events = log("Rang ZOË about CCTV", "cctv is wiped", "Zoe rang back")
    assert texts(events.filtered(words="zoe cctv")) == ["Rang ZOË about CCTV"]
    assert texts(events.filtered(words="  ")) == texts(events)
    assert texts(events.filtered(words="nothing")) == []


def test_a_correction_comes_with_what_it_corrects_and_the_other_way_round() -> None:
    family = ["No, her uncle", "It was her brother", "Chase: Rang Zoë about the footage"]
    for word in ("uncle", "brother", "footage"):
        assert texts(corrected().filtered(words=word)) == family
    events = corrected()
    second = next(event for event in events if "brother" in event.text)
    original = events.original(second)
    assert original is not None
    assert original.text == "Chase: Rang Zoë about the footage"
    assert texts(Timeline(events.corrections(second))) == ["No, her uncle"]
    assert list(events.family(next(event for event in events if event.kind == "record"))) == []


def test_kinds_are_counted_and_filtered_and_a_chase_is_found_among_the_actions() -> None:
    events = corrected()
    assert events.counts == {"log": 4, "record": 1}
    assert texts(events.filtered(kinds=["record"])) == ["Reported"]
    assert "Chase: Rang Zoë about the footage" in texts(events.filtered(kinds=["action"]))
    assert len(events.filtered(kinds=["log", "record"])) == 5


def test_a_time_known_to_the_month_is_within_every_day_of_it() -> None:
    events = corrected()
    for day in ("2026-03-01", "2026-03-31"):
        found = events.filtered(since=earliest(Moment(day)), until=latest(Moment(day)))
        assert "Reported" in texts(found)
    assert texts(events.filtered(since=earliest(Moment("2026-04-01")))) == []
    exact = log("A", "B", "C").filtered(since=NOON - timedelta(days=1), until=NOON - timedelta(days=1))
    assert texts(exact) == ["B"]


def test_who_is_filtered_by_part_of_the_name() -> None:
    events = Timeline([Event(NOON, "log", "A", "7042 for 9001"), Event(NOON, "log", "B", lambda: "9001")])
    assert texts(events.filtered(who="7042")) == ["A"]
    assert texts(events.filtered(who="9001")) == ["A", "B"]


def test_jumping_to_a_day_lands_on_it_or_on_the_first_before() -> None:
    events = log("14th", "13th", "12th")
    assert events.index_at(date(2026, 3, 20)) == 0
    assert events.index_at(date(2026, 3, 14)) == 0
    assert events.index_at(date(2026, 3, 13)) == 1
    assert events.index_at(date(2026, 3, 11)) is None
    assert events.index_at(date.max) == 0


def test_searching_goes_round_in_both_directions() -> None:
    events = log("red", "blue", "red again")
    assert events.find("RED") == 0
    assert events.find("red", 1) == 2
    assert events.find("blue", 2) == 1
    assert events.find("red", 1, -1) == 0
    assert events.find("red", -1, -1) == 2
    assert events.find("green") is None
    assert events.find(" ") is None


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.sampled_from(["footage", "call", "visit"]), st.integers(0, 12)),
        max_size=12,
    ),
    st.sampled_from(["", "footage", "call"]),
    st.integers(0, 400),
)
def test_a_filter_keeps_the_order_and_leaves_out_nothing_that_fits(
    made: list[tuple[int, str, int]], words: str, back: int
) -> None:
    entries = tuple(
        (
            an_id(number),
            LogEntry(
                at=NOON - timedelta(hours=hours), text=text, about=an_id(about) if about < number else None
            ),
        )
        for number, (hours, text, about) in enumerate(made)
    )
    events = timeline(CaseFile(id=an_id(999), case=Case(), log=entries))
    assert len(events) == len(made)
    since = NOON - timedelta(hours=back)
    kept = events.filtered(words=words, since=since)
    order = [id(event) for event in events]
    assert [order.index(id(event)) for event in kept] == sorted(order.index(id(event)) for event in kept)
    fits = {id(event) for event in events if words in event.text and event.sort_at >= since}
    assert fits <= {id(event) for event in kept}
    for event in kept:
        if id(event) not in fits:
            assert fits & {id(other) for other in events.family(event)}


@given(st.lists(st.integers(0, 2000), max_size=20), st.dates(date(2025, 12, 1), date(2026, 4, 1)))
def test_a_jump_is_to_the_latest_event_that_is_not_after_the_day(hours: list[int], day: date) -> None:
    entries = tuple((an_id(n), LogEntry(at=NOON - timedelta(hours=h), text="x")) for n, h in enumerate(hours))
    events = timeline(CaseFile(id=an_id(999), case=Case(), log=entries))
    end = london(day + timedelta(days=1))
    at = events.index_at(day)
    later = [event for event in events if event.sort_at >= end]
    assert len(later) == (len(events) if at is None else at)


def test_every_kind_has_a_place_among_the_filters() -> None:
    assert list(KINDS)[:4] == ["log", "contact", "action", "decision"]
