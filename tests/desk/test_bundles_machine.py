"""Any interleaving of two desks' work and their bundles: nothing is lost, and in the end both show the same."""

import contextlib
import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from casedesk.bundles.manifest import BundleKind
from casedesk.desk import bundle_in, restricted, undo
from casedesk.desk.bundles import Exported
from casedesk.desk.desk import Desk
from casedesk.desk.record import add_log_entry
from casedesk.model.errors import BadInputError
from casedesk.store.checks import digests, rebuild, verify
from tests.conftest import FrozenClock
from tests.desk.team_of_two import Two, a_shared_case, make_two, say

WHO = st.booleans()


class TwoDesks(RuleBasedStateMachine):
    """Ann and Bob at work, with a folder between them."""

    def __init__(self) -> None:
        super().__init__()
        self._root = contextlib.ExitStack()
        root = Path(self._root.enter_context(tempfile.TemporaryDirectory()))
        self.two: Two = make_two(root, FrozenClock())
        self.made: list[tuple[bool, Exported]] = []
        self.written: dict[bool, list[str]] = {True: [], False: []}
        self.reached: dict[bool, int] = {True: 0, False: 0}

    def desk(self, is_ann: bool) -> Desk:
        return self.two.ann if is_ann else self.two.bob

    @initialize()
    def both_hold_a_case(self) -> None:
        self.case_id = a_shared_case(self.two.ann)
        self.two.send(self.two.ann)

    @rule(is_ann=WHO, field=st.sampled_from(["owner", "location"]), value=st.sampled_from("123"))
    def decide(self, is_ann: bool, field: str, value: str) -> None:
        say(self.desk(is_ann), self.case_id, **{field: value})

    @rule(is_ann=WHO)
    def note(self, is_ann: bool) -> None:
        text = f"{is_ann} {len(self.written[is_ann])}"
        add_log_entry(self.desk(is_ann), self.case_id, text)
        self.written[is_ann].append(text)

    @rule(is_ann=WHO)
    def take_back(self, is_ann: bool) -> None:
        desk = self.desk(is_ann)
        act = undo.next_undo(desk)
        if act is not None and act.name == "test":  # entries stay, so that they can be counted
            with contextlib.suppress(BadInputError):
                undo.undo(desk, act)

    @rule(is_ann=WHO, is_open=st.booleans())
    def restrict(self, is_ann: bool, is_open: bool) -> None:
        desk = self.desk(is_ann)
        if not is_open:
            other = self.two.member(desk, self.desk(not is_ann))
            restricted.restrict(desk, self.case_id, [other], "Both may read it")
            self.written[is_ann].append("Restricted: Both may read it")
        elif restricted.restriction(desk, self.case_id):
            restricted.lift_restriction(desk, self.case_id, "Over")
            self.written[is_ann].append("Restriction lifted: Over")

    @rule(is_ann=WHO, kind=st.sampled_from([BundleKind.INCREMENTAL, BundleKind.FULL, BundleKind.CASES]))
    def write_a_bundle(self, is_ann: bool, kind: BundleKind) -> None:
        cases = [self.case_id] if kind is BundleKind.CASES else []
        self.made.append((is_ann, self.two.out(self.desk(is_ann), kind, cases=cases)))

    @precondition(lambda self: self.made)
    @rule(which=st.integers(0, 50))
    def take_a_bundle_in(self, which: int) -> None:
        is_ann, made = self.made[which % len(self.made)]
        bundle_in.take_in(self.desk(not is_ann), made.path)

    @invariant()
    def whatever_was_written_is_there(self) -> None:
        for is_ann in (True, False):
            shown = {entry.text for _, entry in self.desk(is_ann).case(self.case_id).file.log}
            assert set(self.written[is_ann]) <= shown

    def teardown(self) -> None:
        try:
            for sender in (self.two.ann, self.two.bob, self.two.ann):
                self.two.send(sender)
            one, other = (digests(desk.store.connection) for desk in (self.two.ann, self.two.bob))
            assert {name for name in one if one[name] != other[name]} <= {"unit"}
            for desk in (self.two.ann, self.two.bob):
                shown = [entry.text or "" for _, entry in desk.case(self.case_id).file.log]
                assert sorted(shown) == sorted(self.written[True] + self.written[False])
                assert not verify(desk.store.connection).problems
                assert not rebuild(desk.store).differing
        finally:
            self.two.ann.close()
            self.two.bob.close()
            self._root.close()


TestTwoDesks = TwoDesks.TestCase
TestTwoDesks.settings = settings(
    max_examples=200 if os.environ.get("CASEDESK_HYPOTHESIS") == "thorough" else 8,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
