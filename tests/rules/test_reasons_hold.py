"""Whatever a case says, its reasons are told, hold until they say they change, and can be explained."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from casedesk.model.facts import Case, CaseEvent, CaseFile, Custody, Suspect, Victim
from casedesk.model.moments import Moment, moment_of_day, moment_of_instant
from casedesk.model.words import CustodyState, EventKind, Flag, Stage, SuspectStatus, VictimKind
from casedesk.reference.priority import BAND_IDS
from casedesk.rules import relevant_time
from casedesk.rules.reasons.bail import bail
from casedesk.rules.reasons.factor import STEP
from casedesk.rules.reasons.liberty import liberty
from casedesk.rules.reasons.limits import limits
from casedesk.rules.reasons.safeguarding import safeguarding
from tests.rules.clock_facts import at
from tests.rules.reason_facts import CUSTODY, PACKS, SUSPECT, VICTIM, Rule, add, made, seen

MINUTE = timedelta(minutes=1)
_KINDS = (
    EventKind.REVIEW, EventKind.POSTPONED, EventKind.EXTENSION, EventKind.WARRANT, EventKind.HOSPITAL,
    EventKind.QUESTIONED, EventKind.BAIL_EXTENSION, EventKind.CPS_BAIL, EventKind.CPS_REQUEST, EventKind.IN_PATIENT,
    EventKind.BREACH, EventKind.BREACH_DEALT_WITH, EventKind.SAFEGUARDED, EventKind.RUI_REVIEW, EventKind.CERTIFICATE,
    EventKind.LIMIT_MET, EventKind.TRIAL_STARTED, EventKind.SENT,
)  # fmt: skip
_SITUATIONS = [name.replace("_", "-") for name in vars(relevant_time) if name[0] != "_"]
_RULES: tuple[Rule, ...] = (liberty, limits, bail, safeguarding)


def minutes(since: str, until: str) -> st.SearchStrategy[datetime]:
    start = at(since)
    return st.integers(0, (at(until) - start) // MINUTE).map(lambda count: start + count * MINUTE)


near = minutes("2026-10-20", "2026-10-30")
soon = minutes("2026-03-01", "2027-09-01")
ever = minutes("0002-01-01", "9999-12-30")
instants = st.one_of(near, near, near, soon, soon, ever)
moments = st.one_of(
    instants.map(moment_of_instant),
    instants.map(lambda one: moment_of_day(one.date())),
    instants.map(lambda one: Moment(f"{one:%Y}-{one:%m}".rjust(7, "0"))),
    st.just(Moment("9999-12-31")),
)


def maybe(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | values


def text(*words: str) -> st.SearchStrategy[object]:
    return maybe(st.sampled_from([*words, "something else"]))


flags = st.none() | st.booleans()
custodies = st.builds(
    Custody,
    suspect=maybe(st.just(SUSPECT)),
    state=st.sampled_from(
        [*CustodyState, *[CustodyState.DETAINED] * 5, *[CustodyState.BAILED] * 2, None, "lost"]
    ),
    arrested_at=maybe(instants),
    arrived_at=maybe(instants),
    relevant_at=maybe(instants),
    authorised_at=maybe(instants),
    bail_return_at=maybe(instants),
    bail_ends_on=maybe(moments),
    conditions=text("Not to contact"),
    charged_at=maybe(instants),
    released_at=st.one_of(st.none(), st.none(), instants),
    offence=text("TH68010", "PU86149"),
    situation=text(*_SITUATIONS),
    reviews=maybe(
        st.lists(st.one_of(instants.map(datetime.isoformat), st.text(max_size=5)), max_size=3).map(tuple)
    ),
    extended_until=maybe(instants),
    warrant_until=maybe(instants),
    under_18=flags,
    vulnerable=flags,
    appropriate_adult=text("An aunt"),
    bail_arrest=flags,
    held_minutes=maybe(st.integers(-5, 10**12)),
    bail_months=maybe(st.sampled_from([-1, 0, 3, 6, 9, 12, 700])),
    review_on=maybe(moments),
    first_appearance_on=maybe(moments),
    sent_on=maybe(moments),
    notice_kind=text("dapn", "dvpn"),
    notice_at=maybe(instants),
    notice_heard_at=maybe(instants),
)
events = st.builds(
    CaseEvent,
    kind=st.sampled_from(_KINDS).map(str),
    at=maybe(instants),
    until=maybe(instants),
    subject=st.sampled_from([None, CUSTODY, SUSPECT, VICTIM]),
    number=maybe(st.sampled_from([-3, 0, 3, 6, 9, 12, 18, 10**6])),
)
cases = st.builds(
    Case,
    offence_code=text("PU86149", "CJ88116", "TH68050", "TH68010", "TH68023", "RT88191"),
    charge_code=text("PU86149", "TH68010", "TH68023"),
    offence_from=maybe(moments),
    offence_to=maybe(moments),
    first_statement_on=maybe(moments),
    flags=maybe(st.lists(st.sampled_from([*Flag, "other"]), max_size=2).map(tuple)),
    stage=text(*Stage),
    record_status=text("open", "filed"),
    outcome=text("17"),
    charged_on=st.one_of(st.none(), st.none(), moments),
)
files = st.builds(
    made,
    st.none() | custodies,
    case=cases,
    suspect=st.none()
    | st.builds(Suspect, status=text(*SuspectStatus), dob=maybe(moments), interviewed_on=maybe(moments)),
    victim=st.none() | st.builds(Victim, kind=text(*VictimKind), dob=maybe(moments), enhanced=flags),
)


@settings(max_examples=400, deadline=None)
@given(files, st.lists(events, max_size=4), soon | near)
def test_any_facts_give_reasons_that_hold_until_they_change(
    file: CaseFile, happened: list[CaseEvent], now: datetime
) -> None:
    whole = add(file, *happened)
    for rule in _RULES:
        found = list(rule(whole, now, PACKS))
        for factor in found:
            assert factor.band in BAND_IDS
            assert factor.sentence
            assert factor.changes_at is None or factor.changes_at > now
            assert factor.due is None or factor.due.tzinfo is not None
            if factor.how is not None:
                answer = factor.how()
                assert answer.source
                assert answer.due in (None, factor.due) or not factor.legal
        turns = [factor.changes_at for factor in found if factor.changes_at]
        later = min(turns, default=now + timedelta(days=4000))
        assert seen(rule, whole, later - STEP) == seen(rule, whole, now)


@settings(max_examples=100, deadline=None)
@given(files, st.permutations(list(range(4))), st.lists(events, min_size=4, max_size=4), soon)
def test_the_order_in_which_events_were_recorded_does_not_matter(
    file: CaseFile, order: list[int], happened: list[CaseEvent], now: datetime
) -> None:
    def told(chosen: list[CaseEvent]) -> list[list[tuple[str, str]]]:
        whole = add(file, *chosen)
        return [sorted(seen(rule, whole, now)) for rule in _RULES]

    assert told(happened) == told([happened[n] for n in order])
