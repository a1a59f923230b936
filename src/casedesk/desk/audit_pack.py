"""The audit pack of one crime: facts, findings, decision paths, decisions, sources and history, in one document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import orjson

from casedesk.desk.audit import theme_title
from casedesk.desk.bulk_export import write_new
from casedesk.desk.casepage import shown
from casedesk.desk.check import check_case
from casedesk.desk.desk import Desk
from casedesk.desk.history import case_history
from casedesk.desk.returns import reason_title
from casedesk.desk.word_file import Paragraph, document
from casedesk.model.entities import (
    APPROVAL,
    AUDIT,
    CASE,
    CUSTODY,
    HOLD,
    KEYED,
    OUTCOME_RECORD,
    RETURN,
    RULING,
    SUSPECT,
    VICTIM,
    Entity,
    Kind,
)
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_instant
from casedesk.model.text import clean
from casedesk.store.finalised import read_finalising

FORMS = ("txt", "json", "docx")
"""The endings of a file that a pack can be written to."""
_DESK_ONLY = ("about", "withdrawn", "facts")
_FACTS = (
    (SUSPECT, "suspects"),
    (VICTIM, "victims"),
    (CUSTODY, "custody"),
    (OUTCOME_RECORD, "outcome_records"),
)
_LEFT = (
    (APPROVAL, "approvals", "Approval"), (RETURN, "returns", "Return"), (HOLD, "holds", "Hold"),
    (RULING, "rulings", "Ruling"), (KEYED, "keyed", "Keyed"), (AUDIT, "audits", "Audit"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Block:
    """One thing of a section: its heading, and what is said of it."""

    heading: str
    lines: tuple[tuple[str, str], ...]
    """Title and value of each."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the pack: facts, findings …"""

    id: str
    title: str
    blocks: tuple[Block, ...]


def audit_pack(desk: Desk, case_id: EntityId) -> tuple[Section, ...]:
    """Everything an auditor needs of one crime, as things stand now."""
    return (
        Section("facts", "Facts", tuple(_facts(desk, case_id))),
        Section("findings", "Findings", tuple(_findings(desk, case_id))),
        Section("paths", "Decision paths", tuple(_paths(desk, case_id))),
        Section("decisions", "Decisions", tuple(_decisions(desk, case_id))),
        Section("sources", "Sources", tuple(_sources(desk))),
        Section("history", "History", tuple(_history(desk, case_id))),
    )


def export(desk: Desk, case_id: EntityId, path: Path) -> None:
    """Write the audit pack of a crime to a text, JSON or Word file, by its ending.

    Raises BadInputError for another ending or a file that is there, StoreError when it cannot be written.
    """
    form = path.suffix.removeprefix(".").casefold()
    if form not in FORMS:
        raise BadInputError(
            f"{clean(path.name)}: an audit pack is written as {', '.join(FORMS)}.",
            "Name a file that ends so.",
        )
    sections = audit_pack(desk, case_id)
    title = f"Audit pack {desk.case(case_id).file.case.ref or '(no reference)'}"
    content = {"txt": _text, "json": _json, "docx": _docx}[form](desk, title, sections)
    write_new(desk, path, content, "audit pack", 1, form, case_id=case_id)


def _facts(desk: Desk, case_id: EntityId) -> Iterator[Block]:
    file = desk.case(case_id).file
    yield Block("Crime", _fields(CASE, file.case))
    for entity, part in _FACTS:
        for number, (_, thing) in enumerate(getattr(file, part), 1):
            yield Block(f"{entity.name.replace('_', ' ').capitalize()} {number}", _fields(entity, thing))


def _findings(desk: Desk, case_id: EntityId) -> Iterator[Block]:
    verdict = check_case(desk, case_id)
    yield Block("Verdict", (("Verdict", verdict.verdict), ("Outcomes that fit", ", ".join(verdict.possible))))
    for one in verdict.findings:
        facts = "; ".join(dict.fromkeys(f"{fact.title}: {fact.value}" for fact in one.facts))
        said = (
            ("What is wrong", one.message), ("Facts", facts), ("Cure", one.fix), ("Status", one.status.value),
            ("Standing", one.standing), ("Source", one.source),
        )  # fmt: skip
        yield Block(f"{one.rule} {one.severity.value}: {one.title}", tuple(line for line in said if line[1]))


def _paths(desk: Desk, case_id: EntityId) -> Iterator[Block]:
    for path in desk.paths.path(desk.case(case_id).file, desk.now):
        lines = []
        for line in path.lines:
            if line.taken and line.answer:
                lines.append((line.text, line.answer.value))
            elif line.taken:
                codes = ", ".join(f"{leaf.code}{' (fits)' if leaf.fits else ''}" for leaf in line.leaves)
                lines.append(("Leads to", " ".join(part for part in (codes, line.text) if part)))
        yield Block(f"{path.title} ({path.standing})", tuple(lines))


def _decisions(desk: Desk, case_id: EntityId) -> Iterator[Block]:
    left = read_finalising(desk.store.connection, case_id)
    for entity, part, title in _LEFT:
        actors = {
            EntityId(entry_id): str(actor)
            for entry_id, actor in (
                desk.store.connection.execute(
                    f"SELECT id, actor FROM {entity.name} WHERE case_id = ?",  # noqa: S608 - an entity of ours
                    (case_id,),
                )
                if entity.entry
                else ()
            )
        }
        for key, thing in getattr(left, part):
            took_back = " (takes an earlier one back)" if getattr(thing, "withdrawn", None) else ""
            by = f" by {actors[key]}" if key in actors else ""
            yield Block(f"{title}{by}{took_back}", _in_words(desk, _fields(entity, thing), thing))


def _in_words(desk: Desk, lines: tuple[tuple[str, str], ...], thing: Any) -> tuple[tuple[str, str], ...]:
    """Reasons and themes by their titles, where an entry has some."""
    titles = {
        RETURN.by_name["reasons"].title: [
            reason_title(desk, one) for one in getattr(thing, "reasons", None) or ()
        ],
        AUDIT.by_name["themes"].title: [
            theme_title(desk, one) for one in getattr(thing, "themes", None) or ()
        ],
    }
    return tuple((title, ", ".join(titles[title]) if titles.get(title) else value) for title, value in lines)


def _sources(desk: Desk) -> Iterator[Block]:
    used = sorted({rule.pack for rule in desk.checker.rules})
    confirmed = [rule for rule in desk.checker.rules if rule.confirmation]
    yield Block("Finalisation rules", (("Version", ", ".join(used)), ("Rules", str(len(desk.checker.rules)))))
    if confirmed:
        yield Block("Confirmed for this force", tuple((rule.id, rule.standing) for rule in confirmed))


def _history(desk: Desk, case_id: EntityId) -> Iterator[Block]:
    lines = []
    for one in reversed(case_history(desk, case_id)):
        change = f"{one.what}: {one.field}: {one.before or '(nothing)'} → {one.after or '(nothing)'}"
        lines.append((f"{show_instant(one.at)} {one.who}, {one.act}", change))
    yield Block("Every change of a fact", tuple(lines))


def _fields(entity: Entity, thing: Any) -> tuple[tuple[str, str], ...]:
    return tuple(
        (field.title, shown(field, value))
        for field in entity.fields
        if field.name not in _DESK_ONLY
        and field.kind is not Kind.REFERENCE
        and (value := getattr(thing, field.name)) not in (None, "", ())
    )


def _head(desk: Desk) -> str:
    return f"As things stood {show_instant(desk.now)}; made by {desk.store.actor}"


def _text(desk: Desk, title: str, sections: Sequence[Section]) -> bytes:
    marking = desk.settings.marking
    lines = [marking, "", title, _head(desk)]
    for section in sections:
        lines += ["", section.title.upper()]
        for block in section.blocks:
            lines += ["", block.heading, *(f"  {name}: {_indented(value)}" for name, value in block.lines)]
    return "\n".join([*lines, "", marking, ""]).encode()


def _indented(value: str) -> str:
    return value.replace("\n", "\n    ")


def _json(desk: Desk, title: str, sections: Sequence[Section]) -> bytes:
    said = {
        "marking": desk.settings.marking,
        "title": title,
        "made_at": desk.now.astimezone(UTC).isoformat(),
        "made_by": desk.store.actor,
        **{
            section.id: [
                {
                    "heading": block.heading,
                    "lines": [{"title": name, "value": value} for name, value in block.lines],
                }
                for block in section.blocks
            ]
            for section in sections
        },
    }
    return orjson.dumps(said, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _docx(desk: Desk, title: str, sections: Sequence[Section]) -> bytes:
    paragraphs = [Paragraph(_head(desk))]
    for section in sections:
        for block in section.blocks:
            paragraphs.append(Paragraph(f"{section.title}: {block.heading}", "heading"))
            paragraphs += [Paragraph(f"- {name}: {value}", "bullet") for name, value in block.lines]
    return document(desk.settings.marking, title, paragraphs, desk.store.actor, desk.now)
