"""The register of media: what went on which stick, and what became of it."""

import pytest

from casedesk.bundles.manifest import BundleKind
from casedesk.desk import bundle_in, bundles, media_register
from casedesk.desk.desk import Desk
from casedesk.desk.media_register import Registered, add, end, hand, media, medium
from casedesk.model.errors import BadInputError, NotFoundError
from tests.desk.team_of_two import Two, a_shared_case


def only(desk: Desk) -> Registered:
    (one,) = media(desk)
    return one


def test_a_stick_is_registered_handed_on_and_returned(desk: Desk) -> None:
    add(desk, " CID stick  4 ")
    one = only(desk)
    assert (one.label, one.medium.kind, one.medium.holder, one.state) == (
        "CID stick 4",
        "stick",
        "7042",
        "in-use",
    )
    with pytest.raises(BadInputError, match="registered already"):
        add(desk, "cid STICK 4")
    with pytest.raises(BadInputError, match="kind of medium"):
        add(desk, "Floppy", "floppy")
    with pytest.raises(BadInputError, match="characters"):
        add(desk, "  ")
    hand(desk, one, "1002")
    assert only(desk).medium.holder == "1002"
    with pytest.raises(BadInputError, match="Who holds it"):
        hand(desk, one, "")
    with pytest.raises(BadInputError, match="note is empty"):
        end(desk, only(desk), "destroyed", "")
    with pytest.raises(BadInputError, match="end of a medium"):
        end(desk, only(desk), "eaten", "By the dog")
    end(desk, only(desk), "destroyed", "Shredded by information security")
    assert media(desk) == []
    (past,) = media(desk, past=True)
    assert (past.state, past.medium.why, past.medium.ended_on) == (
        "destroyed", "Shredded by information security", "2026-11-20",
    )  # fmt: skip
    with pytest.raises(BadInputError, match="destroyed already"):
        hand(desk, past, "1003")
    with pytest.raises(BadInputError, match="destroyed already"):
        end(desk, past, "lost", "Again")
    add(desk, "CID stick 4")  # another of that label


def test_a_medium_is_found_by_the_beginning_of_its_label(desk: Desk) -> None:
    for label in ("CID 1", "CID 2", "Share"):
        add(desk, label)
    assert medium(desk, "sh").label == "Share"
    assert medium(desk, "cid 2").label == "CID 2"
    with pytest.raises(BadInputError, match="2 media"):
        medium(desk, "cid")
    with pytest.raises(NotFoundError, match="media add"):
        medium(desk, "")


def test_what_went_on_a_stick_is_shown_until_it_has_arrived(two: Two) -> None:
    add(two.ann, "Stick")
    a_shared_case(two.ann)
    bob = two.member(two.ann, two.bob)
    made = bundles.export(two.ann, [bob], two.stick, medium=only(two.ann).id)
    (on,) = only(two.ann).bundles
    assert (on.number, on.kind, on.names, on.operations, on.acknowledged) == (
        1,
        "incremental",
        ("Bob",),
        3,
        False,
    )
    bundle_in.take_in(two.bob, made.path)
    assert only(two.bob).label == "Stick"  # every desk sees the register, and what it put on it itself
    assert only(two.bob).bundles == ()
    two.send(two.bob, BundleKind.ACK)
    assert only(two.ann).bundles[0].acknowledged
    assert media_register.STATE_TITLES[only(two.ann).state] == "In use"
