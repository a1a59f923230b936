"""Who has enhanced rights: what is recorded, or else what the case shows."""

import pytest

from casedesk.model.facts import Case, CaseFile, Victim
from casedesk.model.moments import Moment
from casedesk.model.words import Confidence
from casedesk.rules.rights import Rights, rights
from tests.rules.duty_facts import CASE


def of(case: Case, victim: Victim) -> Rights:
    return rights(CaseFile(id=CASE, case=case), victim)


def test_what_is_recorded_goes_before_what_the_case_shows() -> None:
    abuse = Case(flags=("da",))
    no = of(abuse, Victim(enhanced=False))
    assert (no.enhanced, no.recorded, no.status) == (False, True, Confidence.CONFIRMED)
    yes = of(Case(), Victim(enhanced=True, enhanced_why="Repeatedly targeted"))
    assert (yes.enhanced, yes.recorded) == (True, True)
    assert "Repeatedly targeted" in yes.why


@pytest.mark.parametrize("flag", ["da", "hate", "sexual", "child", "exploitation"])
def test_flags_that_give_enhanced_rights(flag: str) -> None:
    found = of(Case(flags=("alcohol", flag)), Victim())
    assert (found.enhanced, found.recorded, found.status) == (True, False, Confidence.SECONDARY)
    assert not of(Case(flags=(flag,)), Victim(kind="business")).enhanced


@pytest.mark.parametrize("flag", ["knife", "alcohol", "online", "mental-health", "unknown"])
def test_flags_that_do_not(flag: str) -> None:
    assert not of(Case(flags=(flag,)), Victim()).enhanced


@pytest.mark.parametrize(
    ("dob", "offence", "enhanced"),
    [
        ("2008-12-19", "2026-12-18", True),  # eighteen tomorrow
        ("2008-12-18", "2026-12-18", False),
        ("2008-02-29", "2026-02-28", True),
        ("2008-02-29", "2026-03-01", False),
        ("2008-12", "2026-12-18", True),  # may have been seventeen
        ("2027-01-01", "2026-12-18", False),  # not yet born: a mistake, and no child
    ],
)
def test_somebody_under_18_at_the_offence(dob: str, offence: str, enhanced: bool) -> None:
    found = of(Case(offence_from=Moment(offence)), Victim(dob=Moment(dob)))
    assert found.enhanced is enhanced


def test_the_age_is_that_at_the_offence_and_not_today() -> None:
    grown = Victim(dob=Moment("2000-01-01"))
    assert of(Case(offence_from=Moment("2010-05-01"), recorded_at=Moment("2026-05-01")), grown).enhanced
    assert of(Case(recorded_at=Moment("2010-05-01")), grown).enhanced
    assert not of(Case(), grown).enhanced


@pytest.mark.parametrize(
    ("title", "enhanced"),
    [
        ("Stalking involving fear of violence", True),
        ("Wounding with intent to do grievous bodily harm", True),
        ("Arson with intent to endanger life", True),
        ("KIDNAPPING", True),
        ("Theft from a shop", False),
        ("Intentional harassment, alarm or distress", False),
        ("Unlawful therapeutic practice", False),
        ("Trafficking in controlled drugs", False),
        ("Wounding without intent", False),
    ],
)
def test_grave_offences_by_their_words_are_unverified(title: str, enhanced: bool) -> None:
    found = of(Case(offence_title=title), Victim())
    assert found.enhanced is enhanced
    assert found.status is (Confidence.UNVERIFIED if enhanced else Confidence.SECONDARY)
