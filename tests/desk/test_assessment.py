"""The needs assessment at the desk: saved at every answer, resumed, confirmed, completed, compared, erased."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.desk import assessment, retention, undo
from casedesk.desk.assessment import Sitting
from casedesk.desk.assessment_draft import SOURCES, drafted, prepare
from casedesk.desk.desk import Desk
from casedesk.model.entities import ANSWER, APPOINTMENT, ASSESSMENT, CASE, CUSTODY, REFERRAL
from casedesk.model.errors import BadInputError, NotFoundError
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment
from casedesk.reference.form_parts import Question
from casedesk.reference.packs import Packs
from casedesk.rules import forms
from casedesk.store.records import read_dossier
from casedesk.store.schema import table_name
from casedesk.store.store import Store
from tests.conftest import PASSPHRASE, FrozenClock
from tests.desk.cases import a_case, acts


@pytest.fixture
def case(desk: Desk) -> EntityId:
    return a_case(desk)


def kyle(desk: Desk, case_id: EntityId) -> EntityId:
    return desk.case(case_id).file.suspects[0][0]


@pytest.fixture
def sitting(desk: Desk, case: EntityId) -> Sitting:
    return assessment.read(desk, case, assessment.start(desk, case, kyle(desk, case)))


def again(desk: Desk, sitting: Sitting) -> Sitting:
    """The assessment as it is read anew."""
    return assessment.read(desk, sitting.case_id, sitting.id)


def filled(desk: Desk, sitting: Sitting, *, confirmed: bool = True, **others: str) -> Sitting:
    """Everything that arises, answered harmlessly."""
    answers = {name.replace("__", ".").replace("_", "-"): value for name, value in others.items()}
    made: dict[str, forms.Given] = {}
    while (question := forms.next_open(sitting.form, made)) is not None:
        value = answers.get(question.id) or harmless(question)
        made[question.id] = forms.Given(value=value)
    return assessment.answer_many(
        desk, sitting, {name: one.value for name, one in made.items()}, confirmed=confirmed
    )


def harmless(question: Question) -> str:
    set_ones = {
        "begin.told": "yes", "begin.alone": "yes", "accommodation.safe": "yes", "engagement.contact": "call",
        "physical-health.doctor": "yes", "relationships-domestic-abuse.alone": "yes",
    }  # fmt: skip
    if question.id in set_ones:
        return set_ones[question.id]
    if question.alone:
        return question.alone[0]
    options = [option.id for option in question.options]
    kinds = {"yes-no": "no", "number": "0", "day": "2026-11-20", "text": "words", "lines": "words"}
    return options[0] if options else kinds[question.kind.value]


# -- begun, answered, resumed -----------------------------------------------------------------------------------


def test_an_assessment_begins_at_the_first_question_on_the_newest_version(
    desk: Desk, sitting: Sitting
) -> None:
    held = sitting.assessment
    assert (held.form, held.version, held.number, held.by) == (
        "needs", desk.packs.forms["needs"].version, 1, desk.store.actor,
    )  # fmt: skip
    assert sitting.is_open
    assert not sitting.told
    assert sitting.place is not None
    assert sitting.place.id == "begin.told"


def test_a_second_one_is_refused_while_one_is_open(desk: Desk, sitting: Sitting) -> None:
    with pytest.raises(BadInputError, match="open"):
        assessment.start(desk, sitting.case_id, kyle(desk, sitting.case_id))
    assessment.give_up(desk, sitting, "Left before the first question.")
    second = assessment.start(desk, sitting.case_id, kyle(desk, sitting.case_id))
    assert again(desk, sitting).assessment.given_up_why == "Left before the first question."
    assert assessment.read(desk, sitting.case_id, second).assessment.number == 1
    assert assessment.latest(desk, sitting.case_id, kyle(desk, sitting.case_id)) == second


def test_only_a_suspect_of_the_case_is_assessed_and_only_on_a_form_that_there_is(
    desk: Desk, case: EntityId
) -> None:
    with pytest.raises(BadInputError, match="suspect"):
        assessment.start(desk, case, desk.case(case).file.victims[0][0])
    with pytest.raises(BadInputError, match="needs"):
        assessment.start(desk, case, kyle(desk, case), "oasys")
    with pytest.raises(NotFoundError):
        assessment.read(desk, case, new_id())


def test_an_answer_is_saved_at_once_with_the_question_as_it_was_asked_and_the_place(
    desk: Desk, store: Store, sitting: Sitting
) -> None:
    before = acts(store)
    after = assessment.answer(desk, sitting, "begin.told", True, note="Said it back")
    assert acts(store) == before + 1
    read = again(desk, sitting)
    assert read == after
    given = read.answers["begin.told"]
    assert (given.value, given.said, given.note, given.confirmed) == ("yes", "Yes", "Said it back", True)
    assert given.asked == sitting.form.questions["begin.told"].text
    assert read.told
    assert read.place is not None
    assert read.place.id == "begin.understood"


def test_an_answer_that_stands_already_writes_nothing(desk: Desk, store: Store, sitting: Sitting) -> None:
    after = assessment.answer(desk, sitting, "begin.told", True)
    (before,) = store.connection.execute("SELECT count(*) FROM op").fetchone()
    assert assessment.answer(desk, after, "begin.told", True) == after
    assert store.connection.execute("SELECT count(*) FROM op").fetchone() == (before,)


def test_declining_is_an_answer_except_where_the_worker_must_say(desk: Desk, sitting: Sitting) -> None:
    after = assessment.answer(desk, sitting, "identity.ethnicity", declined=True)
    assert again(desk, after).answers["identity.ethnicity"].said == forms.DECLINED
    after = assessment.answer(desk, after, "identity.ethnicity", "Welsh")
    assert not again(desk, after).answers["identity.ethnicity"].declined
    after = assessment.answer(desk, after, "identity.ethnicity", declined=True)
    assert again(desk, after).answers["identity.ethnicity"].value is None
    for name in ("begin.told", "drugs.score"):
        with pytest.raises(BadInputError, match="declined"):
            assessment.answer(desk, after, name, declined=True)


@pytest.mark.parametrize(
    ("question", "value"), [("drugs.which", "heroin"), ("nothing.here", "yes"), ("drugs.used", "perhaps")]
)
def test_what_does_not_arise_or_does_not_fit_is_refused_and_changes_nothing(
    desk: Desk, store: Store, sitting: Sitting, question: str, value: str
) -> None:
    before = acts(store)
    with pytest.raises(BadInputError):
        assessment.answer(desk, sitting, question, value)
    assert acts(store) == before
    assert again(desk, sitting) == sitting


def test_one_can_jump_anywhere_and_come_back_to_that_place(desk: Desk, sitting: Sitting) -> None:
    moved = assessment.move_to(desk, sitting, "wishes.want")
    assert again(desk, moved).place == sitting.form.questions["wishes.want"]
    seen = assessment.mark_seen(desk, moved, "wishes")
    assert assessment.mark_seen(desk, seen, "wishes") is seen
    assert next(one for one in again(desk, seen).progress() if one.section == "wishes").state == "looked at"
    with pytest.raises(BadInputError):
        assessment.mark_seen(desk, seen, "nothing")


_DYING = """
import os, signal, sys
from pathlib import Path
from datetime import UTC, datetime
from casedesk.desk import assessment
from casedesk.desk.desk import Desk
from casedesk.desk.settings import Person, Settings
from casedesk.model.ids import EntityId
from casedesk.reference.form_parts import Question
from casedesk.reference.packs import Packs
from casedesk.store.places import Places
from casedesk.store.store import Store
home, case, own, passphrase = sys.argv[1:]
clock = lambda: datetime(2026, 11, 20, 15, 1, tzinfo=UTC)
packs = Packs()
store = Store.unlock(Places(Path(home)), passphrase, clock, packs)
desk = Desk(store, packs, Settings(Person(number="7042")), clock)
sitting = assessment.read(desk, EntityId(bytes.fromhex(case)), EntityId(bytes.fromhex(own)))
sitting = assessment.answer(desk, sitting, "begin.told", "yes")
sitting = assessment.answer(desk, sitting, "mental-health.suicide", "plan")
print("saved", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_power_cut_loses_no_answer_and_it_goes_on_where_it_was(
    desk: Desk, case: EntityId, sitting: Sitting, clock: FrozenClock
) -> None:
    places = desk.store.places
    desk.store.close()
    done = subprocess.run(
        [sys.executable, "-c", _DYING, str(places.home), case.hex(), sitting.id.hex(), PASSPHRASE],
        capture_output=True, text=True, env=dict(os.environ), timeout=60,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert done.stdout == "saved\n"
    with Store.unlock(places, PASSPHRASE, clock, desk.packs) as store:
        read = assessment.read(Desk(store, desk.packs, desk.settings, clock), case, sitting.id)
        assert read.answers["mental-health.suicide"].value == "plan"
        assert read.place is not None
        assert read.place.id == "mental-health.suicide-now"
        assert [one.id for one in read.triggers()] == ["suicide"]


# -- prepared and confirmed -------------------------------------------------------------------------------------


def test_the_file_drafts_answers_that_count_as_confirmed_only_when_somebody_asked(
    desk: Desk, case: EntityId, sitting: Sitting
) -> None:
    suspect = kyle(desk, case)
    held = desk.case(case).file.custody[0][0]
    with desk.store.unit_of_work("test") as unit:
        unit.set(CUSTODY, held, case, {"vulnerable": True})
        unit.set(
            APPOINTMENT, new_id(), case,
            {"suspect": suspect, "interpreter": "Polish, by telephone", "adjustments": "Mornings only"},
        )  # fmt: skip
    assert {one.question: one.source for one in drafted(desk, sitting)} == {
        "begin.adult-needed": "the custody record", "identity.language": "the appointment",
        "engagement.barriers": "the appointment",
    }  # fmt: skip
    ready = prepare(desk, sitting)
    assert again(desk, ready) == ready
    assert not ready.answers["begin.adult-needed"].confirmed
    assert drafted(desk, ready) == ()
    part = next(one for one in ready.progress() if one.section == "begin")
    assert part.unconfirmed == ("begin.adult-needed",)
    done = assessment.confirm_section(desk, ready, "begin")
    assert again(desk, done).answers["begin.adult-needed"].confirmed
    with pytest.raises(BadInputError, match="waits"):
        assessment.confirm_section(desk, done, "begin")


def test_a_draft_never_replaces_what_the_person_said(desk: Desk, sitting: Sitting) -> None:
    said = assessment.answer(desk, sitting, "identity.language", "Welsh")
    kept = assessment.answer_many(desk, said, {"identity.language": "Polish"}, confirmed=False)
    assert kept.answers["identity.language"].value == "Welsh"


def test_every_name_that_the_form_gives_for_a_draft_is_known() -> None:
    names = {one.prefill for one in Packs().forms["needs"].questions.values() if one.prefill}
    assert names == {*SOURCES, "earlier"}


def test_the_assessment_before_drafts_what_does_not_change(desk: Desk, sitting: Sitting) -> None:
    first = assessment.complete(
        desk, filled(desk, sitting, identity__veteran="no", identity__language="Urdu")
    )
    later = assessment.read(
        desk, first.case_id, assessment.start(desk, first.case_id, kyle(desk, first.case_id))
    )
    suggested = {one.question: one.value for one in drafted(desk, later)}
    assert suggested["identity.veteran"] == "no"
    assert "alcohol.score" not in suggested
    assert later.assessment.number == 2


# -- changed answers --------------------------------------------------------------------------------------------


def test_an_answer_left_without_its_question_is_shown_and_goes_only_when_taken_out(
    desk: Desk, sitting: Sitting
) -> None:
    after = assessment.answer(desk, sitting, "drugs.used", True)
    after = assessment.answer(desk, after, "drugs.which", ("cannabis",))
    changed = again(desk, assessment.answer(desk, after, "drugs.used", False))
    assert [one.question for one in changed.orphans()] == ["drugs.which"]
    assert changed.orphans()[0].given.said == "Cannabis"
    assert any(one.question == "drugs.which" and one.blocks for one in assessment.still_needed(changed))
    left = again(desk, assessment.take_out_orphans(desk, changed))
    assert left.orphans() == ()
    assert left.answers["drugs.which"].removed
    assert left.answers["drugs.which"].said == "Cannabis"
    back = assessment.answer(desk, left, "drugs.used", True)
    assert "drugs.which" not in forms.live(back.form, back.answers)
    assert assessment.answer(desk, back, "drugs.which", "heroin").answers["drugs.which"].stands


def test_an_answer_can_be_undone(desk: Desk, sitting: Sitting) -> None:
    assessment.answer(desk, sitting, "drugs.used", True)
    assert undo.title_of(undo.undo(desk)).startswith("an answer of a needs assessment")
    assert not again(desk, sitting).answers.get("drugs.used", forms.Given()).stands


def test_an_assessment_whose_beginning_was_undone_is_gone_and_another_can_begin(
    desk: Desk, sitting: Sitting
) -> None:
    undo.undo(desk)
    with pytest.raises(NotFoundError):
        again(desk, sitting)
    assert assessment.assessments(desk, sitting.case_id) == []
    assert assessment.start(desk, sitting.case_id, kyle(desk, sitting.case_id)) != sitting.id
    assert assessment.latest(desk, sitting.case_id, kyle(desk, sitting.case_id)) is not None


def test_taking_out_what_was_told_says_that_nobody_was_told(desk: Desk, sitting: Sitting) -> None:
    told = assessment.answer(desk, sitting, "begin.told", True)
    assert not assessment.take_out(desk, told, ["begin.told"]).told
    with pytest.raises(BadInputError):
        assessment.take_out(desk, told, ["drugs.used"])


# -- ended ------------------------------------------------------------------------------------------------------


def test_what_is_missing_is_named_and_blocks_until_it_is_done(desk: Desk, sitting: Sitting) -> None:
    needed = assessment.still_needed(sitting)
    assert needed[0].question == "begin.told"
    with pytest.raises(BadInputError, match="told"):
        assessment.complete(desk, sitting)
    prepared = filled(desk, sitting, confirmed=False)
    assert "confirmed with the person" in " ".join(one.what for one in assessment.still_needed(prepared))
    whole = filled(desk, prepared)
    assert assessment.still_needed(whole) == ()
    done = assessment.complete(desk, whole)
    assert again(desk, done).assessment.completed_at == desk.now
    assert done.assessment.confirmed_at == desk.now
    assert assessment.latest(desk, done.case_id, kyle(desk, done.case_id), completed=True) == done.id
    with pytest.raises(BadInputError, match="completed"):
        assessment.answer(desk, done, "drugs.used", True)
    with pytest.raises(BadInputError):
        assessment.reopen(desk, done, " ")
    assert assessment.reopen(desk, done, "A wrong date").is_open
    with pytest.raises(BadInputError):
        assessment.give_up(desk, done, "Too late")


def test_harm_is_dealt_with_today_or_the_reason_is_written_down(desk: Desk, sitting: Sitting) -> None:
    answered = filled(desk, sitting, mental_health__suicide="thoughts", identity__veteran="yes")
    assert [one.id for one in answered.open_triggers()] == ["suicide", "veteran"]
    with pytest.raises(BadInputError, match="today"):
        assessment.complete(desk, answered)
    kept = assessment.record_trigger(desk, answered, "suicide", made_on=assessment.today(desk))
    assert again(desk, kept) == kept
    (referral,) = [one for _, one in read_dossier(desk.store.connection, kept.case_id).referrals]
    assert referral.subject == kyle(desk, kept.case_id)
    assert referral.to == "Healthcare professional or crisis team"
    assert referral.made_on == "2026-11-20"
    assert [one.id for one in kept.open_triggers()] == ["veteran"]
    assert assessment.complete(desk, kept).assessment.completed_at
    assert any(one.trigger == "veteran" and not one.blocks for one in assessment.still_needed(kept))


def test_a_referral_that_was_not_made_has_its_reason_and_can_be_made_later(
    desk: Desk, sitting: Sitting
) -> None:
    after = assessment.answer(desk, sitting, "identity.veteran", True)
    after = assessment.record_trigger(desk, after, "veteran", not_made_why="Did not want it", to="Op COURAGE")
    assert again(desk, after).records["veteran"][0].not_made_why == "Did not want it"
    made = assessment.record_trigger(desk, after, "veteran", made_on=Moment("2026-11-20"), to="Op COURAGE")
    both = assessment.record_trigger(desk, made, "veteran", made_on=Moment("2026-11-20"))
    assert again(desk, both) == both
    assert [(one.to, one.made_on, one.not_made_why) for one in both.records["veteran"]] == [
        ("Op COURAGE", "2026-11-20", ""), ("Op NOVA", "2026-11-20", ""),
    ]  # fmt: skip
    (first, _) = read_dossier(desk.store.connection, both.case_id).referrals
    assert first[1].not_made_why is None


@pytest.mark.parametrize(
    "said",
    [
        {}, {"made_on": Moment("2026-11-20"), "not_made_why": "Both"}, {"not_made_why": "  "},
        {"made_on": Moment("2026-11-22")},
    ],
)  # fmt: skip
def test_a_trigger_is_recorded_as_made_or_as_not_made(
    desk: Desk, sitting: Sitting, said: dict[str, Moment]
) -> None:
    after = assessment.answer(desk, sitting, "identity.veteran", True)
    with pytest.raises(BadInputError):
        assessment.record_trigger(desk, after, "veteran", **said)
    with pytest.raises(BadInputError, match="raise no such"):
        assessment.record_trigger(desk, after, "suicide", not_made_why="No")


def test_the_change_from_the_first_to_a_later_one(desk: Desk, sitting: Sitting, clock: FrozenClock) -> None:
    first = assessment.complete(desk, filled(desk, sitting, alcohol__score="2", drugs__score="0"))
    clock.advance(timedelta(days=112))
    own = assessment.start(desk, first.case_id, kyle(desk, first.case_id))
    later = filled(desk, assessment.read(desk, first.case_id, own), alcohol__score="1", drugs__score="1")
    found = {one.pathway: one.by for one in assessment.compare(first, later)}
    assert (found["alcohol"], found["drugs"], found["accommodation"]) == (-1, 1, 0)


# -- versions ---------------------------------------------------------------------------------------------------


def test_an_assessment_whose_version_is_lost_reads_from_its_answers_and_is_not_gone_on_with(
    desk: Desk, sitting: Sitting
) -> None:
    after = assessment.answer(desk, sitting, "alcohol.score", "2")
    with desk.store.unit_of_work("test") as unit:
        unit.set(ASSESSMENT, sitting.id, sitting.case_id, {"version": "1066"})
    lost = again(desk, after)
    assert not lost.known
    assert not lost.is_open
    assert lost.scores()["alcohol"].meaning == "Significant need"
    assert lost.form.questions["alcohol.score"].text == "How much need is there: alcohol?"
    with pytest.raises(BadInputError, match="1066"):
        assessment.answer(desk, lost, "alcohol.score", "1")
    renewed = assessment.renew(desk, lost)
    assert renewed.is_open
    assert renewed.answers == after.answers
    with pytest.raises(BadInputError):
        assessment.renew(desk, renewed)


def test_a_question_that_a_newer_version_lacks_becomes_an_orphan(
    desk: Desk, sitting: Sitting, tmp_path: Path
) -> None:
    after = assessment.answer(desk, sitting, "wishes.want", "A job")
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "needs.toml").write_text('[[question]]\nid = "wishes.want"\nseverity = "off"\n')
    desk.packs = Packs(tmp_path)
    assert "wishes.want" in again(desk, after).form.questions, "it is read with the version it was begun on"
    renewed = assessment.renew(desk, after)
    assert [(one.question, one.in_form) for one in renewed.orphans()] == [("wishes.want", False)]
    assert renewed.orphans()[0].given.asked == "What do you want to be different in six months?"
    assert not assessment.take_out_orphans(desk, renewed).orphans()


# -- confidence -------------------------------------------------------------------------------------------------


def test_no_answer_is_found_by_searching_words(desk: Desk, sitting: Sitting) -> None:
    after = assessment.answer(desk, sitting, "wishes.want", "Zebracrossing", note="Quagga")
    after = assessment.answer(desk, after, "identity.veteran", True)
    assessment.record_trigger(desk, after, "veteran", not_made_why="Okapi")
    for word in ("zebracrossing", "quagga", "okapi"):
        (found,) = desk.store.connection.execute(
            "SELECT count(*) FROM words WHERE words MATCH ?", (f'"{word}"',)
        ).fetchone()
        assert found == 0, word
    (jarrett,) = desk.store.connection.execute(
        "SELECT count(*) FROM words WHERE words MATCH 'jarrett'"
    ).fetchone()
    assert jarrett == 1


def test_a_disposal_erases_the_assessment_and_every_answer(desk: Desk, sitting: Sitting) -> None:
    after = assessment.answer(desk, sitting, "wishes.want", "Zebracrossing", note="Quagga")
    after = assessment.answer(desk, after, "identity.veteran", True)
    assessment.record_trigger(desk, after, "veteran", not_made_why="Okapi")
    closed = {"outcome_date": Moment("2019-01-01"), "outcome": "8", "record_status": "filed"}
    with desk.store.unit_of_work("test") as unit:
        unit.set(CASE, sitting.case_id, sitting.case_id, {**closed, "stage": "finalised"})
    connection = desk.store.connection
    secrets = (b"Zebracrossing", b"Quagga", b"Okapi", b"wishes.want")
    assert all(any(word in payload for payload in payloads(desk)) for word in secrets)
    retention.dispose(desk, sitting.case_id, "Records manager", "Review passed")
    for entity in (ANSWER, ASSESSMENT, REFERRAL):
        held = connection.execute(f'SELECT count(*) FROM "{table_name(entity)}"').fetchone()  # noqa: S608
        assert held == (0,), entity.name
    assert payloads(desk)
    assert not any(word in payload for payload in payloads(desk) for word in secrets)


def payloads(desk: Desk) -> list[bytes]:
    """What the journal holds of every operation that was not erased."""
    rows = desk.store.connection.execute("SELECT payload FROM op WHERE payload IS NOT NULL")
    return [bytes(payload) for (payload,) in rows]
