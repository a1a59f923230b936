"""What finalising tells the timeline of a case: every approval, return, hold, ruling, reopening and keying.

What auditors think of a crime stands in the audits alone: two of them must be able to judge it apart.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from casedesk.desk.finalised_code import in_words
from casedesk.desk.timeline import End, Event
from casedesk.desk.timeline_sources import Sources, and_rank, colon, ends_of
from casedesk.model.entities import APPROVAL, CASE, HOLD, KEYED, RETURN, RULING, Entity
from casedesk.model.finalising import Approval, Hold, Keyed, Return, Ruling
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_moment

_ENDED = {
    (APPROVAL.name, "reopen"): "Reopened",
    (APPROVAL.name, "finalise.settle"): "Settled, this approval does not stand",
    (HOLD.name, "hold.release"): "Held no longer",
}
"""What an entry that withdraws another tells, by the act that wrote it; undoing tells itself."""


def _entries(
    of: Sources, entity: Entity, held: tuple[tuple[EntityId, Any], ...], words: Callable[[Sources, Any], str]
) -> Iterator[Event]:
    """Every entry with why it no longer stands, and what ended one by an act of its own."""
    ends, known = ends_of(of, held), dict(held)
    for key, one in held:
        if one.at is None:
            continue
        if not one.withdrawn:
            text, end, corrects = partial(words, of, one), ends.get(key), one.about
        else:
            written = of.trace.first.get(key) if of.trace else None
            said = _ENDED.get((entity.name, written.act)) if written else None
            ended = known.get(one.about)
            if said is None or ended is None:
                continue
            text, end, corrects = partial(_ended_text, of, said, one, words, ended), ends.get(key), None
        yield _event(of, entity, key, one, text, end, corrects)


def _event(
    of: Sources, entity: Entity, key: EntityId, one: Any, text: Callable[[], str], end: End | None,
    corrects: EntityId | None,
) -> Event:  # fmt: skip
    return Event(
        one.at, "finalise", text, of.who(key), entity=entity.name, entry=key, corrects=corrects, end=end
    )


def _ended_text(of: Sources, said: str, one: Any, words: Callable[[Sources, Any], str], ended: Any) -> str:
    why = colon(getattr(one, "text", None))
    return f"{said}{why} (it was: {words(of, ended)})"


def _approvals(of: Sources) -> Iterator[Event]:
    yield from _entries(of, APPROVAL, of.left.approvals, _approval_text)


def _approval_text(_of: Sources, one: Approval) -> str:
    names = (CASE.by_name[name].title.lower() for name in one.corrected or () if name in CASE.by_name)
    parts = (
        f"Finalised: {in_words(one.outcome)}",
        f"dated {show_moment(one.outcome_date)}" if one.outcome_date else "",
        f"decided by {and_rank(one.decided_by, one.decided_rank)}"
        if one.decided_by or one.decided_rank
        else "",
        f"corrected: {', '.join(names)}" if one.corrected else "",
        f"accepted with {', '.join(one.rules)}" if one.rules else "",
    )
    return "; ".join(filter(None, parts))


def _returns(of: Sources) -> Iterator[Event]:
    yield from _entries(of, RETURN, of.left.returns, _return_text)


def _return_text(of: Sources, one: Return) -> str:
    known = of.packs.returns.reasons if of.packs else {}
    reasons = ", ".join(known[word].title if word in known else word for word in one.reasons or ())
    parts = (
        f"Returned to {one.to or 'nobody named'}, round {one.number or 1}",
        f"wanted back by {show_moment(one.due_on)}" if one.due_on else "",
        f"{one.escalated_to} told as well" if one.escalated_to else "",
    )
    text = f". {one.text}" if one.text else ""
    return f"{', '.join(filter(None, parts))}{colon(reasons)}{text}"


def _holds(of: Sources) -> Iterator[Event]:
    yield from _entries(of, HOLD, of.left.holds, _hold_text)


def _hold_text(_of: Sources, one: Hold) -> str:
    return f"Held{f' until {show_moment(one.until)}' if one.until else ''}{colon(one.why)}"


def _keyed(of: Sources) -> Iterator[Event]:
    yield from _entries(of, KEYED, of.left.keyed, _keyed_text)


def _keyed_text(_of: Sources, one: Keyed) -> str:
    return f"Keyed into the records system: {in_words(one.outcome)}{f' ({one.batch})' if one.batch else ''}"


def _rulings(of: Sources) -> Iterator[Event]:
    for key, one in of.left.rulings:
        if one.kind and one.asked_at:
            text, who = partial(_asked_text, of, one), of.who_set(RULING, key, "asked_at")
            yield Event(one.asked_at, "finalise", text, who, entity=RULING.name, entry=key)
        if one.kind and one.answer and one.decided_at:
            text, who = partial(_ruled_text, one), of.who_set(RULING, key, "answer")
            yield Event(one.decided_at, "finalise", text, who, entity=RULING.name, entry=key)


def _asked_text(of: Sources, one: Ruling) -> str:
    known = of.packs.rulings.authorities.get(one.authority or "") if of.packs else None
    whom = f" of the {known.title}" if known else ""
    due = f", due {show_moment(one.due_on)}" if one.due_on else ""
    return f"Ruling asked{whom} on {_about(one)}{due}{colon(one.reason)}"


def _ruled_text(one: Ruling) -> str:
    answer = (one.answer or "").replace("-", " ")
    return f"Ruling on {_about(one)}: {answer} by {and_rank(one.decider, one.decider_rank)}{colon(one.why)}"


def _about(one: Ruling) -> str:
    if one.to_class:
        return f"{one.kind} from {one.from_class or 'no class'} to {one.to_class}"
    return " ".join(filter(None, (one.kind, one.code)))


PARTS: tuple[Callable[[Sources], Iterator[Event]], ...] = (_holds, _rulings, _returns, _approvals, _keyed)
"""In the order in which things follow where they are of the same time."""
