"""The verbs of charging: the questions of who decides, and the worksheets of the two tests."""

from casedesk.desk import decisions
from casedesk.desk.asking import Ask, At, Kind, Values, Verb
from casedesk.desk.case_asks import (
    DECISION_TITLES,
    RANK_TITLES,
    YES,
    choices,
    id_of,
    subject_or_only,
    text_of,
    yes_no,
)
from casedesk.desk.case_asks import people as listed
from casedesk.desk.charging_page import (
    FLAGGED,
    PLEA_TITLES,
    WHO_TITLES,
    Asked,
    as_answers,
    asked_of,
    charging_page,
)
from casedesk.desk.typed import given
from casedesk.model.entities import DECISION, Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import standing
from casedesk.model.ids import new_id
from casedesk.model.text import clean
from casedesk.model.words import Confidence, DecisionKind
from casedesk.reference.charging import Question
from casedesk.reference.charging_words import STAGE_TITLES, ChargeTest, Plea, Stage
from casedesk.rules.charging import Who

ASK_ID = "charging.ask"
"""The verb whose answers are recorded: a later answer takes the place of the one before, and both stay in sight."""
_TESTED = (DecisionKind.CHARGE, DecisionKind.NO_FURTHER_ACTION, DecisionKind.OUT_OF_COURT)
_DECIDED = (*_TESTED, DecisionKind.REFER_TO_CPS)
_PUBLIC_INTEREST = "public-interest"


# -- who decides ------------------------------------------------------------------------------------------------


def questions(at: At, asked: Asked) -> list[tuple[str, str]]:
    """The questions of exclusions that a person may answer: each exclusion's id, and its words."""
    open_ = charging_page(at.desk, at.file, at.dossier, Asked(asked.plea, asked.suitable)).decider.asks
    exclusions = at.desk.packs.charging.exclusions
    found = {one.id: one.question for one in open_ if one.id in exclusions}
    if any(one.id == "flags" for one in open_):
        found |= {one: f"{exclusions[one].title}?" for one in FLAGGED if one in exclusions}
    return list(found.items())


def ask_asks(at: At, asked: Asked) -> list[Ask]:
    """What is asked to know who decides, and what the file is sent for; it starts with what was said before."""
    applies = questions(at, asked)
    said = dict(asked.answers)
    asks = [
        Ask("plea", "Anticipated plea", Kind.CHOICE, choices=choices(PLEA_TITLES), initial=asked.plea or ""),
        Ask("suitable", "Suits magistrates", Kind.YES_NO, initial=yes_no(asked.suitable)),
        Ask("stage", "File is sent for", Kind.CHOICE, choices=choices(STAGE_TITLES), initial=asked.stage or ""),
    ]  # fmt: skip
    if applies:
        asks += [
            Ask("applies", "Yes to these", Kind.MANY, choices=tuple(applies),
                initial=",".join(one for one, _ in applies if said.get(one))),
            Ask("others", "No to the others", Kind.YES_NO,
                initial=YES if any(not answer for answer in said.values()) else ""),
        ]  # fmt: skip
    return asks


def answered(at: At, asked: Asked, values: Values) -> Asked:
    """What was answered. A question not chosen is answered no only where that was said of the others."""
    chosen = set(values.get("applies") or ())
    no = bool(values.get("others"))
    answers = tuple((one, one in chosen) for one, _ in questions(at, asked) if one in chosen or no)
    plea, stage = text_of(values, "plea"), text_of(values, "stage")
    return Asked(
        Plea(plea) if plea else None, values.get("suitable"), Stage(stage) if stage else None, answers
    )


def said_of(at: At, asked: Asked) -> str:
    """Who decides by these answers, in a sentence."""
    decider = charging_page(at.desk, at.file, at.dossier, asked).decider
    first = next((one for one in decider.reasons if decider.who in (one.says, Who.CHECK)), None)
    why = f": {first.text} ({first.status})" if first else ""
    more = f" {len(decider.asks)} still to be asked." if decider.asks else ""
    return f"{WHO_TITLES[decider.who]}{why}.{more}"


def record_answers(at: At, values: Values) -> str:
    """Record what was answered on who charges, as a decision that corrects the one before; says who decides."""
    asked = answered(at, asked_of(at.dossier), values)
    said = said_of(at, asked)
    kept = as_answers(asked)
    before = [own for own, one in standing(at.dossier.decisions) if one.answers]
    if not kept:
        raise BadInputError("Nothing was answered.", "Answer one question, or leave with Esc.")
    if asked == asked_of(at.dossier):
        return said
    decider = charging_page(at.desk, at.file, at.dossier, asked).decider
    fields: dict[str, Value] = {
        "kind": DecisionKind.OTHER.value,
        "result": WHO_TITLES[decider.who],
        "text": _in_words(at, asked),
        "by": at.desk.store.actor,
        "at": at.desk.now,
        "about": before[-1] if before else None,
        "answers": kept,
    }
    with at.desk.store.unit_of_work(ASK_ID) as unit:
        unit.entry(DECISION, new_id(), at.case_id, given(fields))
    return said


def _in_words(at: At, asked: Asked) -> str:
    """The answers with their questions, for the record."""
    exclusions = at.desk.packs.charging.exclusions
    lines = [PLEA_TITLES[asked.plea]] if asked.plea else []
    if asked.suitable is not None:
        lines.append(f"Suits a magistrates' sentence: {'yes' if asked.suitable else 'no'}")
    if asked.stage:
        lines.append(f"File is sent for: {STAGE_TITLES[asked.stage]}")
    lines += [
        f"{exclusions[one].title if one in exclusions else one}: {'yes' if answer else 'no'}"
        for one, answer in asked.answers
    ]
    return ". ".join(lines) + "."


# -- the tests --------------------------------------------------------------------------------------------------


def _label(question: Question) -> str:
    """Words of a form for a question, from its id: the question itself stands in the field."""
    _, _, rest = question.id.partition("-")
    if rest.startswith("pi-"):
        return f"PI: {rest.removeprefix('pi-')}"[:20]
    return rest.replace("-", " ").capitalize()[:20]


def _field(question: Question) -> Ask:
    """All of the Threshold Test must be answered; of the Full Code Test, what is sure of its evidential stage."""
    doubt = "" if question.status in (Confidence.CONFIRMED, Confidence.SECONDARY) else f"({question.status})"
    asked = " ".join(filter(None, (doubt, question.text, question.help)))
    settled = question.stage == "evidential" and not doubt
    must = settled or question.stage == "condition"
    return Ask(
        question.id,
        _label(question),
        Kind.LINES,
        required=must,
        rows=2,
        question=asked,
    )


def _test_asks(at: At, test: ChargeTest) -> list[Ask]:
    kinds = tuple((one.value, DECISION_TITLES[one]) for one in _DECIDED)
    return [
        *(_field(one) for one in at.desk.packs.charging.worksheet(test)),
        Ask("kind", "Decision", Kind.CHOICE, required=True, choices=kinds),
        Ask("result", "Result", Kind.TEXT, required=True),
        Ask("rationale", "Rationale", Kind.LINES, required=True, rows=3),
        Ask("by", "Decision maker", Kind.TEXT, hint="you if nothing is given"),
        Ask("rank", "Rank", Kind.CHOICE, choices=choices(RANK_TITLES)),
        Ask("subject", "Of whom", Kind.PERSON, choices=listed(at.file, "suspects"),
            initial=subject_or_only(at, "suspects")),
        Ask("at", "When", Kind.PAST, hint="now if nothing is given"),
    ]  # fmt: skip


def _is_public_interest(question: Question) -> bool:
    return question.stage == _PUBLIC_INTEREST or question.id.endswith(_PUBLIC_INTEREST)


def _stage_text(sheet: tuple[Question, ...], values: Values, *, public: bool) -> str:
    """The answers of one stage, each below its question."""
    parts = [
        f"{one.text}\n{text_of(values, one.id)}"
        for one in sheet
        if _is_public_interest(one) is public and clean(text_of(values, one.id), lines=True)
    ]
    return "\n\n".join(parts)


def _record(at: At, values: Values, test: ChargeTest) -> str:
    sheet = at.desk.packs.charging.worksheet(test)
    kind = text_of(values, "kind")
    decisions.decide(
        at.desk,
        at.case_id,
        kind,
        result=text_of(values, "result"),
        rationale=text_of(values, "rationale"),
        test=test.value if kind in set(_TESTED) else "",
        evidential=_stage_text(sheet, values, public=False),
        public_interest=_stage_text(sheet, values, public=True),
        by=text_of(values, "by"),
        rank=text_of(values, "rank"),
        at=values.get("at"),
        subject=id_of(values, "subject"),
    )
    left = sum(not clean(text_of(values, one.id), lines=True) for one in sheet)
    questions_left = f" {left} of {len(sheet)} questions were left open." if left else ""
    return f"Decision recorded by the {decisions.TESTS[test.value]}.{questions_left}"


def _test_verb(test: ChargeTest, key: str) -> Verb:
    title = decisions.TESTS[test.value]
    return Verb(
        f"charging.{test.value}",
        title,
        f"Record a decision by the questions of the {title}: each answer stands below its question.",
        lambda at, values: _record(at, values, test),
        lambda at: _test_asks(at, test),
        key=key,
    )


CHARGING: tuple[Verb, ...] = (_test_verb(ChargeTest.FULL_CODE, "d"), _test_verb(ChargeTest.THRESHOLD, "D"))
"""The worksheets of the two tests."""
