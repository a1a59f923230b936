"""The needs assessment of a suspect: begun, answered one question at a time, confirmed, completed, and compared.

A :class:`Sitting` is one assessment as it stands, with the form it was begun on. Every verb writes at once and gives
the sitting as it is afterwards, so that a power cut loses nothing but the word being typed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from casedesk.desk.answers_apart import Apart, given_of, raised, read_apart, safest
from casedesk.desk.case_asks import line, optional_text
from casedesk.desk.desk import Desk
from casedesk.desk.matter import begun_first
from casedesk.desk.typed import existing, given, required_text
from casedesk.model.clinic import Assessment
from casedesk.model.dossier import Referral
from casedesk.model.entities import ANSWER, ASSESSMENT, REFERRAL, Value
from casedesk.model.errors import BadInputError, NotFoundError
from casedesk.model.ids import EntityId, derived_id, new_id
from casedesk.model.moments import Moment, earliest, local, moment_of_day, show_instant, show_moment
from casedesk.model.text import clip, counted
from casedesk.reference.form_parts import Form, Question
from casedesk.rules import forms
from casedesk.rules.form_changes import Change, changes
from casedesk.rules.forms import Given, NeedScore, Orphan, ScreenScore, SectionProgress, Trigger, Typed
from casedesk.store.journal import Unit
from casedesk.store.records import children

FROM_ASSESSMENT = "From the needs assessment"
"""Why a referral was made, where nobody says more: what was answered is read in the assessment, not in a timeline."""
_DIGITS = 16
"""How many digits stand for the answers that an assessment was completed on."""


@dataclass(frozen=True, slots=True)
class TriggerRecord:
    """What was done about a trigger: a referral made, or not made with the reason."""

    referral: EntityId
    to: str
    made_on: Moment | None
    not_made_why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """Something that an assessment lacks before it is complete."""

    what: str
    """In words, for a person."""
    question: str = ""
    """The question to go to; empty where it is not one."""
    trigger: str = ""
    """The trigger to deal with; empty where it is not one."""
    blocks: bool = True
    """Whether the assessment cannot be completed without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One assessment as it stands."""

    case_id: EntityId
    id: EntityId
    assessment: Assessment
    form: Form
    """The version it was begun on; made up from its answers where that version is not kept here."""
    known: bool
    """Whether that version is kept here: an assessment without it can be read, not gone on with."""
    answers: Mapping[str, Given]
    records: Mapping[str, tuple[TriggerRecord, ...]]
    """What was done about each trigger, by its id: here, or in one that was begun apart."""
    apart: Apart = field(default_factory=dict)
    """What desks answered differently at once, by the question: all of it speaks until the question is asked again."""
    beside: tuple[tuple[EntityId, Assessment], ...] = ()
    """Other assessments of the person on the same form that are not ended: another desk began them."""
    carried: tuple[Trigger, ...] = ()
    """What those make necessary, of which nothing is recorded in any of them."""

    @property
    def suspect(self) -> EntityId | None:
        """Whose it is."""
        return self.assessment.suspect

    @property
    def is_open(self) -> bool:
        """Whether it can be gone on with."""
        return self.known and not self.completed and not self.assessment.given_up_why

    @property
    def completed(self) -> bool:
        """Whether it was completed, and what it was completed on is as it was."""
        return self.assessment.completed_at is not None and not self.changed

    @property
    def changed(self) -> bool:
        """Whether it was completed and then taken further, as by another desk at once: it is to be looked at again."""
        if self.assessment.completed_at is None or not self.known:
            return False
        kept = self.assessment.rests_on
        return bool(self.apart) or (kept is not None and kept != rests_on(self.answers))

    @property
    def told(self) -> bool:
        """Whether the person was told how answers may be used."""
        return bool(self.assessment.told)

    @property
    def place(self) -> Question | None:
        """The question to go on at."""
        return forms.resume(self.form, self.answers, self.assessment.place)

    def progress(self) -> tuple[SectionProgress, ...]:
        """How far every section has come."""
        return forms.progress(self.form, self.answers, self.assessment.seen or ())

    def triggers(self) -> tuple[Trigger, ...]:
        """What the answers make necessary, with those in dispute and begun apart; same-day matters first."""
        found = {one.id: one for one in self.carried}
        found |= {one.id: one for one in raised(self.form, self.answers, self.apart)}
        return tuple(sorted(found.values(), key=lambda one: (not one.same_day, not one.holds)))

    def open_triggers(self) -> tuple[Trigger, ...]:
        """Those of them about which nothing is recorded yet."""
        return tuple(one for one in self.triggers() if one.id not in self.records)

    def orphans(self) -> tuple[Orphan, ...]:
        """The answers whose question no longer arises."""
        return forms.orphans(self.form, self.answers)

    def scores(self) -> dict[str, NeedScore]:
        """The needs by pathway."""
        return forms.scores(self.form, self.answers)

    def screens(self) -> dict[str, ScreenScore]:
        """The results of the screening tools that were used."""
        return forms.screens(self.form, self.answers)


# -- begun and read ---------------------------------------------------------------------------------------------


def start(desk: Desk, case_id: EntityId, suspect: EntityId, form: str = "needs") -> EntityId:
    """Begin an assessment of a suspect on the newest version of a form.

    Raises BadInputError for somebody who is no suspect of the case, an unknown form, or while another one on the same
    form is open.
    """
    file = desk.case(case_id).file
    existing(suspect, [own for own, _ in file.suspects], "suspect")
    if form not in desk.packs.forms:
        raise BadInputError(f"There is no form “{form}”.", f"One of: {', '.join(desk.packs.forms)}.")
    theirs = [one for _, one in assessments(desk, case_id, suspect) if one.form == form]
    if any(one.completed_at is None and not one.given_up_why for one in theirs) or any(
        read(desk, case_id, own).changed
        for own, one in assessments(desk, case_id, suspect)
        if one.form == form
    ):
        raise BadInputError("An assessment of this person is open.", "Go on with it, or give it up.")
    own = new_id()
    facts: dict[str, Value] = {
        "suspect": suspect, "form": form, "version": desk.packs.forms[form].version,
        "number": 1 + sum(not one.given_up_why for one in theirs), "started_at": desk.now, "by": desk.store.actor,
    }  # fmt: skip
    with desk.store.unit_of_work("assessment.start") as unit:
        unit.set(ASSESSMENT, own, case_id, facts)
    return own


def assessments(
    desk: Desk, case_id: EntityId, suspect: EntityId | None = None
) -> list[tuple[EntityId, Assessment]]:
    """The assessments of a case, of one suspect where given, in the order they were begun: the same at every desk."""
    held = sorted(children(desk.store.connection, ASSESSMENT, case_id), key=begun_first)
    begun = ((own, one) for own, one in held if one.form)  # one whose beginning was undone has none
    return [(own, one) for own, one in begun if suspect is None or one.suspect == suspect]


def latest(desk: Desk, case_id: EntityId, suspect: EntityId, *, completed: bool = False) -> EntityId | None:
    """The assessment of a suspect begun last that was not given up; with ``completed`` the last completed one."""
    found = [
        own
        for own, one in assessments(desk, case_id, suspect)
        if not one.given_up_why and (one.completed_at is not None or not completed)
    ]
    return found[-1] if found else None


def read(desk: Desk, case_id: EntityId, assessment_id: EntityId) -> Sitting:
    """Read an assessment with the version of the form it was begun on.

    Whoever shows it accounts for the case being consulted, as for a case page. Raises NotFoundError when it is not in
    this case.
    """
    sitting = _read(desk, case_id, assessment_id)
    going = [
        _read(desk, case_id, own)
        for own, one in assessments(desk, case_id, sitting.suspect)
        if own != assessment_id and not one.given_up_why and _apart_from(sitting.assessment, one)
    ]
    records = dict(sitting.records)
    for other in going:
        for name, done in other.records.items():
            records[name] = (*records.get(name, ()), *done)
    carried = {one.id: one for other in going for one in other.triggers() if one.id not in records}
    return replace(
        sitting,
        records=records,
        beside=tuple((one.id, one.assessment) for one in going if not one.completed),
        carried=tuple(carried.values()),
    )


def _read(desk: Desk, case_id: EntityId, assessment_id: EntityId) -> Sitting:
    """Read an assessment alone."""
    connection = desk.store.connection
    found = dict(children(connection, ASSESSMENT, case_id)).get(assessment_id)
    if found is None or not found.form:
        raise NotFoundError("That assessment is not in this case.", "Go back to the case and open it again.")
    rows = {
        own: one
        for own, one in children(connection, ANSWER, case_id)
        if one.assessment == assessment_id and one.question
    }
    answers = {one.question: given_of(one) for one in rows.values()}
    form = _form(desk, found)
    shown = form or forms.form_of_answers(found.form or "", found.version or "", answers)
    apart = read_apart(desk, case_id, shown, rows)
    sitting = Sitting(
        case_id=case_id,
        id=assessment_id,
        assessment=found,
        form=shown,
        known=form is not None,
        answers=safest(shown, answers, apart),
        records={},
        apart=apart,
    )
    return replace(sitting, records=_records(sitting, children(connection, REFERRAL, case_id)))


def _apart_from(one: Assessment, other: Assessment) -> bool:
    """Whether two assessments were begun apart: both are the same one of the same person."""
    return (one.suspect, one.form, one.number) == (other.suspect, other.form, other.number)


def _form(desk: Desk, assessment: Assessment) -> Form | None:
    return desk.packs.forms.version(assessment.form or "", assessment.version or "")


# -- answered ---------------------------------------------------------------------------------------------------


def answer(
    desk: Desk,
    sitting: Sitting,
    question_id: str,
    value: Typed = None,
    *,
    note: str | None = None,
    declined: bool = False,
    confirmed: bool = True,
) -> Sitting:
    """Save one answer, and the question that comes next as the place to go on at.

    ``note`` replaces the note of the answer; None leaves it. Raises BadInputError for a value that does not answer the
    question, a question that does not arise or cannot be declined, or an assessment that is not open.
    """
    question = _arising(sitting, question_id)
    made = _made(desk, sitting, question, value, note=note, declined=declined, confirmed=confirmed)
    after = _with(sitting, {question_id: made})
    onward = forms.next_question(after.form, after.answers, question_id) or question
    facts: dict[str, Value] = {"place": onward.id}
    if question_id == sitting.form.told and made.confirmed:
        facts["told"] = made.value == forms.YES
    with desk.store.unit_of_work("assessment.answer") as unit:
        _write(unit, sitting, question_id, made)
        return replace(after, assessment=_set(unit, sitting, facts))


def answer_many(desk: Desk, sitting: Sitting, values: Mapping[str, Typed], *, confirmed: bool) -> Sitting:
    """Save several answers in one unit of work, in the form's order: what was prepared, or taken over.

    Raises BadInputError as :func:`answer` does; nothing is saved then. An answer confirmed already is left as it is
    by one that is not.
    """
    unknown = next((name for name in values if name not in sitting.form.questions), None)
    if unknown is not None:
        raise BadInputError(f"The form has no question “{unknown}”.", "Check the form's version.")
    after = sitting
    fresh: dict[str, Given] = {}
    for name in sitting.form.questions:
        held = after.answers.get(name)
        if name not in values or (not confirmed and _is_said(sitting, name, held)):
            continue
        made = _made(desk, after, _arising(after, name), values[name], confirmed=confirmed)
        fresh[name] = made
        after = _with(after, {name: made})
    if not fresh:
        return sitting
    facts: dict[str, Value] = {}
    if confirmed and sitting.form.told in fresh:
        facts["told"] = fresh[sitting.form.told].value == forms.YES
    with desk.store.unit_of_work("assessment.answer" if confirmed else "assessment.prepare") as unit:
        for name, made in fresh.items():
            _write(unit, sitting, name, made)
        return replace(after, assessment=_set(unit, sitting, facts))


def mark_seen(desk: Desk, sitting: Sitting, section_id: str) -> Sitting:
    """Note that a section was looked at. Raises BadInputError for a section that the form does not have."""
    _must_be_open(sitting)
    if section_id not in sitting.form.by_section:
        raise BadInputError(f"The form has no section “{section_id}”.", "Choose one that is listed.")
    seen = sitting.assessment.seen or ()
    if section_id in seen:
        return sitting
    with desk.store.unit_of_work("assessment.place") as unit:
        return replace(sitting, assessment=_set(unit, sitting, {"seen": (*seen, section_id)}))


def move_to(desk: Desk, sitting: Sitting, question_id: str) -> Sitting:
    """Keep another question as the place to go on at. Raises BadInputError for one that does not arise."""
    question = _arising(sitting, question_id)
    with desk.store.unit_of_work("assessment.place") as unit:
        return replace(sitting, assessment=_set(unit, sitting, {"place": question.id}))


def confirm_section(desk: Desk, sitting: Sitting, section_id: str) -> Sitting:
    """Confirm with the person what was prepared in a section. Raises BadInputError when nothing there waits for it."""
    _must_be_open(sitting)
    counting = forms.live(sitting.form, sitting.answers)
    waiting = {
        name: replace(one, confirmed=True)
        for name, one in counting.items()
        if not one.confirmed and sitting.form.questions[name].section == section_id
    }
    if not waiting:
        raise BadInputError("Nothing there waits to be confirmed.", "Go on with the next section.")
    facts: dict[str, Value] = {}
    if sitting.form.told in waiting:
        facts["told"] = waiting[sitting.form.told].value == forms.YES
    if section_id not in (sitting.assessment.seen or ()):
        facts["seen"] = (*(sitting.assessment.seen or ()), section_id)
    with desk.store.unit_of_work("assessment.confirm") as unit:
        for name, one in waiting.items():
            _write(unit, sitting, name, one)
        confirmed = _set(unit, sitting, facts)
    return replace(_with(sitting, waiting), assessment=confirmed)


def take_out(desk: Desk, sitting: Sitting, question_ids: Iterable[str]) -> Sitting:
    """Take answers out: they stay in the history and count for nothing. Raises BadInputError for one not given."""
    _must_be_open(sitting)
    gone = {}
    for name in question_ids:
        held = sitting.answers.get(name)
        if held is None or not held.stands:
            raise BadInputError("That question is not answered.", "Choose one that is.")
        gone[name] = replace(held, removed=True)
    if not gone:
        return sitting
    facts: dict[str, Value] = {"told": False} if sitting.form.told in gone else {}
    with desk.store.unit_of_work("assessment.take-out") as unit:
        for name, one in gone.items():
            _write(unit, sitting, name, one)
        left = _set(unit, sitting, facts)
    return replace(_with(sitting, gone), assessment=left)


def take_out_orphans(desk: Desk, sitting: Sitting) -> Sitting:
    """Take out every answer whose question no longer arises; the sitting as it is where there is none."""
    return take_out(desk, sitting, [one.question for one in sitting.orphans()])


def renew(desk: Desk, sitting: Sitting) -> Sitting:
    """Put an assessment that is not completed on the newest version of its form.

    Answers to questions that it no longer has become orphans, to be taken out in sight. Raises BadInputError when
    there is no newer version, or the assessment is completed or given up.
    """
    held = sitting.assessment
    if sitting.completed or held.given_up_why:
        raise BadInputError("That assessment is closed.", "Begin another one.")
    newest = desk.packs.forms.get(held.form or "")
    if newest is None or newest.version == held.version:
        raise BadInputError("There is no newer version of the form.", "Go on with this one.")
    with desk.store.unit_of_work("assessment.renew") as unit:
        _set(unit, sitting, {"version": newest.version})
    return read(desk, sitting.case_id, sitting.id)


# -- ended ------------------------------------------------------------------------------------------------------


def still_needed(sitting: Sitting) -> tuple[Needed, ...]:
    """What an assessment lacks, what blocks its completion first."""
    form = sitting.form
    needed = []
    if not sitting.told:
        needed.append(Needed(what="The person was not told how answers may be used.", question=form.told))
    needed += [
        Needed(what=f"To be dealt with today: {one.title}.", trigger=one.id)
        for one in sitting.open_triggers()
        if one.same_day
    ]
    needed += [
        Needed(
            what=f"Two desks answered differently, ask again: {clip(question.text, 60)}", question=question.id
        )
        for question in forms.visible(form, sitting.answers)
        if question.id in sitting.apart
    ]
    needed += [
        Needed(what=f"{begun_words(one)} is open as well: complete one, give the other up.")
        for _, one in sitting.beside
    ]
    needed += [
        Needed(what=f"No longer asked: {clip(one.given.asked, 60)}", question=one.question)
        for one in sitting.orphans()
    ]
    for part in sitting.progress():
        if part.missing:
            what = f"{part.title}: {counted(len(part.missing), 'question')} open."
            needed.append(Needed(what=what, question=part.missing[0]))
        if part.unconfirmed:
            what = (
                f"{part.title}: {counted(len(part.unconfirmed), 'answer')} to be confirmed with the person."
            )
            needed.append(Needed(what=what, question=part.unconfirmed[0]))
    needed += [
        Needed(what=f"Nothing is recorded about: {one.title}.", trigger=one.id, blocks=False)
        for one in sitting.open_triggers()
        if not one.same_day
    ]
    return tuple(needed)


def complete(desk: Desk, sitting: Sitting) -> Sitting:
    """Complete an assessment. Raises BadInputError, naming the first thing, while something is missing."""
    _must_be_open(sitting)
    blocking = [one for one in still_needed(sitting) if one.blocks]
    if blocking:
        more = f" ({len(blocking) - 1} more)" if len(blocking) > 1 else ""
        raise BadInputError(f"{blocking[0].what}{more}", "See to it, then complete the assessment.")
    facts: dict[str, Value] = {"completed_at": desk.now, "rests_on": rests_on(sitting.answers)}
    if sitting.assessment.confirmed_at is None:
        facts["confirmed_at"] = desk.now
    with desk.store.unit_of_work("assessment.complete") as unit:
        return replace(sitting, assessment=_set(unit, sitting, facts))


def reopen(desk: Desk, sitting: Sitting, why: str) -> Sitting:
    """Open a completed assessment again, to correct it. Raises BadInputError without a reason."""
    if not sitting.completed:
        raise BadInputError("That assessment is not completed.", "Go on with it.")
    with desk.store.unit_of_work("assessment.reopen", required_text(why, "The reason")) as unit:
        return replace(sitting, assessment=_set(unit, sitting, {"completed_at": None}))


def give_up(desk: Desk, sitting: Sitting, why: str) -> Sitting:
    """Give an assessment up: its answers stay readable. Raises BadInputError without a reason, or when it is closed."""
    if sitting.completed or sitting.assessment.given_up_why:
        raise BadInputError("That assessment is closed.", "Leave it as it is.")
    said = required_text(why, "The reason")
    with desk.store.unit_of_work("assessment.give-up") as unit:
        return replace(sitting, assessment=_set(unit, sitting, {"given_up_why": said}))


# -- triggers and change ----------------------------------------------------------------------------------------


def record_trigger(
    desk: Desk,
    sitting: Sitting,
    trigger_id: str,
    *,
    made_on: Moment | None = None,
    not_made_why: str = "",
    to: str = "",
    why: str = "",
    reference: str = "",
) -> Sitting:
    """Record what was done about a trigger as a referral: made on a day, or not made with the reason.

    ``to`` is the service, the trigger's first one unless given. The same trigger and service again replaces what was
    recorded. Raises BadInputError when the answers raise no such trigger, both or neither were given, or the day is
    to come.
    """
    trigger = next((one for one in sitting.triggers() if one.id == trigger_id), None)
    if trigger is None:
        raise BadInputError("The answers raise no such matter.", "Choose one that is listed.")
    if (made_on is None) is not bool(not_made_why.strip()):
        raise BadInputError("Was it made, or not?", "Give the day, or the reason why not.")
    if made_on is not None and earliest(made_on) > desk.now:
        raise BadInputError(
            f"{show_moment(made_on)} lies in the future.", "Give the day on which it was made."
        )
    service = required_text(line(to, "The service") or trigger.services[0], "The service")
    own = _referral_id(sitting.id, trigger_id, service)
    facts: dict[str, Value] = {
        "subject": sitting.suspect,
        "to": service,
        "why": optional_text(why, "The reason") or FROM_ASSESSMENT,
        "made_on": made_on,
        "not_made_why": None if made_on else required_text(not_made_why, "The reason"),
        "reference": line(reference, "The reference"),
    }
    again = any(one.referral == own for one in sitting.records.get(trigger_id, ()))
    with desk.store.unit_of_work("assessment.trigger") as unit:
        unit.set(REFERRAL, own, sitting.case_id, facts if again else given(facts))
    record = TriggerRecord(own, service, made_on, str(facts["not_made_why"] or ""))
    others = tuple(one for one in sitting.records.get(trigger_id, ()) if one.referral != own)
    return replace(sitting, records={**sitting.records, trigger_id: (*others, record)})


def today(desk: Desk) -> Moment:
    """The present day, as the day on which something was made."""
    return moment_of_day(local(desk.now).date())


def compare(first: Sitting, later: Sitting) -> tuple[Change, ...]:
    """The change from one assessment to a later one, by pathway."""
    return changes(first.scores(), later.scores())


def rests_on(answers: forms.Answers) -> tuple[str, ...]:
    """A digest of the answers that stand: what an assessment is completed on."""
    said = sorted(
        f"{name}\x1f{one.value or ''}\x1f{one.declined}" for name, one in answers.items() if one.stands
    )
    return (sha256("\x1e".join(said).encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS],)


def begun_words(one: Assessment) -> str:
    """An assessment by who began it, and when."""
    at = f", {show_instant(one.started_at)}" if one.started_at else ""
    return f"The assessment begun by {one.by or 'somebody'}{at}"


# -- inside -----------------------------------------------------------------------------------------------------


def _must_be_open(sitting: Sitting) -> None:
    held = sitting.assessment
    if sitting.completed and held.completed_at is not None:
        at = show_instant(held.completed_at)
        raise BadInputError(f"The assessment was completed, {at}.", "Open it again to correct it.")
    if held.given_up_why:
        raise BadInputError("The assessment was given up.", "Begin another one.")
    if not sitting.known:
        raise BadInputError(
            f"Version {held.version} of the form is not kept here: the assessment can only be read.",
            "Put it on the newest version, or begin another one.",
        )


def _arising(sitting: Sitting, question_id: str) -> Question:
    _must_be_open(sitting)
    question = sitting.form.questions.get(question_id)
    if question is None:
        raise BadInputError(f"The form has no question “{question_id}”.", "Choose one that is listed.")
    if not forms.arises(sitting.form, sitting.answers, question_id):
        raise BadInputError("That question does not arise from the answers given.", "Change those first.")
    return question


def _with(sitting: Sitting, fresh: Mapping[str, Given]) -> Sitting:
    """The sitting with answers given anew: nothing is in dispute of them any more."""
    left = {name: said for name, said in sitting.apart.items() if name not in fresh}
    return replace(sitting, answers={**sitting.answers, **fresh}, apart=left)


def _is_said(sitting: Sitting, name: str, held: Given | None) -> bool:
    """Whether somebody said it, so that nothing from the file stands in its place."""
    return name in sitting.apart or (held is not None and held.stands and held.confirmed)


def _made(
    desk: Desk,
    sitting: Sitting,
    question: Question,
    value: Typed,
    *,
    note: str | None = None,
    declined: bool = False,
    confirmed: bool,
) -> Given:
    if declined and not question.declinable:
        raise BadInputError(
            "This cannot be declined.", question.must or "It is for the case worker to answer."
        )
    held = sitting.answers.get(question.id)
    kept = None if declined else forms.check(question, value, now=desk.now)
    said = forms.DECLINED if kept is None else forms.said(question, kept)
    noted = (held.note if held else "") if note is None else optional_text(note, "The note") or ""
    return Given(
        value=kept, said=said, asked=question.text, note=noted, declined=declined, confirmed=confirmed
    )


_SAID = ("value", "said", "declined", "confirmed", "removed")
"""What is written together, so that two desks that say something of one answer at once are seen to differ."""
_KEPT = (*_SAID, "asked", "note")


def _write(unit: Unit, sitting: Sitting, question_id: str, now: Given) -> None:
    """Write an answer where it differs from what stood, or where desks differ on what stands."""
    held = sitting.answers.get(question_id) or Given()
    differs = {name for name in _KEPT if (getattr(now, name) or None) != (getattr(held, name) or None)}
    if question_id in sitting.apart or differs & set(_SAID):
        differs |= set(_SAID)
    facts: dict[str, Value] = {
        name: getattr(now, name) if isinstance(getattr(now, name), bool) else getattr(now, name) or None
        for name in _KEPT
        if name in differs
    }
    if question_id not in sitting.answers:
        facts |= {"assessment": sitting.id, "question": question_id}
    if facts:
        unit.set(ANSWER, _answer_id(sitting.id, question_id), sitting.case_id, facts)


def _set(unit: Unit, sitting: Sitting, facts: Mapping[str, Value]) -> Assessment:
    """Write what differs of the assessment itself; gives it as it is then."""
    fresh = {name: value for name, value in facts.items() if getattr(sitting.assessment, name) != value}
    if fresh:
        unit.set(ASSESSMENT, sitting.id, sitting.case_id, fresh)
    changed: dict[str, Any] = dict(fresh)
    return replace(sitting.assessment, **changed)


def _answer_id(assessment_id: EntityId, question_id: str) -> EntityId:
    return derived_id("answer", assessment_id.hex(), question_id)


def _referral_id(assessment_id: EntityId, trigger_id: str, service: str) -> EntityId:
    return derived_id("trigger", assessment_id.hex(), trigger_id, service)


def _records(
    sitting: Sitting, referrals: Iterable[tuple[EntityId, Referral]]
) -> dict[str, tuple[TriggerRecord, ...]]:
    """The referrals that deal with a trigger of this assessment: their ids say so."""
    found: dict[str, tuple[TriggerRecord, ...]] = {}
    for own, one in referrals:
        for trigger_id in sitting.form.triggers:
            if own == _referral_id(sitting.id, trigger_id, one.to or ""):
                record = TriggerRecord(own, one.to or "", one.made_on, one.not_made_why or "")
                found[trigger_id] = (*found.get(trigger_id, ()), record)
    return found


__all__ = [
    "Change",
    "Given",
    "Needed",
    "Sitting",
    "TriggerRecord",
    "answer",
    "answer_many",
    "assessments",
    "compare",
    "complete",
    "confirm_section",
    "give_up",
    "latest",
    "mark_seen",
    "move_to",
    "read",
    "record_trigger",
    "renew",
    "reopen",
    "start",
    "still_needed",
    "take_out",
    "take_out_orphans",
    "today",
]
