"""What the commands of bundles show: a preview, how things stand with a colleague; for people and for programs."""

from datetime import datetime
from typing import TYPE_CHECKING

from casedesk.cli.output import Column

if TYPE_CHECKING:
    from casedesk.desk.bundle_in import Preview
    from casedesk.desk.sync_state import Passed, PeerState

STATUS = (
    Column("Colleague", least=10), Column("Next", fold=True, least=30), Column("They lack"), Column("Last to", least=9),
    Column("Last from", least=9), Column("Oldest", least=9), Column("Missing here"),
)  # fmt: skip
"""The columns of “bundle status”."""


def preview_lines(one: "Preview", name: str) -> list[str]:
    """What taking a bundle in would do, in lines."""
    from casedesk.desk.bundle_pile import described
    from casedesk.model.moments import show_instant
    from casedesk.model.text import counted

    taken, said = one.taken, one.bundle.manifest
    lines = [
        f"{name}: {described(one.bundle)}",
        f"  made {show_instant(said.made_at)}, check phrase {one.bundle.phrase}"
        + (f", because: {said.reason}" if said.reason else ""),
        f"  {counted(taken.new, 'new operation')}, {taken.held:,} held already",
    ]
    lines += [f"  {ref}: {counted(number, 'change')}" for ref, number in one.cases[:20]]
    if len(one.cases) > 20:
        lines.append(f"  and {counted(len(one.cases) - 20, 'more case')}")
    lines += [f"  conflict: {which}" for which in one.conflicts]
    lines += [f"  waits: {gap}" for gap in one.gaps]
    for number, what in (
        (taken.not_shown, "need a newer casedesk"),
        (taken.without_content, "restricted to others, without content"),
        (taken.not_allowed, "that their author may not do: held, not applied"),
        (taken.freed, "that had waited come in with it"),
    ):
        if number:
            lines.append(f"  {number:,} {what}")
    return lines


def preview_json(one: "Preview") -> dict[str, object]:
    """A preview for programs."""
    taken, said = one.taken, one.bundle.manifest
    return {
        "from": one.bundle.sender, "number": said.number, "made_at": said.made_at.isoformat(), "reason": said.reason,
        "check_phrase": one.bundle.phrase, "new": taken.new, "held": taken.held, "documents": said.attachments,
        "cases": [{"reference": ref, "operations": number} for ref, number in one.cases],
        "conflicts": one.conflicts, "gaps": one.gaps, "need_a_newer_casedesk": taken.not_shown,
        "without_content": taken.without_content, "not_allowed": taken.not_allowed,
    }  # fmt: skip


def peer_row(one: "PeerState", now: datetime | None) -> tuple[str, ...]:
    """A row; with ``now`` for people, with ages in place of moments."""
    from casedesk.model.moments import show_short

    def when(at: datetime | None) -> str:
        if at is None:
            return ""
        return at.isoformat() if now is None else f"{show_short(now - at)} ago"

    def passed(bundle: "Passed | None") -> str:
        return f"{bundle.number}, {when(bundle.at)}" if bundle else "never"

    lacks = f"{one.changes:,}" if one.changes is not None else f"{one.operations:,} operations"
    return (
        one.name, one.next_step, lacks if one.operations else "", passed(one.last_to), passed(one.last_from),
        when(one.oldest), f"{one.missing:,}" if one.missing else "",
    )  # fmt: skip
