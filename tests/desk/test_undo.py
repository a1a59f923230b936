"""Taking back and doing again: what stands afterwards, what stays on the record, and what is refused."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casedesk.desk import casepage, record, undo
from casedesk.desk.check import check_store
from casedesk.desk.desk import Desk
from casedesk.desk.settings import Settings
from casedesk.desk.setup import set_up
from casedesk.desk.take_in import preview
from casedesk.desk.timeline import Event
from casedesk.model.entities import CASE
from casedesk.model.errors import BadInputError, NotFoundError
from casedesk.model.facts import standing
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_instant
from casedesk.store.checks import rebuild, verify
from casedesk.store.history import find_act, recent_acts
from casedesk.store.keys import GENERATED_COST
from casedesk.store.places import Places
from casedesk.store.queue import QueueReader, View
from tests.conftest import PASSPHRASE, PERSON, FrozenClock
from tests.desk.extracts import case_of, extract, file_of, operations, outcomes, street, taken


def what_stands(desk: Desk) -> dict[EntityId, Any]:
    """Everything a person would call the present state: facts, people, entries that stand, places in the queue."""
    found: dict[EntityId, Any] = {}
    for (case_id,) in desk.store.connection.execute("SELECT id FROM cases").fetchall():
        file = desk.case(case_id).file
        parts = [
            frozenset(some)
            for some in (
                file.suspects, file.victims, file.outcome_records, file.flag_marks, standing(file.log),
                standing(file.contacts),
            )
        ]  # fmt: skip
        row = desk.store.connection.execute(
            "SELECT band, due_at, score, queue.stage, queue.owner, sentence FROM queue JOIN cases USING (n) "
            "WHERE cases.id = ?",
            (case_id,),
        ).fetchone()
        if any(parts) or row:
            found[case_id] = (file.case, parts, row)
    return found


@pytest.fixture
def case_id(desk: Desk, tmp_path: Path, clock: FrozenClock) -> EntityId:
    """A case with one victim, taken in an hour ago."""
    path = extract(
        tmp_path, ("A1", "Theft", "1/11/2026", "PC 1", "Zoë"), name="first.csv",
        heading=("Occurrence No", "Offence", "Recorded", "OIC", "Victim name"),
    )  # fmt: skip
    taken(desk, path)
    clock.advance(timedelta(hours=1))
    return desk.find("A1")


def log(
    desk: Desk, case_id: EntityId, text: str = "Rang the shop", about: EntityId | None = None
) -> EntityId:
    return record.add_log_entry(desk, case_id, text, about=about)


def contact(desk: Desk, case_id: EntityId, text: str = "Spoke to her") -> EntityId:
    return record.add_contact(
        desk, case_id, channel="phone", made=True, text=text, next_at=desk.now + timedelta(days=7)
    )


def second_release(desk: Desk, folder: Path) -> None:
    path = extract(
        folder, ("A1", "Robbery", "1/11/2026", "PC 2", "Zoë"), ("A2", "Arson"), name="second.csv",
        heading=("Occurrence No", "Offence", "Recorded", "OIC", "Victim name"),
    )  # fmt: skip
    taken(desk, path)


ACTS: dict[str, Callable[[Desk, EntityId, Path], object]] = {
    "a log entry": lambda desk, case_id, _: log(desk, case_id),
    "a contact": lambda desk, case_id, _: contact(desk, case_id),
    "a flag": lambda desk, case_id, _: record.raise_flag(desk, case_id, "hate", raised=True, why="Said so"),
    "a second release": lambda desk, _, folder: second_release(desk, folder),
}


@pytest.mark.parametrize("kind", list(ACTS))
def test_an_act_comes_back_and_goes_again_as_often_as_wished(
    desk: Desk, case_id: EntityId, tmp_path: Path, kind: str
) -> None:
    before = what_stands(desk)
    ACTS[kind](desk, case_id, tmp_path)
    after = what_stands(desk)
    assert after != before
    for _ in range(4):
        undone = undo.undo(desk)
        assert what_stands(desk) == before
        assert undo.redo(desk).id == undone.id
        assert what_stands(desk) == after
    assert rebuild(desk.store).differing == ()
    assert verify(desk.store.connection).problems == []


def test_several_acts_go_back_one_by_one_and_come_again_in_order(
    desk: Desk, case_id: EntityId, tmp_path: Path
) -> None:
    states = [what_stands(desk)]
    for act in ACTS.values():
        act(desk, case_id, tmp_path)
        states.append(what_stands(desk))
    at = len(states) - 1
    for move in "uuurruurrrruuuurrrr":
        if move == "u":
            undo.undo(desk)
            at -= 1
        elif at < len(states) - 1:
            undo.redo(desk)
            at += 1
        assert what_stands(desk) == states[at], move
    assert rebuild(desk.store).differing == ()


def test_after_a_redo_it_is_that_act_which_undo_takes_back(desk: Desk, case_id: EntityId) -> None:
    first = log(desk, case_id, "first")
    second = log(desk, case_id, "second")
    undo.undo(desk)
    undo.redo(desk)
    assert {entry for entry, _ in standing(file_of(desk, "A1").log)} == {first, second}
    undo.undo(desk)
    assert [entry for entry, _ in standing(file_of(desk, "A1").log)] == [first]


def test_what_was_undone_is_not_done_again_over_what_was_done_since(desk: Desk, case_id: EntityId) -> None:
    log(desk, case_id, "first")
    undo.undo(desk)
    second = log(desk, case_id, "second")
    with pytest.raises(
        BadInputError, match=r"done since that was undone: a log entry, 20 Nov 2026"
    ) as refused:
        undo.redo(desk)
    assert "by hand" in str(refused.value)
    assert [entry for entry, _ in standing(file_of(desk, "A1").log)] == [second]
    undo.undo(desk)
    undo.redo(desk)
    assert [entry for entry, _ in standing(file_of(desk, "A1").log)] == [second], "the latest undo goes first"
    with pytest.raises(BadInputError, match="done since"):
        undo.redo(desk)


def test_more_acts_than_are_read_at_once_can_be_undone(desk: Desk, case_id: EntityId) -> None:
    for number in range(105):
        log(desk, case_id, f"Entry {number}")
    for _ in range(105):
        undo.undo(desk)
    assert standing(file_of(desk, "A1").log) == ()
    assert undo.undo(desk).name == "import"


def test_nothing_is_left_to_undo_or_redo(desk: Desk, case_id: EntityId) -> None:
    with pytest.raises(BadInputError, match="nothing to redo"):
        undo.redo(desk)
    undo.undo(desk)
    before = operations(desk.store)
    with pytest.raises(BadInputError, match="nothing to undo"):
        undo.undo(desk)
    undo.redo(desk)
    with pytest.raises(BadInputError, match="nothing to redo"):
        undo.redo(desk)
    assert operations(desk.store) > before


def test_an_act_is_undone_once(desk: Desk, case_id: EntityId) -> None:
    log(desk, case_id)
    act = undo.undo(desk)
    before = operations(desk.store)
    assert undo.why_not(desk, act) is not None
    with pytest.raises(BadInputError, match="undone already: a log entry"):
        undo.undo(desk, act)
    assert operations(desk.store) == before


# -- what stays in sight ----------------------------------------------------------------------------------------


def events(desk: Desk, case_id: EntityId, kind: str) -> list[Event]:
    return [event for event in casepage.read_page(desk, case_id).events if event.kind == kind]


def test_what_was_withdrawn_stays_in_the_timeline_and_is_marked(desk: Desk, case_id: EntityId) -> None:
    log(desk, case_id, "Wrong case, sorry")
    contact(desk, case_id, "Spoke to the neighbour")
    undo.undo(desk)
    undo.undo(desk)
    for kind, text in (
        ("log", "Wrong case, sorry"),
        ("contact", "Reached Zoë by phone: Spoke to the neighbour"),
    ):
        (event,) = events(desk, case_id, kind)
        assert event.text.startswith(text)
        assert event.gone
        assert event.who == "7042"
        shown = [line for line in casepage.as_lines(casepage.read_page(desk, case_id)) if text in line]
        assert len(shown) == 1
        assert "(withdrawn 20 Nov 2026" in shown[0]
    undo.redo(desk)
    assert [event.gone for event in events(desk, case_id, "log")] == [False]


def test_every_act_and_its_undoing_stays_on_the_record(desk: Desk, case_id: EntityId) -> None:
    log(desk, case_id)
    undo.undo(desk)
    undo.redo(desk)
    acts = recent_acts(desk.store.connection)
    assert [act.name for act in acts] == ["redo", "undo", "log.add", "import"]
    undone = find_act(desk.store.connection, acts[0].about)
    assert undone is not None
    assert undone.name == "undo"
    assert undo.title_of(acts[2]) == f"a log entry, {show_instant(acts[2].at)}"


# -- refusals ---------------------------------------------------------------------------------------------------


def test_what_was_built_on_since_is_refused_with_who_and_when(
    desk: Desk, case_id: EntityId, clock: FrozenClock
) -> None:
    (act,) = recent_acts(desk.store.connection)
    clock.advance(timedelta(minutes=30))
    with desk.store.unit_of_work("test.decide") as unit:
        unit.set(CASE, case_id, case_id, {"oic": "DC Own"})
    later = clock.now
    clock.advance(timedelta(minutes=30))
    before = operations(desk.store)
    with pytest.raises(BadInputError) as refused:
        undo.undo(desk, act)
    assert refused.value.message == f"OIC was changed since by 7042, {show_instant(later)}."
    assert refused.value.cure
    assert undo.why_not(desk, act) == refused.value.message
    assert operations(desk.store) == before
    undo.undo(desk)
    assert undo.why_not(desk, act) is None
    undo.undo(desk, act)
    with pytest.raises(NotFoundError):
        desk.find("A1")


def test_the_newer_of_two_releases_goes_first(desk: Desk, case_id: EntityId, tmp_path: Path) -> None:
    (first,) = recent_acts(desk.store.connection)
    second_release(desk, tmp_path)
    with pytest.raises(BadInputError, match="was changed since by 7042"):
        undo.undo(desk, first)
    undo.undo(desk)
    undo.undo(desk, first)
    assert what_stands(desk) == {}


def test_an_entry_that_was_corrected_is_not_undone_under_its_correction(
    desk: Desk, case_id: EntityId, clock: FrozenClock
) -> None:
    wrong = log(desk, case_id, "He said yes")
    (act, _) = recent_acts(desk.store.connection)
    log(desk, case_id, "He said nothing", about=wrong)
    undo.undo(desk)
    clock.advance(timedelta(minutes=5))
    log(desk, case_id, "He said no", about=wrong)
    said_at = clock.now
    clock.advance(timedelta(minutes=5))
    with pytest.raises(BadInputError) as refused:
        undo.undo(desk, act)
    assert refused.value.message == (
        f"The entry was corrected or withdrawn since by 7042, {show_instant(said_at)}."
    )
    undo.undo(desk)
    assert [entry for entry, _ in standing(file_of(desk, "A1").log)] == [wrong]
    undo.undo(desk, act)
    assert standing(file_of(desk, "A1").log) == ()


def test_a_redo_is_refused_once_something_else_stands_there(
    desk: Desk, case_id: EntityId, tmp_path: Path
) -> None:
    undo.undo(desk)
    second_release(desk, tmp_path)
    stands = what_stands(desk)
    with pytest.raises(
        BadInputError, match=r"(OIC|Offence|Occurrence|Recorded|Name) was changed since by 7042"
    ):
        undo.redo(desk)
    assert what_stands(desk) == stands
    assert rebuild(desk.store).differing == ()


# -- imports ----------------------------------------------------------------------------------------------------


def test_an_undone_import_leaves_no_ghost(desk: Desk, tmp_path: Path) -> None:
    crimes = street(tmp_path, ("c1", "Drugs", "Local resolution"), ("c2", "Burglary", "Under investigation"))
    results = outcomes(tmp_path, ("c1", "2026-04", "Local resolution"), ("c9", "2026-04", "Suspect charged"))
    taken(desk, crimes, "police-uk-street")
    with_crimes = what_stands(desk)
    taken(desk, results, "police-uk-outcomes")
    undo.undo(desk)
    assert what_stands(desk) == with_crimes
    undo.undo(desk)
    reader = QueueReader(desk.store.connection)
    for words in ("", "burglary", "c1", "high"):
        assert reader.count(View("all", words=words)) == 0
        assert reader.first(View("all", words=words)) == []
    assert list(check_store(desk, "all")) == []
    for ref in ("c1", "c2", "c9"):
        with pytest.raises(NotFoundError):
            desk.find(ref)
    assert rebuild(desk.store).differing == ()


def test_an_undone_import_can_be_taken_in_again_as_new_even_as_an_older_one(
    desk: Desk, tmp_path: Path
) -> None:
    path = extract(tmp_path, ("A1", "Theft", "1/11/2026", "PC 1", "Ann", "named"), ("A2", "Arson"))
    taken(desk, path)  # as of now: a slip
    undo.undo(desk)
    said = preview(desk, path, desk.packs.profiles["rms-occurrences"])
    assert (said.new, said.new_cases, said.changed) == (2, 2, 0)
    assert taken(desk, path, as_at="2026-11-02").new == 2
    assert case_of(desk, "A1").oic == "PC 1"
    assert case_of(desk, "A1").as_at == "2026-11-02"
    assert [one.name for _, one in file_of(desk, "A1").suspects] == ["Ann"]
    assert QueueReader(desk.store.connection).count(View()) == 2


def test_once_a_release_is_undone_one_from_between_is_taken_in(desk: Desk, tmp_path: Path) -> None:
    taken(desk, extract(tmp_path, ("A1", "Theft", "", "PC 1")), as_at="2026-11-01")
    taken(desk, extract(tmp_path, ("A1", "Theft", "", "PC 3")), as_at="2026-11-15")
    undo.undo(desk)
    assert case_of(desk, "A1").oic == "PC 1"
    assert taken(desk, extract(tmp_path, ("A1", "Theft", "", "PC 2")), as_at="2026-11-08").changed == 1
    assert case_of(desk, "A1").oic == "PC 2"
    assert taken(desk, extract(tmp_path, ("A1", "Theft", "", "PC 0")), as_at="2026-11-02").older == 1


def test_once_a_decision_is_undone_the_fact_is_the_extract_s_again(desk: Desk, tmp_path: Path) -> None:
    taken(desk, extract(tmp_path, ("A1", "Theft", "", "PC 1")), as_at="2026-11-01")
    case_id = desk.find("A1")
    with desk.store.unit_of_work("test.decide") as unit:
        unit.set(CASE, case_id, case_id, {"oic": "DC Own", "recorded_at": None})
    undo.undo(desk)
    said = taken(desk, extract(tmp_path, ("A1", "Theft", "5/11/2026", "PC 2")), as_at="2026-11-10")
    assert said.kept_desk_values == 0
    assert case_of(desk, "A1").oic == "PC 2"
    assert case_of(desk, "A1").recorded_at == "2026-11-05"


def test_a_case_with_work_on_it_survives_the_undoing_of_its_import(
    desk: Desk, case_id: EntityId, clock: FrozenClock
) -> None:
    whole = what_stands(desk)
    (imported,) = recent_acts(desk.store.connection)
    entry = log(desk, case_id, "Rang the shop")
    undo.undo(desk, imported)
    file = desk.case(case_id).file
    assert file.case.ref is None
    assert [known for known, _ in standing(file.log)] == [entry]
    assert QueueReader(desk.store.connection).count(View()) == 1
    assert casepage.headline(file).startswith("(no reference)")
    undo.redo(desk)
    assert case_of(desk, "A1") == whole[case_id][0]
    assert [known for known, _ in standing(file_of(desk, "A1").log)] == [entry]


# -- whatever is done -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Path]]:
    folder = tmp_path_factory.mktemp("busy")
    with set_up(
        Places(folder / "home"), PASSPHRASE, Settings(PERSON), FrozenClock(), cost=GENERATED_COST
    ) as made:
        yield made, folder


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(
    moves=st.lists(
        st.sampled_from(["log", "correct", "contact", "flag", "release", "undo", "redo"]), max_size=16
    )
)
def test_whatever_is_done_and_undone_no_standing_entry_is_lost(
    busy: tuple[Desk, Path], moves: list[str]
) -> None:
    desk, folder = busy
    ref = f"H{operations(desk.store)}"
    taken(desk, extract(folder, (ref, "Theft", "", "PC 0")))
    case_id = desk.find(ref)
    first = recent_acts(desk.store.connection)[0].id
    undone: list[bytes] = []
    refused = 0
    written: dict[bytes, tuple[EntityId, EntityId | None]] = {}

    def expected() -> set[EntityId]:
        """Entries of acts that stand, without those that a standing one corrects."""
        stand = [said for act, said in written.items() if act not in undone]
        gone: set[EntityId] = set()
        for entry, about in reversed(stand):
            if about is not None and entry not in gone:
                gone.add(about)
        return {entry for entry, _ in stand} - gone

    for number, move in enumerate(moves):
        before = operations(desk.store)
        try:
            if move in ("log", "correct"):
                known = sorted(expected())
                about = known[0] if move == "correct" and known else None
                entry = log(desk, case_id, f"Entry {number}", about)
                written[recent_acts(desk.store.connection)[0].id] = (entry, about)
            elif move == "contact":
                contact(desk, case_id)
            elif move == "flag":
                up = "knife" in (desk.case(case_id).file.case.flags or ())
                record.raise_flag(desk, case_id, "knife", raised=not up, why="Seen")
            elif move == "release":
                taken(desk, extract(folder, (ref, "Theft", "", f"PC {number}")))
            elif move == "undo":
                act = undo.next_undo(desk)
                if act is not None and act.id != first:
                    undo.undo(desk, act)
                    undone.append(act.id)
            elif undone:
                undone.remove(undo.redo(desk).id)
        except BadInputError:  # built on since, by an act that stands
            assert operations(desk.store) == before
            refused += 1
        found = {entry for entry, _ in standing(desk.case(case_id).file.log)}
        assert found == expected()
    assert refused <= moves.count("redo") + moves.count("undo")
    assert rebuild(desk.store).differing == ()


def _state(desk: Desk, case_id: EntityId, number: int) -> EntityId:
    """Say something of one field; returns the act."""
    with desk.store.unit_of_work("bulk.stage") as unit:
        unit.set(CASE, case_id, case_id, {"owner": f"PC {number}"})
    return EntityId(recent_acts(desk.store.connection)[0].id)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moves=st.lists(st.sampled_from(["say", "say", "undo", "undo", "redo"]), min_size=4, max_size=24))
def test_one_field_goes_back_step_by_step_however_often_it_was_taken_back_and_done_again(
    busy: tuple[Desk, Path], moves: list[str]
) -> None:
    desk, folder = busy
    ref = f"F{operations(desk.store)}"
    taken(desk, extract(folder, (ref, "Theft", "", "PC 0")))
    case_id = desk.find(ref)
    said: dict[EntityId, str] = {}
    standing_acts: list[EntityId] = []
    for number, move in enumerate(moves):
        if move == "say":
            act = _state(desk, case_id, number)
            said[act] = f"PC {number}"
            standing_acts.append(act)
        elif move == "undo" and standing_acts:
            assert undo.undo(desk).id == standing_acts.pop(), "what was done last goes first, and always can"
        elif move == "redo" and (next_one := undo.next_redo(desk)) is not None and next_one.about in said:
            with suppress(BadInputError):  # something else stands there since
                standing_acts.append(EntityId(undo.redo(desk).id))
        expected = said[standing_acts[-1]] if standing_acts else None
        assert desk.case(case_id).file.case.owner == expected
    assert rebuild(desk.store).differing == ()


def test_a_field_that_was_set_many_times_is_taken_back_to_the_first_and_done_again(
    desk: Desk, case_id: EntityId
) -> None:
    for number in range(6):
        _state(desk, case_id, number)
    owners = []
    for move in "uuuuuurrrrrruuuuuu":
        (undo.undo if move == "u" else undo.redo)(desk)
        owners.append(desk.case(case_id).file.case.owner)
    down = ["PC 4", "PC 3", "PC 2", "PC 1", "PC 0", None]
    assert owners == [*down, *(f"PC {number}" for number in range(6)), *down]
