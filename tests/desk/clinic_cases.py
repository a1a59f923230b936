"""Helps the tests of the clinic: a shop theft that is admitted, and the way of a resolution up to any step."""

from datetime import timedelta
from typing import Any

from casedesk.desk import condition_builder, decisions, evidential, gravity, resolution
from casedesk.desk.desk import Desk
from casedesk.desk.matter import Matter, read_matter
from casedesk.model.entities import CASE, SUSPECT, VICTIM, Value
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment, local, moment_of_day
from casedesk.store.records import read_dossier

RATIONALE = (
    "Shop theft of low value, fully admitted at interview and again in the clinic; no earlier disposal. The owner "
    "wants the goods paid for and an apology. Debt and drinking lie behind it, and the conditions answer both. A "
    "prosecution would bring a small fine after months; a community resolution would not hold the course to be done."
)
INTEREST: dict[str, Any] = {
    "interest_a": "Low value, one incident",
    "interest_b": "Acted alone, no planning",
    "interest_c": "A shop; goods not recovered",
    "interest_d": "31, mature",
    "interest_e": "Shop theft is a local priority",
    "interest_f": "A conditional caution answers it",
    "interest": "out-of-court",
    "interest_why": "Conditions put the harm right and answer what lies behind it.",
}
EVIDENCE: dict[str, Any] = {
    "admission": "full",
    "admitted_where": "Interview, 9 Nov 2026",
    "covers_all": True,
    "defences": (),
    "identification": "Known to the store detective; recognised on CCTV",
    "footage": "viewed",
    "witnesses": "Store detective, statement taken, willing",
    "disclosure": "None",
    "outstanding": "None",
    "previous_checked": True,
    "similar_24_months": False,
    "controlling": False,
    "evidential": "met",
    "evidential_why": "CCTV, a witness and a full admission, all admissible.",
}
CHECKS = {f"QA{number:02}": "yes" for number in range(1, 12)}
LATER_CHECKS = {f"QA{number:02}": "yes" for number in range(12, 16)}


def a_theft(desk: Desk, ref: str = "42/7/26", *, suspects: int = 1, **fields: Any) -> EntityId:
    """A theft from a shop, admitted at interview, whose owner was asked for their views."""
    case_id = new_id()
    facts: dict[str, Value] = {
        "ref": ref, "offence_code": "TH68010", "offence_title": "Theft from a shop", "ho_class": "046/00",
        "recorded_at": Moment("2026-11-03"), "offence_from": Moment("2026-11-02"), "location": "12 High Street",
        "summary": "Took two bottles of gin and walked out without paying.", "oic": "PC Lane", "oic_number": "7050",
        "oic_contact": "lane@example.police.uk", "supervisor": "Sgt Roe", "value_pence": 4400, **fields,
    }  # fmt: skip
    with desk.store.unit_of_work("import") as unit:
        unit.extract(CASE, case_id, case_id, facts, desk.now)
        unit.extract(
            VICTIM, new_id(), case_id,
            {"name": "Corner Stores", "kind": "business", "support": "yes"}, desk.now,
        )  # fmt: skip
        for number in range(suspects):
            unit.extract(
                SUSPECT, new_id(), case_id,
                {"name": f"Sam Hollis {number + 1}" if number else "Sam Hollis", "dob": Moment("1995-03-04"),
                 "sex": "m", "interviewed_on": Moment("2026-11-09"), "admitted": True, "status": "voluntary"},
                desk.now,
            )  # fmt: skip
    with desk.store.unit_of_work("victim.amend") as unit:
        victim = desk.case(case_id).file.victims[0][0]
        unit.set(
            VICTIM, victim, case_id,
            {"views": "Wants it paid for, and an apology", "views_on": Moment("2026-11-12")},
        )  # fmt: skip
    return case_id


def first_suspect(desk: Desk, case_id: EntityId) -> EntityId:
    """The first suspect of the case."""
    return min(desk.case(case_id).file.suspects, key=lambda pair: pair[1].name or "")[0]


def matter(desk: Desk, case_id: EntityId) -> Matter:
    """The matter of the case's first suspect."""
    return read_matter(desk, case_id, first_suspect(desk, case_id))


def prove(desk: Desk, case_id: EntityId, state: str = "proved") -> None:
    """Lay out the points to prove, and give every one its evidence."""
    for own in decisions.add_points(desk, case_id):
        decisions.set_point(desk, case_id, own, state, "CCTV and admission")


def reviewed(desk: Desk, case_id: EntityId, **fields: Any) -> None:
    """Complete the evidential review."""
    if not read_dossier(desk.store.connection, case_id).points:
        prove(desk, case_id)
    evidential.complete_review(
        desk, case_id, first_suspect(desk, case_id), **{**EVIDENCE, **INTEREST, **fields}
    )


def chosen(desk: Desk, case_id: EntityId, disposal: str = "cc", **fields: str) -> EntityId:
    """Review, score and choose."""
    reviewed(desk, case_id)
    gravity.score_offence(
        desk, case_id, first_suspect(desk, case_id), base=3, why="By the placeholder matrix"
    )
    own, _ = resolution.choose(desk, case_id, first_suspect(desk, case_id), disposal=disposal, **fields)
    return own


def day(desk: Desk, ahead: int) -> Moment:
    """A day so many days ahead."""
    return moment_of_day(local(desk.now).date() + timedelta(days=ahead))


def condition(desk: Desk, case_id: EntityId, **fields: Any) -> EntityId:
    """Add a condition to the draft: an alcohol course, but for what is given."""
    said = {
        "what": "Attend an alcohol awareness course", "kind": "rehabilitative", "need": "alcohol",
        "why": "Drink lay behind it; two sessions near home, in the evening.", "due_on": day(desk, 60),
        "evidence": "Certificate", **fields,
    }  # fmt: skip
    said = {name: value for name, value in said.items() if value is not None}
    own, _ = condition_builder.add_condition(desk, case_id, first_suspect(desk, case_id), **said)
    return own


def proposed(desk: Desk, case_id: EntityId, disposal: str = "cc", **texts: str) -> EntityId:
    """Up to the proposal, with one condition."""
    own = chosen(desk, case_id, disposal)
    condition(desk, case_id)
    propose(desk, case_id, **texts)
    return own


def propose(desk: Desk, case_id: EntityId, **texts: str) -> tuple[str, ...]:
    """Propose what was built."""
    held = matter(desk, case_id).resolution
    said = {
        "rationale": RATIONALE,
        "considered": "Community resolution: nothing would hold the course to be done. Charge: out of proportion.",
        **({} if held is None or held.disposal == "cc" else {"deviation": "The force's practice."}),
        **texts,
    }
    return resolution.propose(desk, case_id, first_suspect(desk, case_id), texts=said, checks=CHECKS)


def authorised(desk: Desk, case_id: EntityId, disposal: str = "cc") -> EntityId:
    """Up to the authority."""
    own = proposed(desk, case_id, disposal)
    resolution.authorise(desk, case_id, first_suspect(desk, case_id), by="Sgt Roe", rank="sgt")
    return own


def offered(desk: Desk, case_id: EntityId, disposal: str = "cc") -> EntityId:
    """Up to the offer."""
    own = authorised(desk, case_id, disposal)
    resolution.offer(
        desk,
        case_id,
        first_suspect(desk, case_id),
        legal_advice="declined",
        explained=True,
        admission_repeated=True,
    )
    return own


def accepted(desk: Desk, case_id: EntityId, disposal: str = "cc") -> EntityId:
    """Up to the signature."""
    own = offered(desk, case_id, disposal)
    resolution.accept(desk, case_id, first_suspect(desk, case_id), consent=True)
    return own
