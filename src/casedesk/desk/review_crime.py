"""One crime of a review in full: its facts, what the check says, what was decided, where it stands."""

from dataclasses import dataclass

from casedesk.desk.approved_facts import changed_since
from casedesk.desk.check import Covered
from casedesk.desk.desk import Desk
from casedesk.desk.finalise import judge, summary
from casedesk.desk.returns import reason_title
from casedesk.desk.review_state import (
    ReviewState,
    differing_approvals,
    in_words,
    open_rulings_of,
    standing_approval,
    standing_holds,
    standing_returns,
    state_of,
)
from casedesk.model.facts import CaseFile
from casedesk.model.finalising import Finalising
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_instant, show_moment
from casedesk.rules.finalisation import Verdict
from casedesk.rules.shown import Fact
from casedesk.store.finalised import read_finalising

MOST_KEYS = 9
"""How many facts can be reached by a digit."""


@dataclass(frozen=True, slots=True)
class Crime:
    """What a person has to see before deciding."""

    file: CaseFile
    left: Finalising
    verdict: Verdict
    state: ReviewState
    standing: tuple[str, ...]
    """What was decided, in words: an approval, a return, a hold, a question."""
    keyed: tuple[Fact, ...]
    """The facts that findings rest on, each once: the first has the key 1."""

    @property
    def id(self) -> EntityId:
        """The crime."""
        return self.file.id

    @property
    def ref(self) -> str:
        """Its reference, for titles."""
        return self.file.case.ref or "(no reference)"

    def key_of(self, fact: Fact) -> str:
        """The digit of a fact; empty for those beyond the ninth."""
        return str(self.keyed.index(fact) + 1) if fact in self.keyed else ""


def read_crime(desk: Desk, case_id: EntityId, covered: Covered) -> Crime:
    """Read and judge one crime. Raises NotFoundError when it is gone.

    ``covered`` are the months of :func:`casedesk.desk.check.covered_months`.
    """
    file = desk.case(case_id).file
    left = read_finalising(desk.store.connection, case_id)
    verdict = judge(desk, file, covered)
    state = state_of(file, left)
    facts = dict.fromkeys(fact for finding in verdict.findings for fact in finding.facts)
    return Crime(
        file, left, verdict, state, tuple(standing_in_words(desk, file, left)), tuple(facts)[:MOST_KEYS]
    )


def standing_in_words(desk: Desk, file: CaseFile, left: Finalising) -> list[str]:
    """What was decided of a crime and still counts: an approval and what changed since, a hold, a ruling, a return."""
    state = state_of(file, left)
    said: list[str] = []
    approval = standing_approval(left)
    if state is ReviewState.TWO_APPROVALS:
        said.append(f"Finalised twice, and not alike: {in_words(differing_approvals(left))}")
    elif approval is not None:
        when = f", {show_instant(approval[1].at)}" if approval[1].at else ""
        said.append(f"Finalised as {summary(approval[1])}{when}")
    if state is ReviewState.CHANGED and approval is not None:
        changed = changed_since(desk.store.connection, file, *approval)
        said.append(f"Changed since finalised: {'; '.join(changed)}")
    for _, hold in standing_holds(left):
        until = f", until {show_moment(hold.until)}" if hold.until else ""
        said.append(f"Held: {hold.why or 'no reason given'}{until}")
    for _, ruling in open_rulings_of(left):
        due = f", due {show_moment(ruling.due_on)}" if ruling.due_on else ""
        said.append(f"Ruling awaited on {ruling.kind} {ruling.code or ''}".rstrip() + due)
    returns = standing_returns(left)
    if returns:
        last = returns[-1][1]
        reasons = ", ".join(reason_title(desk, reason) for reason in last.reasons or ())
        due = f", wanted back by {show_moment(last.due_on)}" if last.due_on else ""
        said.append(
            f"Returned (round {last.number or len(returns)}) to {last.to or 'nobody named'}{due}: {reasons}"
        )
    return said
