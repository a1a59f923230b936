"""The needs-assessment wizard on screen: from a key to the next question, in the small terminal and the large one.

Run: python -m benchmarks.wizard. Works in a demo store that it makes and throws away. An answer is chosen by its digit
and saved at once; Enter goes to the next question. Both are taken to a repaint that the key causes; the processor's
work is told beside it, which other programs on the machine do not lengthen.
"""

import asyncio
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.measuring import Spread, machine, table
from benchmarks.probing import Stamped
from casedesk.desk import assessment
from casedesk.desk.demo import build_demo, demo_settings
from casedesk.desk.desk import Desk
from casedesk.desk.setup import set_up
from casedesk.front import FrontApp
from casedesk.model.ids import EntityId
from casedesk.reference.form_parts import QuestionKind
from casedesk.screens.clinic.wizard import WizardScreen, open_wizard
from casedesk.screens.session import Session
from casedesk.store import keys
from casedesk.store.places import Places

NOW = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
PASSPHRASE = "a benchmark's passphrase"  # noqa: S105 - of nobody's store
SIZES = ((80, 24), (160, 48))
_MOST = 60


class Probe(Stamped, FrontApp):
    """The app with every repaint stamped."""


async def conversation(desk: Desk, size: tuple[int, int]) -> list[str]:
    """Answer question after question; what each key took."""
    app = Probe(Session(desk.store.places, lambda: NOW, desk))
    async with app.run_test(size=size):
        await app.settled(0.3)
        case_id, suspect = _somebody(desk)
        app.painted.clear()
        began = perf_counter()
        open_wizard(app, app.session, case_id, suspect)
        while not app.painted:
            await asyncio.sleep(0.005)
        opened = app.painted[0] - began
        await app.settled(0.3)
        screen = app.screen
        assert isinstance(screen, WizardScreen)
        chosen, first, last, work = [], [], [], []
        for _ in range(_MOST):
            if screen.question.kind in (QuestionKind.CHOICE, QuestionKind.YES_NO):
                key = "y" if screen.question.kind is QuestionKind.YES_NO else "1"
                chosen.append((await app.press(key))[-1])
            began = process_time()
            painted = await app.press("enter")
            work.append((process_time() - began) * 1000)
            first.append(painted[0])
            last.append(painted[-1])
        held = screen.work.sitting
        assessment.give_up(desk, held, "a benchmark")
    shown = (Spread(tuple(one)).shown() for one in (chosen, first, last, work))
    return [f"{size[0]}×{size[1]}", f"{opened * 1000:.0f}", *shown]


def _somebody(desk: Desk) -> tuple[EntityId, EntityId]:
    for (case_id,) in desk.store.connection.execute("SELECT id FROM cases").fetchall():
        suspects = desk.case(case_id).file.suspects
        if suspects:
            return EntityId(case_id), suspects[0][0]
    raise LookupError("the demo has no suspect")


def main() -> None:
    print(machine(), file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        places, cost = Places(Path(folder) / "store"), keys.GENERATED_COST
        with set_up(places, PASSPHRASE, demo_settings(), lambda: NOW, cost=cost, recovery=None) as desk:
            build_demo(desk, seed=1, size=60)
            rows = [asyncio.run(conversation(desk, size)) for size in SIZES]
    head = [
        "terminal",
        "opened (ms)",
        "answer saved (ms)",
        "next question (ms)",
        "… all repaints (ms)",
        "… work of the processor (ms)",
    ]
    table("The needs-assessment wizard", head, rows)


if __name__ == "__main__":
    main()
