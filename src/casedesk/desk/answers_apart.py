"""Answers that desks gave differently at once: each of them speaks until somebody asks again, or decides.

The tables show one of the values in dispute. What was said of harm must not be lost to whichever came later, so that
an assessment is read with all of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from casedesk.desk.desk import Desk
from casedesk.model.clinic import Answer
from casedesk.model.entities import ANSWER
from casedesk.model.ids import EntityId
from casedesk.reference.form_parts import Form
from casedesk.rules import forms
from casedesk.rules.forms import Given, Trigger
from casedesk.store.history import operation, value_in
from casedesk.store.records import read_heads

_WHAT = ("value", "declined", "removed")
"""The fields that make an answer what it is."""
Apart = Mapping[str, tuple[Given, ...]]
"""What desks answered, by the id of the question: two or more that differ."""


def read_apart(desk: Desk, case_id: EntityId, form: Form | None, rows: Mapping[EntityId, Answer]) -> Apart:
    """What is in dispute among these answers: everything that was said, in words where the form is known."""
    found = {rows[own].question or "": said for own, said in _disputed(desk, case_id, form, rows)}
    return {name: said for name, said in found.items() if name}


def with_apart(
    desk: Desk, case_id: EntityId, rows: tuple[tuple[EntityId, Answer], ...]
) -> tuple[tuple[EntityId, Answer], ...]:
    """The answers of a case with everything that desks said of those in dispute, beside what is shown."""
    held = dict(rows)
    beside = [
        (own, replace(held[own], value=one.value, said=one.said, declined=one.declined, removed=one.removed))
        for own, said in _disputed(desk, case_id, None, held)
        for one in said
    ]
    return (*rows, *beside)


def _disputed(
    desk: Desk, case_id: EntityId, form: Form | None, rows: Mapping[EntityId, Answer]
) -> Iterator[tuple[EntityId, tuple[Given, ...]]]:
    marks = ", ".join("?" * len(_WHAT))
    disputed = desk.store.connection.execute(
        f"SELECT DISTINCT entity_id FROM conflict WHERE case_id = ? AND entity = ? AND field IN ({marks})",  # noqa: S608
        (case_id, ANSWER.name, *_WHAT),
    ).fetchall()
    ids = [own for (raw,) in disputed if (own := EntityId(raw)) in rows]
    for own, heads in read_heads(desk.store.connection, ANSWER, ids):
        said = tuple(_said(desk, form, rows[own], heads))
        if len({(one.value, one.declined, one.stands) for one in said}) > 1:
            yield own, said


def safest(form: Form, answers: Mapping[str, Given], apart: Apart) -> dict[str, Given]:
    """The answers with, of those in dispute, the one that makes the most necessary; else the one that is shown."""
    chosen = dict(answers)
    for name, said in apart.items():
        chosen[name] = max(
            said,
            key=lambda one: (
                *_weight(form, {**answers, name: one}),
                one == answers.get(name),
                one.value or "",
            ),
        )
    return chosen


def raised(form: Form, answers: Mapping[str, Given], apart: Apart) -> tuple[Trigger, ...]:
    """What the answers make necessary, with each of those in dispute: same-day matters first."""
    every = [answers, *({**answers, name: one} for name, said in apart.items() for one in said)]
    found: dict[str, Trigger] = {}
    for one in every:
        found = {trigger.id: trigger for trigger in forms.triggers(form, one)} | found
    return tuple(sorted(found.values(), key=lambda one: (not one.same_day, not one.holds)))


def _said(desk: Desk, form: Form | None, row: Answer, heads: Iterable[list[int]]) -> Iterator[Given]:
    """What each operation said that the answer rests on; what one leaves open stands as it is shown."""
    devices = desk.store.registry.device_ids
    bits = {name: 1 << ANSWER.by_name[name].bit for name in _WHAT}
    for device, seq, mask, _ in sorted(heads, key=lambda head: (devices[head[0]], head[1])):
        if not any(mask & bit for bit in bits.values()):
            continue
        op = operation(desk.store.connection, (devices[device], seq))
        if op is None:
            continue
        own = {name: value_in(op, ANSWER, name) for name, bit in bits.items() if mask & bit}
        value = own.get("value", row.value)
        question = form.questions.get(row.question or "") if form else None
        declined = bool(own.get("declined", row.declined))
        said = forms.said(question, value) if question and value else (value or "")
        yield replace(
            given_of(row), value=value, declined=declined, removed=bool(own.get("removed", row.removed)),
            said=forms.DECLINED if declined else said, confirmed=False,
        )  # fmt: skip


def given_of(one: Answer) -> Given:
    """An answer as the tables show it."""
    return Given(
        value=one.value,
        said=one.said or "",
        asked=one.asked or "",
        note=one.note or "",
        declined=bool(one.declined),
        confirmed=bool(one.confirmed),
        removed=bool(one.removed),
    )


def _weight(form: Form, answers: Mapping[str, Given]) -> tuple[int, int, int]:
    """How much these answers make necessary: today, holding a resolution, at all."""
    found = forms.triggers(form, answers)
    return sum(one.same_day for one in found), sum(one.holds for one in found), len(found)
