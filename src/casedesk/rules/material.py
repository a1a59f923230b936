"""What a referral still needs: each item of the pack ``charging``, had, missing, not needed or unknown, and why.

An item is had when a document or exhibit bears its form or its words, or a fact of the case shows it. Whether what
is there is any good, only a person can say.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from casedesk.model.dossier import Dossier
from casedesk.model.facts import Action, CaseFile
from casedesk.model.moments import show_day
from casedesk.model.text import clip
from casedesk.model.words import Confidence
from casedesk.reference.charging import Item
from casedesk.reference.charging_words import APPLIES_TITLES, Applies, Need, Plea, Stage
from casedesk.reference.offence_groups import words_of
from casedesk.reference.packs import Packs
from casedesk.rules.charging import Who, who_decides
from casedesk.rules.judged import london_day
from casedesk.rules.material_facts import SHOWN, WANTED

_FORM = re.compile(r"\bMG ?0?([0-9]{1,2}(?![0-9])|DD)([A-F](?![A-Za-z]))?", re.IGNORECASE)
_SHOWN = 60
"""The most characters of a document's title that are shown."""


class Have(StrEnum):
    """How an item stands."""

    HAVE = "have"
    MISSING = "missing"
    NOT_NEEDED = "not needed"
    UNKNOWN = "unknown"
    """Wanted if it exists or applies, or a thing that no record shows: a person must say."""


@dataclass(frozen=True, slots=True)
class MaterialItem:
    """One item of a referral as it stands."""

    id: str
    title: str
    group: str
    have: Have
    why: str
    code: str
    """The code of the CPS triage reason or assessment failure that its absence gives; empty where there is none."""
    status: Confidence
    source: str


def material(
    file: CaseFile, dossier: Dossier, packs: Packs, stage: Stage, *, cps: bool | None = None
) -> tuple[MaterialItem, ...]:
    """What a stage needs and how each item stands: the missing ones first, otherwise in pack order.

    ``cps`` says whether the CPS decides, where that is known; otherwise it is worked out as far as it can be.
    """
    if cps is None:
        decider = who_decides(file, dossier, packs, _PLEAS.get(stage))
        cps = {Who.CPS: True, Who.POLICE: False}.get(decider.who)
    known = _Known(file, dossier, packs, cps, _papers(dossier))
    found = [_stands(item, stage, known) for item in packs.charging.items_for(stage)]
    return tuple(sorted(found, key=lambda one: _ORDER.index(one.have)))


_ORDER = (Have.MISSING, Have.UNKNOWN, Have.HAVE, Have.NOT_NEEDED)
_PLEAS = {
    Stage.PRE_CHARGE_GUILTY: Plea.GUILTY,
    Stage.PRE_CHARGE_NOT_GUILTY: Plea.NOT_GUILTY,
    Stage.FIRST_HEARING_GUILTY: Plea.GUILTY,
    Stage.FIRST_HEARING_NOT_GUILTY: Plea.NOT_GUILTY,
}
"""The plea that a stage is named after."""


@dataclass(frozen=True, slots=True)
class _Paper:
    """A document or exhibit by what it is called."""

    title: str
    words: str
    forms: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the items are looked for in."""

    file: CaseFile
    dossier: Dossier
    packs: Packs
    cps: bool | None
    papers: tuple[_Paper, ...]


def _stands(item: Item, stage: Stage, known: _Known) -> MaterialItem:
    have, why = _judge(item, stage, known)
    return MaterialItem(item.id, item.title, item.group, have, why, item.code, item.status, item.source)


def _judge(item: Item, stage: Stage, known: _Known) -> tuple[Have, str]:
    there = _there(item, known)
    if there is not None:
        return Have.HAVE, there
    need = item.stages[stage]
    if need is Need.NOT:
        return Have.NOT_NEEDED, "Not asked for at this stage"
    wanted = _wanted(item, known)
    if wanted is False:
        return Have.NOT_NEEDED, f"Wanted only where {_where(item)}: not so here"
    asked = _asked_for(item, known.file)
    if asked is not None:
        return Have.MISSING, asked
    if not (item.forms or item.words or item.facts):
        return Have.UNKNOWN, "Nothing recorded can show it: say so in the request"
    if wanted or (need is Need.MUST and item.applies is None):
        return Have.MISSING, "No document, exhibit or record shows it"
    why = f"Wanted where {_where(item)}: not known" if item.applies else "Wanted if there is any"
    return Have.UNKNOWN, why


def _wanted(item: Item, known: _Known) -> bool | None:
    if item.applies is None:
        return None
    if item.applies is Applies.CPS:
        return known.cps
    return WANTED[item.applies](known.file, known.packs)


def _there(item: Item, known: _Known) -> str | None:
    """What shows that it is there: a fact of the case, or a document or exhibit so called."""
    for paper in known.papers:
        if not paper.forms.isdisjoint(item.forms) or any(word in paper.words for word in _folded(item.words)):
            return clip(paper.title, _SHOWN)
    return next((said for fact in item.facts if (said := SHOWN[fact](known.file, known.dossier))), None)


def _asked_for(item: Item, file: CaseFile) -> str | None:
    """Where an open action will bring it: what was asked and by when."""
    for _, action in file.actions:
        if not action.is_open:
            continue
        said = _about(action)
        if any(word in said for word in _folded(item.words)) or not _forms(said).isdisjoint(item.forms):
            due = f", due {show_day(london_day(action.due_at))}" if action.due_at else ""
            return f"Asked for: {clip(action.what or action.evidence or item.title, _SHOWN)}{due}"
    return None


def _about(action: Action) -> str:
    return words_of(f"{action.what or ''} {action.evidence or ''}")


def _papers(dossier: Dossier) -> tuple[_Paper, ...]:
    return tuple(_paper(title) for title in _titles(dossier) if title)


def _titles(dossier: Dossier) -> Iterator[str]:
    for _, document in dossier.documents:
        if not document.removed:
            yield " ".join(part for part in (document.title, document.name) if part)
    for _, exhibit in dossier.exhibits:
        yield " ".join(part for part in (exhibit.reference, exhibit.what) if part)


def _paper(title: str) -> _Paper:
    return _Paper(title, words_of(title), _forms(title))


def _forms(text: str) -> frozenset[str]:
    """The MG forms a text names, however they are written: ``MG 05``, ``mg6c``."""
    return frozenset(
        f"MG{number.upper()}{letter.upper()}" for number, letter in _FORM.findall(text.replace("_", " "))
    )


@lru_cache(maxsize=512)
def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(words_of(word) for word in words)


def _where(item: Item) -> str:
    return APPLIES_TITLES[item.applies] if item.applies else ""
