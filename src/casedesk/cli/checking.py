"""The finalisation check on the command line."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casedesk.cli.disclosing import disclose
from casedesk.cli.extracts import REJECTS_FOUND, rejected_line
from casedesk.cli.opening import door_of, open_noted
from casedesk.cli.output import Column, Format, say, write_json, write_rows
from casedesk.desk.paths import is_file
from casedesk.model.errors import BadInputError

if TYPE_CHECKING:
    from casedesk.desk.desk import Desk
    from casedesk.exchange.intake.taken import RejectedRow
    from casedesk.model.ids import EntityId
    from casedesk.rules.finalisation import Finding, Verdict

_FILES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm")


class CheckFormat(StrEnum):
    """How findings are written: the forms of every command, and JUnit's for a pipeline."""

    TABLE = "table"
    PLAIN = "plain"
    CSV = "csv"
    JSON = "json"
    JUNIT = "junit"


BLOCKS_FOUND = 1
"""The exit status when at least one case has a finding that blocks."""
_WEIGHT = {"block": 0, "warn": 1, "info": 2}
_TABLE = (
    Column("Reference", most=16), Column("Outcome"), Column("Severity"), Column("Rule, status"),
    Column("Finding → cure", fold=True),
)  # fmt: skip
_COLUMNS = (
    Column("Reference"), Column("Outcome"), Column("Severity"), Column("Rule"), Column("Status"),
    Column("Finding", fold=True), Column("Cure", fold=True), Column("Source", fold=True),
)  # fmt: skip


def mount(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("check")(check)


def check(
    context: typer.Context,
    what: Annotated[
        str,
        typer.Argument(
            help="all, open, filed or proposed; an occurrence number; or a file to check by itself."
        ),
    ] = "proposed",
    profile: Annotated[str, typer.Option(help="The import profile of a file. Guessed if not given.")] = "",
    how: Annotated[CheckFormat, typer.Option("--format", help="How to write it.")] = CheckFormat.TABLE,
    possible: Annotated[
        bool, typer.Option("--possible/--no-possible", help="Say which outcomes would do.")
    ] = True,
) -> None:
    """Check outcomes against the rules. Exit status 1 says that something blocks, 4 that lines could not be read.

    Where both is so it is 1, and the lines are named as well: on standard error, and in every form but the table as
    “unread”. A file is checked without a store: nothing is kept.
    """
    with _verdicts(context, what, profile, possible, how) as (found, account):
        if how is CheckFormat.JUNIT:
            status = write_junit(found, account)
        else:
            status = write_verdicts(found, Format(how.value), account)
    raise typer.Exit(status)


@contextmanager
def _verdicts(
    context: typer.Context, what: str, profile: str, possible: bool, how: CheckFormat
) -> "Iterator[tuple[Iterable[Verdict | RejectedRow], Callable[[int], None]]]":
    """The verdicts, and what accounts for so many of them leaving the store."""
    from casedesk.desk import access
    from casedesk.desk import check as checks

    door = door_of(context)
    if is_file(Path(what)):
        from casedesk.desk.setup import packs_for
        from casedesk.desk.take_in import profile_for
        from casedesk.model.moments import system_clock

        packs = packs_for(door.places)
        chosen = profile_for(packs, Path(what), profile)
        yield checks.check_file(packs, Path(what), chosen, system_clock(), possible=possible), lambda _: None
        return
    if Path(what).suffix.lower() in _FILES:  # an occurrence number may hold slashes, but has no such ending
        raise BadInputError(f"There is no file {what}.", "Check the path.")
    form = Format.JSON if how is CheckFormat.JUNIT else Format(how.value)  # both are made for another program
    if what in checks.FILTERS:
        with open_noted(door) as desk:
            found = checks.check_store(desk, what, possible=possible)
            yield found, lambda cases: disclose(desk, form, "check", cases)
    else:
        with open_noted(door) as desk:
            case_id = desk.find(what)
            access.consulted(desk, case_id)
            yield [checks.check_case(desk, case_id)], lambda _: disclose(desk, form, "check", 1, case_id)
            _say_what_changed(desk, case_id)


def _say_what_changed(desk: "Desk", case_id: "EntityId") -> None:
    """Of a crime that is finalised already: that it is no longer what was approved, beside what the check says."""
    from casedesk.desk.casepage import read_page

    for said in read_page(desk, case_id).decided:
        if said.startswith(("Changed since", "Finalised twice")):
            typer.echo(f"casedesk: {said}", err=True)


def write_verdicts(
    found: "Iterable[Verdict | RejectedRow]", how: Format, account: Callable[[int], None]
) -> int:
    """Write verdicts in the form asked for; returns the exit status that they come to.

    ``account`` is called with their number before anything is written.
    """
    from casedesk.exchange.intake.taken import RejectedRow

    blocked, clean, total, unread, judged = False, 0, 0, [], 0
    rows: list[tuple[str, ...]] = []
    values: list[dict[str, Any]] = []
    for one in found:
        if isinstance(one, RejectedRow):
            unread.append(one)
            continue
        total += 1
        clean += one.verdict == "clean"
        blocked |= one.verdict == "block"
        judged += one.outcome is not None or bool(one.findings)
        if how is Format.JSON:
            values.append(_as_json(one))
        else:
            rows.extend(_row(one, finding) for finding in one.findings)
    account(total)
    if how is Format.JSON:
        write_json([*values, *map(_unread_json, unread)])
    elif how is Format.TABLE and not rows:
        clear = "all clean" if judged else "nothing found, and no outcome is proposed"
        say(f"{total:,} checked: {clear}." if total else "Nothing to check.")
    elif how is Format.TABLE:
        rows.sort(key=lambda row: _WEIGHT[row[2]])
        short = ((row[0], row[1], row[2], f"{row[3]}\n{row[4]}", f"{row[5]}\n→ {row[6]}") for row in rows)
        weights = Counter(row[2] for row in rows)
        counted = ", ".join(f"{weights[weight]:,} {weight}" for weight in _WEIGHT if weights[weight])
        write_rows(_TABLE, short, how, f"{total:,} checked, {clean:,} clean; findings: {counted}")
    else:
        told = (("", "", "unread", "", "", rejected_line(row), "", "") for row in unread)
        write_rows(_COLUMNS, [*rows, *told], how)
    for row in unread:
        typer.echo(f"casedesk: not checked: {rejected_line(row)}", err=True)
    return BLOCKS_FOUND if blocked else REJECTS_FOUND if unread else 0


def _row(verdict: "Verdict", finding: "Finding") -> tuple[str, ...]:
    return (
        verdict.reference, verdict.outcome or "", finding.severity.value, finding.rule, finding.status.value,
        finding.message, finding.fix, finding.source,
    )  # fmt: skip


def _unread_json(row: "RejectedRow") -> dict[str, Any]:
    return {"reference": "", "line": row.line, "verdict": "unread", "message": rejected_line(row)}


def _as_json(verdict: "Verdict") -> dict[str, Any]:
    return {
        "reference": verdict.reference,
        "outcome": verdict.outcome,
        "verdict": verdict.verdict,
        "findings": [
            {
                "rule": finding.rule,
                "severity": finding.severity.value,
                "status": finding.status.value,
                "message": finding.message,
                "facts": [
                    {"title": fact.title, "value": fact.value, "field": fact.field} for fact in finding.facts
                ],
                "fix": finding.fix,
                "source": finding.source,
            }
            for finding in verdict.findings
        ],
        "possible": list(verdict.possible),
    }


def write_junit(found: "Iterable[Verdict | RejectedRow]", account: Callable[[int], None]) -> int:
    """Write verdicts as JUnit XML, a test case for each crime; returns the exit status as the other forms do.

    What blocks is a failure; warnings stand in the case's output. A line that cannot be read is an error.
    """
    from xml.etree.ElementTree import Element, SubElement, indent, tostring

    from casedesk.exchange.intake.taken import RejectedRow

    suite = Element("testsuite", name="casedesk check")
    total, blocked, unread = 0, 0, 0
    for one in found:
        if isinstance(one, RejectedRow):
            unread += 1
            SubElement(
                SubElement(suite, "testcase", name=f"line {one.line}", classname="unread"), "error",
                message=rejected_line(one),
            )  # fmt: skip
            continue
        total += 1
        case = SubElement(suite, "testcase", name=one.reference, classname=f"outcome {one.outcome or 'none'}")
        blocks = [finding for finding in one.findings if finding.severity.value == "block"]
        others = [finding for finding in one.findings if finding.severity.value != "block"]
        if blocks:
            blocked += 1
            failure = SubElement(case, "failure", type="block", message=", ".join(f.rule for f in blocks))
            failure.text = _as_text(blocks)
        if others:
            SubElement(case, "system-out").text = _as_text(others)
    account(total)
    suite.attrib |= {"tests": str(total + unread), "failures": str(blocked), "errors": str(unread)}
    indent(suite)
    typer.echo(tostring(suite, encoding="unicode", xml_declaration=True))
    return BLOCKS_FOUND if blocked else REJECTS_FOUND if unread else 0


def _as_text(findings: "Iterable[Finding]") -> str:
    return "\n".join(
        f"{one.rule} {one.severity.value}: {one.message} → {one.fix} [{one.source}]" for one in findings
    )
