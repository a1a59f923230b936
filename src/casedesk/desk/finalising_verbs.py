"""The verbs of finalising as data, for forms: finalise, return, hold, refer for a ruling, decide one, reopen."""

from collections.abc import Iterable

from casedesk.desk.asking import Ask, At, Kind, Values, Verb
from casedesk.desk.finalise import (
    RANKS,
    chosen_outcome,
    finalise,
    judge,
    open_warnings,
    reopen,
    settle_approvals,
    summary,
)
from casedesk.desk.finalised_code import code_of, known_codes
from casedesk.desk.returns import (
    default_due,
    hold,
    proposed_reasons,
    release_hold,
    return_case,
)
from casedesk.desk.review_state import (
    differing_approvals,
    in_words,
    open_rulings_of,
    standing_approval,
    standing_approvals,
    standing_holds,
)
from casedesk.desk.rulings import ANSWERS, LIAISON, Asked, ask, authority_title, decide
from casedesk.model.finalising import Finalising
from casedesk.model.ids import EntityId, encode
from casedesk.model.moments import Moment, day_of, show_day, show_moment
from casedesk.model.words import Stage
from casedesk.reference.rulings import RulingKind
from casedesk.rules.shown import RANK_TITLES
from casedesk.store.finalised import read_finalising

_RANKS = tuple(RANK_TITLES.items())


def _left(at: At) -> Finalising:
    return read_finalising(at.desk.store.connection, at.case_id)


def _is_open(at: At) -> str | None:
    finalised = at.file.case.stage == Stage.FINALISED and standing_approvals(_left(at))
    return "It is finalised: reopen it first." if finalised else None


# -- finalise ---------------------------------------------------------------------------------------------------


def _finalise(at: At, values: Values) -> str:
    finalise(
        at.desk,
        at.case_id,
        outcome=values.get("outcome") or None,
        outcome_date=_other_day(at, values.get("outcome_date")),
        ho_class=values.get("ho_class") or None,
        decided_by=values.get("decided_by") or None,
        decided_rank=values.get("decided_rank") or None,
        rationale=values.get("rationale") or None,
        accept_warnings=values.get("warnings") or (),
    )
    found = standing_approval(_left(at))
    return f"Finalised: {summary(found[1])}" if found else "Finalised"


def _other_day(at: At, day: Moment | None) -> Moment | None:
    """The outcome date where it is another than the one recorded, which may be more exact than a form's day."""
    recorded = at.file.case.outcome_date
    return None if day is None or (recorded and day_of(recorded) == day_of(day)) else day


def _finalise_asks(at: At) -> list[Ask]:
    case = at.file.case
    codes = [(code, f"{code} {name}") for code, name in known_codes(at.desk.packs).items()]
    chosen = chosen_outcome(at.file, at.desk.packs)
    warnings = open_warnings(_left(at), at.file, judge(at.desk, at.file))
    day = day_of(case.outcome_date) if case.outcome_date else None
    asks = [
        Ask("outcome", "Outcome", Kind.CHOICE, choices=codes, hint=chosen.why if chosen else "",
            initial=code_of(case) or "" if code_of(case) in dict(codes) else ""),
        Ask("outcome_date", "Outcome date", Kind.DAY,
            initial=show_day(day) if day else ""),
        Ask("ho_class", "HO class", hint="nnn/nn", initial=case.ho_class or ""),
        Ask("decided_by", "Decision maker", initial=case.decided_by or ""),
        Ask("decided_rank", "Rank", Kind.CHOICE, choices=_RANKS,
            initial=case.decided_rank if case.decided_rank in RANKS else ""),
        Ask("rationale", "Rationale", Kind.LINES, initial=case.rationale or ""),
    ]  # fmt: skip
    if warnings:
        choices = [(rule, f"{rule} {why}") for rule, why in warnings.items()]
        asks.append(Ask("warnings", "Accept warnings", Kind.MANY, choices=choices))
    return asks


def _settle_asks(at: At) -> list[Ask]:
    choices = [(encode(key), in_words([(key, one)])) for key, one in differing_approvals(_left(at))]
    return [
        Ask("keep", "Which stands", Kind.CHOICE, required=True, choices=choices),
        Ask("why", "Why", Kind.LINES, required=True),
    ]


def _settle(at: At, values: Values) -> str:
    settle_approvals(
        at.desk, at.case_id, _named(_left(at).approvals, values["keep"]), values.get("why") or ""
    )
    return "Settled"


def _reopen(at: At, values: Values) -> str:
    reopen(at.desk, at.case_id, values.get("why") or "")
    return "Reopened"


# -- return and hold --------------------------------------------------------------------------------------------


def _return(at: At, values: Values) -> str:
    escalate = values.get("escalate")
    return_case(
        at.desk,
        [at.case_id],
        values.get("reasons") or (),
        text=values.get("text") or "",
        due_on=values.get("due_on"),
        to=values.get("to") or None,
        escalate=True if escalate is None else escalate,
    )
    return "Returned"


def _return_asks(at: At) -> list[Ask]:
    """The reasons that the findings propose come first."""
    packed = at.desk.packs.returns.reasons
    proposed = proposed_reasons(at.desk, judge(at.desk, at.file))
    ids = dict.fromkeys((*proposed, *packed))
    rules = {rule.id: rule.title for rule in at.desk.checker.rules}
    return [
        Ask("reasons", "Reasons", Kind.MANY, required=True,
            choices=[(one, packed[one].title if one in packed else rules[one]) for one in ids]),
        Ask("text", "Message", Kind.LINES, hint="added to what the reasons say"),
        Ask("due_on", "Wanted back by", Kind.DAY, hint=f"{show_moment(default_due(at.desk))} if not given"),
        Ask("to", "To", initial=at.file.case.oic or ""),
        Ask("escalate", "Tell the supervisor", Kind.YES_NO, hint="from the second return on"),
    ]  # fmt: skip


def _hold(at: At, values: Values) -> str:
    hold(at.desk, at.case_id, values.get("why") or "", values.get("until"))
    return "Held"


def _release(at: At, _values: Values) -> str:
    release_hold(at.desk, at.case_id)
    return "Released"


# -- rulings ----------------------------------------------------------------------------------------------------


def _ask(kind: RulingKind, at: At, values: Values) -> str:
    asked = Asked(
        kind=kind.value,
        code=values.get("code") or None,
        to_class=values.get("to_class") or None,
        reason=values.get("reason") or None,
        information=values.get("information") or None,
        evidence_kind=values.get("evidence_kind") or None,
        principal_checked=values.get("principal_checked"),
    )
    made = ask(
        at.desk, at.case_id, asked, due_on=values.get("due_on"), send_back=bool(values.get("send_back"))
    )
    found = dict(_left(at).rulings)[made]
    if found.answer:
        return f"Sent back: {found.why}"
    return f"Asked: for the {authority_title(at.desk, found.authority or '')}"


def _ask_asks(kind: RulingKind, at: At) -> list[Ask]:
    rulings = at.desk.packs.rulings
    ours = [one for one in rulings.applications.values() if one.kind is kind]
    needs = {need for one in ours for need in one.needs}
    evidence = dict.fromkeys(word for one in ours for word in one.evidence)
    codes = [(code, f"{code} {one.title}") for one in ours for code in one.codes]
    if kind is RulingKind.OUTCOME:
        outcomes = at.desk.packs.outcomes.items()
        codes = [(code, f"{code} {one.name}") for code, one in outcomes if one.selectable]
    asks = []
    if codes:
        asks.append(Ask("code", "Asked for", Kind.CHOICE, required=True, choices=codes))
    if "to_class" in needs:
        asks.append(Ask("to_class", "HO class wanted", required=True, hint="nnn/nn"))
    asks.append(Ask("reason", "Reason", Kind.LINES, hint=ours[0].text if len(ours) == 1 else ""))
    if "information" in needs:
        asks.append(
            Ask("information", "Information", Kind.LINES, hint="verifiable: what, where from, how verified")
        )
    if evidence:
        words = [(word, word.replace("-", " ")) for word in evidence]
        asks.append(Ask("evidence_kind", "Kind of evidence", Kind.CHOICE, choices=words))
    if "principal_checked" in needs:
        asks.append(Ask("principal_checked", "Principal crime", Kind.YES_NO, hint="it was looked for"))
    asks.append(Ask("due_on", "Decision due", Kind.DAY))
    asks.append(Ask("send_back", "Send back", Kind.YES_NO, hint="if it lacks something"))
    return asks


def _decide(at: At, values: Values) -> str:
    waiting = open_rulings_of(_left(at))
    chosen = _named(waiting, values.get("ruling") or (encode(waiting[0][0]) if waiting else ""))
    decide(
        at.desk,
        at.case_id,
        chosen,
        values.get("answer") or "",
        decider=values.get("decider") or "",
        rank=values.get("rank") or "",
        why=values.get("why") or "",
    )
    return f"Recorded: {values['answer']}"


def _decide_asks(at: At) -> list[Ask]:
    waiting = [
        (encode(key), " ".join(part for part in (one.kind, one.code, one.to_class) if part))
        for key, one in open_rulings_of(_left(at))
    ]
    answers = tuple((word, word.replace("-", " ")) for word in ANSWERS)
    first = waiting[0][0] if waiting else ""
    return [
        Ask("ruling", "Question", Kind.CHOICE, required=True, choices=waiting, initial=first),
        Ask("answer", "Decision", Kind.CHOICE, required=True, choices=answers),
        Ask("decider", "Decided by", required=True, hint="never the officer in charge"),
        Ask("rank", "Rank", Kind.CHOICE, choices=_RANKS),
        Ask("why", "Why", Kind.LINES, required=True),
    ]


def _liaison(at: At, values: Values) -> str:
    from casedesk.desk.record import add_log_entry

    add_log_entry(at.desk, at.case_id, values.get("text") or "", topic=LIAISON)
    return "Noted"


def _named(held: Iterable[tuple[EntityId, object]], named: str) -> EntityId:
    """The entity that a choice stands for; an id of nothing where it is none of them, which the verb refuses."""
    return next((key for key, _ in held if encode(key) == named), EntityId(b""))


def _referring(kind: RulingKind, verb_id: str, title: str, about: str) -> Verb:
    return Verb(
        verb_id, title, about,
        lambda at, values: _ask(kind, at, values),
        lambda at: _ask_asks(kind, at),
        _is_open,
    )  # fmt: skip


FINALISING: tuple[Verb, ...] = (
    Verb(
        "finalise.accept", "Finalise", "Finalise the crime on its facts, corrected where you say so.", _finalise,
        _finalise_asks, _is_open,
    ),
    Verb(
        "finalise.return", "Return", "Send the crime back for rework, with reasons that teach.", _return,
        _return_asks, _is_open,
    ),
    Verb(
        "finalise.hold", "Hold", "Let the crime wait in the review, with the reason.", _hold,
        lambda _at: [Ask("why", "Why", Kind.LINES, required=True), Ask("until", "Until", Kind.DAY)], _is_open,
    ),
    Verb(
        "finalise.release", "Release", "Let a held crime go on.", _release, lambda _at: [],
        lambda at: None if standing_holds(_left(at)) else "It is not held.",
    ),
    _referring(
        RulingKind.OUTCOME, "ruling.outcome", "Refer: outcome",
        "Ask the designated decision maker for an outcome's authority.",
    ),
    _referring(
        RulingKind.CANCELLATION, "ruling.cancellation", "Refer: cancellation",
        "Ask for the crime to be cancelled or transferred, with the evidence.",
    ),
    _referring(
        RulingKind.RECLASSIFICATION, "ruling.reclassification", "Refer: reclassify",
        "Ask for another class, with additional verifiable information.",
    ),
    _referring(RulingKind.N100, "ruling.n100", "Refer: N100", "Ask for a report of rape to be kept as N100."),
    Verb(
        "ruling.decide", "Ruling", "Record the answer to a question that waits.", _decide, _decide_asks,
        lambda at: None if open_rulings_of(_left(at)) else "No ruling is awaited.",
    ),
    Verb(
        "ruling.liaison", "Liaison", "Note what was settled with a scrutineer or another unit.", _liaison,
        lambda _at: [Ask("text", "Entry", Kind.LINES, required=True)],
    ),
    Verb(
        "finalise.settle", "Settle approvals", "Decide which of two approvals stands.", _settle, _settle_asks,
        lambda at: None if differing_approvals(_left(at)) else "No two approvals differ.",
    ),
    Verb(
        "finalise.reopen", "Reopen", "Open a finalised crime again, with the reason.", _reopen,
        lambda _at: [Ask("why", "Why", Kind.LINES, required=True)],
        lambda at: None if standing_approvals(_left(at)) else "It is not finalised.",
    ),
)  # fmt: skip
"""The verbs of finalising, the frequent ones first."""
