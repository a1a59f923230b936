"""A bounded run of the fuzzer: the corpus still passes, still reaches what it did, and a few seconds find nothing."""

import os
import random

import pytest

from tests.bundles import fuzz
from tests.bundles.fuzz import Fuzzer, run, seeds
from tests.bundles.fuzz_targets import TARGETS, try_one

SECONDS = float(os.environ.get("CASEDESK_FUZZ_SECONDS", "4"))
_MOST_CORPUS = 100 * 1024


@pytest.mark.parametrize("name", TARGETS)
def test_what_was_found_before_is_still_read_or_refused(name: str) -> None:
    some = seeds(name)
    assert some
    assert sum(map(len, some)) < _MOST_CORPUS
    for data in some:
        try_one(name, data)


def test_some_seconds_of_fuzzing_find_nothing() -> None:
    seed = random.SystemRandom().randrange(2**32)
    for fuzzer in run(TARGETS, SECONDS, seed):  # the seed is printed when it fails
        assert fuzzer.tries > len(seeds(fuzzer.name))
        assert fuzzer.reached > 10


def test_the_fuzzer_finds_a_defect_step_by_step_that_chance_alone_would_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(data: bytes) -> None:
        if data[:1] != b"b":
            return
        if data[1:2] != b"u":
            return
        if data[2:3] == b"g":
            raise IndexError

    monkeypatch.setattr(fuzz, "_WATCHED", ("test_fuzz",))
    monkeypatch.setitem(TARGETS, "broken", broken)
    fuzzer = Fuzzer("broken", [b"..."], random.Random(7))
    with pytest.raises(IndexError):
        for _ in range(400_000):
            fuzzer.step()
    assert fuzzer.last[:3] == b"bug"
