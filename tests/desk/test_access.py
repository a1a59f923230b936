"""Accounting for access at the desk: what each act leaves in the log, and how the log is given out."""

import csv
import json
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.desk import access, record, retention, safekeeping
from casedesk.desk.access_export import export
from casedesk.desk.desk import Desk
from casedesk.desk.search import search
from casedesk.desk.setup import unlock
from casedesk.model.entities import CASE
from casedesk.model.errors import BadInputError, StoreError, WrongPassphraseError
from casedesk.model.ids import EntityId
from casedesk.store.access_log import AccessKind, Filters, verify
from casedesk.store.places import Places
from tests.conftest import PASSPHRASE, FrozenClock
from tests.store.making import add_case, add_note


def told(desk: Desk, **filters: object) -> list[tuple[str, str]]:
    """Kind and detail of every line, earliest first."""
    page = access.page(desk, Filters(**filters))  # type: ignore[arg-type]
    return [(entry.kind, entry.detail) for entry in page.entries][::-1]


def consultations(desk: Desk) -> int:
    return access.page(desk, Filters(kinds=("consultation",))).total


def test_a_case_looked_at_again_soon_is_one_consultation(desk: Desk, clock: FrozenClock) -> None:
    one, other = add_case(desk.store, ref="42/1/26"), add_case(desk.store, ref="42/2/26")
    assert access.consulted(desk, one)
    clock.advance(timedelta(minutes=4, seconds=59))
    assert not access.consulted(desk, one)
    assert access.consulted(desk, other)
    clock.advance(timedelta(seconds=1))
    assert access.consulted(desk, one)
    assert not access.consulted(desk, one)
    assert access.consulted(desk, one, "Asked by the inspector")
    assert consultations(desk) == 4
    entry = access.page(desk, Filters(case_id=one)).entries[0]
    assert (entry.title, entry.reference, entry.who, entry.detail) == (
        "consulted", "42/1/26", "7042", "reason Asked by the inspector",
    )  # fmt: skip


def test_a_clock_set_back_hides_no_consultation(desk: Desk, clock: FrozenClock) -> None:
    case_id = add_case(desk.store)
    access.consulted(desk, case_id)
    clock.advance(timedelta(days=-1))
    assert access.consulted(desk, case_id)


def test_wrong_passphrases_are_told_at_the_next_unlocking(desk: Desk, clock: FrozenClock) -> None:
    places = desk.store.places
    desk.close()
    for _ in range(2):
        with pytest.raises(WrongPassphraseError):
            unlock(places, "not the passphrase", clock)
        clock.advance(timedelta(minutes=5))
    with unlock(places, PASSPHRASE, clock) as again:
        lines = access.page(again).entries
        assert [line.kind for line in lines] == ["unlock", "failed-unlock", "failed-unlock", "unlock"]
        assert [line.who for line in lines] == ["7042", "", "", "7042"]
        assert lines[2].at == clock() - timedelta(minutes=10)
    with unlock(places, PASSPHRASE, clock) as again:
        assert [kind for kind, _ in told(again)].count("failed-unlock") == 2
        assert not verify(again.store.connection)


def test_a_store_that_is_only_read_is_not_written(desk: Desk, clock: FrozenClock) -> None:
    case_id = add_case(desk.store)
    places = desk.store.places
    desk.close()
    before = places.store.read_bytes()
    with unlock(places, PASSPHRASE, clock, read_only=True) as again:
        assert not access.consulted(again, case_id)
        access.backed_up(again, 1)
    assert places.store.read_bytes() == before


def test_a_search_is_told_by_its_count_and_never_by_its_words(desk: Desk) -> None:
    add_case(desk.store, summary="Smithers was seen")
    search(desk, "smithers oic:okafor OR seen")
    search(desk, "outcome:none")
    search(desk, '"Smithers  was"')
    assert told(desk, kinds=("search",)) == [
        ("search", "terms 3, fields oic, cases 1"),
        ("search", "fields outcome, cases 1"),
        ("search", "terms 1, cases 1"),
    ]
    raw = repr(desk.store.connection.execute("SELECT detail FROM access_log").fetchall()).casefold()
    assert not any(word in raw for word in ("smith", "okafor", "seen"))
    for typed, times in (("smithers", 1), ("SMITHERS", 1), ("smithers was", 1), ("smith", 0), ("okafor", 1)):
        assert len(told(desk, term=access.term_filter(desk, typed))) == times, typed
    with pytest.raises(BadInputError, match="no word"):
        access.term_filter(desk, " & ")


def test_terms_hash_otherwise_in_another_store(desk: Desk, tmp_path: Path, clock: FrozenClock) -> None:
    from casedesk.desk.settings import Settings
    from casedesk.desk.setup import set_up
    from casedesk.store import keys
    from tests.conftest import PERSON

    other = set_up(Places(tmp_path / "other"), PASSPHRASE, Settings(PERSON), clock, cost=keys.GENERATED_COST)
    with other:
        assert access.term_filter(desk, "smith") != access.term_filter(other, "smith")


def test_disposal_backup_and_disclosure_have_lines_of_their_own(desk: Desk, tmp_path: Path) -> None:
    case_id = add_case(desk.store, record_status="filed", outcome="18", outcome_date="2019-05-01")
    access.disclosed(
        desk, "letter", 1, case_id=case_id, reason="Asked for\x1b[31m by the victim", form="docx"
    )
    safekeeping.back_up(desk, tmp_path / "backups")
    retention.dispose(desk, case_id, "Insp Reed", "Its time has come")
    disclosure, backup, erasure = told(desk)[-3:]
    assert disclosure == ("disclosure", "what letter, cases 1, form docx, reason Asked for by the victim")
    assert backup[0] == "backup"
    assert erasure == ("erasure", "act dispose, operations 1")
    gone = access.page(desk, Filters(kinds=("erasure",))).entries[0]
    assert (gone.case_id, gone.reference) == (case_id, "")
    assert not verify(desk.store.connection)


def test_the_verbs_of_the_desk_are_alterations_of_their_case(desk: Desk) -> None:
    case_id = add_case(desk.store)
    record.add_log_entry(desk, case_id, "Rang the shop.")
    entry = access.page(desk, Filters(case_id=case_id)).entries[0]
    assert (entry.title, entry.detail, entry.reference) == ("altered", "act log.add, operations 1", "42/1/26")


def test_pages_say_how_many_lines_there_are(desk: Desk) -> None:
    for _ in range(5):
        add_case(desk.store)
    page = access.page(desk, Filters(kinds=("alteration",)), offset=1, limit=2)
    assert (len(page.entries), page.total) == (2, 5)
    assert page.entries[0].seq == access.page(desk).entries[1].seq


def test_an_unknown_kind_is_refused_and_one_of_a_newer_casedesk_shown_as_it_is(
    desk: Desk, clock: FrozenClock
) -> None:
    with pytest.raises(BadInputError, match="not a kind of access") as raised:
        access.kind_named("serch")
    assert "search" in raised.value.cure
    with desk.store.transaction():
        desk.store.access.write("teleport", clock(), detail={"how": "far"})
    entry = access.page(desk).entries[0]
    assert (entry.kind, entry.title, entry.detail) == ("teleport", "teleport", "how far")


@pytest.fixture
def full(desk: Desk) -> tuple[Desk, EntityId]:
    case_id = add_case(desk.store, ref="=42/1/26")
    add_note(desk.store, case_id, "secret words")
    access.consulted(desk, case_id, "=cmd()")
    return desk, case_id


def test_the_log_is_written_out_and_that_too_is_told(full: tuple[Desk, EntityId], tmp_path: Path) -> None:
    desk, _ = full
    assert export(desk, tmp_path / "log.csv", Filters()) == 4
    assert export(desk, tmp_path / "log.JSON", Filters(kinds=("consultation",))) == 1
    with (tmp_path / "log.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["what"] for row in rows] == ["unlock", "alteration", "alteration", "consultation"]
    assert rows[3]["at"] == "2026-11-20T15:00:00+00:00"
    assert rows[3]["who"] == "7042"
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    (one,) = json.loads((tmp_path / "log.JSON").read_text(encoding="utf-8"))
    assert (one["line"], one["reference"], one["detail"]) == (4, "=42/1/26", {"reason": "=cmd()"})
    assert "secret" not in (tmp_path / "log.csv").read_text(encoding="utf-8")
    assert told(desk)[-2:] == [
        ("disclosure", "what access log, lines 4, form csv"), ("disclosure", "what access log, lines 1, form json"),
    ]  # fmt: skip


def test_an_export_overwrites_nothing_and_takes_only_its_kinds_of_file(
    full: tuple[Desk, EntityId], tmp_path: Path
) -> None:
    desk, _ = full
    there = tmp_path / "log.csv"
    there.write_text("mine")
    with pytest.raises(BadInputError, match="there already"):
        export(desk, there, Filters())
    with pytest.raises(BadInputError, match="CSV or JSON"):
        export(desk, tmp_path / "log.xlsx", Filters())
    assert there.read_text() == "mine"
    assert told(desk)[-1][0] == "consultation"
    with pytest.raises(StoreError, match="cannot be written"):
        export(desk, tmp_path / "nowhere" / "log.csv", Filters())


def test_an_export_longer_than_a_batch_is_whole_and_in_order(
    desk: Desk, tmp_path: Path, clock: FrozenClock
) -> None:
    with desk.store.transaction():
        for _ in range(2100):
            desk.store.access.write(AccessKind.SEARCH, clock(), detail={"cases": 1})
    assert export(desk, tmp_path / "log.json", Filters()) == 2101
    rows = json.loads((tmp_path / "log.json").read_text(encoding="utf-8"))
    assert [row["line"] for row in rows] == list(range(1, 2102))


def test_a_unit_over_many_cases_is_found_by_each_of_them(desk: Desk) -> None:
    one, other = add_case(desk.store), add_case(desk.store)
    with desk.store.unit_of_work("assign") as unit:
        for case_id in (one, other):
            unit.set(CASE, case_id, case_id, {"owner": "7042"})
    for case_id in (one, other):
        assert told(desk, case_id=case_id)[-1] == ("alteration", "act assign, operations 2")
