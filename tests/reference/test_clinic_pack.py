"""The pack of the clinic's diary: what it holds, and what it refuses."""

from pathlib import Path

import pytest

from casedesk.model.errors import PackError
from casedesk.reference.clinic import Sees, load_clinic


def test_the_shipped_pack_names_every_thing_that_casedesk_sees() -> None:
    pack = load_clinic()
    assert {check.sees for check in pack.checks.values()} == {*Sees, ""}
    assert pack.status == "convention"
    assert pack.missed["no-word"] == "Did not come, no word"


def test_a_force_lays_its_own_over_it(tmp_path: Path) -> None:
    (tmp_path / "clinic.toml").write_text(
        '[times]\ninvite_days = 10\n\n[[check]]\nid = "room"\nseverity = "off"\n\n'
        '[[check]]\nid = "parking"\ntitle = "Parking booked"\nneeds = "A space for the day."\n'
    )
    pack = load_clinic(tmp_path)
    assert pack.invite_days == 10
    assert "room" not in pack.checks
    assert pack.checks["parking"].title == "Parking booked"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[times]\ninvite_days = -1\n", "out of range"),
        (
            '[[check]]\nid = "x"\ntitle = "X"\nneeds = "Y"\nsees = "invted"\n',
            "nothing that casedesk looks for",
        ),
        (
            '[[check]]\nid = "x"\ntitle = "X"\nneeds = "Y"\nwhen = ["hate"]\n',
            "is not a case that a check can be for",
        ),
        ('[[chek]]\nid = "x"\n', "unknown table"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "clinic.toml").write_text(text)
    with pytest.raises(PackError, match=said):
        load_clinic(tmp_path)
