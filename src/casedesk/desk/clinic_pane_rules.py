"""The pane of eligibility: which disposals are lawful, why not, gravity, and what the factors point to."""

from collections.abc import Iterator

from casedesk.desk.clinic_said import Look, Said, Tone, maybe, section, sourced
from casedesk.model.text import counted
from casedesk.model.words import Confidence, Severity
from casedesk.reference.eligibility import Ages
from casedesk.rules.clinic.eligibility import Option, RuleFinding
from casedesk.rules.clinic.recommend import Factor

SIGNS = {Severity.BLOCK: ("■", Tone.BLOCK), Severity.WARN: ("▲", Tone.WARN), Severity.INFO: ("·", Tone.MUTED)}
"""How heavy a finding is, as a sign and a tone."""
_INDENT = 2
_RULES = "Rules: "


def eligibility_pane(seen: Look) -> Iterator[Said]:
    """What is open now in a line each, gravity, the factors, then the findings now with what they rest on."""
    worth = [one for one in seen.page.options if _is_thought_of(seen, one)]
    yield from section("What is lawful now", (line for one in worth for line in _option(one)))
    yield from section("Gravity", gravity_lines(seen))
    yield from section("What the factors point to", recommended_lines(seen))
    told: set[tuple[str, str]] = set()
    for one in worth:
        yield from section(f"{one.disposal.title}: what stands against it", _findings(one, told))
    yield from section("Bear in mind", _notes(worth))
    yield from section("Not for this case", _others([one for one in seen.page.options if one not in worth]))


def findings_for_explaining(seen: Look) -> tuple[RuleFinding, ...]:
    """Every finding on the page, once each: those against the resolution first, then those of each disposal."""
    found = [*seen.page.findings]
    for one in seen.page.options:
        if one.disposal.offered:
            found += [*one.blocks, *one.warnings, *one.infos, *one.later]
    known: dict[tuple[str, str], RuleFinding] = {}
    for finding in found:
        known.setdefault((finding.rule, finding.message), finding)
    return tuple(known.values())


def finding_lines(one: RuleFinding, message: str = "") -> Iterator[Said]:
    """One finding in full: what it says, the cure, what it rests on, on whose authority."""
    sign, tone = SIGNS[one.severity]
    yield Said(f"{sign} {one.rule} {message or one.message}", tone)
    yield from maybe("Put right", one.cure, Tone.STRONG, indent=_INDENT)
    rests = (
        f"{shown.title}: {shown.value}{f' ({shown.source})' if shown.source else ''}" for shown in one.facts
    )
    yield from maybe("Rests on", "; ".join(rests), indent=_INDENT)
    yield Said(sourced(one.status, one.source), Tone.MUTED, "Source", _INDENT)
    yield from maybe("Standing", one.standing, Tone.MUTED, indent=_INDENT)


def conclusion(option: Option) -> str:
    """One disposal in a line: lawful or not, and why."""
    if option.lawful:
        number = len(option.warnings)
        return f"open, {counted(number, 'warning')} to look at" if number else "open"
    if all(one.unknown for one in option.blocks):
        return f"not yet. {' '.join(dict.fromkeys(one.cure for one in option.blocks))}"
    more = f" And {len(option.why_not) - 1} more." if len(option.why_not) > 1 else ""
    return f"not open. {plain_message(option.blocks[0], option)}{more}"


def plain_message(one: RuleFinding, option: Option) -> str:
    """What a finding says, without the disposal that it stands under."""
    said = one.message.removeprefix(f"{option.disposal.title}: ")
    return said[:1].upper() + said[1:]


def _is_thought_of(seen: Look, option: Option) -> bool:
    """Whether a disposal is worth the room: offered, in force, for a person of that age; or chosen already."""
    held = seen.matter.resolution
    chosen = held is not None and held.disposal == option.disposal.id
    closed = option.disposal.part_6 or option.disposal.ages is Ages.CHILD
    return chosen or (option.disposal.offered and (option.lawful or not closed))


def _option(option: Option) -> Iterator[Said]:
    sign, tone = ("✓", Tone.OK) if not option.warnings else ("▲", Tone.WARN)
    if not option.lawful:
        sign, tone = "■", Tone.BLOCK
        if all(one.unknown for one in option.blocks):
            sign, tone = "○", Tone.WARN
    yield Said(f"{sign} {option.disposal.title}: {conclusion(option)}", tone)
    if option.default:
        yield Said("The gravity matrix points here.", Tone.MUTED, indent=_INDENT)
    if option.authority is not None:
        why = f" {' '.join(option.authority.why)}" if option.authority.why else ""
        yield Said(f"{option.authority.words}.{why}", Tone.MUTED, "Authority", _INDENT)


def gravity_lines(seen: Look) -> Iterator[Said]:
    """The gravity score with the way it was worked out, and how far the matrix can be relied on."""
    score, held = seen.page.score, seen.matter.gravity
    if score is None:
        yield Said("Not scored.", Tone.WARN)
        return
    yield Said(f"Score {score.final}", Tone.STRONG)
    yield from (Said(one, indent=_INDENT) for one in score.steps)
    if held is not None:
        yield from maybe("Reasons", held.why)
    weak = score.status in (Confidence.UNVERIFIED, Confidence.CONVENTION)
    yield Said(
        f"{score.matrix}: {sourced(score.status, score.source)}", Tone.WARN if weak else Tone.MUTED, "Matrix"
    )


def recommended_lines(seen: Look) -> Iterator[Said]:
    """Where the factors point, and every one of them."""
    said = seen.page.recommendation
    yield Said(said.words, Tone.STRONG)
    for one in said.factors:
        yield from _factor(seen, one)


def _factor(seen: Look, one: Factor) -> Iterator[Said]:
    title = seen.desk.packs.eligibility.title
    if one.title.startswith(_RULES):
        yield Said(f"Rules close it: {one.title.removeprefix(_RULES)} (below, with the cure)")
        return
    sides = [
        f"{word} {', '.join(title(own) for own in ids)}"
        for word, ids in (("for", one.toward), ("against", one.against))
        if ids
    ]
    speaks = f" Speaks {'; '.join(sides)}." if sides else ""
    yield Said(f"{one.title}: {one.value}.{speaks}")
    yield Said(f"{one.why} [{sourced(one.status, one.source)}]", Tone.MUTED, indent=_INDENT)


def _findings(option: Option, told: set[tuple[str, str]]) -> Iterator[Said]:
    now = (*option.blocks, *option.warnings, *option.infos)
    if not now:
        yield Said("✓ Nothing, as things are now.", Tone.OK)
    for one in now:
        yield from _told_once(one, option, told)
    if option.later:
        names = "; ".join(dict.fromkeys(f"{one.rule} {one.title}" for one in option.later))
        yield Said(f"Still to come before it is given: {names}.", Tone.MUTED)


def _told_once(one: RuleFinding, option: Option, told: set[tuple[str, str]]) -> Iterator[Said]:
    message = plain_message(one, option)
    if (one.rule, message) in told:
        sign, tone = SIGNS[one.severity]
        yield Said(f"{sign} {one.rule} {message} (in full above)", tone)
        return
    told.add((one.rule, message))
    yield from finding_lines(one, message)


def _notes(options: list[Option]) -> Iterator[Said]:
    """What no recorded fact can tell, each once."""
    for note in {one.id: one for option in options for one in option.notes}.values():
        local = f"{note.local}: " if note.local else ""
        yield Said(f"· {local}{note.text} [{sourced(note.status, note.source)}]", Tone.MUTED)


def _others(options: list[Option]) -> Iterator[Said]:
    for option in options:
        why = option.disposal.why_not or (
            plain_message(option.blocks[0], option) if option.blocks else "Not offered."
        )
        yield Said(f"{option.disposal.title}: {why}", Tone.MUTED)
