"""Made-up contacts by which victims were told what they are owed: most of them, as at a desk that does its work."""

from datetime import datetime, timedelta

from casedesk.desk.demo_case import Draft, Facts
from casedesk.desk.demo_maker import Maker
from casedesk.model.entities import Value
from casedesk.model.moments import Moment, latest
from casedesk.model.words import CustodyState, Purpose, VictimKind

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_FORGOTTEN = 40
"""One case in so many has been told nothing beyond what its scene says."""
_RELEASED: dict[Value, Purpose] = {
    CustodyState.BAILED: Purpose.BAIL,
    CustodyState.UNDER_INVESTIGATION: Purpose.BAIL,
    CustodyState.RELEASED: Purpose.RELEASE,
    CustodyState.CHARGED: Purpose.CHARGE,
}


def keep_informed(maker: Maker, draft: Draft) -> None:
    """Write the contacts that a victim is owed on a report, an arrest, an interview and a release."""
    recorded = draft.case.get("recorded_at")
    if not draft.victims or not isinstance(recorded, str) or maker.slot % _FORGOTTEN == 0:
        return
    begun = latest(Moment(recorded))
    first = (Purpose.REPORT, Purpose.NEEDS_ASSESSMENT, Purpose.REFERRAL, Purpose.PERSONAL_STATEMENT)
    told: list[tuple[datetime, str, tuple[Purpose, ...]]] = [(begun, "report", first)]
    for custody in draft.custody:
        told += _of_arrest(draft, custody)
    if not draft.custody:
        told += [(since, "update", (Purpose.INTERVIEW, Purpose.UPDATE)) for since in _interviews(draft)]
    for since, text, purposes in told:
        at = since + maker.dice.randint(20, 10 * 60) * _MINUTE
        at = min(at, maker.now - _MINUTE)
        if at > since:
            for victim in draft.victims:
                if victim.get("kind") != VictimKind.STATE:
                    _write(maker, draft, victim, at, text, purposes)
    _update(maker, draft, begun)


def _of_arrest(draft: Draft, custody: Facts) -> list[tuple[datetime, str, tuple[Purpose, ...]]]:
    arrested, released = custody.get("arrested_at"), custody.get("released_at")
    if not isinstance(arrested, datetime):
        return []
    if not isinstance(released, datetime):
        return [(arrested, "arrest", (Purpose.ARREST,))]
    after = _RELEASED.get(custody.get("state"), Purpose.RELEASE)
    interviews = _interviews(draft)
    more = (Purpose.INTERVIEW,) if interviews else ()
    return [
        (
            max([released, *interviews]),
            "bail" if after is Purpose.BAIL else "arrest",
            (Purpose.ARREST, *more, after),
        )
    ]


def _interviews(draft: Draft) -> list[datetime]:
    """The ends of the days on which suspects were interviewed."""
    return [latest(Moment(str(one["interviewed_on"]))) for one in draft.suspects if one.get("interviewed_on")]


def _update(maker: Maker, draft: Draft, begun: datetime) -> None:
    """An update within the last weeks, unless a contact was promised: then that promise is the story."""
    if any(contact.get("next_at") for contact in draft.contacts):
        return
    at = maker.now - maker.dice.randint(1, 20) * _DAY - maker.dice.randint(0, 300) * _MINUTE
    if at > begun:
        for victim in draft.victims:
            if victim.get("kind") != VictimKind.STATE:
                _write(maker, draft, victim, at, "update", (Purpose.UPDATE,))


def _write(
    maker: Maker, draft: Draft, victim: Facts, at: datetime, text: str, purposes: tuple[Purpose, ...]
) -> None:
    channel = maker.channel(victim)
    how = "spoken" if channel in ("phone", "in-person", "video") else "written"
    draft.contacts.append(
        {
            "victim": draft.victim_id(victim),
            "at": at,
            "channel": channel,
            "made": True,
            "purposes": tuple(purpose.value for purpose in purposes),
            "text": maker.dice.choice(maker.pack.contact[f"{text}-{how}"]),
        }
    )
