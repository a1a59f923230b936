"""The panes from the decision on: the resolution with its conditions, the paperwork, and what follows."""

from collections.abc import Iterator

from casedesk.desk.after_decision import disposal_of
from casedesk.desk.case_asks import RANK_TITLES
from casedesk.desk.check_doubts import doubts
from casedesk.desk.clinic_pane_rules import SIGNS
from casedesk.desk.clinic_said import BLANK, Look, Said, Tone, by, fact, maybe, section, sourced
from casedesk.desk.condition_builder import KINDS, worded
from casedesk.desk.documents import case_documents
from casedesk.desk.resolution_apart import apart_lines
from casedesk.desk.resting import in_dispute
from casedesk.desk.suspects import LEGAL_ADVICE
from casedesk.model.clinic import Resolution
from casedesk.model.facts import Condition
from casedesk.model.moments import earliest_day, local, show_instant, show_moment
from casedesk.model.words import ResolutionState, Severity
from casedesk.reference.letter_words import Audience
from casedesk.reference.letters import Letter
from casedesk.rules.answers import day_words, instant_words
from casedesk.rules.clinic.recommend import spent_on
from casedesk.rules.duties import duties

STATES = {
    ResolutionState.DRAFT: ("○ Draft: it is being built", Tone.WARN),
    ResolutionState.PROPOSED: ("▲ Proposed: it waits for authority", Tone.WARN),
    ResolutionState.AUTHORISED: ("▲ Authorised: it can be offered", Tone.WARN),
    ResolutionState.REFUSED: ("■ Not authorised: change it and propose it again", Tone.BLOCK),
    ResolutionState.OFFERED: ("▲ Offered: it waits for the answer", Tone.WARN),
    ResolutionState.DECLINED: ("■ Not accepted: back to the decision maker", Tone.BLOCK),
    ResolutionState.ACTIVE: ("✓ Accepted and signed: it runs", Tone.OK),
    ResolutionState.COMPLETED: ("✓ Completed", Tone.OK),
    ResolutionState.FAILED: ("■ Ended for breach", Tone.BLOCK),
    ResolutionState.WITHDRAWN: ("· Withdrawn", Tone.MUTED),
}
"""A state of a resolution in words with its sign."""
_AUDIENCES = {
    Audience.SUSPECT: "for the suspect",
    Audience.VICTIM: "for the victim",
    Audience.PROVIDER: "for the provider",
    Audience.OFFICER: "for the OIC",
    Audience.RECORDS: "for the administrators",
    Audience.CPS: "for the CPS",
    Audience.TEAM: "for the clinic's own file",
}
_SIGNED = frozenset({ResolutionState.ACTIVE, ResolutionState.COMPLETED, ResolutionState.FAILED})


# -- decision ---------------------------------------------------------------------------------------------------


def decision_pane(seen: Look) -> Iterator[Said]:
    """Where the resolution stands, what stands against it, conditions with their limits, checks and rationale."""
    held = seen.matter.resolution
    if held is None:
        yield Said("No disposal is chosen.", Tone.WARN)
        yield Said(seen.page.recommendation.words)
        if seen.page.gate:
            yield Said(f"■ {seen.page.gate}", Tone.BLOCK)
        yield BLANK
        yield from section("The rationale so far", _draft(seen))
        return
    yield from section(disposal_of(seen.desk, seen.matter).title, _state(held))
    yield from section(
        "Chosen apart at another desk: say which stands",
        (Said(f"■ {one}", Tone.BLOCK) for one in apart_lines(seen.desk, seen.matter)),
    )
    yield from section(
        "In dispute between desks: what stands here is not decided",
        (Said(f"■ {one}", Tone.BLOCK) for one in _disputed(seen)),
    )
    yield from section("Stands against it", _against(seen))
    yield from section("To be recorded at this step", _to_record(seen))
    yield from section("Conditions", _conditions(seen))
    yield from section("Limits", _limits(seen))
    yield from section("Quality checks", _checks(seen))
    yield from section("Rationale", _rationale(seen, held))
    yield from section("Good to know", _to_know(seen))
    yield from section("Resolutions before", _earlier(seen))


def _disputed(seen: Look) -> tuple[str, ...]:
    return in_dispute(seen.matter, seen.matter.current[0]) if seen.matter.current else ()


def _state(held: Resolution) -> Iterator[Said]:
    words, tone = STATES[ResolutionState(held.state or "draft")]
    yield Said(words, tone)
    if held.proposed_at:
        yield Said(f"{held.proposed_by or 'somebody'}, {show_instant(held.proposed_at)}", label="Proposed")
    if held.authorised_at:
        rank = RANK_TITLES.get(held.authoriser_rank or "", held.authoriser_rank or "")
        dpp = ", authorised by the DPP" if held.dpp_authorised else ""
        said = f"{held.authoriser} ({rank}{dpp}), {show_instant(held.authorised_at)}"
        yield Said(said, label="Authorised")
    yield from maybe("Refused", held.refused_why, Tone.BLOCK)
    if held.offered_at:
        told = (
            f"legal advice {LEGAL_ADVICE.get(held.legal_advice or '', 'not recorded').casefold()}",
            "effect explained" if held.explained else "effect NOT explained",
            "admission repeated" if held.admission_repeated else "",
        )
        yield Said(f"{show_instant(held.offered_at)}, {', '.join(filter(None, told))}", label="Offered")
    if held.signed_at:
        yield Said(show_instant(held.signed_at), label="Signed")
    yield from maybe("Given", show_moment(held.given_on) if held.given_on else None)
    yield from maybe("Completed", show_moment(held.completed_on) if held.completed_on else None)
    yield from maybe("Not accepted", held.declined_why, Tone.BLOCK)
    yield from maybe("Ended", held.ended_why, Tone.BLOCK)


def _against(seen: Look) -> Iterator[Said]:
    if seen.page.gate:
        yield Said(f"■ {seen.page.gate}", Tone.BLOCK)
    known = [one for one in seen.page.findings if not one.unknown and one.severity is not Severity.INFO]
    for one in known:
        sign, tone = SIGNS[one.severity]
        yield Said(f"{sign} {one.rule} {one.message}", tone)
        yield from maybe("Put right", one.cure, indent=2)
        yield Said(sourced(one.status, one.source), Tone.MUTED, "Source", 2)
    if not known and not seen.page.gate:
        yield Said("✓ Nothing, as things are now.", Tone.OK)


def _to_record(seen: Look) -> Iterator[Said]:
    """What the rules of this step ask for and nobody recorded yet: it counts against it until somebody does."""
    for one in seen.page.findings:
        if one.unknown:
            yield Said(f"○ {one.rule} {one.title}. {one.cure}", Tone.WARN)
            yield Said(sourced(one.status, one.source), Tone.MUTED, "Source", 2)


def _to_know(seen: Look) -> Iterator[Said]:
    for one in seen.page.findings:
        if one.severity is Severity.INFO and not one.unknown:
            yield Said(f"· {one.rule} {one.message} [{sourced(one.status, one.source)}]", Tone.MUTED)


def _conditions(seen: Look) -> Iterator[Said]:
    if not seen.page.conditions:
        yield Said("None yet.", Tone.WARN)
    for _, one in seen.page.conditions:
        yield from _condition(seen, one)


def _condition(seen: Look, one: Condition) -> Iterator[Said]:
    if one.withdrawn_why:
        yield Said(f"· Taken out: {one.what or 'a condition'} ({one.withdrawn_why})", Tone.MUTED)
        return
    sign, tone = "○", Tone.STRONG
    if one.done_on:
        sign, tone = "✓", Tone.OK
    elif one.failed_on or _is_late(seen, one):
        sign, tone = "■", Tone.BLOCK
    state = f": completed {show_moment(one.done_on)}" if one.done_on else ""
    if one.failed_on and not one.done_on:
        state = f": NOT complied with {show_moment(one.failed_on)}"
    yield Said(f"{sign} {worded(one, seen.matter.victims)}{state}", tone)
    pathway = seen.desk.packs.conditions.pathways.get(one.need or "")
    kind = KINDS.get(one.kind or "", one.kind or "")
    yield from maybe("Kind", f"{kind}{', the victim’s Community Remedy' if one.remedy else ''}", indent=2)
    yield from maybe("Need", pathway.title if pathway else None, indent=2)
    yield from maybe("Why", one.why, indent=2)
    yield from maybe("Provider", one.provider, indent=2)
    yield from maybe("First", instant_words(one.first_at) if one.first_at else None, indent=2)
    yield from maybe("Evidence", one.evidence, indent=2)
    yield from maybe("Note", one.note, indent=2)


def _is_late(seen: Look, one: Condition) -> bool:
    today = local(seen.desk.now).date()
    return bool(one.starts_on and one.due_on and earliest_day(one.due_on) < today)


def _limits(seen: Look) -> Iterator[Said]:
    found = seen.page.limits
    if found is None:
        return
    if found.latest_due is not None:
        yield Said(f"Latest day for a condition: {day_words(found.latest_due)}", Tone.STRONG)
    yield from (Said(one) for one in found.why)


def _checks(seen: Look) -> Iterator[Said]:
    against = doubts(seen.desk, seen.matter, {one.id: answer for one, answer in seen.page.checks})
    for one, answer in seen.page.checks:
        if one.id in against:
            yield Said(f"▲ {one.id} {one.title}: yes, but {against[one.id]}", Tone.WARN)
        elif not answer:
            yield Said(f"○ {one.id} {one.ask}", Tone.WARN)
        elif answer == "yes":
            yield Said(f"✓ {one.id} {one.title}: yes", Tone.OK)
        else:
            yield Said(f"▲ {one.id} {one.title}: {answer}", Tone.WARN)


def _rationale(seen: Look, held: Resolution) -> Iterator[Said]:
    if not held.rationale:
        yield from _draft(seen)
        return
    yield from (Said(part) for part in held.rationale.split("\n") if part.strip())
    yield from maybe("Alternatives", held.considered)
    yield from maybe("Deviation", held.deviation)
    yield from maybe("Exceptional", held.exceptional)
    yield from maybe("Remedy not set", held.remedy_why)


def _draft(seen: Look) -> Iterator[Said]:
    yield Said("Not written. The record gives this to begin with:", Tone.WARN)
    for part in seen.page.rationale.parts:
        if part.text:
            yield Said(part.text, label=part.title)
    if seen.page.rationale.missing:
        yield Said(f"Not on record: {'; '.join(seen.page.rationale.missing)}.", Tone.WARN)


def _earlier(seen: Look) -> Iterator[Said]:
    now = seen.page.resolution[0] if seen.page.resolution else None
    for own, one in seen.matter.resolutions:
        if own != now:
            known = seen.desk.packs.eligibility.title(one.disposal or "")
            yield Said(f"{known}: {one.state}", Tone.MUTED)


# -- paperwork --------------------------------------------------------------------------------------------------


def paperwork_pane(seen: Look) -> Iterator[Said]:
    """What can be written now, what cannot and why, and what is in the case already."""
    ready = [one.letter for one in seen.page.documents if not one.why_not]
    yield from section(
        "Can be written now",
        (Said(f"✓ {_name(one)}, {_AUDIENCES[one.audience]}", Tone.OK) for one in ready),
    )
    held = [one for one in case_documents(seen.desk, seen.page.case_id) if not one.document.removed]
    yield from section(
        "Documents of the case",
        (Said(f"{one.number}. {one.document.title or one.document.name}") for one in held),
    )
    yield from section(
        "Not yet",
        (
            Said(f"{_name(one.letter)}: {one.why_not}", Tone.MUTED)
            for one in seen.page.documents
            if one.why_not
        ),
    )


def _name(one: Letter) -> str:
    return f"{one.code} {one.title}" if one.code[-1:].isdigit() else one.title


# -- after ------------------------------------------------------------------------------------------------------


def after_pane(seen: Look) -> Iterator[Said]:
    """What runs and until when, what is owed to whom, what is on the record, and the work list."""
    held = seen.matter.resolution
    if held is None or held.state not in _SIGNED:
        yield Said("Nothing yet: it begins when the person has accepted and signed.", Tone.MUTED)
        yield BLANK
    else:
        yield from section("Where it stands", _stands(seen, held))
        yield from section("Conditions", _conditions(seen))
    yield from section("On the record", _recorded(seen, held))
    yield from section("Owed now", _owed(seen))
    yield from section("Work list", _tasks(seen))


def _stands(seen: Look, held: Resolution) -> Iterator[Said]:
    words, tone = STATES[ResolutionState(held.state or "draft")]
    yield Said(words, tone)
    if held.given_on:
        yield Said(show_moment(held.given_on), label="Given")
        due = [earliest_day(one.due_on) for _, one in seen.matter.conditions if one.due_on]
        spent = spent_on(held.disposal or "", earliest_day(held.given_on), max(due, default=None))
        yield from maybe("Spent", f"{day_words(spent)}, as things are now" if spent else None)
    yield from maybe("Completed", show_moment(held.completed_on) if held.completed_on else None)


def _recorded(seen: Look, held: Resolution | None) -> Iterator[Said]:
    case = seen.matter.file.case
    yield fact("Outcome", case.outcome, none="none on the record")
    yield fact("Stage", case.stage)
    if held is not None and held.disposal == "o22" and held.state != ResolutionState.COMPLETED:
        yield Said("Outcome 22 is recorded only when the activity is complete.", Tone.WARN)


def _owed(seen: Look) -> Iterator[Said]:
    now = seen.desk.now
    for one in duties(seen.matter.file, now, seen.desk.packs):
        if not one.is_open:
            continue
        late = one.due is not None and one.due < now
        whom = f" ({one.name})" if one.name else ""
        yield Said(f"{'■' if late else '○'} {one.say}{whom}{by(one.due)}", Tone.BLOCK if late else Tone.TEXT)


def _tasks(seen: Look) -> Iterator[Said]:
    for _, one in seen.page.tasks:
        late = one.due_at is not None and one.due_at < seen.desk.now
        owner = f" ({one.owner})" if one.owner else ""
        yield Said(
            f"{'■' if late else '○'} {one.what}{owner}{by(one.due_at)}", Tone.BLOCK if late else Tone.TEXT
        )
