"""The registry of entities: its places never change, and every kind of value survives journal and table."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.model.entities import CASE, CUSTODY, ENTITIES, Entity, Field, Kind
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment
from casedesk.model.text import harmless

FROZEN = {
    "case": """
        ref:text source:text force:text offence_code:text offence_title:text ho_class:text
        category:text recorded_at:moment reported_at:moment offence_from:moment offence_to:moment
        location:text area:text summary:text oic:text oic_number:text oic_contact:text oic_unit:text
        supervisor:text flags:list record_status:text outcome:text outcome_text:text
        outcome_date:moment rationale:text decided_by:text decided_rank:text public_interest:text
        evidence_led:text cps_reference:text cps_reason:text charge_code:text charge_ho_class:text
        charged_on:moment tic_parent:text tic_signed:flag tic_accepted_on:moment proof_kind:text
        proof_reference:text expiry_reason:text first_statement_on:moment value_pence:int
        responsibility_accepted:flag offender_agreed:flag victim_consulted:flag victim_views:text
        body:text body_accepted_on:moment activity:text activity_completed_on:moment vrr:text
        cancel_code:text verifiable_information:text owner:text team:text stage:text stage_note:text
        as_at:moment review_on:moment review_reason:text intake:text
    """,
    "suspect": """
        name:text dob:moment sex:text nominal:text status:text sub_status:text interviewed_on:moment
        admitted:flag disposal:text address:text
    """,
    "victim": """
        name:text kind:text dob:moment sex:text support:text enhanced:flag enhanced_why:text
        contact_preference:text safe_contact:text phone:text language:text relationship:text
        withdrawal_kind:text withdrawal_on:moment withdrawal_reference:text informed_on:moment
        informed_how:text informed_by:text informed_who:text update_days:int contact_times:text
        interpreter:flag needs:text views:text views_on:moment remedy:text statement:text
        compensation:text special_measures:text withdrawal_why:text pressure:text address:text
    """,
    "custody": """
        suspect:reference suite:text number:text arrested_at:instant arrived_at:instant
        relevant_at:instant authorised_at:instant state:text bail_return_at:instant
        bail_ends_on:moment conditions:text charged_at:instant released_at:instant offence:text
        situation:text reviews:list extended_until:instant warrant_until:instant under_18:flag
        vulnerable:flag appropriate_adult:text bail_arrest:flag held_minutes:int bail_months:int
        review_on:moment first_appearance_on:moment sent_on:moment notice_kind:text
        notice_at:instant notice_heard_at:instant
    """,
    "outcome_record": """
        at:moment text:text codes:list ordinal:int as_at:moment
    """,
    "action": """
        what:text owner:text due_at:instant done_at:instant result:text why:text set_at:instant
        after:reference evidence:text template:text category:text request:text reference:text
        chased_at:instant chases:int late_why:text done_by:text cancelled_at:instant
        cancelled_why:text
    """,
    "contact": """
        victim:reference at:instant channel:text made:flag purposes:list text:text next_at:instant
        about:reference withdrawn:flag witness:reference
    """,
    "log_entry": """
        at:instant text:text topic:text about:reference withdrawn:flag
    """,
    "case_flag": """
        word:text raised:flag why:text
    """,
    "case_event": """
        kind:text at:instant until:instant subject:reference number:int by:text rank:text text:text
        about:reference withdrawn:flag
    """,
    "grading": """
        threat:int harm:int opportunity:int risk:int why:text at:instant about:reference
        withdrawn:flag
    """,
    "excuse": """
        duty:text why:text at:instant about:reference withdrawn:flag
    """,
    "witness": """
        name:text phone:text contact_preference:text safe_contact:text language:text vulnerable:flag
        update_days:int availability:text special_measures:text statement_on:moment
    """,
    "condition": """
        suspect:reference kind:text what:text starts_on:moment due_on:moment done_on:moment
        failed_on:moment note:text resolution:reference service:text need:text why:text
        provider:text provider_reference:text first_at:instant evidence:text hours:int
        amount_pence:int pay_to:text remedy:flag withdrawn_why:text victim:reference variations:list
    """,
    "absence": """
        away:text cover:text from_on:moment until_on:moment ended_at:instant note:text
    """,
    "interview": """
        suspect:reference at:instant voluntary:flag offence:text account:text legal_advice:text
        appropriate_adult:text text:text about:reference withdrawn:flag
    """,
    "referral": """
        subject:reference to:text why:text made_on:moment not_made_why:text reference:text
        result:text
    """,
    "previous_disposal": """
        suspect:reference on:moment disposal:text offence:text note:text
    """,
    "remand_ground": """
        custody:reference ground:text relied_on:flag evidence:text conditions:text
    """,
    "point": """
        offence:text what:text evidence:text state:text
    """,
    "decision": """
        kind:text test:text result:text evidential:text public_interest:text text:text by:text
        rank:text at:instant subject:reference about:reference withdrawn:flag answers:list
    """,
    "feedback": """
        officer:text theme:text praise:flag text:text at:instant about:reference withdrawn:flag
    """,
    "document": """
        name:text title:text media_type:text size:int sha256:text added_at:instant entry:reference
        removed:flag
    """,
    "exhibit": """
        reference:text what:text where:text found_by:text on:moment note:text
    """,
    "handover": """
        kind:text giver:text receiver:text first:text text:text at:instant until:instant
        about:reference withdrawn:flag
    """,
    "approval": """
        outcome:text outcome_date:moment ho_class:text corrected:list decided_by:text
        decided_rank:text rationale:text verdict:text rules:list facts:text at:instant
        about:reference withdrawn:flag text:text
    """,
    "return": """
        reasons:list text:text to:text due_on:moment number:int escalated_to:text outcome:text
        facts:text at:instant about:reference withdrawn:flag
    """,
    "hold": """
        why:text until:moment at:instant about:reference withdrawn:flag
    """,
    "ruling": """
        kind:text code:text from_class:text to_class:text reason:text information:text
        evidence_kind:text principal_checked:flag asked_by:text asked_at:instant authority:text
        due_on:moment answer:text decider:text decider_rank:text decided_at:instant why:text
    """,
    "keyed": """
        approval:reference outcome:text batch:text at:instant about:reference withdrawn:flag
    """,
    "audit": """
        sample:text agrees:flag right:text themes:list text:text at:instant about:reference
        withdrawn:flag
    """,
    "clinic": """
        place:text room:text opens_at:instant closes_at:instant slot_minutes:int worker:text
        travel:text note:text cancelled_why:text covered_by:text
    """,
    "appointment": """
        clinic:reference suspect:reference at:instant minutes:int state:text invited_at:instant
        invited_by:text appropriate_adult:text interpreter:text solicitor:text travel:text
        adjustments:text prepared:list note:text why:text follows:reference safe_contact:text
        avoid:list
    """,
    "evidence_review": """
        suspect:reference admission:text admitted_where:text covers_all:flag defences:list
        defence_note:text identification:text footage:text footage_note:text witnesses:text
        forensic:text disclosure:text outstanding:text evidential:text evidential_why:text
        interest_a:text interest_b:text interest_c:text interest_d:text interest_e:text
        interest_f:text interest_g:text interest:text interest_why:text reviewed_at:instant
        reviewer:text mode:text risk_grade:text controlling:flag similar_24_months:flag
        cps_decision:text previous_checked:flag responsibility:flag rests_on:list
    """,
    "gravity": """
        suspect:reference offence:text base:int aggravating:list mitigating:list adjustment:int
        final:int matrix:text why:text scored_at:instant
    """,
    "assessment": """
        suspect:reference form:text version:text number:int started_at:instant by:text place:text
        seen:list told:flag confirmed_at:instant completed_at:instant note:text given_up_why:text
        rests_on:list
    """,
    "answer": """
        assessment:reference question:text asked:text value:text said:text note:text declined:flag
        confirmed:flag removed:flag
    """,
    "resolution": """
        suspect:reference disposal:text state:text recommended:text considered:text deviation:text
        rationale:text exceptional:text remedy_attached:flag remedy_why:text proposed_at:instant
        proposed_by:text authoriser:text authoriser_rank:text dpp_authorised:flag
        authorised_at:instant refused_why:text legal_advice:text explained:flag
        admission_repeated:flag consent:flag signed_at:instant offered_at:instant declined_why:text
        given_on:moment completed_on:moment ended_why:text checks:list checked_by:text
        checked_at:instant signed_terms:list signed_until:moment
    """,
    "member": """
        name:text person:text space:text key:text recipient:text roles:list state:text upto:int
        vouched:text since:moment why:text
    """,
    "restriction": """
        members:list lifted:flag
    """,
    "medium": """
        label:text kind:text holder:text state:text ended_on:moment why:text
    """,
    "former_name": """
        device:text name:text person:text space:text key:text upto:int
    """,
}
"""Field order and kinds as released: masks and columns in every store rest on them. Only ever append."""
WORDS = st.text(st.characters(codec="utf-8"), max_size=30).map(harmless)
VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: WORDS,
    Kind.INT: st.integers(-(2**63), 2**63 - 1),
    Kind.FLAG: st.booleans(),
    Kind.INSTANT: st.datetimes(
        datetime(1900, 1, 1),  # noqa: DTZ001
        datetime(2200, 1, 1),  # noqa: DTZ001
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=1)), timezone(timedelta(hours=-9.5))]),
    ),
    Kind.MOMENT: st.sampled_from(["2026-03", "2026-03-14", "2026-03-14T22:15:00Z"]).map(Moment),
    Kind.LIST: st.lists(WORDS, max_size=4).map(tuple),
    Kind.REFERENCE: st.binary(min_size=16, max_size=16).map(EntityId),
}
ALL_FIELDS = [
    pytest.param(field, id=f"{entity.name}.{field.name}")
    for entity in ENTITIES.values()
    for field in {field.kind: field for field in entity.fields}.values()
]


@pytest.mark.parametrize("name", FROZEN)
def test_field_order_and_kinds_only_grow_at_the_end(name: str) -> None:
    frozen = FROZEN[name].split()
    fields = ENTITIES[name].fields
    assert [f"{field.name}:{field.kind.value}" for field in fields][: len(frozen)] == frozen
    assert [field.bit for field in fields] == list(range(len(fields)))


def test_no_released_entity_is_gone() -> None:
    assert list(ENTITIES)[: len(FROZEN)] == list(FROZEN)


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=lambda entity: str(entity.name))
def test_every_field_has_a_bit_that_a_stored_mask_can_hold(entity: Entity) -> None:
    """Masks are kept as JSON numbers, which the fast reader takes up to 64 bits."""
    mask = sum(entity.bits.values())
    assert orjson.loads(orjson.dumps(mask)) == mask
    assert entity.names_in(mask) == [field.name for field in entity.fields]


@pytest.mark.parametrize("field", ALL_FIELDS)
@given(data=st.data())
def test_every_value_survives_journal_and_table(field: Field, data: st.DataObject) -> None:
    value = data.draw(VALUES[field.kind])
    carried = orjson.loads(orjson.dumps(field.to_json(value)))
    assert field.from_json(carried) == value
    column = field.to_column(field.from_json(carried))
    assert column is None or isinstance(column, str | int | bytes)
    assert field.from_column(column) == value


def test_what_is_written_into_the_journal_commands_no_terminal() -> None:
    fields = CASE.by_name
    assert fields["summary"].to_json("a\x1b[2Jb\u202ec\nd") == "abc\nd"
    assert fields["flags"].to_json(("a\x07",)) == ["a"]


@given(st.data())
def test_a_whole_fact_survives_its_columns(data: st.DataObject) -> None:
    entity = data.draw(st.sampled_from(list(ENTITIES.values())))
    values = {
        field.name: data.draw(st.none() | VALUES[field.kind])
        for field in data.draw(st.lists(st.sampled_from(entity.fields), max_size=6, unique=True))
    }
    columns = [
        None if values.get(field.name) is None else field.to_column(values[field.name])
        for field in entity.fields
    ]
    assert entity.from_columns(columns) == entity.facts(**values)


def test_one_instant_has_one_text_whatever_its_zone() -> None:
    arrested = CUSTODY.by_name["arrested_at"]
    utc = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
    assert arrested.to_json(utc) == arrested.to_json(utc.astimezone(timezone(timedelta(hours=1))))
    with pytest.raises(ValueError, match="time zone"):
        arrested.to_json(datetime(2026, 6, 1, 9, 0))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("ref", 7), ("ref", ["a"]), ("value_pence", True), ("value_pence", "7"), ("value_pence", 1.5),
        ("tic_signed", 1), ("flags", "da"), ("flags", [1]), ("recorded_at", "yesterday"), ("recorded_at", 5),
    ],
)  # fmt: skip
def test_a_journal_value_of_another_kind_is_refused(name: str, raw: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        CASE.by_name[name].from_json(raw)


@pytest.mark.parametrize("raw", ["2026-06-01T09:00:00", "soon", 7])
def test_an_instant_without_a_zone_is_refused(raw: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        CUSTODY.by_name["arrested_at"].from_json(raw)


def test_extracts_never_own_the_work_of_the_desk() -> None:
    desk = {field.name for field in CASE.fields if not field.extract_owned}
    assert desk == {"intake", "owner", "team", "stage", "stage_note", "review_on", "review_reason"}
