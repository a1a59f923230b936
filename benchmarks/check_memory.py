"""Whether the memory of checking a whole store grows with the store: ``casedesk check all`` streams.

Run: python -m benchmarks.check_memory [CRIMES ...]. Each size in a process of its own, for a process never gives back
what it once had at most. Makes stores of submitted crimes in build/benchmarks, as benchmarks.review does, and keeps
them; the opened review of the same crimes is measured beside it.
"""

import subprocess
import sys

from benchmarks.check_rules import NOW
from benchmarks.measuring import KEPT, ROOT, machine, peak_mib, seconds, sizes_asked, table
from benchmarks.review import PASSPHRASE, made
from casedesk.desk.check import check_store
from casedesk.desk.review import check_all, open_review
from casedesk.desk.setup import unlock
from casedesk.store.places import Places

_ONE = "--one"


def measure(size: int) -> list[str]:
    """The figures of one size, in this process."""
    home = KEPT / f"review-{size}"
    with unlock(Places(home), PASSPHRASE, lambda: NOW) as desk:
        verdicts = check_store(desk)
        for _ in range(min(size, 1_000)):
            next(verdicts)
        warm = peak_mib()
        took = seconds(lambda: sum(1 for _ in verdicts))
        streamed = peak_mib()
        review = open_review(desk)
        check_all(review)
        return [
            f"{size:,}", f"{warm:.0f}", f"{streamed:.0f}", f"{(size - 1_000) / took:,.0f}" if size > 1_000 else "–",
            f"{peak_mib():.0f}",
        ]  # fmt: skip


def main() -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    if sys.argv[1:2] == [_ONE]:
        print("\t".join(measure(int(sys.argv[2]))))
        return
    print(machine(), file=sys.stderr)
    rows = []
    for size in sizes_asked((2_000, 10_000)):
        made(size)
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.check_memory", _ONE, str(size)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        rows.append(done.stdout.strip().split("\t"))
    headings = [
        "crimes",
        "after 1,000 (MiB)",
        "after all (MiB)",
        "checked a second",
        "and their review (MiB)",
    ]
    table("Memory of the check", headings, rows)


if __name__ == "__main__":
    main()
