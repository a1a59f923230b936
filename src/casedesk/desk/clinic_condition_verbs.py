"""The verbs of conditions in the clinic: built for a draft, then kept, not kept, varied."""

from casedesk.desk import condition_builder as conditions
from casedesk.desk.asking import Ask, At, Kind, Values, Verb
from casedesk.desk.case_asks import RANK_TITLES, choices, day_typed, id_of, text_of
from casedesk.desk.clinic_asks import (
    built_conditions,
    condition_ask,
    condition_held,
    condition_meant,
    has_conditions,
    held_by,
    in_state,
    initial,
    limit_warning,
    pence,
    victim_ask,
    who,
    whose,
    with_warnings,
)
from casedesk.desk.clinic_judging import facts_of, limits_of
from casedesk.desk.needs import need_scores
from casedesk.model.facts import Condition
from casedesk.model.words import ResolutionState
from casedesk.rules.answers import day_words
from casedesk.rules.clinic.conditions import suggest

PENAL = frozenset({"cc", "dc", "cmc"})
"""The disposals with a power to set a financial penalty. CJA 2003 s.22(3A); PCSC Act 2022 ss.102, 111."""
_BUILT = in_state(ResolutionState.DRAFT, ResolutionState.REFUSED, none="No disposal is chosen yet.")


def _catalogue(at: At, *, paid: bool) -> list[tuple[str, str]]:
    """The services of the catalogue: those that answer the greatest needs first."""
    known = at.desk.packs.conditions.services
    held = held_by(at)
    first: list[str] = []
    if held is not None and not paid:
        found = suggest(at.desk.packs, need_scores(at.desk, held), facts_of(at.desk, held))
        first = [one.service for one in found if one.service in known and not known[one.service].paid]
    penal = held is None or held.resolution is None or held.resolution.disposal in PENAL
    rest = [
        one.id
        for one in known.values()
        if one.paid is paid and one.id not in first and (penal or not one.penalty)
    ]
    return [(one, known[one].title) for one in (*first, *rest)]


def limits_warning(at: At) -> str:
    """What must be read before a condition is written: the latest day allowed, and why."""
    held = held_by(at)
    if held is None or held.resolution is None:
        return ""
    found = limits_of(at.desk, held)
    last = f"Latest day: {day_words(found.latest_due)}. " if found.latest_due else ""
    return f"{last}{' '.join(found.why)}".strip()


def _condition_asks(at: At) -> list[Ask]:
    pathways = [(one.id, one.title) for one in at.desk.packs.conditions.pathways.values()]
    return [
        *who(at),
        Ask("service", "From the catalogue", Kind.CHOICE, choices=_catalogue(at, paid=False),
            hint="or write it freely"),
        Ask("what", "Condition", Kind.LINES, rows=2, hint="the catalogue's words if nothing is written"),
        Ask("kind", "Kind", Kind.CHOICE, choices=choices(conditions.KINDS), hint="the catalogue's if none is chosen"),
        Ask("why", "Why it fits", Kind.LINES, rows=3, required=True, hint="appropriate, proportionate, achievable"),
        Ask("due_on", "Complete by", Kind.DAY, required=True),
        Ask("need", "Need it answers", Kind.CHOICE, choices=pathways),
        Ask("provider", "Provider", Kind.TEXT),
        Ask("first_at", "First appointment", Kind.FUTURE),
        Ask("hours", "Hours", Kind.NUMBER),
        Ask("evidence", "Evidence required", Kind.TEXT),
        Ask("remedy", "Community Remedy", Kind.YES_NO, hint="the action that the victim chose"),
        *victim_ask(at),
    ]  # fmt: skip


def _payment_asks(at: At) -> list[Ask]:
    return [
        *who(at),
        Ask("service", "What", Kind.CHOICE, required=True, choices=_catalogue(at, paid=True)),
        Ask("amount", "Amount in pounds", Kind.TEXT, required=True),
        *victim_ask(at),
        Ask("pay_to", "Paid to", Kind.TEXT, hint="the victim if nothing is written; the court service for a penalty"),
        Ask("note", "How it is paid", Kind.LINES, rows=2, hint="instalments; what shows that it can be afforded"),
        Ask("why", "Why it fits", Kind.LINES, rows=3, required=True, hint="appropriate, proportionate, achievable"),
        Ask("due_on", "Pay by", Kind.DAY, required=True),
        Ask("what", "Condition", Kind.LINES, rows=2, hint="the catalogue's words if nothing is written"),
        Ask("evidence", "Evidence required", Kind.TEXT),
        Ask("remedy", "Community Remedy", Kind.YES_NO, hint="the action that the victim chose"),
    ]  # fmt: skip


_CONDITION_FIELDS = (
    "what", "kind", "why", "due_on", "need", "provider", "first_at", "hours", "evidence", "remedy", "pay_to", "note",
)  # fmt: skip


def _condition_fields(values: Values) -> dict[str, object]:
    found = {name: values[name] for name in _CONDITION_FIELDS if values.get(name) not in (None, "")}
    amount = pence(text_of(values, "amount"))
    victim = id_of(values, "victim")
    if victim is not None:
        found["victim"] = victim
    return found | ({"amount_pence": amount} if amount is not None else {})


def _condition(at: At, values: Values) -> str:
    _, warnings = conditions.add_condition(
        at.desk,
        at.case_id,
        whose(at, values),
        service=text_of(values, "service"),
        **_condition_fields(values),
    )
    return with_warnings("Condition added.", warnings)


def _change_asks(at: At) -> list[Ask]:
    now = condition_held(at, settled=False)
    return [
        condition_ask(at, settled=False),
        Ask("what", "Condition", Kind.LINES, rows=2, initial=initial(now, "what")),
        Ask("why", "Why it fits", Kind.LINES, rows=3, initial=initial(now, "why")),
        Ask("due_on", "Complete by", Kind.DAY, initial=day_typed(now.due_on) if now else ""),
        *victim_ask(at, now),
        *_of_provider(now),
        *_of_payment(now),
        Ask("evidence", "Evidence required", Kind.TEXT, initial=initial(now, "evidence")),
        Ask("note", "Note", Kind.LINES, rows=2, initial=initial(now, "note")),
    ]  # fmt: skip


def _of_provider(now: Condition | None) -> list[Ask]:
    """Asks where and with whom a condition is done; one that is paid is done nowhere."""
    if now is not None and now.amount_pence:
        return []
    reference = initial(now, "provider_reference")
    return [
        Ask("provider", "Provider", Kind.TEXT, initial=initial(now, "provider")),
        *([Ask("provider_reference", "Their reference", Kind.TEXT, initial=reference)] if now else []),
        Ask("first_at", "First appointment", Kind.FUTURE),
        Ask("hours", "Hours", Kind.NUMBER, initial=initial(now, "hours")),
    ]


def _of_payment(now: Condition | None) -> list[Ask]:
    """Asks how much is paid to whom, of a condition that is paid or that is not known yet."""
    if now is not None and not now.amount_pence:
        return []
    return [
        Ask("amount", "Amount in pounds", Kind.TEXT),
        Ask("pay_to", "Paid to", Kind.TEXT, initial=initial(now, "pay_to")),
    ]


def _change(at: At, values: Values) -> str:
    fields = _condition_fields(values)
    if values.get("provider_reference"):
        fields["provider_reference"] = values["provider_reference"]
    warnings = conditions.change_condition(at.desk, at.case_id, condition_meant(at, values), **fields)
    return with_warnings("Condition changed.", warnings)


def _take_out(at: At, values: Values) -> str:
    conditions.take_out(at.desk, at.case_id, condition_meant(at, values), text_of(values, "why"))
    return "Condition taken out; it stays in sight."


def _kept(at: At, values: Values) -> str:
    last = conditions.kept(
        at.desk,
        at.case_id,
        condition_meant(at, values),
        on=values.get("on"),
        evidence=text_of(values, "evidence"),
    )
    return "Recorded. Every condition is complete: complete the resolution." if last else "Recorded."


def _not_kept(at: At, values: Values) -> str:
    conditions.not_kept(
        at.desk, at.case_id, condition_meant(at, values), why=text_of(values, "why"), on=values.get("on")
    )
    return "Recorded: somebody who may authorise decides what follows. A reasonable excuse: vary it."


def _vary_asks(at: At) -> list[Ask]:
    return [
        condition_ask(at, settled=True),
        Ask("consent", "Consents", Kind.YES_NO, required=True),
        Ask("by", "Varied by", Kind.TEXT, required=True),
        Ask("rank", "Rank", Kind.CHOICE, required=True, choices=choices(RANK_TITLES)),
        Ask("why", "Why", Kind.LINES, rows=2, required=True, hint="the excuse, and why it is accepted"),
        Ask("what", "Condition now", Kind.LINES, rows=2, hint="as it was if nothing is written"),
        Ask("due_on", "Complete by", Kind.DAY),
        Ask("first_at", "Next appointment", Kind.FUTURE),
        Ask("hours", "Hours", Kind.NUMBER),
        Ask("amount", "Amount in pounds", Kind.TEXT),
    ]


def _vary(at: At, values: Values) -> str:
    fields = {name: value for name, value in _condition_fields(values).items() if name != "why"}
    warnings = conditions.vary(
        at.desk, at.case_id, condition_meant(at, values), consent=bool(values.get("consent")),
        by=text_of(values, "by"), rank=text_of(values, "rank"), why=text_of(values, "why"), **fields,
    )  # fmt: skip
    return with_warnings("Varied; old and new are in the case log.", warnings)


BUILDING: tuple[Verb, ...] = (
    Verb(
        "clinic.condition", "Add a condition", "Add a condition, from the catalogue or written freely.", _condition,
        _condition_asks, _BUILT, limits_warning,
    ),
    Verb(
        "clinic.payment", "Add a payment", "Add compensation or a financial penalty.", _condition, _payment_asks,
        _BUILT, limits_warning,
    ),
    Verb(
        "clinic.condition-change", "Change a condition", "Change a condition of the draft.", _change, _change_asks,
        built_conditions, limits_warning,
    ),
    Verb(
        "clinic.condition-out", "Take a condition out", "Take a condition out of the draft, with the reason.",
        _take_out,
        lambda at: [condition_ask(at, settled=False), Ask("why", "Why", Kind.TEXT, required=True)],
        built_conditions,
    ),
)  # fmt: skip
"""The verbs about the conditions of a draft."""
RUNNING: tuple[Verb, ...] = (
    Verb(
        "clinic.kept", "Condition completed", "Record that a condition was completed, on what evidence.", _kept,
        lambda at: [
            condition_ask(at, settled=True),
            Ask("evidence", "Evidence", Kind.TEXT, required=True, hint="certificate, receipt, confirmation"),
            Ask("on", "On", Kind.DAY, hint="today if nothing is given"),
        ],
        has_conditions(settled=True),
    ),
    Verb(
        "clinic.not-kept", "Not complied with", "Record that a condition was not complied with.", _not_kept,
        lambda at: [
            condition_ask(at, settled=True),
            Ask("why", "What happened", Kind.LINES, required=True, hint="and what excuse was given"),
            Ask("on", "On", Kind.DAY, hint="today if nothing is given"),
        ],
        has_conditions(settled=True), limit_warning,
    ),
    Verb("clinic.vary", "Vary a condition", "Vary a condition with the person's consent.", _vary, _vary_asks,
         has_conditions(settled=True), limits_warning),
)  # fmt: skip
"""The verbs about conditions that run."""
