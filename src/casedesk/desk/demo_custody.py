"""Made-up cases about liberty: people in custody at every stage of the clock, on bail, released, wanted."""

from datetime import date, datetime, time, timedelta

from casedesk.desk.demo_case import Draft, Facts
from casedesk.desk.demo_maker import Maker
from casedesk.model.moments import Moment, earliest, local, london, moment_of_day, moment_of_instant
from casedesk.model.words import CustodyState, EventKind, SuspectStatus
from casedesk.reference.demo_parts import Detention, Scene, Span
from casedesk.rules.counting import months_beginning

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_ADULT = Span(19, 58)
_AGE_OF_MAJORITY = 18
_COMING = Span(8, 27)
_LATER = Span(30, 70)


def in_custody(maker: Maker, scene: Scene, nth: int) -> Draft:
    """Somebody detained now, just charged or released, or to be interviewed voluntarily."""
    detention = maker.pack.detentions[nth % len(maker.pack.detentions)]
    since = detention.relevant or (detention.authorised or 0) + 12
    arrested = maker.now - (since + maker.dice.randint(20, 45)) * _MINUTE
    recorded = arrested - maker.dice.randint(5, 25) * _MINUTE
    draft = maker.begin(
        detention.kind,
        recorded=recorded - 3 * _DAY if detention.voluntary else recorded,
        delay=maker.dice.randint(40, 150) * _MINUTE,
    )
    status, why = _standing(detention)
    suspect = maker.suspect(draft, status, detention.years, why)
    maker.victim(draft, detention.kind)
    maker.describe(draft, detention.kind)
    maker.own(draft, scene, nth)
    _hold(maker, draft, suspect, arrested, detention)
    lines = [*(maker.pack.log["custody"] if since > 500 else ()), detention.note]
    maker.log(draft, lines, arrested + 5 * _MINUTE, maker.now - _MINUTE)
    return draft


def _standing(detention: Detention) -> tuple[SuspectStatus, str]:
    """Where the suspect of a detention stands, in the records system's words too."""
    if detention.voluntary:
        return SuspectStatus.VOLUNTARY, "Voluntary interview arranged"
    if detention.charged:
        return SuspectStatus.CHARGED, "Charged, in custody"
    return (SuspectStatus.NAMED, "Released") if detention.notice else (SuspectStatus.IN_CUSTODY, "Arrested")


def _hold(maker: Maker, draft: Draft, suspect: Facts, arrested: datetime, detention: Detention) -> None:
    """What the pack says of one detention, as facts of the custody record and as events."""

    def ago(minutes: int | None) -> datetime | None:
        return maker.now - minutes * _MINUTE if minutes else None

    state = (
        CustodyState.VOLUNTARY if detention.voluntary
        else CustodyState.CHARGED if detention.charged
        else CustodyState.RELEASED if detention.notice
        else CustodyState.DETAINED
    )  # fmt: skip
    _arrest(maker, draft, suspect, arrested, state)
    held = draft.custody[0]
    relevant = ago(detention.relevant)
    held.update(
        arrived_at=relevant,
        relevant_at=relevant,
        authorised_at=ago(detention.authorised),
        reviews=tuple(moment_of_instant(maker.now - minutes * _MINUTE) for minutes in detention.reviews)
        or None,
        under_18=True if detention.years.most < _AGE_OF_MAJORITY else None,
        vulnerable=detention.vulnerable or None,
        appropriate_adult=maker.filled(detention.adult, draft) if detention.adult else None,
        charged_at=ago(detention.charged),
        released_at=ago(detention.notice),
        notice_kind="dapn" if detention.notice else None,
        notice_at=ago(detention.notice),
    )
    if detention.voluntary:
        held.update(arrested_at=None, arrived_at=maker.now + detention.voluntary * _MINUTE)
    subject = draft.custody_id(held)
    if detention.extended and relevant is not None:
        given = maker.now - (detention.reviews[1] - 30) * _MINUTE
        extension: Facts = {"at": given, "until": relevant + 36 * 60 * _MINUTE, "rank": "supt"}
        draft.events.append({"kind": EventKind.EXTENSION.value, "subject": subject, **extension})
    if detention.hospital is not None:
        left, back = detention.hospital
        stay: Facts = {"at": ago(left), "until": ago(back)}
        draft.events.append({"kind": EventKind.HOSPITAL.value, "subject": subject, **stay})


def bail_protecting(maker: Maker, scene: Scene, nth: int) -> Draft:
    """On bail with conditions that protect the victim, which end within seven days."""
    draft, released = _on_bail(maker, scene, nth, Span(1, 6), guarding=True)
    _tell_of_bail(maker, draft, released)
    return draft


def bail_coming(maker: Maker, scene: Scene, nth: int) -> Draft:
    """On bail that ends within four weeks."""
    draft, released = _on_bail(maker, scene, nth, _COMING, guarding=nth % 3 == 0)
    if nth % 2 and draft.victims[0]["kind"] == "person":
        _tell_of_bail(maker, draft, released)
    return draft


def bail_later(maker: Maker, scene: Scene, nth: int) -> Draft:
    """On bail with more than four weeks to go."""
    draft, _ = _on_bail(maker, scene, nth, _LATER, guarding=nth % 2 == 0)
    maker.todo(draft, maker.later(3 + nth % 9))
    return draft


def bail_lapsed(maker: Maker, scene: Scene, nth: int) -> Draft:
    """The bail period has ended, and nobody has said what follows."""
    draft, _ = _on_bail(maker, scene, nth, Span(-9, -1), guarding=True)
    maker.log(draft, maker.pack.log["lapsed"], maker.now - 300 * _MINUTE)
    return draft


def wanted(maker: Maker, scene: Scene, nth: int) -> Draft:
    """Domestic abuse, and the suspect has not been found."""
    kind = _kind(scene, nth)
    draft = maker.begin(kind, recorded=maker.recorded(scene.days))
    maker.suspect(draft, SuspectStatus.WANTED, _ADULT, "Wanted, not circulated nationally")
    maker.victim(draft, kind)
    maker.describe(draft, kind)
    maker.own(draft, scene, nth)
    maker.work(draft, kind, least=1)
    maker.log(draft, maker.pack.log["wanted"], maker.now - 20 * 60 * _MINUTE)
    return draft


def released_under_investigation(maker: Maker, scene: Scene, nth: int) -> Draft:
    """Released with neither conditions nor a date."""
    kind = _kind(scene, nth)
    draft = maker.begin(kind, recorded=maker.recorded(scene.days))
    suspect = maker.suspect(draft, SuspectStatus.UNDER_INVESTIGATION, _ADULT, "Released under investigation")
    maker.victim(draft, kind)
    maker.describe(draft, kind)
    maker.own(draft, scene, nth)
    arrested = _recorded(draft) + maker.dice.randint(30, 24 * 60) * _MINUTE
    released = _held_and_released(maker, draft, suspect, arrested, CustodyState.UNDER_INVESTIGATION)
    decision, chase = maker.pack.log["rui"]
    maker.log(draft, [decision], released, released + 30 * _MINUTE)
    maker.work(draft, kind)
    if nth % 2:
        maker.log(draft, [chase], max(released, maker.now - 3 * _DAY))
    if nth % 3 == 0:
        done = maker.between(released, maker.now - 60 * _MINUTE)
        maker.todo(draft, done + _DAY, done=done)
    return draft


def _on_bail(
    maker: Maker, scene: Scene, nth: int, ends_in: Span, *, guarding: bool
) -> tuple[Draft, datetime]:
    """A case on bail whose period ends so many days from today, and when bail was given."""
    kind = _kind(scene, nth)
    extended = nth % 4 == 3
    arrest, ends = _arrest_for(maker, ends_in, maker.backdrop.bail_months[extended])
    arrested = london(arrest, time(maker.dice.randint(1, 22), maker.dice.randrange(60)))
    draft = maker.begin(kind, recorded=arrested - maker.dice.randint(30, 2000) * _MINUTE)
    suspect = maker.suspect(draft, SuspectStatus.BAILED, _ADULT, "On pre-charge bail")
    maker.victim(draft, kind)
    maker.describe(draft, kind)
    maker.own(draft, scene, nth)
    released = _held_and_released(maker, draft, suspect, arrested, CustodyState.BAILED)
    conditions = maker.pack.conditions["guarding" if guarding else "other"]
    draft.custody[0].update(
        bail_return_at=london(ends, time(10 + nth % 7)),
        bail_ends_on=moment_of_day(ends),
        conditions=maker.filled(maker.dice.choice(conditions), draft),
    )
    decision, chase = maker.pack.log["bail"]
    maker.log(draft, [decision], released, released + 30 * _MINUTE)
    maker.work(draft, kind, least=1)
    if extended:
        third = (
            london(months_beginning(arrest + _DAY, maker.backdrop.bail_months[0]), time(14, 20)) - 2 * _DAY
        )
        maker.log(draft, maker.pack.log["bail-extended"], third, third + 60 * _MINUTE)
    maker.log(draft, [chase], maker.now - 4 * _DAY)
    return draft, released


def _arrest_for(maker: Maker, ends_in: Span, months: int) -> tuple[date, date]:
    """A day of arrest whose bail period of so many months ends on one of these days, and that day.

    PACE 1984 s.47ZB: the period begins the day after arrest. Some days end no period: then the next will do.
    """
    length = ends_in.most - ends_in.least + 1
    for nth in range(length):
        offset = ends_in.least + (maker.slot + nth) % length
        ends = maker.backdrop.day(offset)
        for back in range(28 * months, 31 * months + 3):
            arrest = ends - back * _DAY
            if months_beginning(arrest + _DAY, months) == ends:
                return arrest, ends
    raise ValueError(f"no period of {months} months ends on any of these days")


def _held_and_released(
    maker: Maker, draft: Draft, suspect: Facts, arrested: datetime, state: CustodyState
) -> datetime:
    """An arrest that is over: held for some hours, interviewed, released."""
    arrived = arrested + maker.dice.randint(15, 50) * _MINUTE
    authorised = arrived + maker.dice.randint(6, 25) * _MINUTE
    released = authorised + maker.dice.randint(5 * 60, 19 * 60) * _MINUTE
    _arrest(maker, draft, suspect, arrested, state)
    draft.custody[0].update(
        arrived_at=arrived, relevant_at=arrived, authorised_at=authorised, released_at=released
    )
    suspect["interviewed_on"] = moment_of_day(local(released - 60 * _MINUTE).date())
    suspect["admitted"] = False
    return released


def _arrest(maker: Maker, draft: Draft, suspect: Facts, arrested: datetime, state: CustodyState) -> None:
    suite = maker.dice.choice(maker.pack.words["suites"])
    draft.custody.append(
        {
            "suspect": draft.suspect_id(suspect),
            "suite": suite,
            "number": f"{suite[:3].upper()}/{maker.slot:05}/{local(arrested):%y}",
            "arrested_at": arrested,
            "state": state.value,
            "offence": draft.case["offence_title"],
        }
    )


def _tell_of_bail(maker: Maker, draft: Draft, released: datetime) -> None:
    maker.contact(draft, maker.between(released + 20 * _MINUTE, released + 20 * 60 * _MINUTE), "bail")


def _recorded(draft: Draft) -> datetime:
    return earliest(Moment(str(draft.case["recorded_at"])))


def _kind(scene: Scene, nth: int) -> str:
    return scene.kinds[nth % len(scene.kinds)]
