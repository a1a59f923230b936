"""What the answers of a questionnaire come to: needs, the scores of screening tools, and what must be done."""

from dataclasses import dataclass

from casedesk.model.words import Confidence
from casedesk.reference.form_parts import Condition, Form, Holds, Instrument, Scored, Section
from casedesk.rules.form_values import YES, said
from casedesk.rules.form_walk import Answers, Given, live, met, score_of


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedScore:
    """What the worker judged of one pathway, and what the person said of it."""

    pathway: str
    title: str
    score: int | None
    """0, 1 or 2; None while it was not judged."""
    meaning: str
    """The score in words; empty while there is none."""
    linked: bool | None
    """Whether it is linked to the offence."""
    strengths: str
    motivation: int | None
    """0 to 10."""
    consent: str
    """``yes``, ``no``, ``not-needed`` or empty: may the person be referred."""
    own_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenScore:
    """The result of one screening tool."""

    instrument: str
    title: str
    score: int | None
    """None while an item is missing."""
    most: int
    band: str
    """What the score means; empty while there is none."""
    positive: bool
    next_step: str
    """What follows, where the score calls for it; else empty."""
    attribution: str
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """Something that an answer makes necessary."""

    id: str
    title: str
    action: str
    services: tuple[str, ...]
    same_day: bool
    holds: bool
    because: tuple[tuple[str, str], ...]
    """The questions and answers that raise it, in words."""
    questions: tuple[str, ...]
    """Ids of those questions."""
    status: Confidence
    source: str


# -- what it is worth -------------------------------------------------------------------------------------------


def scores(form: Form, answers: Answers) -> dict[str, NeedScore]:
    """The needs by pathway, in the form's order; a pathway without a judgement has the score None."""
    counting = live(form, answers)
    return {section.id: _need(section, counting) for section in form.pathways}


def needs(form: Form, answers: Answers) -> dict[str, int]:
    """The scores of the pathways that were judged."""
    return {name: one.score for name, one in scores(form, answers).items() if one.score is not None}


def screens(form: Form, answers: Answers) -> dict[str, ScreenScore]:
    """The results of the screening tools of which at least one item is answered."""
    counting = live(form, answers)
    return {
        tool.id: _screen(tool, counting)
        for tool in form.instruments.values()
        if any(item in counting for item in tool.items)
    }


def _need(section: Section, answers: Answers) -> NeedScore:
    def value(name: str) -> str:
        return (given.value or "") if (given := answers.get(f"{section.id}.{name}")) else ""

    score, linked, motivation = value("score"), value("linked"), value("motivation")
    judged = answers.get(f"{section.id}.score")
    return NeedScore(
        pathway=section.id,
        title=section.title,
        score=int(score) if score.isdigit() else None,
        meaning=judged.said if judged and score else "",
        linked=linked == YES if linked else None,
        strengths=value("strengths"),
        motivation=int(motivation) if motivation.isdigit() else None,
        consent=value("consent"),
        own_words=value("own-words"),
    )


def _screen(tool: Instrument, answers: Answers) -> ScreenScore:
    score = score_of(tool, answers)
    positive = score is not None and tool.positive is not None and score >= tool.positive
    return ScreenScore(
        instrument=tool.id,
        title=tool.title,
        score=score,
        most=tool.most,
        band=tool.band(score).text if score is not None else "",
        positive=positive,
        next_step=tool.next_step if positive else "",
        attribution=tool.attribution,
        status=tool.status,
        source=tool.source,
    )


# -- what it makes necessary ------------------------------------------------------------------------------------


def triggers(form: Form, answers: Answers) -> tuple[Trigger, ...]:
    """What the answers make necessary: same-day matters first, then those that hold a resolution up.

    An orphan raises its trigger still: what was said of harm is not forgotten because a box was changed.
    """
    standing = {name: given for name, given in answers.items() if given.stands}
    raised = []
    for rule in form.triggers.values():
        if met(form, rule.when, standing):
            names = tuple(dict.fromkeys(_raising(form, rule.when, standing)))
            raised.append(
                Trigger(
                    id=rule.id,
                    title=rule.title,
                    action=rule.action,
                    services=rule.services,
                    same_day=rule.same_day,
                    holds=rule.holds,
                    because=tuple(_in_words(form, name, standing[name]) for name in names),
                    questions=names,
                    status=rule.status,
                    source=rule.source,
                )
            )
    return tuple(sorted(raised, key=lambda one: (not one.same_day, not one.holds)))


def raising_words(form: Form) -> dict[str, tuple[str, ...]]:
    """What the answers to each question can raise, by its id: the titles, for finding it by them."""
    found: dict[str, tuple[str, ...]] = {}
    for rule in form.triggers.values():
        for name in dict.fromkeys(_named(form, rule.when)):
            found[name] = (*found.get(name, ()), rule.title)
    return found


def _named(form: Form, condition: Condition) -> list[str]:
    """The questions that a condition is about."""
    if isinstance(condition, Holds):
        return [condition.question]
    if isinstance(condition, Scored):
        tool = form.instruments.get(condition.instrument)
        return [*tool.items] if tool else []
    return [name for part in condition.parts for name in _named(form, part)]


def _in_words(form: Form, name: str, given: Given) -> tuple[str, str]:
    question = form.questions.get(name)
    asked = given.asked or (question.text if question else name)
    return asked, given.said or (
        said(question, given.value) if question and given.value else given.value or ""
    )


def _raising(form: Form, condition: Condition, answers: Answers) -> list[str]:
    """The questions whose answers meet a condition."""
    if isinstance(condition, Holds):
        return [condition.question] if met(form, condition, answers) else []
    if isinstance(condition, Scored):
        tool = form.instruments.get(condition.instrument)
        return [*tool.items] if tool and met(form, condition, answers) else []
    return [name for part in condition.parts for name in _raising(form, part, answers)]
