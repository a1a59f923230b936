"""How somebody was reached is never assumed where a safe-contact warning stands."""

import pytest

from casedesk.desk import people
from casedesk.desk.desk import Desk
from casedesk.desk.people_verbs import PEOPLE
from casedesk.model.errors import BadInputError
from tests.desk.cases import a_case, at

CONTACT = next(verb for verb in PEOPLE if verb.id == "people.contact")


@pytest.mark.parametrize(
    ("facts", "starts_with"),
    [
        ({}, "phone"),
        ({"safe_contact": "Never at home"}, ""),
        ({"safe_contact": "Never at home", "contact_preference": "text"}, "text"),
        ({"safe_contact": "Never at home", "contact_preference": "through her sister"}, ""),
    ],
)
def test_the_channel_a_form_starts_with(desk: Desk, facts: dict[str, str], starts_with: str) -> None:
    case_id = a_case(desk)
    victim, _ = desk.case(case_id).file.victims[0]
    if facts:
        people.amend_victim(desk, case_id, victim, facts)
    (channel,) = [ask for ask in CONTACT.asks(at(desk, case_id, victim)) if ask.name == "channel"]
    assert channel.initial == starts_with
    assert channel.required


def test_a_contact_without_a_channel_is_refused(desk: Desk) -> None:
    case_id = a_case(desk)
    victim, _ = desk.case(case_id).file.victims[0]
    with pytest.raises(BadInputError, match="channel"):
        CONTACT.run(at(desk, case_id, victim), {"made": True, "text": "Told her", "purposes": ("update",)})
    assert not desk.case(case_id).file.contacts
