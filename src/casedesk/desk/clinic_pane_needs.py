"""The pane of needs: what is for today, the profile with its strengths, referrals, change since the first."""

from collections.abc import Iterator

from casedesk.desk.assessment import Sitting, assessments, begun_words, read
from casedesk.desk.case_asks import SERVICE_TITLES
from casedesk.desk.clinic_said import Look, Said, Tone, section
from casedesk.desk.needs_profile import profile_lines
from casedesk.model.moments import show_instant, show_moment
from casedesk.model.text import counted
from casedesk.model.words import Service
from casedesk.rules.forms import NeedScore, SectionState, Trigger

_SERVICES = {word.value: title for word, title in SERVICE_TITLES.items()}


def needs_pane(seen: Look, width: int = 76) -> Iterator[Said]:
    """What the answers make necessary first, then how far the assessment is, and the profile as plain lines."""
    yield from needs_head(seen)
    first, later = profile_scores(seen)
    if first:
        yield from section("Profile", (Said(one) for one in profile_lines(first, later, width=width)))
    yield from needs_foot(seen)


def needs_head(seen: Look) -> Iterator[Said]:
    """What stands above the profile: same-day matters, and how far the assessment is."""
    sitting = seen.sitting
    if sitting is not None:
        open_ones = sitting.open_triggers()
        today = [one for one in open_ones if one.same_day]
        rest = [one for one in open_ones if not one.same_day]
        yield from section(
            "TODAY, before the person leaves", (line for one in today for line in _trigger(one, Tone.BLOCK))
        )
        yield from section("To record", (line for one in rest for line in _trigger(one, Tone.WARN)))
    yield from section("Assessment", _stands(seen, sitting))


def needs_foot(seen: Look) -> Iterator[Said]:
    """What stands below the profile: what was done about each matter, and the services that would answer a need."""
    sitting = seen.sitting
    if sitting is not None:
        yield from section("Recorded", _recorded(sitting))
    yield from section("What the catalogue has", _suggested(seen))


def profile_scores(seen: Look) -> tuple[dict[str, NeedScore], dict[str, NeedScore] | None]:
    """The scores of the first assessment, and those of the latest where it is another."""
    held = [
        pair
        for pair in assessments(seen.desk, seen.page.case_id, seen.page.suspect)
        if not pair[1].given_up_why
    ]
    if not held:
        return {}, None
    held.sort(key=lambda pair: pair[1].number or 0)
    read_ones = [read(seen.desk, seen.page.case_id, own).scores() for own, _ in (held[0], held[-1])]
    return read_ones[0], read_ones[1] if len(held) > 1 else None


def _trigger(one: Trigger, tone: Tone) -> Iterator[Said]:
    holds = " It holds a resolution until then." if one.holds else ""
    yield Said(f"{'■' if tone is Tone.BLOCK else '▲'} {one.title}", tone)
    yield Said(f"{one.action}{holds}", indent=2)


def _stands(seen: Look, sitting: Sitting | None) -> Iterator[Said]:
    if sitting is None:
        yield Said("None is begun.", Tone.WARN)
        return
    one = sitting.assessment
    number = f"Assessment {one.number}" if one.number else "Assessment"
    if sitting.changed and one.completed_at:
        yield Said(
            f"■ {number} was completed {show_instant(one.completed_at)} and taken further since: look through it again",
            Tone.BLOCK,
        )
    elif one.completed_at:
        yield Said(f"✓ {number}, completed {show_instant(one.completed_at)} by {one.by or '?'}", Tone.OK)
    else:
        began = f", begun {show_instant(one.started_at)}" if one.started_at else ""
        done = sum(part.state is SectionState.COMPLETE for part in sitting.progress())
        yield Said(
            f"▲ {number}{began}: {done} of {len(sitting.progress())} sections complete, NOT completed",
            Tone.WARN,
        )
    for _, other in sitting.beside:
        yield Said(f"■ {begun_words(other)} is open as well: complete one, give the other up", Tone.BLOCK)
    if sitting.apart:
        number = counted(len(sitting.apart), "question")
        yield Said(f"■ Two desks answered {number} differently: ask again", Tone.BLOCK)
    if not sitting.told:
        yield Said("▲ The person was not told yet how answers may be used.", Tone.WARN)


def _recorded(sitting: Sitting) -> Iterator[Said]:
    for one in sitting.triggers():
        for record in sitting.records.get(one.id, ()):
            to = _service(record.to)
            if record.made_on:
                yield Said(f"✓ {one.title}: {to}, {show_moment(record.made_on)}", Tone.OK)
            else:
                yield Said(f"· {one.title}: not to {to}, because: {record.not_made_why}")


def _service(word: str) -> str:
    return _SERVICES.get(word, word) if word in set(Service) else word or "a service"


def _suggested(seen: Look) -> Iterator[Said]:
    for one in seen.page.suggested:
        beside = "to be offered beside the outcome" if one.signpost else "as a condition"
        yield Said(f"{one.title}, {beside}")
        yield Said(one.why, Tone.MUTED, indent=2)
