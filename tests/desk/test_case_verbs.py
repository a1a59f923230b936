"""The verbs of the case page: each is one act that undo takes back, and asks in a way that forms can show."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from casedesk.desk import actions, decisions, people, undo
from casedesk.desk.action_verbs import ACTIONS
from casedesk.desk.asking import Ask, At, Kind, Verb
from casedesk.desk.decision_verbs import DECISIONS
from casedesk.desk.desk import Desk
from casedesk.desk.handover import hand_over
from casedesk.desk.handover_verbs import HANDOVER
from casedesk.desk.newcomers import Newcomer, add_person
from casedesk.desk.people_verbs import PEOPLE
from casedesk.desk.suspect_verbs import CUSTODY, SUSPECTS
from casedesk.model.errors import BadInputError
from casedesk.model.facts import standing
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment
from tests.conftest import FrozenClock
from tests.desk.cases import a_case, acts, at

OWN = (*ACTIONS, *PEOPLE, *SUSPECTS, *DECISIONS, *HANDOVER)
TABS = {
    "actions": ACTIONS,
    "people": PEOPLE,
    "custody": CUSTODY,
    "decisions": DECISIONS,
    "handover": HANDOVER,
}
ENTRIES = ("log", "contacts", "events", "gradings")
KEPT = ("interviews", "decisions", "feedback", "handovers")
Prepare = Callable[[Desk, EntityId], object]


def _nothing(_desk: Desk, _case_id: EntityId) -> None:
    """Nothing needs to be there first."""


def _action(desk: Desk, case_id: EntityId) -> object:
    return actions.add(desk, case_id, "Statement", due=desk.now + timedelta(hours=1))


def _late(desk: Desk, case_id: EntityId) -> object:
    _action(desk, case_id)
    desk.clock.advance(timedelta(hours=2))  # type: ignore[attr-defined] # the clock of the tests
    return None


def _cancelled(desk: Desk, case_id: EntityId) -> object:
    actions.cancel(desk, case_id, actions.add(desk, case_id, "Statement"), "Not needed")
    return None


def _referral(desk: Desk, case_id: EntityId) -> object:
    victim, _ = desk.case(case_id).file.victims[0]
    return people.refer(desk, case_id, victim, "marac", made=True, why="High risk")


DOES: dict[str, tuple[Prepare, dict[str, Any]]] = {
    "action.add": (_nothing, {"what": "Seize it", "owner": "oic"}),
    "action.template": (_nothing, {"template": "assault", "items": ("consent", "medical")}),
    "action.done": (_action, {"result": "Taken"}),
    "action.chase": (_action, {}),
    "action.chase-said": (_action, {"text": "On Monday"}),
    "action.request": (_nothing, {"team": "pnc", "what": "Prints"}),
    "action.late": (_late, {"reason": "workload"}),
    "action.cancel": (_action, {"why": "Not needed"}),
    "action.reopen": (_cancelled, {"why": "Needed after all"}),
    "action.support": (_nothing, {"text": "Drafted the statement with the OIC"}),
    "action.feedback": (_nothing, {"theme": "footage", "praise": "learning", "text": "Clip it"}),
    "people.contact": (
        _nothing,
        {"made": True, "text": "Told her", "purposes": ("arrest",), "channel": "phone", "person": "victim"},
    ),
    "people.views": (_nothing, {"views": "No court", "remedy": "An apology"}),
    "people.needs": (_nothing, {"needs": "Afraid of him"}),
    "people.rights": (_nothing, {"enhanced": True, "enhanced_why": "Domestic abuse"}),
    "people.wishes": (_nothing, {"contact_preference": "text", "safe_contact": "Not at home", "update_days": 7}),
    "people.statement": (_nothing, {"statement": "offered"}),
    "people.refer": (_nothing, {"person": "victim", "to": "idva", "made": True, "why": "High risk"}),
    "people.referral-result": (_referral, {"result": "Taken on"}),
    "people.withdraw": (
        _nothing,
        {
            "kind": "bwv", "reference": "BWV 1", "why": "They are together again", "pressure": "Seen alone: none",
            "evidence_led": "No: nobody else saw it",
        },
    ),
    "people.witness": (_nothing, {"availability": "1 to 14 December"}),
    "people.statement-taken": (_nothing, {"person": "witness"}),
    "people.add-victim": (_nothing, {"name": "Ben Larkin"}),
    "people.add-witness": (_nothing, {"name": "Bea Moss"}),
    "suspect.interview": (_nothing, {"account": "no-comment", "text": "No comment throughout"}),
    "suspect.safeguard": (
        _nothing, {"person": "suspect", "to": "nrm", "made": False, "why": "No sign of exploitation"},
    ),
    "suspect.vulnerability": (_nothing, {"vulnerable": True}),
    "suspect.previous": (_nothing, {"none": True}),
    "suspect.remand": (_nothing, {"ground": "first", "relied_on": True, "evidence": "Two breaches"}),
    "suspect.add": (_nothing, {"name": "Lee Jarrett"}),
    "decision.add": (_nothing, {"kind": "nfa", "result": "No further action", "rationale": "Not enough"}),
    "case.offence-day": (_nothing, {"on": Moment("2026-11-01")}),
    "decision.grade": (
        _nothing, {"threat": "3", "harm": "1", "opportunity": "1", "risk": "2", "why": "He said he would come back"},
    ),
    "decision.point": (
        lambda desk, case_id: decisions.add_point(desk, case_id, "Force was used"),
        {"state": "proved", "evidence": "CCTV"},
    ),
    "decision.points": (_nothing, {}),
    "decision.point-add": (_nothing, {"what": "Force was used"}),
    "event.cps": (_nothing, {"kind": "submitted-to-cps", "number": 28}),
    "event.hearing": (_nothing, {"kind": "first-hearing", "at": timedelta(days=20)}),
    "event.court": (_nothing, {"kind": "sending"}),
    "event.proceedings": (_nothing, {"kind": "suspect-told"}),
    "event.review": (_nothing, {"kind": "review-requested"}),
    "event.people": (_nothing, {"kind": "availability-sent"}),
    "statement.first": (_nothing, {"on": "2026-06-01"}),
    "event.withdraw": (
        lambda desk, case_id: decisions.decide(desk, case_id, "nfa", result="NFA", rationale="Not enough"),
        {"event": "first", "why": "Never decided"},
    ),
    "handover.give": (_nothing, {"to": "7043", "first": "Ring Zoë"}),
    "handover.lend": (_nothing, {"to": "7043", "text": "Holiday", "until": timedelta(days=7)}),
    "handover.take-back": (
        lambda desk, case_id: hand_over(
            desk, [case_id], "lend", "7043", text="Holiday", until=desk.now + timedelta(days=1)
        ),
        {},
    ),
}  # fmt: skip


def _values(where: At, given: dict[str, Any]) -> dict[str, Any]:
    """The values with what depends on the case put in: people by what they are, spans as instants."""
    file = where.file
    known = {
        "victim": lambda: file.victims[0][0].hex(),
        "suspect": lambda: file.suspects[0][0].hex(),
        "witness": lambda: file.witnesses[0][0].hex(),
    }
    values = dict(given)
    for name, value in given.items():
        if name == "person":
            values[name] = known[value]()
        elif name == "event":
            values[name] = file.events[0][0].hex()
        elif name == "ground":
            values[name] = next(iter(where.desk.packs.remand.grounds_for(child=False))).id
        elif isinstance(value, timedelta):
            values[name] = where.desk.now + value
    return values


def _standing(where: At) -> dict[str, object]:
    """Everything of a case that stands."""
    file, dossier = where.file, where.dossier
    said: dict[str, object] = {name: standing(getattr(file, name)) for name in ENTRIES}
    said |= {name: standing(getattr(dossier, name)) for name in KEPT}
    said |= {
        name: getattr(file, name)
        for name in ("case", "suspects", "victims", "witnesses", "custody", "actions")
    }
    return said | {
        name: getattr(dossier, name) for name in ("referrals", "previous", "remand_grounds", "points")
    }


@pytest.mark.parametrize("verb", OWN, ids=lambda verb: verb.id)
def test_a_verb_does_one_act_that_undo_takes_back(desk: Desk, clock: FrozenClock, verb: Verb) -> None:
    case_id = a_case(desk)
    prepare, given = DOES[verb.id]
    prepare(desk, case_id)
    where = at(desk, case_id)
    assert verb.offered(where) is None
    asked = {ask.name: ask for ask in verb.asks(where)}
    values = _values(where, given)
    assert set(values) <= set(asked)
    for name, ask in asked.items():
        if ask.required and name not in values:
            assert ask.initial, f"{name} is asked for and a form starts with nothing"
            if ask.kind in (Kind.CHOICE, Kind.PERSON, Kind.TEXT):
                values[name] = ask.initial
    before, count = _standing(where), acts(desk.store)
    assert verb.run(where, values).endswith(".")
    assert acts(desk.store) == count + 1
    assert _standing(at(desk, case_id)) != before
    last = undo.next_undo(desk)
    assert last is not None
    assert last.name in undo.ACT_TITLES
    undo.undo(desk)
    assert _standing(at(desk, case_id)) == before


def test_a_form_can_show_what_every_verb_asks(desk: Desk) -> None:
    case_id = a_case(desk)
    for verbs in TABS.values():
        keys = [verb.key for verb in verbs if verb.key]
        assert len(set(keys)) == len(keys)
        assert len({verb.id for verb in verbs}) == len(verbs)
        for verb in verbs:
            asked = list(verb.asks(at(desk, case_id)))
            assert len({ask.name for ask in asked}) == len(asked), verb.id
            for ask in asked:
                _check(verb, ask)


def _check(verb: Verb, ask: Ask) -> None:
    where = f"{verb.id}: {ask.name}"
    assert 0 < len(ask.label) <= 20, where
    values = {value for value, _ in ask.choices}
    if ask.kind in (Kind.CHOICE, Kind.MANY, Kind.PERSON):
        chosen = set(filter(None, ask.initial.split(",")))
        assert chosen <= values, where
        assert len(values) == len(ask.choices), where
    else:
        assert not ask.choices, where
    if ask.kind is Kind.YES_NO:
        assert ask.initial in ("", "yes", "no"), where


@pytest.mark.parametrize("verb", OWN, ids=lambda verb: verb.id)
def test_an_empty_form_is_refused_with_a_cure_or_does_what_needs_nothing(desk: Desk, verb: Verb) -> None:
    case_id = a_case(desk)
    DOES[verb.id][0](desk, case_id)
    where, count = at(desk, case_id), acts(desk.store)
    needed = [ask for ask in verb.asks(where) if ask.required and not ask.initial]
    if not needed:
        return
    with pytest.raises(BadInputError) as refused:
        verb.run(where, {})
    assert refused.value.cure
    assert acts(desk.store) == count


def test_one_key_chases_the_action_under_the_cursor(desk: Desk) -> None:
    case_id = a_case(desk)
    own = actions.add(desk, case_id, "Statement", due=desk.now + timedelta(hours=1))
    actions.add(desk, case_id, "CCTV", request="cctv")
    chase = next(verb for verb in ACTIONS if verb.id == "action.chase")
    where = at(desk, case_id, own)
    assert list(chase.asks(where)) == []
    assert chase.run(where, {}).startswith("Chased, 1 so far; next ")
    assert [ask.name for ask in chase.asks(at(desk, case_id))] == ["action", "text"]


def test_a_contact_begins_with_what_is_owed_and_the_warning(desk: Desk) -> None:
    case_id = a_case(desk)
    contact = next(verb for verb in PEOPLE if verb.id == "people.contact")
    victim, _ = desk.case(case_id).file.victims[0]
    assert contact.warns(at(desk, case_id)) == ""
    people.amend_victim(desk, case_id, victim, {"safe_contact": "Ring her sister first"})
    where = at(desk, case_id, victim)
    assert contact.warns(where) == "Zoë Larkin: Ring her sister first"
    asked = {ask.name: ask for ask in contact.asks(where)}
    assert "arrest" in asked["purposes"].initial.split(",")
    said = contact.run(where, {"made": True, "text": "Told her", "channel": "phone", "purposes": ("arrest",)})
    assert "It met: " in said
    tried = contact.run(where, {"made": False, "text": "No reply", "channel": "phone"})
    assert tried.startswith("Attempt recorded. An attempt meets no duty.")


def test_a_verb_of_custody_never_takes_one_suspects_arrest_for_anothers(desk: Desk) -> None:
    case_id = a_case(desk)
    other = add_person(desk, case_id, "suspect", Newcomer(name="Lee Jarrett"))
    charge = next(verb for verb in CUSTODY if verb.id == "custody.charge")
    where = at(desk, case_id, other)
    (first, *_) = charge.asks(where)
    assert (first.name, first.required) == ("arrest", True)
    with pytest.raises(BadInputError, match="under the cursor"):
        charge.run(where, {})


def test_a_verb_of_custody_is_asked_like_the_others(desk: Desk) -> None:
    case_id = a_case(desk)
    verbs = {verb.id: verb for verb in CUSTODY}
    where = at(desk, case_id)
    assert verbs["custody.breach"].offered(where)
    assert verbs["custody.bail"].offered(where) is None
    said = verbs["custody.bail"].run(
        where, {"return_at": desk.now + timedelta(days=20), "conditions": "Not there"}
    )
    name = where.file.suspects[0][1].name
    assert said.startswith(f"Recorded of {name}: released on bail.")
    assert verbs["custody.breach"].offered(at(desk, case_id)) is None
    with pytest.raises(BadInputError, match="before the arrest"):
        verbs["custody.release"].run(at(desk, case_id), {"at": desk.now - timedelta(days=2)})
