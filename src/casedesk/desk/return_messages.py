"""The message that goes with returned crimes: one for each officer, as text to be edited and written to a file.

casedesk sends nothing: the text is pasted into an e-mail, or the .docx attached.
"""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from casedesk.desk.bulk_export import write_new
from casedesk.desk.desk import Desk
from casedesk.desk.finalise import judge
from casedesk.desk.paths import is_folder
from casedesk.desk.returns import (
    NOBODY,
    default_due,
    proposed_escalation,
    proposed_reasons,
    reason_title,
)
from casedesk.desk.review_state import standing_returns
from casedesk.desk.word_file import Paragraph, document
from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile
from casedesk.model.finalising import Finalising
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment, show_moment
from casedesk.model.text import clean, counted
from casedesk.store.finalised import read_finalisings
from casedesk.store.records import read_cases

FORMS = ("txt", "docx")
"""What a message can be written as."""
_WIDTH = 76
_BATCH = 500
_ORDINALS = {2: "second", 3: "third", 4: "fourth"}


@dataclass(frozen=True, slots=True)
class Message:
    """What one officer is told about the crimes that go back to them. The text may be replaced before it is written."""

    to: str
    contact: str
    """How the record says they are reached; empty where it does not."""
    copies: tuple[str, ...]
    """The supervisors it goes to as well."""
    case_ids: tuple[EntityId, ...]
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class _Item:
    """One crime of a message."""

    file: CaseFile
    reasons: tuple[str, ...]
    number: int
    due: Moment
    note: str
    to: str
    escalated_to: str | None


def messages(
    desk: Desk,
    ids: Sequence[EntityId],
    *,
    reasons: Sequence[str] = (),
    text: str = "",
    due_on: Moment | None = None,
    to: str | None = None,
) -> list[Message]:
    """One message for each officer about these crimes, in the order in which they come first.

    A crime that is out for rework is told as it was returned; another as it would be, for the reasons given or those
    that its findings propose. Crimes without any reason are left out.
    """
    items: dict[str, list[_Item]] = {}
    for start in range(0, len(ids), _BATCH):
        some = ids[start : start + _BATCH]
        left = read_finalisings(desk.store.connection, some)
        files = {one.file.id: one.file for one in read_cases(desk.store.connection, some)}
        for case_id in some:
            if case_id in files:
                item = _item(desk, files[case_id], left[case_id], tuple(reasons), text, due_on, to)
                if item.reasons:
                    items.setdefault(item.to, []).append(item)
    return [_message(desk, who, held) for who, held in items.items()]


def export_messages(desk: Desk, some: Sequence[Message], path: Path) -> list[Path]:
    """Write messages as ``.txt`` (ready for an e-mail) or ``.docx``: one to a file, several into a folder as text.

    Several for a file's name go into files that begin with it, one for each officer.

    Returns what was written. Raises BadInputError for another ending or a file that is there, StoreError when it
    cannot be written or accounted for.
    """
    if not some:
        raise BadInputError("There is no message to write.", "Return some crimes first.")
    if len(some) == 1 and not is_folder(path):
        return [_write(desk, some[0], path)]
    like = path / "return.txt" if is_folder(path) else path
    written = []
    for number, one in enumerate(some, start=1):
        name = re.sub(r"\W+", "-", one.to).strip("-")[:40] or "officer"
        written.append(_write(desk, one, like.with_name(f"{like.stem}-{number:02}-{name}{like.suffix}")))
    return written


def as_email(message: Message) -> str:
    """A message as text for an e-mail: to whom, the subject, an empty line, the text in lines of 76 characters."""
    to = f"{message.to} ({message.contact})" if message.contact else message.to
    head = [f"To: {clean(to)}"]
    if message.copies:
        head.append(f"Copy: {clean(', '.join(message.copies))}")
    head += [f"Subject: {clean(message.subject)}", ""]
    lines = [line for told in _lines(message) for line in _wrapped(told)]
    return "\n".join([*head, *lines]) + "\n"


def as_word(desk: Desk, message: Message) -> bytes:
    """A message as a Word document."""
    parts = [Paragraph(line.strip(), _style(line)) for line in _lines(message) if line.strip()]
    return document(
        desk.settings.marking, clean(message.subject), parts, desk.settings.person.actor, desk.now
    )


def _write(desk: Desk, message: Message, path: Path) -> Path:
    form = path.suffix.removeprefix(".").casefold()
    if form not in FORMS:
        raise BadInputError(
            f"{clean(path.name)}: a message is written as .txt or .docx.", "Name a file that ends so."
        )
    content = as_email(message).encode() if form == "txt" else as_word(desk, message)
    write_new(desk, path, content, "return", len(message.case_ids), form)
    return path


def _lines(message: Message) -> list[str]:
    """The text line by line, cleaned: somebody may have edited it, or pasted into it."""
    return [f"{' ' * (len(line) - len(line.lstrip(' ')))}{clean(line)}" for line in message.text.split("\n")]


def _wrapped(line: str) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()))
    hanging = indent + "  " if line.lstrip().startswith("- ") else indent
    return textwrap.wrap(line, _WIDTH, subsequent_indent=hanging, break_on_hyphens=False) or [""]


def _style(line: str) -> str:
    if line.lstrip().startswith("- "):
        return "bullet"
    return "heading" if re.match(r"\d+\. ", line) else "text"


def _item(
    desk: Desk,
    file: CaseFile,
    left: Finalising,
    reasons: tuple[str, ...],
    text: str,
    due_on: Moment | None,
    to: str | None,
) -> _Item:
    returns = standing_returns(left)
    last = returns[-1][1] if returns and file.case.stage == "returned" else None
    officer = clean(to or "") or file.case.oic or file.case.oic_number or NOBODY
    if last is not None:
        return _Item(
            file, last.reasons or (), last.number or 1, last.due_on or default_due(desk), last.text or "",
            last.to or officer, last.escalated_to,
        )  # fmt: skip
    return _Item(
        file, reasons or proposed_reasons(desk, judge(desk, file)), len(returns) + 1,
        due_on or default_due(desk), clean(text, lines=True), officer,
        proposed_escalation(desk, file, left),
    )  # fmt: skip


def _message(desk: Desk, to: str, items: Sequence[_Item]) -> Message:
    refs = [item.file.case.ref or "(no reference)" for item in items]
    crimes = refs[0] if len(refs) == 1 else counted(len(refs), "crime")
    due = min(item.due for item in items)
    lines = [
        desk.settings.marking,
        "",
        f"{to},",
        "",
        f"{crimes} comes back to you before it can be finalised."
        if len(refs) == 1
        else f"{crimes} come back to you before they can be finalised.",
        f"Please put right what is listed and submit again by {show_moment(due)}.",
        "",
    ]
    for number, item in enumerate(items, start=1):
        lines += [*_crime(desk, number, item), ""]
    lines += ["What is asked, and why:", ""]
    for reason in dict.fromkeys(reason for item in items for reason in item.reasons):
        lines += [f"- {reason_title(desk, reason)}: {_teaching(desk, reason)}"]
    for note in dict.fromkeys(item.note for item in items if item.note):
        lines += ["", note]
    person = desk.settings.person
    lines += ["", ", ".join(part for part in (person.name or person.actor, person.team) if part)]
    copies = tuple(dict.fromkeys(item.escalated_to for item in items if item.escalated_to))
    contact = next((item.file.case.oic_contact for item in items if item.file.case.oic_contact), "")
    named = to in {item.file.case.oic for item in items}
    return Message(
        to,
        contact or "" if named else "",
        copies,
        tuple(item.file.id for item in items),
        f"Returned for rework: {crimes}",
        "\n".join(lines),
    )


def _crime(desk: Desk, number: int, item: _Item) -> list[str]:
    case = item.file.case
    parts = [f"{number}. {case.ref or '(no reference)'}"]
    if case.offence_title or case.category:
        parts.append(case.offence_title or case.category or "")
    if case.outcome or case.cancel_code:
        parts.append(f"outcome {case.outcome or case.cancel_code}")
    if item.number > 1:
        parts.append(f"{_ORDINALS.get(item.number, f'{item.number}th')} return")
    lines = [", ".join(parts)]
    verdict = judge(desk, item.file)
    for reason in item.reasons:
        known = desk.packs.returns.reasons.get(reason)
        rules = set(known.rules) if known else {reason}
        told = [f"{one.message} {one.fix}" for one in verdict.findings if one.rule in rules]
        lines += [f"   - {said}" for said in told] or [f"   - {reason_title(desk, reason)}."]
    return lines


def _teaching(desk: Desk, reason: str) -> str:
    known = desk.packs.returns.reasons.get(reason)
    if known:
        return known.text
    rule = desk.checker.rule(reason)
    return rule.fix if rule and not rule.placeholders else "Please see the finding above."
