"""Made-up proposals for the finalisation check: sound ones for every outcome, spoiled ones for every rule."""

from datetime import date, datetime, time, timedelta

from casedesk.desk.demo_case import Draft
from casedesk.desk.demo_changes import change
from casedesk.desk.demo_maker import Maker, day_in
from casedesk.model.moments import Moment, earliest, local, london, moment_of_day
from casedesk.model.words import Stage, SuspectStatus
from casedesk.reference.demo_parts import Flaw, Line, Proposal, Scene

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_RETURNED_STEP = 13
"""Returned cases take every flaw so many places on, so that they are of many kinds."""
_WITHDRAWALS = (("statement", "MG11"), ("bwv", "BWV"), ("pocket-book", "PNB"))


def proposed(maker: Maker, scene: Scene, nth: int) -> Draft:
    """A proposal that holds together."""
    proposal = _sound(maker, nth)
    draft = _propose(maker, scene, nth, proposal, decided=maker.backdrop.day(-maker.dice.randrange(7)))
    if nth % 2:
        _told_by_contact(maker, draft)
    return draft


def flawed(maker: Maker, scene: Scene, nth: int) -> Draft:
    """A proposal that breaks a rule."""
    draft, _ = _flawed(maker, scene, nth)
    return draft


def returned(maker: Maker, scene: Scene, nth: int) -> Draft:
    """A proposal that was found wanting and sent back."""
    draft, flaw = _flawed(maker, scene, nth * _RETURNED_STEP + 11)
    draft.case.update(stage=Stage.RETURNED.value, stage_note=flaw.note)
    maker.log(draft, [Line("decision", f"Returned: {flaw.note}")], maker.now - 2 * _DAY)
    return draft


def finalised(maker: Maker, scene: Scene, nth: int) -> Draft:
    """Checked and finalised at this desk in the last days."""
    decided = maker.backdrop.day(-maker.dice.randint(2, 12))
    draft = _propose(maker, scene, nth, _ordinary(maker, nth), decided=decided)
    _told_by_contact(maker, draft)
    draft.case["stage"] = Stage.FINALISED.value
    draft.case["record_status"] = "open" if nth % 2 else "filed"
    maker.log(draft, maker.pack.log["finalised"], london(decided, time(18)), maker.now - 5 * _MINUTE)
    return draft


def filed(maker: Maker, scene: Scene, nth: int) -> Draft:
    """Filed in the records system some time ago."""
    proposal = _ordinary(maker, nth)
    decided = maker.backdrop.day(-maker.dice.randint(8, max(proposal.days.least - 4, 9)))
    draft = _propose(maker, scene, nth, proposal, decided=decided)
    draft.case["record_status"] = "filed"
    maker.log(draft, maker.pack.log["filed"], london(decided, time(18)), maker.now - 5 * _MINUTE)
    return draft


def _sound(maker: Maker, nth: int) -> Proposal:
    """Each proposal of the pack once, then the common ones again and again."""
    proposals = maker.pack.proposals
    if nth < len(proposals):
        return proposals[nth]
    (chosen,) = maker.dice.choices(proposals, [one.often for one in proposals])
    return chosen


def _ordinary(maker: Maker, nth: int) -> Proposal:
    """A common outcome; nothing that is cancelled."""
    usual = [one for one in maker.pack.proposals if one.often > 1]
    return usual[nth % len(usual)]


def _flawed(maker: Maker, scene: Scene, nth: int) -> tuple[Draft, Flaw]:
    rounds, place = divmod(nth, len(maker.pack.flaws))
    flaw = maker.pack.flaws[place]
    proposal = flaw.proposals[rounds % len(flaw.proposals)]
    decided = maker.backdrop.day(-maker.dice.randrange(7))
    return _propose(maker, scene, nth, proposal, decided=decided), flaw


def _propose(maker: Maker, scene: Scene, nth: int, proposal: Proposal, *, decided: date) -> Draft:
    """A case with this proposal on it, decided that day."""
    kind = proposal.kinds[nth % len(proposal.kinds)]
    recorded = maker.recorded(proposal.days)
    if proposal.recorded:
        recorded = london(date.fromisoformat(proposal.recorded), time(9, 30))
    draft = maker.begin(kind, recorded=recorded)
    _suspects(maker, draft, proposal, recorded, decided)
    _victim(maker, draft, proposal, kind, decided)
    maker.describe(draft, kind)
    maker.own(draft, scene, nth)
    _decision(maker, draft, proposal, decided)
    for one in proposal.changes:
        change(maker, draft, one)
    submitted = min(london(decided, time(17, 30)), maker.now - 10 * _MINUTE)
    maker.work(draft, kind, until=submitted - _DAY, least=1)
    maker.log(draft, maker.pack.log["proposed"], submitted - 6 * 60 * _MINUTE, submitted)
    return draft


def _suspects(maker: Maker, draft: Draft, proposal: Proposal, recorded: datetime, decided: date) -> None:
    if not proposal.suspect:
        return
    for disposal in proposal.disposals or ("",):
        suspect = maker.suspect(draft, proposal.suspect, proposal.years, proposal.sub_status)
        suspect["disposal"] = disposal or None
        suspect["admitted"] = proposal.admitted
        if proposal.interviewed and proposal.suspect != SuspectStatus.DESCRIBED:
            last = min(london(decided), maker.now) - _DAY
            at = maker.between(recorded, max(last, recorded))
            suspect["interviewed_on"] = moment_of_day(local(at).date())


def _victim(maker: Maker, draft: Draft, proposal: Proposal, kind: str, decided: date) -> None:
    victim = maker.victim(draft, kind, proposal.victim, proposal.support)
    if victim["kind"] == "state":
        return
    child = "child" in (proposal.victim, maker.pack.kinds[kind].victim)
    victim.update(
        informed_on=moment_of_day(decided),
        informed_how=maker.channel(victim),
        informed_by=draft.case["oic"],
        informed_who="parent" if child else "victim",
    )
    if proposal.withdrawn:
        record, word = maker.dice.choice(_WITHDRAWALS)
        declined = max(decided - maker.dice.randint(1, 9) * _DAY, day_in(draft, "recorded_at"))
        victim.update(
            withdrawal_kind=record,
            withdrawal_on=moment_of_day(declined),
            withdrawal_reference=f"{word}/{maker.dice.randint(1000, 9999)}",
        )


def _decision(maker: Maker, draft: Draft, proposal: Proposal, decided: date) -> None:
    draft.case.update(
        rationale=maker.filled(maker.dice.choice(proposal.rationale), draft),
        decided_by=maker.decider(proposal.rank),
        decided_rank=proposal.rank,
        outcome_date=moment_of_day(decided),
    )
    if proposal.is_cancellation:
        draft.case.update(cancel_code=proposal.code, stage=Stage.SUBMITTED.value, outcome_date=None)
        return
    outcome = maker.backdrop.outcomes.get(proposal.code)
    draft.case.update(outcome=proposal.code, outcome_text=outcome.name if outcome else None, vrr=proposal.vrr)


def _told_by_contact(maker: Maker, draft: Draft) -> None:
    victim = draft.victims[0]
    told = victim.get("informed_on")
    if told:
        at = maker.past(local(earliest(Moment(str(told)))).date(), 9, 17)
        maker.contact(draft, at, "outcome")
