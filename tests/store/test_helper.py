"""Other processes that help: what comes out is the same, however many there are and whatever becomes of them."""

import os
import signal
import time
from collections.abc import Iterator
from functools import partial

import pytest

from casedesk.store.helper import Helper, Task, helping

PIECES = list(range(40))


def doubled(number: int) -> int:
    return number * 2


def where(_: int) -> int:
    time.sleep(0.005)  # so that neither does all before the other comes to it
    return os.getpid()


def dies_at_ten(number: int) -> int:
    if number == 10:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    return number * 2


def fails_at_ten(number: int) -> int:
    if number == 10:
        raise ValueError("ten")
    return number * 2


def not_plain(number: int) -> object:
    return object() if number == 10 else number * 2


DOUBLED = Task(doubled, doubled)


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def many(pieces: list[int]) -> Iterator[int]:
    yield from pieces


def test_results_come_in_the_order_of_the_pieces() -> None:
    with helping((DOUBLED,)) as helper:
        assert list(helper.in_order(DOUBLED, many(PIECES))) == [2 * n for n in PIECES]


@pytest.mark.parametrize("cores", [2, 3, 16])
def test_both_here_and_there_something_is_done(monkeypatch: pytest.MonkeyPatch, cores: int) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    task = Task(where, where)
    with helping((task,)) as helper:
        helper.finish(helper.begin(task, 0))  # it has begun
        processes = set(helper.in_order(task, many(PIECES)))
    assert os.getpid() in processes
    assert 2 <= len(processes) <= min(cores, 3)


def test_with_one_core_or_unasked_all_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    task = Task(where, where)
    with helping((task,), wanted=False) as helper:
        assert set(helper.in_order(task, PIECES[:3])) == {os.getpid()}
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    with helping((task,)) as helper:
        assert set(helper.in_order(task, PIECES[:3])) == {os.getpid()}


def test_what_was_begun_is_finished_once_and_beside_other_work() -> None:
    task = Task(where, where)
    with helping((task, DOUBLED)) as helper:
        begun = helper.begin(task, 0)
        assert list(helper.in_order(DOUBLED, PIECES)) == [2 * n for n in PIECES]
        assert helper.finish(begun) == helper.finish(begun) != os.getpid()


@pytest.mark.parametrize("there", [dies_at_ten, fails_at_ten, not_plain])
def test_what_a_process_cannot_do_is_done_here(there: object) -> None:
    task = Task(doubled, there)  # type: ignore[arg-type] # one of the functions above
    with helping((task,)) as helper:
        assert list(helper.in_order(task, PIECES)) == [2 * n for n in PIECES]
        assert helper.finish(helper.begin(task, 4)) == 8


def test_an_error_of_the_work_is_met_here() -> None:
    task = Task(fails_at_ten, fails_at_ten)
    with helping((task,)) as helper, pytest.raises(ValueError, match="ten"):
        list(helper.in_order(task, PIECES))


def test_where_no_process_can_begin_all_is_done_here() -> None:
    task = Task(doubled, lambda number: number * 2)  # another process cannot import it
    with helping((task,)) as helper:
        assert list(helper.in_order(task, PIECES)) == [2 * n for n in PIECES]


def test_large_pieces_go_to_and_fro_without_waiting_for_each_other() -> None:
    """More than a pipe holds, both ways: nobody may wait to write until the other has read."""
    task = Task(bytes, bytes)
    with helping((task,)) as helper:
        made = list(helper.in_order(task, [b"x" * 3_000_000] * 6))
    assert [len(one) for one in made] == [3_000_000] * 6


def test_no_process_outlives_its_block() -> None:
    task = Task(where, where)
    with helping((task,)) as helper:
        other = helper.finish(helper.begin(task, 0))
    assert other != os.getpid()
    with pytest.raises(ProcessLookupError):
        os.kill(other, 0)


def test_a_helper_without_processes_needs_no_tasks() -> None:
    assert list(Helper().in_order(DOUBLED, PIECES)) == [2 * n for n in PIECES]


def test_what_a_task_was_given_to_work_with_is_not_shown() -> None:
    """The store's key is among it."""
    with helping((DOUBLED,), wanted=False) as helper:
        piece = helper.begin(Task(partial(max, 7_654_321), partial(max, 7_654_321)), 1)
        assert helper.finish(piece) == 7_654_321
        piece.made = None
    assert "7654321" not in repr(piece)
