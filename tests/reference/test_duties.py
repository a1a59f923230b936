"""The duties pack: every clock is followed or says why not, and what a force lays over it is checked."""

from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.model.errors import PackError
from casedesk.reference.clocks import Group, load_clocks
from casedesk.reference.duties import Duties, Owed, Trigger, load_duties
from casedesk.reference.packs import Packs

FOLLOWED = (Group.VICTIM, Group.WITNESS, Group.SUSPECT, Group.COURT, Group.FILE)


def laid_over(folder: Path, text: str, clocks: str = "") -> Duties:
    (folder / "duties.toml").write_text(text, encoding="utf-8")
    if clocks:
        (folder / "clocks.toml").write_text(clocks, encoding="utf-8")
    return Packs(folder).duties


def test_every_clock_of_a_duty_is_followed_or_says_why_not() -> None:
    clocks, pack = load_clocks(), load_duties()
    owed = {clock.id for clock in clocks.by_id.values() if clock.group in FOLLOWED}
    followed = {rule.clock.id for rule in pack.rules}
    assert followed | set(pack.untracked) == owed
    assert not followed & set(pack.untracked)
    assert all(why.endswith(".") for why in pack.untracked.values())


def test_what_starts_a_duty_finds_it() -> None:
    pack = load_duties()
    for rule in pack.rules:
        assert all(rule in pack.by_trigger[trigger] for trigger in rule.triggers)
        assert all(rule in pack.by_event[kind] for kind in rule.started_by)
    assert all(pack.by_trigger[trigger] for trigger in Trigger), "a trigger that starts nothing"
    assert pack.stale == timedelta(days=28)
    assert pack.rule("VC-R6-ARREST") in pack.rules
    assert pack.rule("CRT-1") is None


def test_sentences_are_short() -> None:
    assert max(len(rule.say) for rule in load_duties().rules) <= 64


def test_conventions_and_targets_are_not_called_law() -> None:
    pack = load_duties()
    for rule in pack.rules:
        if rule.clock.id == "VC-UPD-USUAL" or rule.clock.group is Group.FILE or rule.owed_to is Owed.WITNESS:
            assert not rule.legal, rule.clock.id


def test_a_force_may_follow_a_clock_otherwise_or_not_at_all(tmp_path: Path) -> None:
    pack = laid_over(
        tmp_path,
        """
        [usual]
        stale_days = 60
        [[duty]]
        id = "VC-R6-ARREST"
        say = "Ring the victim"
        owed_to = "victim"
        triggers = ["arrest"]
        purposes = ["arrest", "update"]
        band = "action"
        [[duty]]
        id = "VC-R6-IUC"
        severity = "off"
        """,
    )
    rule = pack.rule("VC-R6-ARREST")
    assert rule is not None
    assert (rule.say, rule.band, rule.purpose) == ("Ring the victim", "action", "arrest")
    assert pack.rule("VC-R6-IUC") is None
    assert pack.stale == timedelta(days=60)


def test_a_number_of_the_force_s_own_is_followed(tmp_path: Path) -> None:
    text = """
    [[clock]]
    id = "WC-NEEDS"
    group = "witness"
    title = "First needs assessment"
    trigger = "statement-taken"
    amount = 3
    unit = "working-days"
    rule = "working_days"
    by = "police"
    source = "Local policy"
    status = "convention"
    """
    rule = laid_over(tmp_path, "", text).rule("WC-NEEDS")
    assert rule is not None
    assert (rule.clock.amount, rule.timed) == (3, True)


def entry(clock: str, owed_to: str, more: str) -> str:
    """An entry of the pack."""
    return f'[[duty]]\nid = "{clock}"\nsay = "x"\nowed_to = "{owed_to}"\n{more}'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (entry("VC-R6-ARRST", "victim", 'triggers = ["arrest"]\nwindow = true'), "no clock"),
        (entry("T01", "nobody", "window = true"), "nothing starts it"),
        (entry("T01", "nobody", 'triggers = ["charge"]'), "nothing meets it"),
        (entry("T01", "nobody", 'triggers = ["charge"]\npurposes = ["update"]'), "only victims"),
        (entry("T01", "nobody", 'triggers = ["charge"]\nwindow = true\nband = "liberty"'), "not a band"),
        (entry("T01", "nobody", 'triggers = ["arrested"]\nwindow = true'), "arrested"),
        (
            entry("VC-R6-UPD", "victim", 'triggers = ["update", "arrest"]\npurposes = ["update"]'),
            "no other trigger",
        ),
        ("[usual]\nstale_days = 0", "0 days"),
        ('[[untracked]]\nid = "T99"\nwhy = "x"', "no clock"),
        ("[[dutty]]\nid = 'T01'", "dutty"),
    ],
)
def test_what_does_not_hold_together_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PackError, match=said):
        laid_over(tmp_path, text)
