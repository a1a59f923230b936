"""What was signed stays as it was signed: a variation stands apart, with its own day and consent."""

from datetime import timedelta

import pytest

from casedesk.desk import condition_builder, paperwork, resolution
from casedesk.desk.condition_builder import worded
from casedesk.desk.desk import Desk
from casedesk.desk.letter_values import long_day
from casedesk.desk.search import search
from casedesk.model.facts import Condition
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment, earliest_day
from tests.conftest import FrozenClock
from tests.desk.clinic_cases import a_theft, accepted, condition, day, first_suspect, matter, offered

PAPERS = {"cc": "caution-record", "cr": "resolution-agreement", "o22": "agreement"}


def paper(desk: Desk, case_id: EntityId, disposal: str) -> str:
    composed = paperwork.compose(desk, case_id, first_suspect(desk, case_id), PAPERS[disposal])
    return paperwork.preview_text(composed)


@pytest.mark.parametrize("disposal", sorted(PAPERS))
def test_a_signed_paper_keeps_what_was_signed_and_shows_a_variation_apart(
    desk: Desk, clock: FrozenClock, disposal: str
) -> None:
    case_id = a_theft(desk)
    offered(desk, case_id, disposal)
    first, later = day(desk, 60), day(desk, 70)
    to_sign = paper(desk, case_id, disposal)
    resolution.accept(desk, case_id, consent=True)
    ((own, _),) = matter(desk, case_id).conditions
    clock.advance(timedelta(days=10))
    condition_builder.vary(
        desk, case_id, own, consent=True, by="PS Roe 5120", rank="sgt", why="In hospital", due_on=later,
        what="Attend another course",
    )  # fmt: skip
    said = paper(desk, case_id, disposal)
    listed = f"  1. Attend an alcohol awareness course. By {long_day(earliest_day(first))}."
    assert listed in to_sign
    signed, apart = said.split("Changed since it was signed")
    assert listed in signed
    assert "another course" not in signed
    assert long_day(earliest_day(later)) not in signed
    assert "30 Nov 2026, with consent, by PS Roe 5120 (Sergeant)" in apart
    assert "Now: Attend another course" in apart
    assert "Changed since" not in to_sign
    assert "hospital" not in said


def test_the_reason_of_a_variation_is_with_the_condition_and_in_no_search(desk: Desk) -> None:
    case_id = a_theft(desk)
    accepted(desk, case_id)
    ((own, _),) = matter(desk, case_id).conditions
    condition_builder.vary(
        desk, case_id, own, consent=True, by="Sgt Roe", rank="sgt", why="In hospital", due_on=day(desk, 70)
    )
    assert search(desk, "hospital").count == 0
    assert search(desk, "varied").count == 1
    ((_, held),) = matter(desk, case_id).conditions
    assert "In hospital" in (held.note or "")


def test_conditions_read_well_and_stand_in_one_order_in_every_paper(desk: Desk, clock: FrozenClock) -> None:
    case_id = a_theft(desk)
    from tests.desk.clinic_cases import chosen, propose

    chosen(desk, case_id)
    titles = ["Alpha", "Beta", "Quiet", "Zeta"]
    for title in reversed(titles):
        condition(desk, case_id, what=f"{title} course, take part.", provider="Quay Trust")
        clock.advance(timedelta(minutes=1))
    (held, *_) = [one for _, one in matter(desk, case_id).conditions]
    assert worded(held).startswith("Alpha course, take part, by ")
    propose(desk, case_id)
    resolution.authorise(desk, case_id, by="Sgt Roe", rank="sgt")
    resolution.offer(desk, case_id, legal_advice="declined", explained=True, admission_repeated=True)
    resolution.accept(desk, case_id, consent=True)
    condition_builder.kept(desk, case_id, matter(desk, case_id).conditions[2][0], evidence="Seen")
    for letter in ("caution-record", "l04", "decision-notice", "oic-notice"):
        text = paperwork.preview_text(paperwork.compose(desk, case_id, None, letter))
        assert sorted(titles, key=text.index) == titles, letter
        assert ".." not in text
        assert ".," not in text


def test_the_day_of_a_condition_is_said_once() -> None:
    due = Moment("2027-01-15")
    assert (
        worded(Condition(what="Write a letter by the day given.", due_on=due))
        == "Write a letter, by 15 Jan 2027"
    )
    assert (
        worded(Condition(what="Keep away until the day given.", due_on=due)) == "Keep away, until 15 Jan 2027"
    )
    assert worded(Condition(what="Pay, by the day given.")) == "Pay, by the day given"
