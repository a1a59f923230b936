"""The crime under review as styled lines: what it is, what the check found and on which facts, then its people."""

from collections.abc import Iterator, Sequence

from casedesk.desk.guidance import Entry
from casedesk.desk.review_crime import Crime
from casedesk.desk.review_state import ReviewState
from casedesk.model.facts import Case, Suspect, Victim
from casedesk.model.moments import show_moment
from casedesk.model.text import clip
from casedesk.model.words import FLAG_TITLES, Severity
from casedesk.reference.packs import Packs
from casedesk.rules.finalisation import Finding, Possible
from casedesk.rules.paths import Leaf, Path
from casedesk.rules.paths import Line as PathLine
from casedesk.rules.shown import NONE, NOT_RECORDED
from casedesk.widgets.flow import BLANK, Line, Part, line
from casedesk.widgets.themes import SHAPES

_MUTED = "$cd-muted"
_TITLE = "bold $cd-accent"
_SEVERITY = {Severity.BLOCK: "bold $cd-block", Severity.WARN: "bold $cd-warn", Severity.INFO: "$cd-info"}
_VERDICT: dict[str, Part] = {
    "clean": ("✓ clean", "bold $cd-ok"),
    "warn": ("▲ look again", "bold $cd-warn"),
    "block": ("■ blocked", "bold $cd-block"),
}
_STATE = {
    ReviewState.ACCEPTED: "bold $cd-ok",
    ReviewState.CHANGED: "bold $cd-block",
    ReviewState.TWO_APPROVALS: "bold $cd-block",
    ReviewState.HELD: "bold $cd-warn",
    ReviewState.RESUBMITTED: "bold $cd-accent",
}
_HANG = 11
_LONGEST = 400
_FLAGS = {flag.value: title for flag, title in FLAG_TITLES.items()}


def crime_lines(crime: Crime, packs: Packs) -> list[Line]:
    """Everything that is shown of a crime."""
    return [*_head(crime, packs), *_findings(crime), BLANK, *_facts(crime)]


def _head(crime: Crime, packs: Packs) -> Iterator[Line]:
    case = crime.file.case
    offence = case.offence_title or case.category or "offence not recorded"
    yield line(
        (crime.ref, "bold"), (f"  {offence}", ""), (f"  {case.offence_code or ''}", _MUTED),
        (f"  class {case.ho_class}" if case.ho_class else "", _MUTED), hang=2,
    )  # fmt: skip
    code = case.outcome or case.cancel_code
    known = packs.outcomes.get(code or "")
    date = show_moment(case.outcome_date) if case.outcome_date else "undated"
    said = f"{code} {known.name if known else ''}".strip() if code else "No outcome"
    yield line(
        _VERDICT[crime.verdict.verdict] if code or crime.verdict.findings else ("–", _MUTED),
        (f"  {said}", "bold $cd-accent" if code else "bold $cd-warn"),
        (f"  {date}", ""), hang=2,
    )  # fmt: skip
    for said in crime.standing:
        yield line((said, _STATE.get(crime.state, "$cd-info")), hang=2)
    if case.flags:
        yield line((" · ".join(f"▲ {_FLAGS.get(flag, flag)}" for flag in case.flags), "$cd-warn"), hang=2)


def _findings(crime: Crime) -> Iterator[Line]:
    for finding in crime.verdict.findings:
        yield line(
            (f"{SHAPES[finding.severity]} {finding.severity.value.upper()} ", _SEVERITY[finding.severity]),
            (finding.message, "bold"), hang=2,
        )  # fmt: skip
        yield from _on_what(crime, finding)
        yield _labelled("to do", finding.fix)
        yield _labelled("source", f"{finding.source} · {finding.rule}, {finding.status.value}", _MUTED)
        if finding.standing:
            yield _labelled("", finding.standing, _MUTED)


def _on_what(crime: Crime, finding: Finding) -> Iterator[Line]:
    parts: list[Part] = []
    last = len(finding.facts) - 1
    for place, fact in enumerate(finding.facts):
        key = crime.key_of(fact)
        parts += [(f"[{key}] ", "bold $cd-accent")] if key else []
        style = "$cd-warn" if fact.value in (NONE, NOT_RECORDED) else ""
        parts += [(f"{fact.title} ", _MUTED), (f"{fact.value}{'; ' if place < last else ''}", style)]
    if parts:
        yield line((f"  {'rests on':<{_HANG - 2}} ", _MUTED), *parts, hang=_HANG + 1)


def _labelled(label: str, text: str, style: str = "") -> Line:
    return line((f"  {label:<{_HANG - 2}} ", _MUTED), (text, style), hang=_HANG + 1)


def _facts(crime: Crime) -> Iterator[Line]:
    file = crime.file
    yield from _decision(file.case)
    for _, suspect in file.suspects:
        yield _labelled("suspect", _suspect(suspect))
    if not file.suspects:
        yield _labelled("suspect", "none linked", _MUTED)
    for _, victim in file.victims:
        yield _labelled("victim", _victim(victim))
    if not file.victims:
        yield _labelled("victim", "none recorded", _MUTED)
    yield from _record(file.case)
    for _, record in file.outcome_records:
        when = show_moment(record.at) if record.at else "undated"
        yield _labelled("outcome", f"{when} {record.text or ''}")


def _decision(case: Case) -> Iterator[Line]:
    by = " ".join(filter(None, (case.decided_by, f"({case.decided_rank})" if case.decided_rank else "")))
    yield _labelled("decided", by or NOT_RECORDED, "" if by else "$cd-warn")
    if case.rationale:
        yield _labelled("rationale", clip(case.rationale, _LONGEST))
    else:
        yield _labelled("rationale", NOT_RECORDED, "$cd-warn")


def _suspect(suspect: Suspect) -> str:
    return _together(
        suspect.name or "unnamed", suspect.status, suspect.sub_status,
        f"born {show_moment(suspect.dob)}" if suspect.dob else "",
        f"disposal {suspect.disposal}" if suspect.disposal else "",
    )  # fmt: skip


def _victim(victim: Victim) -> str:
    told = f"informed {show_moment(victim.informed_on)}" if victim.informed_on else "not informed"
    how = f" by {victim.informed_how}" if victim.informed_how else ""
    return _together(
        victim.name or victim.kind or "unnamed",
        f"supports: {victim.support}" if victim.support else "support not recorded",
        f"{told}{how}",
    )


def _record(case: Case) -> Iterator[Line]:
    dates = _together(
        f"offence {show_moment(case.offence_from)}" if case.offence_from else "",
        f"recorded {show_moment(case.recorded_at)}" if case.recorded_at else "",
    )
    if dates:
        yield _labelled("dates", dates)
    yield _labelled(
        "OIC",
        _together(
            case.oic or "nobody named", case.oic_number, case.supervisor and f"supervisor {case.supervisor}"
        ),
    )
    if case.location:
        yield _labelled("place", case.location)
    if case.summary:
        yield _labelled("summary", clip(case.summary, _LONGEST))


def _together(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)


def allowed_lines(possible: Sequence[Possible]) -> Iterator[Line]:
    """The outcomes that these facts allow as they stand."""
    now = [one for one in possible if not one.needs]
    yield line(("These facts allow", _TITLE))
    for one in now:
        yield line((f"  {one.code:<4}", "bold $cd-ok"), (one.name, ""), hang=6)
    if not now:
        yield line(("  no outcome as they stand", "$cd-warn"))


def needing_lines(possible: Sequence[Possible]) -> Iterator[Line]:
    """The outcomes that need something more, and what."""
    later = [one for one in possible if one.needs]
    yield BLANK
    yield line(("With something more", _TITLE))
    for one in later:
        yield line((f"  {one.code:<4}", "bold"), (one.name, ""), hang=6)
        yield from (line(("      needs ", _MUTED), (need, ""), hang=12) for need in one.needs)
    if not later:
        yield line(("  nothing else would fit", _MUTED))


def path_lines(paths: Sequence[Path]) -> Iterator[Line]:
    """The decision paths as trees: the way that these facts take stands out, with what decided at each fork."""
    for path in paths:
        yield BLANK
        yield line((path.title, _TITLE), (f"  {path.source} · {path.standing}", _MUTED), hang=2)
        for one in path.lines:
            yield from _fork(one)


def _fork(one: PathLine) -> Iterator[Line]:
    sign = "► " if one.taken else "  "
    lead = f"{sign}{'   ' * one.depth}{f'{one.branch}: ' if one.branch else ''}"
    style = "bold" if one.taken else _MUTED
    answer = f"  {one.answer.value.upper()}" if one.taken and one.answer else ""
    yield line(
        (lead, "bold $cd-accent" if one.taken else _MUTED), (one.text, style), (answer, "bold $cd-accent"),
        *(_leaf(leaf, taken=one.taken) for leaf in one.leaves), hang=len(lead),
    )  # fmt: skip
    if not one.taken or one.answer is None:
        return
    indent = " " * len(lead)
    facts = "; ".join(dict.fromkeys(f"{fact.title}: {fact.value}" for fact in one.facts))
    if facts:
        yield line((f"{indent}because {facts}", _MUTED), hang=len(lead) + 2)
    if one.turn:
        yield line((f"{indent}to turn it: {one.turn}", _MUTED), hang=len(lead) + 2)


def _leaf(leaf: Leaf, *, taken: bool) -> Part:
    if leaf.fits:
        return (f" [{leaf.code} fits]", "bold $cd-ok")
    needs = f" needs {', '.join(leaf.needs)}" if taken and leaf.needs else ""
    return (f" [{leaf.code}{needs}]", "$cd-warn" if taken else _MUTED)


def entry_lines(entry: Entry) -> list[Line]:
    """One entry of the guidance in full."""
    lines = [line((entry.title, "bold $cd-accent"), hang=2), BLANK]
    for heading, said in entry.lines:
        lines.append(line((f"{heading}: " if heading else "", _TITLE), (said, ""), hang=2))
    lines += [BLANK, line(("Source: ", _MUTED), (f"{entry.source} · {entry.status}", _MUTED), hang=2)]
    if entry.standing:
        lines.append(line((entry.standing, _MUTED), hang=2))
    return lines
