"""Who decides on a charge, limb by limb; the anticipated plea; the urgency of a referral."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.model.dossier import Dossier, Interview
from casedesk.model.facts import Case, CaseFile, Custody, Suspect, Victim
from casedesk.model.ids import derived_id
from casedesk.model.moments import Moment, moment_of_day
from casedesk.model.words import Account, Confidence
from casedesk.reference.charging import NOTES, PLEA_RULES, URGENCIES, load_charging
from casedesk.reference.charging_words import ChargeTest, Plea
from casedesk.reference.loading import PackEntryError
from casedesk.reference.packs import Packs
from casedesk.rules.charging import Decider, Who, who_decides
from casedesk.rules.plea import anticipated_plea
from casedesk.rules.urgency import cps_due, urgency
from tests.rules.clock_facts import at

PACKS = Packs()
CASE, SAM, KIM, VICTIM, CUSTODY = (derived_id("test", word) for word in ("c", "sam", "kim", "v", "cu"))
NOW = at("2026-11-20T10:00")
GUILTY, NOT_GUILTY = Plea.GUILTY, Plea.NOT_GUILTY


def case(**facts: object) -> CaseFile:
    facts.setdefault("flags", ())
    return CaseFile(
        id=CASE,
        case=Case(**facts),  # type: ignore[arg-type] # by name
        suspects=((SAM, Suspect(name="Sam", status="named", dob=Moment("1990-01-01"))),),
        victims=((VICTIM, Victim(name="Zoë", kind="person", dob=Moment("1985-01-01"))),),
    )


def dossier(*accounts: str, **fields: object) -> Dossier:
    held = [
        (
            derived_id("test", "interview", str(number)),
            Interview(suspect=SAM, at=NOW + timedelta(minutes=number), account=account, **fields),  # type: ignore[arg-type] # by name
        )
        for number, account in enumerate(accounts)
    ]
    return Dossier(interviews=tuple(held))


def decide(
    code: str | None, plea: Plea | None = None, suitable: bool | None = None, **facts: object
) -> Decider:
    return who_decides(
        case(offence_code=code, **facts), Dossier(), PACKS, plea, suitable, answers={"consent": False}
    )


# -- the limbs by which the police may charge --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "plea", "suitable", "who"),
    [
        # summary-only, whatever the plea
        ("CJ88001", None, None, Who.POLICE),
        ("CJ88001", NOT_GUILTY, False, Who.POLICE),
        ("RT88333", NOT_GUILTY, None, Who.POLICE),
        # theft from a shop, whatever the plea, if it suits a magistrates' sentence
        ("TH68010", NOT_GUILTY, True, Who.POLICE),
        ("TH68010A", NOT_GUILTY, True, Who.POLICE),
        ("TH68010", GUILTY, False, Who.CPS),
        ("TH68010", NOT_GUILTY, False, Who.CPS),
        ("TH68010", NOT_GUILTY, None, Who.CHECK),
        # either-way: guilty plea anticipated and suitable
        ("TH68020", GUILTY, True, Who.POLICE),
        ("TH68020", GUILTY, False, Who.CPS),
        ("TH68020", NOT_GUILTY, True, Who.CPS),
        ("TH68020", GUILTY, None, Who.CHECK),
        ("TH68020", None, True, Who.CHECK),
        # what no limb lists
        ("TH68023", GUILTY, True, Who.CPS),
        # an unknown offence
        (None, GUILTY, True, Who.CHECK),
        ("ZZ99999", GUILTY, True, Who.CHECK),
    ],
)
def test_who_may_charge_by_mode_plea_and_sentence(
    code: str | None, plea: Plea | None, suitable: bool | None, who: Who
) -> None:
    assert decide(code, plea, suitable).who is who


@pytest.mark.parametrize(("pence", "who"), [(500000, Who.CHECK), (500001, Who.CPS), (None, Who.CHECK)])
def test_low_damage_denied_is_only_checked_as_that_limb_is_unverified(pence: int | None, who: Who) -> None:
    assert decide("CD71039", NOT_GUILTY, True, value_pence=pence).who is who


# -- the exclusions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exclusion", "code", "facts"),
    [
        ("death", "RT88564", {}),
        ("terrorism", "TR06030", {}),
        ("domestic-abuse", "CJ88001", {"flags": ("da",)}),
        ("domestic-abuse", "CJ88001", {"flags": ("intimate",)}),
        ("hate", "CJ88001", {"flags": ("hate",)}),
        ("hate", "CD98075", {}),
        ("harassment", "PH97004", {}),
        ("harassment", "PH97006", {}),
    ],
)
def test_a_confirmed_exclusion_gives_the_case_to_the_cps(
    exclusion: str, code: str, facts: dict[str, object]
) -> None:
    decided = decide(code, GUILTY, True, **facts)
    assert decided.who is Who.CPS
    assert PACKS.charging.exclusions[exclusion].title in [reason.text for reason in decided.reasons]
    assert not decided.asks


@pytest.mark.parametrize(
    ("exclusion", "code"),
    [
        ("disorder", "PU86002"),
        ("disorder", "PU86003"),
        ("injury", "OF61102"),
        ("injury", "OF61131"),
        ("licensing", "LG03011"),
        ("order-breach", "SE20002"),
    ],
)
def test_an_unverified_exclusion_warns_and_does_not_settle(exclusion: str, code: str) -> None:
    decided = decide(code, GUILTY, True)
    assert decided.who is Who.CHECK
    title = PACKS.charging.exclusions[exclusion].title
    (reason,) = [one for one in decided.reasons if one.text == title]
    assert (reason.says, reason.status) == (Who.CPS, Confidence.UNVERIFIED)


@pytest.mark.parametrize(
    ("suspect", "victim", "who", "asked"),
    [
        ("1990-01-01", "1985-01-01", Who.POLICE, False),
        ("1990-01-01", "2012-01-01", Who.CHECK, False),
        ("2010-01-01", "1985-01-01", Who.CHECK, False),
        ("1990-01-01", None, Who.CHECK, True),
    ],
)
def test_a_sexual_offence_depends_on_whether_anybody_was_under_18(
    suspect: str, victim: str | None, who: Who, asked: bool
) -> None:
    file = case(offence_code="SX03007", offence_from=moment_of_day(NOW.date()))
    file = replace(
        file,
        suspects=((SAM, Suspect(name="Sam", status="named", dob=Moment(suspect))),),
        victims=((VICTIM, Victim(dob=Moment(victim) if victim else None)),),
    )
    decided = who_decides(file, Dossier(), PACKS, GUILTY, True, answers={"consent": False})
    assert decided.who is who
    assert [ask.id for ask in decided.asks if ask.decides] == (["sexual-young"] if asked else [])


def test_what_no_record_can_tell_is_asked_and_an_answer_counts() -> None:
    file = case(offence_code="CJ88001")
    open_question = who_decides(file, Dossier(), PACKS)
    assert open_question.who is Who.POLICE
    assert [(ask.id, ask.decides) for ask in open_question.asks] == [("consent", False)]
    assert who_decides(file, Dossier(), PACKS, answers={"consent": True}).who is Who.CPS
    assert who_decides(file, Dossier(), PACKS, answers={"consent": False}).asks == ()


def test_flags_that_were_never_recorded_are_asked_after() -> None:
    assert "flags" in [ask.id for ask in decide("CJ88001", flags=None).asks]
    assert "flags" not in [ask.id for ask in decide("CJ88001").asks]


def test_what_is_missing_is_asked_with_the_number_of_months_of_the_pack() -> None:
    asks = {ask.id: ask.question for ask in decide("TH68020").asks}
    assert set(asks) == {"plea", "suitable"}
    assert "12 months" in asks["suitable"]


def test_one_charge_for_the_cps_takes_the_whole_case_along() -> None:
    file = case(offence_code="CJ88001")
    decided = who_decides(file, Dossier(), PACKS, codes=["PH97004"])
    assert decided.who is Who.CPS
    whole = PACKS.charging.notes["whole-case"].text
    assert whole in [reason.text for reason in decided.reasons]
    alone = who_decides(case(offence_code="PH97004"), Dossier(), PACKS)
    assert whole not in [reason.text for reason in alone.reasons]


def test_the_charge_counts_before_the_recorded_offence() -> None:
    file = case(offence_code="TH68023", charge_code="CJ88001")
    assert who_decides(file, Dossier(), PACKS).who is Who.POLICE


def test_with_somebody_in_custody_the_emergency_charge_is_mentioned() -> None:
    file = case(offence_code="TH68023")
    emergency = PACKS.charging.notes["emergency"]
    assert emergency not in who_decides(file, Dossier(), PACKS).notes
    held = replace(file, custody=((CUSTODY, Custody(suspect=SAM, state="detained")),))
    assert emergency in who_decides(held, Dossier(), PACKS).notes


def test_every_reason_says_how_well_it_is_sourced() -> None:
    for code in ("CJ88001", "OF61102", "TH68023", "PH97004"):
        assert all(reason.source and reason.status in set(Confidence) for reason in decide(code).reasons)


# -- the force's own pack ----------------------------------------------------------------------------------------------


def test_a_pilot_lets_the_police_charge_listed_domestic_abuse_offences(tmp_path: Path) -> None:
    (tmp_path / "charging.toml").write_text('[pilot]\ncodes = ["CJ88"]\n', encoding="utf-8")
    packs = Packs(tmp_path)
    listed = who_decides(case(offence_code="CJ88001", flags=("da",)), Dossier(), packs)
    assert listed.who is Who.POLICE
    assert "pilot" in " ".join(reason.text for reason in listed.reasons)
    other = who_decides(case(offence_code="CJ67002", flags=("da",)), Dossier(), packs)
    assert other.who is Who.CPS


def test_the_months_of_the_magistrates_are_the_forces_to_change(tmp_path: Path) -> None:
    (tmp_path / "charging.toml").write_text("[magistrates]\nmonths = 18\n", encoding="utf-8")
    assert [PACKS.charging.suits_magistrates(months) for months in (12, 13, None)] == [True, False, None]
    assert Packs(tmp_path).charging.suits_magistrates(18) is True


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[plea]]\nid = "denied"\nseverity = "off"\n', "no entry “denied”"),
        ('[[urgency]]\nid = "red"\nseverity = "off"\n', "no entry “red”"),
        ('[[note]]\nid = "breach"\nseverity = "off"\n', "no entry “breach”"),
        ('[[exclusion]]\nid = "x"\ntitle = "X"\nstatus = "convention"\nsource = "x"\n', "nothing shows it"),
        ('[[police]]\nid = "x"\ntitle = "X"\nstatus = "convention"\nsource = "x"\n', "fits every offence"),
        ('[pilot]\ncodes = [" "]\n', "would match every offence"),
    ],
)
def test_a_pack_that_does_not_hold_together_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "charging.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PackEntryError, match=said):
        load_charging(tmp_path)


def test_the_pack_has_what_the_rules_ask_for_and_both_worksheets() -> None:
    charging = PACKS.charging
    assert set(charging.plea_rules) >= set(PLEA_RULES)
    assert set(charging.notes) >= set(NOTES)
    assert set(charging.urgencies) == set(URGENCIES)
    conditions = [one for one in charging.worksheet(ChargeTest.THRESHOLD) if one.text[0].isdigit()]
    assert len(conditions) == 5
    stages = {question.stage for question in charging.worksheet(ChargeTest.FULL_CODE)}
    assert stages == {"evidential", "public-interest"}


# -- the anticipated plea ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accounts", "plea", "rule"),
    [
        ((), None, "silent"),
        ((Account.ADMISSION,), GUILTY, "admitted"),
        ((Account.DENIAL,), NOT_GUILTY, "denied"),
        ((Account.PART_ADMISSION,), NOT_GUILTY, "denied"),
        ((Account.SELF_DEFENCE,), NOT_GUILTY, "denied"),
        ((Account.NO_COMMENT,), None, "not-denied"),
        ((Account.PREPARED,), None, "not-denied"),
        ((Account.DENIAL, Account.ADMISSION), GUILTY, "admitted"),
        ((Account.ADMISSION, Account.DENIAL), NOT_GUILTY, "denied"),
    ],
)
def test_the_last_account_of_an_offence_says_which_plea(
    accounts: tuple[str, ...], plea: Plea | None, rule: str
) -> None:
    view = anticipated_plea(case(), dossier(*accounts), PACKS)
    assert (view.plea, view.rule.id) == (plea, rule)


def test_every_named_suspect_must_have_admitted_it() -> None:
    file = case()
    both = replace(file, suspects=(*file.suspects, (KIM, Suspect(name="Kim", status="named"))))
    assert anticipated_plea(both, dossier(Account.ADMISSION), PACKS).plea is None
    assert anticipated_plea(both, dossier(Account.ADMISSION), PACKS, SAM).plea is GUILTY
    by_extract = replace(
        both, suspects=(*file.suspects, (KIM, Suspect(name="Kim", status="named", admitted=True)))
    )
    assert anticipated_plea(by_extract, dossier(Account.ADMISSION), PACKS).plea is GUILTY


def test_a_withdrawn_interview_counts_for_nothing() -> None:
    held = dossier(Account.DENIAL)
    (entry_id, _), *_ = held.interviews
    taken_back = (derived_id("test", "back"), Interview(about=entry_id, withdrawn=True))
    gone = replace(held, interviews=(*held.interviews, taken_back))
    assert anticipated_plea(case(), gone, PACKS).rule.id == "silent"


def test_the_plea_of_the_interviews_decides_and_a_contrary_one_is_questioned() -> None:
    file = case(offence_code="TH68020")
    assert who_decides(file, dossier(Account.ADMISSION), PACKS, suitable=True).who is Who.POLICE
    assert who_decides(file, dossier(Account.DENIAL), PACKS, suitable=True).who is Who.CPS
    asserted = who_decides(file, dossier(Account.DENIAL), PACKS, GUILTY, True)
    assert any("denial" in note.text for note in asserted.notes)
    silent = who_decides(file, dossier(Account.NO_COMMENT), PACKS, GUILTY, True)
    assert PACKS.charging.plea_rules["not-denied"] in silent.notes
    assert who_decides(file, dossier(Account.ADMISSION), PACKS, GUILTY, True).notes == ()


# -- urgency -----------------------------------------------------------------------------------------------------------


def test_custody_is_red_a_near_limit_green_priority_the_rest_green() -> None:
    plain = case(offence_code="TH68020", offence_from=Moment("2026-11-01"))
    assert urgency(plain, NOW, PACKS).rule.id == "green"
    held = replace(plain, custody=((CUSTODY, Custody(suspect=SAM, state="detained")),))
    assert urgency(held, NOW, PACKS).rule.id == "red"


@pytest.mark.parametrize(
    ("now", "rule"), [("2026-11-06T23:59:58", "green"), ("2026-11-06T23:59:59", "green-priority")]
)
def test_a_summary_limit_within_eight_weeks_is_green_priority(now: str, rule: str) -> None:
    # six months from 1 July 2026 end with 1 January 2027; 56 days before is 6 November
    file = case(offence_code="PU86116", offence_from=Moment("2026-07-01"))
    assert urgency(file, at(now), PACKS).rule.id == rule


def test_bail_that_has_ended_is_said_to_have_ended_and_presses_no_more() -> None:
    bailed = Custody(suspect=SAM, state="bailed", bail_ends_on=Moment("2026-12-04"))
    file = replace(case(offence_code="TH68020"), custody=((CUSTODY, bailed),))
    found = urgency(file, at("2026-12-06T09:00"), PACKS)
    assert (found.rule.id, "Bail ends" in found.why) == ("green", False)
    assert "bail ended" in found.why
    later = replace(bailed, bail_ends_on=Moment("2026-12-10"))
    both = replace(file, custody=(*file.custody, (derived_id("test", "cu2"), later)))
    assert urgency(both, at("2026-12-06T09:00"), PACKS).why.startswith("Bail ends 10 Dec 2026")


def test_a_limit_that_has_passed_is_said_to_have_ended() -> None:
    file = case(offence_code="PU86116", offence_from=Moment("2026-01-01"))
    assert "ended" in urgency(file, at("2026-11-06T09:00"), PACKS).why


def test_bail_that_ends_within_a_fortnight_is_green_priority() -> None:
    bailed = Custody(suspect=SAM, state="bailed", bail_ends_on=Moment("2026-12-04"))
    file = replace(case(offence_code="TH68020"), custody=((CUSTODY, bailed),))
    found = urgency(file, at("2026-11-21T00:00"), PACKS)
    assert found.rule.id == "green-priority"
    assert "4 Dec 2026" in found.why
    assert urgency(file, at("2026-11-20T23:59"), PACKS).rule.id == "green"


@pytest.mark.parametrize(
    ("rule", "ends"),
    [
        ("red", "2026-11-20T13:00"),
        ("green-priority", "2026-11-25T23:59:59"),
        ("green", "2026-12-18T23:59:59"),
    ],
)
def test_the_clocks_of_the_cps_with_the_doubt_about_the_label(rule: str, ends: str) -> None:
    answer = cps_due(PACKS.charging.urgencies[rule], NOW, PACKS)
    assert answer.due == at(ends)
    assert answer.status is not Confidence.UNVERIFIED
    assert any("to be confirmed" in warning for warning in answer.warnings)
