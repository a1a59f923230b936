"""Made-up needs assessments: prepared from the file, begun with the person, or complete."""

from collections.abc import Mapping
from datetime import datetime
from itertools import takewhile

from casedesk.desk.demo_case import Draft, Facts
from casedesk.desk.demo_maker import Maker
from casedesk.model.entities import ANSWER, ASSESSMENT
from casedesk.model.ids import EntityId, derived_id
from casedesk.model.moments import local, moment_of_day
from casedesk.reference.demo_clinic import ClinicMatter
from casedesk.reference.form_parts import Form, Question, QuestionKind
from casedesk.rules import forms

_FORM = "needs"
_REASSURING = (".safe", ".alone", "suicide-now", ".doctor")
"""Questions whose plainest answer is yes."""


def assess(maker: Maker, draft: Draft, suspect: EntityId, told: ClinicMatter, at: datetime) -> None:
    """Write the assessment of a suspect as far as the matter has come, begun at that time."""
    form = maker.backdrop.packs.forms[_FORM]
    own = derived_id("demo", draft.ref, ASSESSMENT.name)
    prepared, complete = told.assessment == "prepared", told.assessment == "complete"
    sections = _sections(form, "" if complete else told.upto)
    answers = _answered(maker, form, sections, at, confirmed=not prepared)
    onward = forms.next_open(form, answers)
    facts: Facts = {
        "suspect": suspect,
        "form": form.id,
        "version": form.version,
        "number": 1,
        "started_at": at,
        "by": draft.case.get("owner"),
        "place": onward.id if onward else None,
        "seen": () if prepared else sections,
    }
    if not prepared:
        facts["told"] = True
    if complete:
        facts.update(confirmed_at=at, completed_at=at)
    draft.parts.append((ASSESSMENT, own, facts))
    for name, given in answers.items():
        draft.parts.append((ANSWER, derived_id("answer", own.hex(), name), _kept(own, name, given)))


def _sections(form: Form, upto: str) -> tuple[str, ...]:
    """The sections that were gone through: all of them, or those up to one."""
    names = [section.id for section in form.sections]
    if upto not in names:
        return tuple(names)
    return (*takewhile(lambda name: name != upto, names), upto)


def _answered(
    maker: Maker, form: Form, sections: tuple[str, ...], at: datetime, *, confirmed: bool
) -> dict[str, forms.Given]:
    """An answer to every question of these sections that arises and may not be left empty."""
    answers: dict[str, forms.Given] = {}
    while (question := forms.next_open(form, answers)) is not None and question.section in sections:
        plain = _plain(question, form.told, maker.pack.clinic.words["note"], at)
        wanted = maker.pack.clinic.answers.get(question.id, plain)
        value = forms.check(question, wanted, now=at)
        answers[question.id] = forms.Given(
            value=value, said=forms.said(question, value), asked=question.text, confirmed=confirmed
        )
    return answers


def _plain(question: Question, told: str, words: str, at: datetime) -> str:
    """The answer that raises as little as can be."""
    if question.id == told or question.id.endswith(_REASSURING):
        return forms.YES
    if question.kind is QuestionKind.NUMBER:
        return str(question.least or 0)
    if question.kind in (QuestionKind.CHOICE, QuestionKind.MANY):
        return question.alone[0] if question.alone else question.options[0].id
    fixed: Mapping[QuestionKind, str] = {
        QuestionKind.YES_NO: forms.NO,
        QuestionKind.DAY: moment_of_day(local(at).date()),
    }
    return fixed.get(question.kind, words)


def _kept(assessment: EntityId, question: str, given: forms.Given) -> Facts:
    return {
        "assessment": assessment,
        "question": question,
        "asked": given.asked,
        "value": given.value,
        "said": given.said,
        "confirmed": given.confirmed or None,
    }
