"""What each verb of custody would write, and what is doubtful about it.

Times that cannot be are refused. A legal limit that was passed is a warning with its source: the record must be able
to say what happened.
"""

from datetime import datetime

from casedesk.desk.custody_asks import Given, Scene, Writing
from casedesk.model.entities import Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import standing
from casedesk.model.moments import Moment, earliest_day, local, moment_of_day, show_instant
from casedesk.model.words import CustodyState, EventKind
from casedesk.rules.answers import instant_words, number
from casedesk.rules.bail import extended_by_court, stage
from casedesk.rules.bail_facts import bail_period
from casedesk.rules.counting import add_days, day_of, end_of_day
from casedesk.rules.custody_facts import held, relevant_at
from casedesk.rules.detention import detention

RANKS = ("sgt", "insp", "ci", "supt", "ch-supt", "acc", "court")
"""Who may authorise, the lowest first."""
_LEAST_RANK = {
    "inspector": "insp",
    "superintendent": "supt",
    "assistant-chief-constable": "acc",
    "magistrates": "court",
}


def _not_before(at: datetime, what: str, *earlier: tuple[str, datetime | None]) -> None:
    """Refuse an instant that lies before one it follows from."""
    for name, since in earlier:
        if since is not None and at < since:
            raise BadInputError(
                f"{what} ({show_instant(at)}) lies before {name} ({show_instant(since)}).",
                "Check both times; correct the one that is wrong.",
            )


def _since_arrest(scene: Scene) -> tuple[tuple[str, datetime | None], ...]:
    one = scene.custody
    return (
        ("the arrest", one.arrested_at), ("the arrival", one.arrived_at), ("the authorisation", one.authorised_at),
    )  # fmt: skip


def _event(scene: Scene, kind: EventKind, given: Given, **more: Value) -> dict[str, Value]:
    said = {name: given.get(name) for name in ("at", "until", "by", "rank", "text")}
    return {"kind": kind.value, "subject": scene.id, **said, **more}


def in_hospital(scene: Scene) -> bool:
    """Whether the person is recorded as in hospital."""
    return any(event.until is None for event in scene.events(EventKind.HOSPITAL))


def has_breach(scene: Scene) -> bool:
    """Whether a breach is recorded that nobody has recorded as dealt with since."""
    last = max((event.at for event in scene.events(EventKind.BREACH) if event.at), default=None)
    dealt = (event.at for event in scene.events(EventKind.BREACH_DEALT_WITH) if event.at)
    return last is not None and not any(at >= last for at in dealt)


def awaits_cps(scene: Scene) -> bool:
    """Whether the person is on bail for a CPS decision, and the CPS has not asked for more."""
    events = scene.events(EventKind.CPS_BAIL, EventKind.CPS_REQUEST)
    return bool(events) and events[-1].kind == EventKind.CPS_BAIL


# -- detention ------------------------------------------------------------------------------------------------------


def authorise(scene: Scene, given: Given) -> Writing:
    """Detention was authorised by the custody officer."""
    at = given["at"]
    _not_before(
        at,
        "The authorisation",
        ("the arrest", scene.custody.arrested_at),
        ("the arrival", scene.custody.arrived_at),
    )
    return Writing({"authorised_at": at})


def relevant(scene: Scene, given: Given) -> Writing:
    """The relevant time, or how detention began, which gives it."""
    facts: dict[str, Value] = {"relevant_at": given.get("relevant_at"), "situation": given.get("situation")}
    facts = {name: value for name, value in facts.items() if value is not None}
    if not facts:
        raise BadInputError("Neither a relevant time nor how detention began was given.", "Give one of them.")
    at = given.get("relevant_at")
    if at is not None and not scene.custody.bail_arrest and given.get("situation") != "further-offence":
        _not_before(at, "The relevant time", ("the arrest", scene.custody.arrested_at))
    return Writing(facts)


def review(scene: Scene, given: Given) -> Writing:
    """A review of detention was held."""
    at = given["at"]
    _not_before(at, "The review", *_since_arrest(scene))
    if any(event.at == at for event in scene.events(EventKind.REVIEW)):
        raise BadInputError(f"A review at {show_instant(at)} is recorded already.", "Check the time.")
    writing = Writing(events=[_event(scene, EventKind.REVIEW, given)])
    if scene.custody.authorised_at is None:
        writing.warnings.append("Detention is not recorded as authorised: its reviews cannot be counted.")
    return writing


def postpone(scene: Scene, given: Given) -> Writing:
    """A review was postponed; the reason is kept (PACE 1984 s.40(4))."""
    _not_before(given["at"], "The postponement", *_since_arrest(scene))
    return Writing(events=[_event(scene, EventKind.POSTPONED, given)])


def extend(scene: Scene, given: Given) -> Writing:
    """A superintendent extended detention, to 36 hours where no end is given (s.42)."""
    at, clock = given["at"], scene.packs.clocks["DET-36"]
    _not_before(at, "The extension", *_since_arrest(scene))
    until = given.get("until") or _hours_end(scene, number(clock))
    if until is None:
        raise BadInputError(
            "To when detention is extended cannot be worked out.", "Give it, or the relevant time first."
        )
    _not_before(
        until,
        "The end of the extension",
        ("the extension itself", at),
        ("the relevant time", relevant_at(scene.custody)),
    )
    writing = Writing(events=[_event(scene, EventKind.EXTENSION, given, until=until)])
    _check_rank(writing, given, clock.by, clock.source)
    offence = scene.packs.offences.get(scene.file.case.offence_code or "")
    if offence is not None and offence.mode.summary_only:
        writing.warnings.append(
            f"{offence.title} is summary-only: detention cannot be extended for it ({clock.source})."
        )
    return writing


def warrant(scene: Scene, given: Given) -> Writing:
    """A court granted or extended a warrant of further detention (ss.43, 44)."""
    at, until = given["at"], given["until"]
    _not_before(at, "The warrant", *_since_arrest(scene))
    _not_before(until, "The end of the warrant", ("the warrant itself", at))
    writing = Writing(events=[_event(scene, EventKind.WARRANT, given)])
    last, clock = _hours_end(scene, number(scene.packs.clocks["DET-96"])), scene.packs.clocks["DET-96"]
    if last is not None and until > last:
        writing.warnings.append(f"Nothing continues detention past {instant_words(last)} ({clock.source}).")
    return writing


def hospital(scene: Scene, given: Given) -> Writing:
    """Taken to hospital: the clock stands still from leaving (s.41(6))."""
    _not_before(given["at"], "Leaving for hospital", ("the arrest", scene.custody.arrested_at))
    if in_hospital(scene):
        raise BadInputError("The person is recorded as in hospital already.", "Record the return first.")
    return Writing(events=[_event(scene, EventKind.HOSPITAL, given)])


def back(scene: Scene, given: Given) -> Writing:
    """Back from hospital: corrects the entry of leaving for it with its end."""
    own = {id(event) for event in scene.events(EventKind.HOSPITAL)}
    open_stay = next(
        (
            (entry, event)
            for entry, event in standing(scene.file.events)
            if id(event) in own and event.until is None
        ),
        None,
    )
    if open_stay is None:
        raise BadInputError(
            "The person is not recorded as in hospital.", "Record when they left for it first."
        )
    entry, event = open_stay
    _not_before(given["at"], "The return from hospital", ("leaving for it", event.at))
    said = {"at": event.at, "until": given["at"], "text": given.get("text") or event.text, "about": entry}
    return Writing(events=[{"kind": EventKind.HOSPITAL.value, "subject": scene.id, **said}])


def questioned(scene: Scene, given: Given) -> Writing:
    """Questioned for evidence while in hospital, which counts."""
    at, until = given["at"], given["until"]
    _not_before(until, "The end of questioning", ("its beginning", at))
    writing = Writing(events=[_event(scene, EventKind.QUESTIONED, given)])
    stays = [stay for stay in scene.events(EventKind.HOSPITAL) if stay.at and stay.at <= at]
    if not any(stay.until is None or until <= stay.until for stay in stays):
        writing.warnings.append(
            "No time in hospital is recorded around this questioning: it changes no clock."
        )
    return writing


def appropriate_adult(scene: Scene, given: Given) -> Writing:
    """An appropriate adult was found."""
    return Writing({"appropriate_adult": given["name"]})


# -- the end of detention -------------------------------------------------------------------------------------------


def _released(scene: Scene, given: Given, state: CustodyState, what: str) -> Writing:
    """Out of the door, or on to the next state for somebody who is out already."""
    one, at = scene.custody, given["at"]
    _not_before(at, what, *_since_arrest(scene))
    writing = Writing({"state": state.value})
    if one.released_at is None and one.state != CustodyState.VOLUNTARY:
        writing.facts["released_at"] = at
    else:
        _not_before(at, what, ("the first release", one.released_at))
        if one.conditions and one.state == CustodyState.BAILED and state is not CustodyState.BAILED:
            ended = {**given, "text": "Bail and its conditions ended."}
            writing.events.append(_event(scene, EventKind.CONDITIONS, ended))
    return writing


def bail(scene: Scene, given: Given) -> Writing:
    """Released on pre-charge bail."""
    writing = _released(scene, given, CustodyState.BAILED, "The release on bail")
    returning = given["return_at"]
    _not_before(returning, "The return date", ("the release", given["at"]))
    writing.facts |= {"bail_return_at": returning, "conditions": given.get("conditions")}
    _check_return(scene, writing, returning)
    return writing


def rui(scene: Scene, given: Given) -> Writing:
    """Released without bail while the investigation goes on, also from bail."""
    writing = _released(scene, given, CustodyState.UNDER_INVESTIGATION, "The release under investigation")
    writing.facts["review_on"] = given.get("review_on") or _rui_review(scene, given["at"])
    return writing


def charge(scene: Scene, given: Given) -> Writing:
    """Charged: kept for court, or let go with a court date."""
    one, at = scene.custody, given["at"]
    if not one.bail_arrest:
        _not_before(at, "The charge", ("the arrest", one.arrested_at))
    writing = Writing({"state": CustodyState.CHARGED.value, "charged_at": at})
    if not given["kept"] and one.released_at is None and one.state != CustodyState.VOLUNTARY:
        writing.facts["released_at"] = at
    if given["kept"] and one.released_at is not None:
        raise BadInputError(
            f"The person was released {show_instant(one.released_at)}, so that nobody is kept in custody here.",
            "Record the new arrest, or that they were not kept.",
        )
    if returning := given.get("return_at"):
        _not_before(returning, "The court date", ("the charge", at))
        writing.facts["bail_return_at"] = returning
    writing.events.append(_event(scene, EventKind.LIMIT_MET, given))
    return writing


def release(scene: Scene, given: Given) -> Writing:
    """Released without charge, or no longer on bail or under investigation."""
    writing = _released(scene, given, CustodyState.RELEASED, "The release")
    if given.get("nfa"):
        writing.events.append(_event(scene, EventKind.NO_FURTHER_ACTION, given))
    return writing


def remand(scene: Scene, given: Given) -> Writing:
    """Kept in custody by a court: the custody time limit runs from the first appearance."""
    facts = {name: given[name] for name in ("first_appearance_on", "sent_on") if given.get(name)}
    charged = scene.custody.charged_at
    first = given["first_appearance_on"]
    if charged is not None and first < moment_of_day(local(charged).date()):
        raise BadInputError(
            f"The first appearance ({first}) lies before the charge ({show_instant(charged)}).",
            "Check both dates.",
        )
    if first > moment_of_day(local(scene.now).date()):
        raise BadInputError(
            f"The first appearance ({first}) is still to come: until then the clocks of police custody run.",
            "Record it once the court has sat.",
        )
    return Writing({"state": CustodyState.REMANDED.value, **facts})


def state(scene: Scene, given: Given) -> Writing:
    """Puts the state right; the reason is kept with the act."""
    if given["state"] == scene.custody.state:
        raise BadInputError(f"The state is {given['state']} already.", "Nothing to do.")
    return Writing({"state": given["state"]}, reason=given["text"])


# -- bail and release under investigation ---------------------------------------------------------------------------


def extend_bail(scene: Scene, given: Given) -> Writing:
    """The bail period was extended, to so many months in all or by a court to a day (ss.47ZC–47ZG)."""
    clocks, months, until = scene.packs.clocks, given.get("months"), given.get("until_on")
    if (months is None) is (until is None):
        raise BadInputError(
            "Give either the months in all or the last day.", "Months: 6, 9 or 12; a court's end as a day."
        )
    _not_before(given["at"], "The extension", ("the arrest", scene.custody.arrested_at))
    before = bail_period(clocks, scene.file, scene.id, scene.custody)
    writing = Writing(events=[_event(scene, EventKind.BAIL_EXTENSION, given, number=months)])
    if months is not None:
        clock, _ = stage(clocks, months=months)
        if months not in (clock.amount, *clock.further):
            writing.warnings.append(f"No stage of pre-charge bail lasts {months} months ({clock.source}).")
        _check_rank(writing, given, clock.by, clock.source)
    else:
        last = _last_second(Moment(str(until)))
        writing.events[0]["until"] = last
        _not_before(last, "The end of the extension", ("the extension itself", given["at"]))
        if before.ends is not None:
            longest = extended_by_court(
                clocks, day_of(before.ends), max(clocks["ABP-M2"].further, default=None)
            ).due
            if longest is not None and last > longest:
                writing.warnings.append(
                    f"A later extension reaches {instant_words(longest)} ({clocks['ABP-M2'].source})."
                )
    if before.ends is not None and given["at"] > before.ends:
        writing.warnings.append(
            f"The period had ended {instant_words(before.ends)}: it must be extended before ({clocks['ABP-1'].source})."
        )
    return writing


def bail_return(scene: Scene, given: Given) -> Writing:
    """The return date was changed (s.47(4A))."""
    _not_before(given["return_at"], "The return date", ("the release", scene.custody.released_at))
    writing = Writing({"bail_return_at": given["return_at"]})
    _check_return(scene, writing, given["return_at"])
    return writing


def conditions(scene: Scene, given: Given) -> Writing:
    """The conditions of bail were changed, or cancelled."""
    if (given.get("conditions") or None) == scene.custody.conditions:
        raise BadInputError(
            "The conditions would be as they are.", "Write the new ones, or leave them empty to cancel."
        )
    _not_before(given["at"], "The change of conditions", ("the arrest", scene.custody.arrested_at))
    text = given.get("text") or (
        "Conditions changed." if given.get("conditions") else "Conditions cancelled."
    )
    event = _event(scene, EventKind.CONDITIONS, given, text=text)
    return Writing({"conditions": given.get("conditions")}, [event])


def breach(scene: Scene, given: Given) -> Writing:
    """A breach of conditions was reported."""
    _not_before(given["at"], "The breach", ("the arrest", scene.custody.arrested_at))
    return Writing(events=[_event(scene, EventKind.BREACH, given)])


def breach_dealt_with(scene: Scene, given: Given) -> Writing:
    """A breach was dealt with."""
    breaches = [event.at for event in scene.events(EventKind.BREACH) if event.at]
    if not breaches:
        raise BadInputError("No breach is recorded.", "Record the breach first.")
    _not_before(given["at"], "Dealing with the breach", ("the breach", min(breaches)))
    return Writing(events=[_event(scene, EventKind.BREACH_DEALT_WITH, given)])


def safeguarded(scene: Scene, given: Given) -> Writing:
    """The check after conditions ended was made."""
    return Writing(events=[_event(scene, EventKind.SAFEGUARDED, given)])


def cps_bail(scene: Scene, given: Given) -> Writing:
    """Bail for a CPS charging decision, on which the period stands still (s.47ZL)."""
    writing = Writing(events=[_event(scene, EventKind.CPS_BAIL, given)])
    if scene.custody.state == CustodyState.DETAINED:
        writing = _released(scene, given, CustodyState.BAILED, "The release on bail")
        writing.events.append(_event(scene, EventKind.CPS_BAIL, given))
        writing.facts |= {"bail_return_at": given.get("return_at"), "conditions": given.get("conditions")}
    return writing


def cps_request(scene: Scene, given: Given) -> Writing:
    """The CPS asked for more: the period runs again."""
    waits = [event.at for event in scene.events(EventKind.CPS_BAIL) if event.at]
    if not waits:
        raise BadInputError("No bail for a CPS decision is recorded.", "Record it first.")
    _not_before(given["at"], "The request", ("bail for the CPS decision", min(waits)))
    return Writing(events=[_event(scene, EventKind.CPS_REQUEST, given)])


def in_patient(scene: Scene, given: Given) -> Writing:
    """Days as an in-patient while on bail (s.47ZM)."""
    if until := given.get("until"):
        _not_before(until, "The last day in hospital", ("the first", given["at"]))
    return Writing(events=[_event(scene, EventKind.IN_PATIENT, given)])


def rui_reviewed(scene: Scene, given: Given) -> Writing:
    """The case of a suspect under investigation was reviewed."""
    _not_before(given["at"], "The review", ("the arrest", scene.custody.arrested_at))
    following = given.get("review_on") or _rui_review(scene, given["at"])
    return Writing({"review_on": following}, [_event(scene, EventKind.RUI_REVIEW, given)])


def notice(scene: Scene, given: Given) -> Writing:
    """A domestic abuse or domestic violence protection notice was given."""
    return Writing({"notice_kind": given["kind"], "notice_at": given["at"]})


def notice_heard(scene: Scene, given: Given) -> Writing:
    """A court heard the application for an order."""
    _not_before(given["at"], "The hearing", ("the notice", scene.custody.notice_at))
    return Writing({"notice_heard_at": given["at"]})


# -- what they share ------------------------------------------------------------------------------------------------


def _hours_end(scene: Scene, hours: int) -> datetime | None:
    """When so many hours of this detention end; None while that cannot be said."""
    person = held(scene.file, scene.id, scene.custody).person
    if person is None:
        return None
    return detention(
        scene.packs.clocks, person.relevant, hours, hospital=person.hospital, questioned=person.questioned,
        already=person.already, bail_arrest=person.bail_arrest,
    ).due  # fmt: skip


def _check_rank(writing: Writing, given: Given, by: str, source: str) -> None:
    least, rank = _LEAST_RANK.get(by), given.get("rank")
    if rank and least and RANKS.index(rank) < RANKS.index(least):
        who = by.replace("-", " ")
        writing.warnings.append(
            f"This is for a rank no lower than {who} to decide ({source}); recorded as given."
        )


def _check_return(scene: Scene, writing: Writing, returning: datetime) -> None:
    """Warn of a return date after the period: s.47(4D)."""
    clocks = scene.packs.clocks
    ends = bail_period(clocks, scene.file, scene.id, scene.custody).ends
    if ends is not None and returning > ends:
        writing.warnings.append(
            f"The return date lies after the bail period, which ends {instant_words(ends)} ({clocks['ABP-0'].source})."
        )


def _rui_review(scene: Scene, at: datetime) -> str:
    clock = scene.packs.clocks.by_id.get("RUI-REVIEW")
    if clock is None or clock.amount is None:
        raise BadInputError(
            "The clocks pack gives no interval for reviews.", "Give the day of the next review."
        )
    return moment_of_day(add_days(day_of(at), clock.amount))


def _last_second(day: Moment) -> datetime:
    return end_of_day(earliest_day(day))
