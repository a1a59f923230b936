"""How fast the finalisation check is from memory, against trying every rule on every case by its name.

Run: python benchmarks/check_rules.py [CASES]. One core. Prints medians of five runs; every row does the same
cases and the two ways must find the same.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median

from casedesk.model.facts import Case, CaseFile, OutcomeRecord, Suspect, Victim
from casedesk.model.ids import derived_id
from casedesk.model.moments import Moment, moment_of_day
from casedesk.reference.finalisation import ANY, CANCELLED, EVERY, NONE, Rule, Scope
from casedesk.reference.packs import Packs
from casedesk.rules.finalisation import Checker, compile_rules
from casedesk.rules.judged import Judged, is_published
from casedesk.rules.predicates import PREDICATES

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
RUNS = 5
OFFENCES = ("TH68010", "CD71039", "CJ88116", "OF61102", "CJ67002", "SX03001")
TEXTS = (
    "Investigation complete; no suspect identified",
    "Suspect charged",
    "Local resolution",
    "Offender fined",
)


def record(number: int, dice: Random) -> CaseFile:
    """A records-system record, complete or with something missing."""
    offence = NOW.date() - timedelta(days=dice.randrange(30, 400))
    outcome = dice.choice(("1", "3", "8", "14", "15", "15", "16", "16", "18", "18", "18", "18", "21", "22"))
    named = outcome not in ("14", "18")
    told = offence + timedelta(days=25)
    born = moment_of_day(offence.replace(year=1990, day=1))
    suspect = Suspect(name="A Person", status="named", sub_status="interviewed", dob=born, sex="M")
    victim = Victim(
        kind="person", support="no" if outcome in ("14", "16") else "yes",
        informed_on=moment_of_day(told), informed_how="phone" if dice.random() < 0.8 else None,
        informed_by="Sgt Reed", dob=born, sex="F",
        withdrawal_kind="bwv", withdrawal_on=moment_of_day(told), withdrawal_reference="BWV/1",
    )  # fmt: skip
    case = Case(
        ref=f"4326{number:07}", source="rms-occurrences", offence_code=dice.choice(OFFENCES),
        offence_from=moment_of_day(offence), recorded_at=moment_of_day(offence), outcome=outcome,
        outcome_date=moment_of_day(told), rationale="All lines done." if dice.random() < 0.8 else None,
        decided_by="Sgt Reed", decided_rank="sgt", responsibility_accepted=True, victim_consulted=True,
        offender_agreed=True, evidence_led="Considered.", public_interest="Considered.",
        location="High Street" if dice.random() < 0.8 else None,
        charged_on=moment_of_day(told) if outcome == "1" else None, activity_completed_on=moment_of_day(told),
    )  # fmt: skip
    key = str(number)
    return CaseFile(
        id=derived_id("case", key),
        case=case,
        suspects=((derived_id("suspect", key), suspect),) if named else (),
        victims=((derived_id("victim", key), victim),),
    )


def published(number: int, dice: Random) -> CaseFile:
    """A published street record with its outcome lines."""
    month = dice.randrange(1, 9)
    texts = [dice.choice(TEXTS) for _ in range(dice.choice((0, 1, 1, 1, 2)))]
    lines = tuple(
        (
            derived_id("line", str(number), str(place)),
            OutcomeRecord(at=moment_of_month(month + place), text=text),
        )
        for place, text in enumerate(texts)
    )
    case = Case(
        ref=f"{number:064x}", source="police-uk-street", offence_from=moment_of_month(month),
        record_status="filed", outcome_text=texts[-1] if texts else TEXTS[0],
        outcome=None if texts else "18",
    )  # fmt: skip
    return CaseFile(id=derived_id("street", str(number)), case=case, outcome_records=lines)


def moment_of_month(month: int) -> Moment:
    return Moment(f"2016-{month:02}")


def naive(checker: Checker, file: CaseFile) -> list[str]:
    """Every rule of the pack in turn: does it speak of this case, what do its predicates say."""
    judged = Judged(file, file.case, file.case.outcome, NOW, checker.reference)
    found = []
    for rule in checker.rules:
        if not speaks(rule, file.case):
            continue
        first, last = judged.outcome_days
        if (rule.effective_from and last < rule.effective_from) or (
            rule.effective_to and first > rule.effective_to
        ):
            continue
        answers = [PREDICATES[name].bind(rule.values)(judged) for name in rule.require]
        applies = all(PREDICATES[name].bind(rule.values)(judged) for name in rule.when)
        excused = any(PREDICATES[name].bind(rule.values)(judged) for name in rule.unless)
        if False in answers and applies and not excused:
            found.append(rule.id)
    return found


def speaks(rule: Rule, case: Case) -> bool:
    words = {EVERY, case.outcome or NONE, ANY if case.outcome else NONE}
    words |= {CANCELLED, case.cancel_code} if case.cancel_code else set()
    return bool(words & rule.outcomes) and (rule.scope is Scope.ALL or not is_published(case))


def timed(files: list[CaseFile], check: Callable[[CaseFile], object]) -> tuple[float, float]:
    """Cases a second over all of them, and the microseconds of the median case; medians of the runs."""
    rates, middles = [], []
    for _ in range(RUNS):
        took = []
        began = time.perf_counter()
        for file in files:
            start = time.perf_counter()
            check(file)
            took.append(time.perf_counter() - start)
        rates.append(len(files) / (time.perf_counter() - began))
        middles.append(median(took) * 1e6)
    return median(rates), median(middles)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    dice = Random(1)
    packs = Packs()
    checker = compile_rules(packs.finalisation, packs)
    kinds = {
        "records": [record(n, dice) for n in range(count)],
        "published": [published(n, dice) for n in range(count)],
    }
    ways: dict[str, Callable[[CaseFile], object]] = {
        "check": lambda file: checker.check(file, NOW, possible=False),
        "check with possible": lambda file: checker.check(file, NOW),
        "every rule naively": lambda file: naive(checker, file),
    }
    for file in [*kinds["records"][:500], *kinds["published"][:500]]:
        same = {finding.rule for finding in checker.check(file, NOW, possible=False).findings}
        assert same == set(naive(checker, file)), file.case.ref
    print(f"{len(checker.rules)} rules; {count:,} cases of each kind; medians of {RUNS} runs")
    print(f"{'cases':<11}{'way':<22}{'cases/s':>10}{'us a case':>12}")
    for kind, files in kinds.items():
        for way, check in ways.items():
            rate, middle = timed(files if way == "check" else files[: max(count // 10, 1)], check)
            print(f"{kind:<11}{way:<22}{rate:>10,.0f}{middle:>12.1f}")


if __name__ == "__main__":
    main()
