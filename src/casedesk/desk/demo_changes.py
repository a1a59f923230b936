"""Applies a change of the demo pack to a made-up case: fields set, days moved, things left out."""

import re
from datetime import date, timedelta

from casedesk.desk.demo_case import Draft, Facts
from casedesk.desk.demo_maker import Maker, day_in
from casedesk.model.moments import moment_of_day
from casedesk.reference.demo_parts import Change

_DAY = re.compile(r"([a-z_]+)([+-]\d+)?")


def change(maker: Maker, draft: Draft, wanted: Change) -> None:
    """Set, move and drop what the change names, in this order; where a case has no such person, nothing."""
    for name, value in wanted.set.items():
        said = maker.put_in(value, draft) if isinstance(value, str) else value
        for facts, field in _places(draft, name):
            facts[field] = said
    for name, words in wanted.days.items():
        for facts, field in _places(draft, name):
            facts[field] = moment_of_day(_day(maker, draft, words))
    for name in wanted.drop:
        for facts, field in _places(draft, name):
            facts.pop(field, None)


def _places(draft: Draft, name: str) -> list[tuple[Facts, str]]:
    owner, _, field = name.partition(".")
    if owner == "case":
        return [(draft.case, field)]
    people = draft.suspects if owner == "suspect" else draft.victims
    return [(person, field) for person in people if person.get("kind") != "state"]


def _day(maker: Maker, draft: Draft, words: str) -> date:
    found = _DAY.fullmatch(words)
    if not found:
        return date.fromisoformat(words)
    start = maker.backdrop.today if found[1] == "today" else day_in(draft, found[1])
    return start + timedelta(days=int(found[2] or 0))
