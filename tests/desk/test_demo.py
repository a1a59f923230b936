"""The made-up caseload: the same for the same seed, true at any hour, good and bad, and nobody's."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from casedesk.desk import demo
from casedesk.desk.check import check_store
from casedesk.desk.demo import build_demo, demo_settings
from casedesk.desk.demo_bulk import CAPACITY, Bulk
from casedesk.desk.demo_maker import Backdrop
from casedesk.desk.desk import Desk
from casedesk.desk.record import TOPICS
from casedesk.desk.setup import set_up
from casedesk.model.errors import BadInputError, PackError
from casedesk.model.facts import CaseFile, Custody
from casedesk.model.moments import day_of, earliest, latest, local, moment_of_day
from casedesk.model.words import (
    Channel,
    CustodyState,
    EventKind,
    Flag,
    Purpose,
    Role,
    Stage,
    Support,
    SuspectStatus,
)
from casedesk.reference.demo import load_demo
from casedesk.reference.demo_parts import DemoPack
from casedesk.rules.bail import bail, stage
from casedesk.rules.custody_facts import doubts_of_extension, held
from casedesk.rules.finalisation import CLEAN
from casedesk.rules.reasons.liberty import liberty
from casedesk.store import keys
from casedesk.store.checks import digests, rebuild, verify
from casedesk.store.places import Places
from casedesk.store.records import each_case

SIZE = 460
NOON = datetime(2026, 11, 20, 12, 34, 56, tzinfo=UTC)
MOMENTS = {
    "just after midnight": datetime(2026, 11, 20, 0, 0, 30, tzinfo=UTC),
    "just before midnight": datetime(2026, 6, 14, 22, 59, 10, tzinfo=UTC),
    "clocks gone forward": datetime(2027, 3, 28, 1, 20, tzinfo=UTC),
    "clocks going back": datetime(2026, 10, 25, 0, 40, tzinfo=UTC),
    "leap day": datetime(2028, 2, 29, 9, 15, tzinfo=UTC),
    "month's end": datetime(2026, 5, 31, 17, 45, tzinfo=UTC),
}


def made(home: Path, now: datetime = NOON, *, seed: int = 1, size: int = SIZE) -> Desk:
    passphrase = keys.generated_passphrase()
    desk = set_up(Places(home), passphrase, demo_settings(), lambda: now, cost=keys.GENERATED_COST)
    build_demo(desk, seed=seed, size=size)
    return desk


def cases(desk: Desk) -> list[CaseFile]:
    return [bundle.file for bundle in each_case(desk.store.connection)]


def bands(desk: Desk, owner: str = "%") -> Counter[str]:
    rows = desk.store.connection.execute(
        "SELECT band, count(*) FROM queue WHERE owner LIKE ? GROUP BY band", (owner,)
    )
    return Counter({desk.packs.priority.by_number(band).id: count for band, count in rows})


def facts(desk: Desk) -> dict[str, str]:
    """Everything the tables say; units alone have random ids."""
    return {name: digest for name, digest in digests(desk.store.connection).items() if name != "unit"}


@pytest.fixture(scope="module")
def demo_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with_cases = made(tmp_path_factory.mktemp("demo") / "home")
    yield with_cases
    with_cases.close()


@pytest.fixture(scope="module")
def caseload(demo_desk: Desk) -> list[CaseFile]:
    return cases(demo_desk)


@pytest.fixture(scope="module")
def pack() -> DemoPack:
    return load_demo()


@pytest.fixture
def lean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Desk]:
    """A caseload of which only a part is told in full."""
    monkeypatch.setattr(demo, "TOLD_IN_FULL", 60)
    monkeypatch.setattr(demo, "_UNIT", 200)
    monkeypatch.setattr(demo, "_BULK_BATCH", 90)
    with_cases = made(tmp_path / "lean", size=700)
    yield with_cases
    with_cases.close()


# -- the same again ------------------------------------------------------------------------------------------------


def test_the_same_seed_size_and_moment_give_the_same_cases(demo_desk: Desk, tmp_path: Path) -> None:
    once = facts(demo_desk)
    again = made(tmp_path / "again")
    other = made(tmp_path / "other", seed=2)
    try:
        for desk in (again, other):
            # A device's id is random and part of the heads; the rest is to be the same.
            desk.store.connection.execute(
                "UPDATE device SET id = (?)",
                demo_desk.store.connection.execute("SELECT id FROM device").fetchone(),
            )
        assert facts(again) == once
        assert facts(other)["case"] != once["case"]
        assert facts(other)["suspect"] != once["suspect"]
    finally:
        again.close()
        other.close()


def test_the_tables_are_what_the_journal_says(demo_desk: Desk) -> None:
    report = rebuild(demo_desk.store, keep=False)
    assert report.differing == ()
    assert report.not_shown == {}
    assert verify(demo_desk.store.connection, every_signature=True).problems == []


def test_records_and_desk_work_are_told_apart(demo_desk: Desk) -> None:
    """A later extract may replace what the records system said, and nothing that was done at the desk."""
    kinds = demo_desk.store.connection.execute("SELECT DISTINCT entity, kind FROM op").fetchall()
    assert set(kinds) == {
        ("case", "extract"), ("case", "set"), ("suspect", "extract"), ("victim", "extract"), ("victim", "set"),
        ("custody", "extract"), ("outcome_record", "extract"), ("action", "set"), ("contact", "entry"),
        ("log_entry", "entry"), ("case_event", "entry"), ("clinic", "set"), ("appointment", "set"), ("point", "set"),
        ("evidence_review", "set"), ("gravity", "set"), ("assessment", "set"), ("answer", "set"),
        ("resolution", "set"), ("condition", "set"), ("decision", "entry"),
    }  # fmt: skip


# -- how many ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 7, 53])
def test_the_size_is_the_number_of_cases(tmp_path: Path, size: int) -> None:
    desk = made(tmp_path / "home", size=size)
    assert len(cases(desk)) == size
    desk.close()


@pytest.mark.parametrize("size", [0, -1, 20_000_000])
def test_a_size_that_cannot_be_made_is_refused(demo_desk: Desk, size: int) -> None:
    with pytest.raises(BadInputError, match="cannot be made"):
        build_demo(demo_desk, seed=1, size=size)
    assert len(cases(demo_desk)) == SIZE


def test_progress_is_told_up_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "TOLD_IN_FULL", 20)
    monkeypatch.setattr(demo, "_BULK_BATCH", 10)
    desk = set_up(
        Places(tmp_path / "home"), keys.generated_passphrase(), demo_settings(), lambda: NOON,
        cost=keys.GENERATED_COST,
    )  # fmt: skip
    told: list[tuple[int, int]] = []
    build_demo(desk, seed=1, size=45, progress=lambda done, of: told.append((done, of)))
    desk.close()
    assert told == [(20, 45), (30, 45), (40, 45), (45, 45)]


def test_what_exceeds_the_full_part_is_lean_and_as_well_formed(lean: Desk, pack: DemoPack) -> None:
    files = cases(lean)
    assert len(files) == 700
    assert len({file.case.ref for file in files}) == 700
    thin = [file for file in files if not file.log and not file.case.category]
    assert len(thin) == 640
    assert {file.case.record_status for file in thin} == {"open", "filed"}
    assert any(file.suspects for file in thin)
    assert any(file.victims for file in thin)
    for file in files:
        assert_obviously_made_up(file, pack)
    assert_all_in_order(lean, NOON)
    verdicts = Counter(verdict.verdict for verdict in check_store(lean, "filed"))
    assert verdicts[CLEAN] > 200
    assert rebuild(lean.store, keep=False).differing == ()


def test_lean_occurrence_numbers_stay_apart_at_any_size(pack: DemoPack, demo_desk: Desk) -> None:
    bulk = Bulk(Backdrop(pack, demo_desk.packs, 1, NOON))
    far = [bulk.cases(start, 900) for start in (0, 250_000, 999_000, CAPACITY - 900)]
    refs = [str(facts["ref"]) for some in far for entity, _, _, facts in some if entity.name == "case"]
    assert len(set(refs)) == len(refs) == 3600
    assert {len(ref) for ref in refs} == {11}


# -- every screen has something to show ------------------------------------------------------------------------------


def test_every_band_has_cases_and_the_mix_is_as_the_pack_says(demo_desk: Desk) -> None:
    found = bands(demo_desk)
    assert set(found) == set(demo_desk.packs.priority.bands)
    assert_mixed(found)
    assert sum(found.values()) == SIZE


def assert_mixed(found: Counter[str]) -> None:
    """Something of everything, and no flood: a desk that does most of its work."""
    assert found["liberty"] == 15, "everybody detained, and one charged and kept"
    assert found["limit"] >= 1, "a domestic abuse protection notice"
    assert found["protection"] >= 6
    assert found["safeguarding"] >= 8
    assert 14 <= found["victim"] < 60, "promises, and a few whom nobody told"
    assert found["action"] >= 20
    assert found["coming"] >= 4
    assert found["rest"] > 180
    assert found["closed"] > 40


@pytest.mark.parametrize("moment", MOMENTS)
def test_at_any_hour_every_band_has_cases_and_no_date_contradicts_another(
    tmp_path: Path, moment: str
) -> None:
    now = MOMENTS[moment]
    desk = made(tmp_path / "home", now)
    found = bands(desk)
    assert_mixed(found)
    assert_all_in_order(desk, now)
    desk.close()


def test_every_role_owns_cases_some_are_nobodys_and_the_person_at_the_desk_has_a_full_day(
    demo_desk: Desk, caseload: list[CaseFile], pack: DemoPack
) -> None:
    owners = Counter(file.case.owner for file in caseload)
    assert set(owners) == {None, *(colleague.number for colleague in pack.colleagues)}
    assert {colleague.role for colleague in pack.colleagues} == set(Role)
    assert owners[None] > 50
    mine = bands(demo_desk, demo_desk.store.actor)
    assert {"protection", "victim", "action", "coming", "rest", "closed"} <= set(mine)
    stages = Counter(file.case.stage for file in caseload)
    assert stages[Stage.RETURNED] == 14
    assert stages[Stage.FINALISED] == 18
    assert all(file.case.stage_note for file in caseload if file.case.stage == Stage.RETURNED)


def test_the_demo_person_works_on_finalisations() -> None:
    settings = demo_settings()
    assert settings.person.role is Role.FINALISATIONS
    assert settings.person.number
    assert settings.person.force == load_demo().force.name


def test_people_are_in_custody_at_every_stage_of_the_clock(caseload: list[CaseFile]) -> None:
    held = [
        (file, custody)
        for file in caseload
        for _, custody in file.custody
        if custody.state == CustodyState.DETAINED
    ]
    assert len(held) == 14
    gone = [_hours(custody.relevant_at) for _, custody in held]
    assert gone.count(None) == 1
    hours = [spent for spent in gone if spent is not None]
    assert min(hours) < 1
    assert any(20 <= spent < 21 for spent in hours)
    assert any(22 < spent < 24 for spent in hours)
    assert any(spent > 24 for spent in hours)
    reviews = [6 - spent for _, custody in held if (spent := _hours(custody.authorised_at)) is not None]
    assert any(0 < left < 1 for left in reviews)
    assert any(-1 < left < 0 for left in reviews)
    flags = {flag for file, _ in held for flag in file.case.flags or ()}
    assert {Flag.DOMESTIC_ABUSE, Flag.KNIFE} <= flags
    ages = [_age(file, NOON.date()) for file, _ in held]
    assert any(age < 18 for age in ages)
    assert any(age >= 18 for age in ages)
    assert len({custody.suite for _, custody in held}) > 1
    assert max(len(custody.reviews or ()) for _, custody in held) >= 2


def test_every_state_of_liberty_can_be_seen(demo_desk: Desk, caseload: list[CaseFile]) -> None:
    custody = [(file, own, one) for file in caseload for own, one in file.custody]
    assert {one.state for _, _, one in custody} == set(CustodyState) - {CustodyState.REMANDED}
    events = {event.kind for file in caseload if file.custody for _, event in file.events}
    assert events == {EventKind.EXTENSION, EventKind.HOSPITAL}
    assert any(event.until is None for file in caseload for _, event in file.events), "in hospital now"
    young = [one for _, _, one in custody if one.under_18]
    assert {bool(one.appropriate_adult) for one in young} == {True, False}
    assert any(one.vulnerable for _, _, one in custody)
    assert any(one.notice_at and not one.notice_heard_at for _, _, one in custody)
    kept = [one for _, _, one in custody if one.state == CustodyState.CHARGED and not one.released_at]
    assert kept
    assert any(one.arrived_at and one.arrived_at > NOON for _, _, one in custody), (
        "a voluntary interview to come"
    )
    said = {
        reason.sentence.partition(" ")[0]
        for file in caseload
        if file.custody
        for reason in liberty(file, NOON, demo_desk.packs)
    }
    assert {"Review", "Detention", "Extended", "First", "In", "Voluntary", "Appears", "Vulnerable:"} <= said


def test_no_detention_that_was_made_up_contradicts_itself(caseload: list[CaseFile], demo_desk: Desk) -> None:
    for file in caseload:
        for own, one in file.custody:
            told = held(file, own, one)
            assert told.doubts == (), (file.case.ref, told.doubts)
            if one.state == CustodyState.DETAINED:
                assert list(doubts_of_extension(demo_desk.packs.clocks, told)) == [], file.case.ref


def _hours(since: datetime | None) -> float | None:
    return None if since is None else (NOON - since) / timedelta(hours=1)


def _age(file: CaseFile, on: date) -> int:
    born = file.suspects[0][1].dob
    assert born is not None
    day = day_of(born)
    assert day is not None
    return on.year - day.year - ((on.month, on.day) < (day.month, day.day))


def test_bail_periods_end_when_the_law_ends_them(demo_desk: Desk, caseload: list[CaseFile]) -> None:
    on_bail = [
        custody for file in caseload for _, custody in file.custody if custody.state == CustodyState.BAILED
    ]
    assert len(on_bail) == 29
    periods = [stage(demo_desk.packs.clocks, clock_id=one) for one in ("ABP-0", "ABP-1")]
    used = set()
    for custody in on_bail:
        assert custody.arrested_at is not None
        assert custody.bail_ends_on is not None
        assert custody.bail_return_at is not None
        arrest = local(custody.arrested_at).date()
        ends = {
            clock.id: bail(demo_desk.packs.clocks, arrest, clock, months).due for clock, months in periods
        }
        (fits,) = [
            one
            for one, end in ends.items()
            if end is not None and moment_of_day(end.date()) == custody.bail_ends_on
        ]
        used.add(fits)
        assert day_of(custody.bail_ends_on) == local(custody.bail_return_at).date()
        assert custody.conditions
    assert used == {"ABP-0", "ABP-1"}
    assert any(latest(custody.bail_ends_on) < NOON for custody in on_bail if custody.bail_ends_on)


def test_victims_of_every_kind_wait_for_contact(caseload: list[CaseFile]) -> None:
    victims = [victim for file in caseload for _, victim in file.victims]
    assert {victim.kind for victim in victims} == {"person", "business", "state"}
    assert any(victim.safe_contact for victim in victims)
    assert any(victim.enhanced for victim in victims)
    assert any(victim.enhanced is False for victim in victims)
    assert any("not want to be telephoned" in (victim.contact_preference or "") for victim in victims)
    assert any(victim.language for victim in victims)
    assert any(victim.update_days for victim in victims)
    assert {victim.support for victim in victims} >= {Support.YES, Support.NO, Support.UNKNOWN}
    contacts = [contact for file in caseload for _, contact in file.contacts]
    assert {contact.made for contact in contacts} == {True, False}
    promised = [local(contact.next_at).date() for contact in contacts if contact.next_at]
    today = local(NOON).date()
    assert {(day > today) - (day < today) for day in promised} == {-1, 0, 1}


def test_nobody_is_rung_who_does_not_want_to_be(caseload: list[CaseFile]) -> None:
    for file in caseload:
        silent = {
            key for key, victim in file.victims if "not want to be tele" in (victim.contact_preference or "")
        }
        for _, contact in file.contacts:
            assert contact.victim not in silent or contact.channel != Channel.PHONE


def test_resolutions_are_prepared_with_activities_completed_and_not(caseload: list[CaseFile]) -> None:
    open_ones = [file for file in caseload if file.case.activity and not file.case.outcome]
    assert {bool(file.case.activity_completed_on) for file in open_ones} == {True, False}
    assert {suspect.admitted for file in open_ones for _, suspect in file.suspects} >= {True, False}
    assert any(file.case.responsibility_accepted and not file.case.outcome for file in caseload)


def test_actions_are_due_overdue_to_come_and_done(caseload: list[CaseFile]) -> None:
    actions = [action for file in caseload for _, action in file.actions]
    left = [action.due_at - NOON for action in actions if action.due_at and not action.done_at]
    assert any(span < timedelta() for span in left)
    assert any(timedelta() < span < timedelta(days=1) for span in left)
    assert any(span > timedelta(days=1) for span in left)
    assert any(action.done_at and action.result for action in actions)


def test_every_case_of_the_records_has_a_log_and_its_chases_differ(caseload: list[CaseFile]) -> None:
    records = [file for file in caseload if file.case.source == "rms-occurrences"]
    assert all(file.log for file in records)
    assert sum(len(file.log) for file in records) > 3 * len(records)
    chases = {entry.text for file in records for _, entry in file.log if entry.topic == "chase"}
    assert len(chases) > 100
    assert not [entry for file in records for _, entry in file.log if re.search(r"[{}]", entry.text or "")]
    assert not [file for file in records if re.search(r"[{}]", file.case.summary or "")]


def test_every_word_is_one_of_the_fields(caseload: list[CaseFile], demo_desk: Desk) -> None:
    for file in caseload:
        assert set(file.case.flags or ()) <= set(Flag)
        assert {suspect.status for _, suspect in file.suspects} <= set(SuspectStatus)
        assert {custody.state for _, custody in file.custody} <= set(CustodyState)
        assert {entry.topic for _, entry in file.log} <= set(TOPICS)
        assert {contact.channel for _, contact in file.contacts} <= set(Channel)
        assert {word for _, contact in file.contacts for word in contact.purposes or ()} <= set(Purpose)
        if file.case.source == "rms-occurrences" and file.case.offence_code != "TH68907":
            assert file.case.offence_title
            offence = demo_desk.packs.offences.get(file.case.offence_code or "TH68010")
            assert offence is not None


def test_cases_wait_for_every_kind_of_team_and_for_the_prosecutor(demo_desk: Desk) -> None:
    waiting = demo_desk.store.connection.execute(
        "SELECT waiting, waiting_since FROM queue WHERE waiting <> '' AND stage <> 'closed'"
    ).fetchall()
    assert {"CCTV recovery", "Digital forensics", "CPS"} <= {name for name, _ in waiting}
    assert len(waiting) >= 8
    assert all(since for _, since in waiting)


# -- the finalisation check ------------------------------------------------------------------------------------------


def test_about_half_of_the_proposals_are_clean_and_every_outcome_has_a_clean_one(demo_desk: Desk) -> None:
    verdicts = list(check_store(demo_desk, "proposed"))
    tally = Counter(verdict.verdict for verdict in verdicts)
    assert 0.5 < tally[CLEAN] / len(verdicts) < 0.6
    assert tally["warn"] > 30
    assert tally["block"] > 20
    clean = {verdict.outcome for verdict in verdicts if verdict.verdict == CLEAN}
    wanted = {code for code, outcome in demo_desk.packs.outcomes.items() if outcome.selectable}
    assert wanted <= clean


def test_every_rule_that_the_pack_spoils_a_case_for_is_found(demo_desk: Desk, pack: DemoPack) -> None:
    found = {finding.rule for verdict in check_store(demo_desk, "all") for finding in verdict.findings}
    spoiled = {rule for flaw in pack.flaws for rule in flaw.breaks}
    assert spoiled <= found
    assert {"P02", "P03", "P04", "P06", "P07", "P08"} <= found
    rules = {rule.id for rule in demo_desk.packs.finalisation}
    assert spoiled <= rules
    validation = {rule for rule in rules if rule[0] in "PV"}
    assert len(found & validation) > 0.95 * len(validation)
    assert len(found & rules) >= 0.9 * len(rules), "of every rule, those that only inform among them"


def test_cancellations_are_proposed_good_and_bad(caseload: list[CaseFile], demo_desk: Desk) -> None:
    proposed = {file.case.ref: file for file in caseload if file.case.cancel_code}
    assert {file.case.stage for file in proposed.values()} <= {Stage.SUBMITTED, Stage.RETURNED}
    verdicts = [verdict for verdict in check_store(demo_desk, "all") if verdict.reference in proposed]
    assert {verdict.verdict == CLEAN for verdict in verdicts} == {True, False}


# -- nobody's --------------------------------------------------------------------------------------------------------


def test_nothing_could_be_taken_for_a_real_person_or_case(caseload: list[CaseFile], pack: DemoPack) -> None:
    for file in caseload:
        assert_obviously_made_up(file, pack)


def assert_obviously_made_up(file: CaseFile, pack: DemoPack) -> None:
    case = file.case
    names = [suspect.name for _, suspect in file.suspects if suspect.name]
    for _, victim in file.victims:
        if victim.kind == "business":
            assert victim.name in pack.words["businesses"]
        elif victim.kind == "state":
            assert victim.name == "The State"
        else:
            names.append(victim.name or "")
        assert not victim.phone or re.fullmatch(r"07700 900\d{3}", victim.phone)
    names += [name for name in (case.oic, case.supervisor, case.decided_by) if name]
    names += [victim.informed_by for _, victim in file.victims if victim.informed_by]
    for name in names:
        assert name.split()[-1] in pack.words["surnames"]
    assert case.oic_contact is None or case.oic_contact.endswith(".example")
    assert any(street in (case.location or "") for street in pack.words["streets"])
    assert "on-Demo" in (case.force or "")
    if case.source == "rms-occurrences":
        assert re.fullmatch(r"99\d{9}", case.ref or "")


# -- dates -----------------------------------------------------------------------------------------------------------


_OUT_OF_ORDER = {"D01", "D02"}
"""The rules that find dates out of order: the pack spoils a case or two for each."""


def assert_all_in_order(desk: Desk, now: datetime) -> None:
    """Dates are in order but for the few that are wrong on purpose."""
    spoiled = {
        verdict.reference
        for verdict in check_store(desk, "all")
        if _OUT_OF_ORDER & {finding.rule for finding in verdict.findings}
    }
    assert len(spoiled) <= 4
    for file in cases(desk):
        if file.case.ref not in spoiled:
            assert_in_order(file, now)


def assert_in_order(file: CaseFile, now: datetime) -> None:
    """Nothing comes before what it follows from, and nothing that has happened lies in the future."""
    case = file.case
    happened = [case.offence_from, case.offence_to, case.reported_at, case.recorded_at]
    instants = [earliest(moment) for moment in happened if moment]
    assert instants == sorted(instants), case.ref
    assert all(at < now for at in instants), case.ref
    recorded = instants[-1]
    for _, custody in file.custody:
        assert_arrest_in_order(custody, instants[0], now)
    for _, entry in file.log:
        assert entry.at is not None
        assert recorded <= entry.at <= now, (case.ref, entry.text)
    for _, contact in file.contacts:
        assert contact.at is not None
        assert recorded <= contact.at <= now, case.ref
        assert contact.next_at is None or contact.next_at > contact.at, case.ref
    for _, action in file.actions:
        assert action.done_at is None or recorded <= action.done_at <= now, case.ref
    for _, suspect in file.suspects:
        assert suspect.dob is None or earliest(suspect.dob) < instants[0]
        assert suspect.interviewed_on is None or latest(suspect.interviewed_on) > instants[0]
        assert suspect.interviewed_on is None or earliest(suspect.interviewed_on) <= now
    for _, victim in file.victims:
        assert victim.withdrawal_on is None or instants[0] < latest(victim.withdrawal_on)
        assert victim.informed_on is None or earliest(victim.informed_on) <= now


def assert_arrest_in_order(custody: Custody, offence: datetime, now: datetime) -> None:
    if custody.state == CustodyState.VOLUNTARY:
        return
    times = [
        at
        for at in (
            offence, custody.arrested_at, custody.arrived_at, custody.authorised_at, custody.released_at, now
        )
        if at is not None
    ]  # fmt: skip
    assert times == sorted(times)
    kept = custody.state in (CustodyState.DETAINED, CustodyState.CHARGED)
    assert (custody.released_at is None) == kept
    if custody.relevant_at is not None and custody.arrested_at is not None:
        assert custody.arrested_at <= custody.relevant_at <= custody.arrested_at + timedelta(hours=24)
    if custody.bail_return_at is not None and custody.released_at is not None:
        assert custody.released_at < custody.bail_return_at


# -- the pack --------------------------------------------------------------------------------------------------------


_KIND = '[[kind]]\nid = "x"\ncode = "TH68010"\noften = 1\nvictim = "state"\ncircumstances = ["a"]\nlog = ["note: a"]'


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (_KIND.replace("state", "ghost"), "no “ghost”"),
        (_KIND.replace("note: a", "a word"), "no topic"),
        ('[[scene]]\nid = "open"\ncases = 5\nowners = ["finalisations"]\nkinds = ["shop-thefts"]', "shop-theft"),
        ('[[scene]]\nid = "open"\ncases = 5\nowners = ["finalisations"]\ndays = "9-2"', "not a range"),
        ('[[flaw]]\nid = "x"\nbreaks = ["V01"]\nof = ["18"]\nnote = "n"\nset = { "case.outcom" = "19" }',
         "no field “case.outcom”"),
        ('[[flaw]]\nid = "x"\nbreaks = ["V01"]\nof = ["18"]\nnote = "n"\nset = { "thing.outcome" = "19" }',
         "does not begin with"),
        ('[[flaw]]\nid = "x"\nbreaks = ["V01"]\nof = ["99"]\nnote = "n"', "no “99”"),
        ('[[flaw]]\nid = "x"\nbreaks = ["V01"]\nof = ["18"]\nnote = "n"\ndays = { "case.outcome_date" = "soon!" }',
         "not a day"),
    ],
)  # fmt: skip
def test_a_pack_that_does_not_hold_together_is_refused(tmp_path: Path, entry: str, message: str) -> None:
    (tmp_path / "demo.toml").write_text(entry, encoding="utf-8")
    with pytest.raises(PackError, match=message) as refused:
        load_demo(tmp_path)
    assert "demo.toml" in refused.value.message


def test_an_unknown_scene_or_offence_of_an_overlay_is_refused(tmp_path: Path) -> None:
    overlay = tmp_path / "home" / "packs"
    overlay.mkdir(parents=True)
    passphrase = keys.generated_passphrase()
    for entry, message in (
        ('[[scene]]\nid = "opem"\ncases = 5\nowners = ["finalisations"]', "opem"),
        (_KIND.replace("TH68010", "ZZ99999"), "ZZ99999"),
    ):
        (overlay / "demo.toml").write_text(entry, encoding="utf-8")
        places = Places(tmp_path / "home")
        desk = set_up(places, passphrase, demo_settings(), lambda: NOON, cost=keys.GENERATED_COST)
        with pytest.raises(PackError, match=message):
            build_demo(desk, seed=1, size=10)
        assert cases(desk) == []
        desk.close()
        places.store.unlink()
        places.key.unlink()
