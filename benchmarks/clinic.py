"""How long a needs assessment keeps somebody waiting: one answer saved, the next question, a whole one saved and read.

Run: python -m benchmarks.clinic [ANSWERS]. The other way is plain rows in an open SQLite file: no encryption, no
journal, no signature, no history, nothing merged. Both are written to disk and reopened.
"""

import sqlite3
import sys
import tempfile
from itertools import islice
from pathlib import Path

from benchmarks.measuring import Spread, machine, milliseconds, seconds, table, times
from casedesk.desk import assessment
from casedesk.desk.assessment import Sitting
from casedesk.desk.desk import Desk
from casedesk.desk.settings import Person, Settings
from casedesk.desk.setup import set_up
from casedesk.model.entities import CASE, SUSPECT
from casedesk.model.ids import EntityId, new_id
from casedesk.reference.form_parts import Form, Question, QuestionKind
from casedesk.reference.forms import load_form
from casedesk.rules import forms
from casedesk.store import keys
from casedesk.store.places import Places

ANSWERS = 170
RUNS = 15
PASSPHRASE = "correct horse battery staple"  # noqa: S105 - it protects nothing


def value(question: Question) -> str:
    """An answer that opens as many follow-ups as there are."""
    if question.kind is QuestionKind.YES_NO:
        return "yes"
    if question.kind is QuestionKind.MANY:
        return next(option.id for option in question.options if option.id not in question.alone)
    if question.options:
        return question.options[-1].id
    kinds = {QuestionKind.NUMBER: "1", QuestionKind.DAY: "2026-11-22"}
    return kinds.get(question.kind, "What was said, in a sentence or two, as people say such things.")


def whole(form: Form, count: int) -> dict[str, str]:
    """So many answers, each to a question that arises."""
    given: dict[str, forms.Given] = {}
    while (
        question := next((one for one in forms.visible(form, given) if one.id not in given), None)
    ) is not None:
        given[question.id] = forms.Given(value=value(question))
    return {name: one.value or "" for name, one in islice(given.items(), count)}


def begun(desk: Desk) -> Sitting:
    """A new case with a suspect and an assessment."""
    case_id, suspect = new_id(), new_id()
    with desk.store.unit_of_work("benchmark") as unit:
        unit.set(CASE, case_id, case_id, {"ref": f"42/{case_id.hex()[:6]}/26"})
        unit.set(SUSPECT, suspect, case_id, {"name": "Somebody"})
    return assessment.read(desk, case_id, assessment.start(desk, case_id, suspect))


def reopened(desk: Desk, case_id: EntityId, own: EntityId) -> None:
    """Read as a screen needs it: with progress, scores, triggers and the place."""
    sitting = assessment.read(desk, case_id, own)
    sitting.progress(), sitting.scores(), sitting.screens(), sitting.triggers(), sitting.orphans()
    assert sitting.place is not None


def ours(desk: Desk, answers: dict[str, str]) -> dict[str, Spread]:
    """Every step through the store."""
    sitting = begun(desk)
    singly = []
    for name, one in answers.items():
        span, sitting = _timed(desk, sitting, name, one)
        singly.append(span)
    onward = milliseconds(lambda: forms.next_question(sitting.form, sitting.answers, "wishes.want"), 200)
    together = []
    for _ in range(RUNS):
        fresh = begun(desk)
        together.append(
            1000 * seconds(lambda fresh=fresh: assessment.answer_many(desk, fresh, answers, confirmed=True))  # type: ignore[misc] # the loop's own
        )
    return {
        "one answer saved": Spread(tuple(singly)),
        "next question": onward,
        "all saved at once": Spread(tuple(together)),
        "reopened": milliseconds(lambda: reopened(desk, sitting.case_id, sitting.id), RUNS),
    }


def _timed(desk: Desk, sitting: Sitting, name: str, one: str) -> tuple[float, Sitting]:
    kept = []
    span = seconds(lambda: kept.append(assessment.answer(desk, sitting, name, one)))
    return 1000 * span, kept[0]


def plain(folder: Path, form: Form, answers: dict[str, str]) -> dict[str, Spread]:
    """Rows in a plain file."""
    path = folder / "plain.db"
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("CREATE TABLE answer (sitting INTEGER, question TEXT, asked TEXT, value TEXT, said TEXT)")
    db.execute("CREATE INDEX by_sitting ON answer (sitting)")
    rows = [
        (name, form.questions[name].text, one, forms.said(form.questions[name], one))
        for name, one in answers.items()
    ]

    def save(sitting: int, some: list[tuple[str, str, str, str]]) -> None:
        db.execute("BEGIN")
        db.executemany("INSERT INTO answer VALUES (?, ?, ?, ?, ?)", [(sitting, *row) for row in some])
        db.execute("COMMIT")

    singly = tuple(1000 * seconds(lambda row=row: save(0, [row])) for row in rows)  # type: ignore[misc] # the loop's own
    together = tuple(1000 * seconds(lambda at=at: save(at, rows)) for at in range(1, RUNS + 1))  # type: ignore[misc] # the loop's own
    read = milliseconds(lambda: db.execute("SELECT * FROM answer WHERE sitting = 1").fetchall(), RUNS)
    db.close()
    return {"one answer saved": Spread(singly), "all saved at once": Spread(together), "reopened": read}


def main() -> int:
    """Make the stores, measure, throw them away."""
    form = load_form("needs")
    answers = whole(form, int(sys.argv[1]) if sys.argv[1:] else ANSWERS)
    with tempfile.TemporaryDirectory() as folder:
        places = Places(Path(folder) / "home")
        settings = Settings(Person(number="7042"))
        with set_up(places, PASSPHRASE, settings, cost=keys.GENERATED_COST, recovery=None) as desk:
            mine = ours(desk, answers)
        other = plain(Path(folder), form, answers)
    print(f"{machine()}\nform {form.version}: {len(form.questions)} questions")
    table(
        f"A needs assessment of {len(answers)} answers (ms, median and 95th percentile)",
        ("what", "casedesk", "plain rows", "ratio"),
        [
            (
                name, span.shown_p95(), other[name].shown_p95() if name in other else "–",
                times(span.median, other[name].median) if name in other else "–",
            )
            for name, span in mine.items()
        ],
    )  # fmt: skip
    loaded = milliseconds(lambda: load_form("needs"), 5)
    print(f"\nform read from its file: {loaded.shown()} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
