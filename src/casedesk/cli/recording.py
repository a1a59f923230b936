"""Commands that record what was said and decided: interviews, referrals, decisions, feedback, handover."""

from typing import Annotated

import typer

from casedesk.cli import typed
from casedesk.cli.opening import at_a_terminal, door_of, open_desk
from casedesk.cli.output import say
from casedesk.model.errors import BadInputError

_Case = Annotated[str, typer.Argument(metavar="CASE", help="The occurrence number, or its beginning.")]
_At = Annotated[str, typer.Option(help="When: “14:30”, “-2h”, “fri 10:00”. Now if not given.")]
_On = Annotated[str, typer.Option("--on", help="The day. Today if not given.")]


def mount(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("handover")(handover)
    app.command("interview")(add_interview)
    app.command("referral")(add_referral)
    app.command("decide")(add_decision)
    app.command("feedback")(add_feedback)
    app.command("grade")(grade_case)
    app.command("event")(add_case_event)
    app.command("first-statement")(set_first_statement)


def handover(
    context: typer.Context,
    references: Annotated[list[str], typer.Argument(metavar="CASE...", help="The occurrence numbers.")],
    to: Annotated[str, typer.Option(metavar="NUMBER", help="Who receives them.")] = "",
    lend: Annotated[
        str, typer.Option("--lend-until", metavar="TIME", help="Lend them, until then: “mon 9:00”.")
    ] = "",
    take_back: Annotated[bool, typer.Option("--take-back", help="Take back what was lent.")] = False,
    first: Annotated[str, typer.Option(help="What the receiver must do first.")] = "",
    note: Annotated[str, typer.Option(help="What the receiver must know.")] = "",
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Also to a number that nobody here is known by.")
    ] = False,
) -> None:
    """Give, lend or take back cases, as one act. With a case alone: show its note for the next shift."""
    from casedesk.desk import access
    from casedesk.desk.handover import Way, hand_over
    from casedesk.desk.handover_note import handover_note
    from casedesk.desk.handover_verbs import handed_said, unknown_receiver

    if take_back and to:
        raise BadInputError("--take-back and --to do not go together.", "Give one of them.")
    with open_desk(door_of(context)) as desk:
        ids = [desk.find(reference) for reference in references]
        if not (to or take_back):
            if first or note or lend:
                raise BadInputError("To whom?", "Add --to with their number.")
            for case_id in ids:
                access.consulted(desk, case_id)
                say(handover_note(desk, case_id))
            return
        if not anyway and to and (doubt := unknown_receiver(desk, to)):
            if not at_a_terminal():
                raise BadInputError(doubt, "Check the number, or add --anyway.")
            if not typer.confirm(doubt):
                say("Nothing was changed.")
                return
        way = Way.TAKE_BACK if take_back else Way.LEND if lend else Way.GIVE
        handed = hand_over(desk, ids, way, to, text=note, first=first, until=typed.to_come(desk, lend))
    say(handed_said(way, handed))


def add_interview(
    context: typer.Context,
    reference: _Case,
    account: Annotated[
        str,
        typer.Argument(
            help="admission, part-admission, denial, no-comment, prepared-statement, self-defence."
        ),
    ],
    text: Annotated[str, typer.Argument(help="What was said.")] = "",
    suspect: Annotated[str, typer.Option(help="Words of the suspect's name, where there are several.")] = "",
    at: _At = "",
    offence: Annotated[str, typer.Option(help="The offence it was about. The case's if not given.")] = "",
    voluntary: Annotated[
        bool | None, typer.Option("--voluntary/--in-custody", help="Attended voluntarily, or held.")
    ] = None,
    advice: Annotated[str, typer.Option(help="had, declined or not-offered.")] = "",
    adult: Annotated[str, typer.Option(help="Who the appropriate adult was.")] = "",
) -> None:
    """Record what a suspect said when interviewed under caution."""
    from casedesk.desk.case_asks import find_person
    from casedesk.desk.suspects import interview

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        own = find_person(desk.case(case_id).file, suspect, "suspects")
        told = interview(
            desk, case_id, own, account=account, at=typed.past(desk, at), offence=offence,
            voluntary=voluntary, legal_advice=advice, appropriate_adult=adult, text=text,
        )  # fmt: skip
    say("Interview recorded.", *(f"Warning: {warning}" for warning in told.warnings))


def add_referral(
    context: typer.Context,
    reference: _Case,
    to: Annotated[
        str, typer.Argument(metavar="SERVICE", help="marac, mash, idva, nrm, county-lines … or a name.")
    ],
    why: Annotated[str, typer.Argument(help="Why it was made, or why not.")],
    of: Annotated[
        str, typer.Option("--of", help="Words of the person's name. The victim if not given.")
    ] = "",
    not_made: Annotated[bool, typer.Option("--not-made", help="Considered, and not made.")] = False,
    their_reference: Annotated[str, typer.Option("--reference", help="The service's reference.")] = "",
    on: _On = "",
) -> None:
    """Record a referral that was made, or considered and not made."""
    from casedesk.desk.case_asks import find_person
    from casedesk.desk.people import refer

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        own = find_person(desk.case(case_id).file, of, *(() if of else ("victims",)))
        if own is None:
            raise BadInputError("No victim is recorded in this case.", "Say of whom, with --of.")
        refer(
            desk, case_id, own, to, made=not not_made, why="" if not_made else why,
            not_made_why=why if not_made else "", on=typed.day(desk, on), reference=their_reference,
        )  # fmt: skip
    say("Recorded why no referral was made." if not_made else "Referral recorded.")


def add_decision(
    context: typer.Context,
    reference: _Case,
    kind: Annotated[
        str, typer.Argument(help="charge, nfa, refer-to-cps, out-of-court, remand, bail or other.")
    ],
    result: Annotated[str, typer.Argument(help="What was decided.")],
    rationale: Annotated[str, typer.Argument(help="Why.")],
    test: Annotated[str, typer.Option(help="full-code or threshold.")] = "",
    evidential: Annotated[str, typer.Option(help="How the evidential stage is met, or not.")] = "",
    public_interest: Annotated[str, typer.Option(help="How the public-interest stage is met, or not.")] = "",
    by: Annotated[str, typer.Option(help="Who decided. You if not given.")] = "",
    rank: Annotated[str, typer.Option(help="staff, ddm, pc, sgt, insp, ci, supt, fcr or cps.")] = "",
    suspect: Annotated[str, typer.Option(help="Words of the suspect's name, where it is about one.")] = "",
    at: _At = "",
) -> None:
    """Record a decision with its rationale."""
    from casedesk.desk.case_asks import find_person
    from casedesk.desk.decisions import decide

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        own = find_person(desk.case(case_id).file, suspect, "suspects") if suspect else None
        decide(
            desk, case_id, kind, result=result, rationale=rationale, test=test, evidential=evidential,
            public_interest=public_interest, by=by, rank=rank, subject=own, at=typed.past(desk, at),
        )  # fmt: skip
    say("Decision recorded.")


def add_feedback(
    context: typer.Context,
    reference: _Case,
    theme: Annotated[str, typer.Argument(help="statements, footage, victim-contact, rationale …")],
    text: Annotated[str, typer.Argument(help="What the officer was told.")],
    praise: Annotated[
        bool | None, typer.Option("--praise/--learning", help="For praise or for learning. Say which.")
    ] = None,
    officer: Annotated[str, typer.Option(help="The officer. The OIC if not given.")] = "",
) -> None:
    """Record feedback to an officer."""
    from casedesk.desk.feedback import give_feedback

    if praise is None:
        raise BadInputError("Was it praise or learning?", "Add --praise or --learning.")
    with open_desk(door_of(context)) as desk:
        give_feedback(desk, desk.find(reference), theme=theme, praise=praise, text=text, officer=officer)
    say("Feedback recorded.")


def grade_case(
    context: typer.Context,
    reference: _Case,
    threat: Annotated[int | None, typer.Option(help="0 to 3; as suggested if not given.")] = None,
    harm: Annotated[int | None, typer.Option(help="0 to 3; as suggested if not given.")] = None,
    opportunity: Annotated[int | None, typer.Option(help="0 to 3; as suggested if not given.")] = None,
    risk: Annotated[int | None, typer.Option(help="0 to 3; as suggested if not given.")] = None,
    why: Annotated[str, typer.Option(help="Why, where it departs from what is suggested.")] = "",
) -> None:
    """Grade a case by THOR: threat, harm, opportunity, risk. Without a grade: show how it is graded and why."""
    from casedesk.desk import access
    from casedesk.desk.grading import grade, grades_of
    from casedesk.reference.thor import GRADES

    given = (threat, harm, opportunity, risk)
    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        grades = grades_of(desk, desk.case(case_id).file)
        if all(level is None for level in given):
            access.consulted(desk, case_id)
            for name, level in zip(GRADES, grades.levels, strict=True):
                suggested = getattr(grades.suggestion, name)
                say(
                    f"{grades.thor.grades[name].label}: {level} (suggested {suggested.level}: "
                    f"{'; '.join(suggested.reasons)})"
                )
            return
        levels = [
            suggested if level is None else level
            for level, suggested in zip(given, grades.suggestion.levels, strict=True)
        ]
        grade(desk, case_id, why=why, **dict(zip(GRADES, levels, strict=True)))
        say(f"Graded: {desk.packs.thor.total(*levels)} of {desk.packs.thor.most}.")


def add_case_event(
    context: typer.Context,
    reference: Annotated[
        str, typer.Argument(metavar="CASE", help="The occurrence number, or its beginning.")
    ] = "",
    kind: Annotated[str, typer.Argument(help="What happened, as --list names it.")] = "",
    at: _At = "",
    until: Annotated[str, typer.Option(help="The date agreed for an upgrade that is asked for.")] = "",
    days: Annotated[
        int | None, typer.Option(min=1, max=366, help="The CPS clock of a submission: 28 or 5.")
    ] = None,
    of: Annotated[str, typer.Option("--of", help="Words of the person's name, where it is about one.")] = "",
    by: Annotated[str, typer.Option(help="Who did it.")] = "",
    note: Annotated[str, typer.Option(help="A note.")] = "",
    list_them: Annotated[bool, typer.Option("--list", help="List the kinds by group.")] = False,
) -> None:
    """Record an event that duties and clocks run from: a hearing, a submission, a result, a request for review."""
    from casedesk.desk.case_asks import event_title, find_person
    from casedesk.desk.decisions import EVENT_GROUPS
    from casedesk.desk.events import PLANNED, add_event
    from casedesk.desk.typed import one_of
    from casedesk.model.words import EventKind

    if list_them:
        for title, kinds in EVENT_GROUPS.values():
            say(f"{title}:", *(f"  {word.value}" for word in kinds))
        say("What happens to somebody who was arrested: see “casedesk custody --help”.")
        return
    if not (reference and kind):
        raise BadInputError(
            "A case and what happened are needed.", "“casedesk event --list” lists the kinds."
        )
    known = [word.value for _, kinds in EVENT_GROUPS.values() for word in kinds]
    if kind in set(EventKind) - set(known):
        raise BadInputError(
            f"“{kind}” is not recorded so.",
            "An arrest has “casedesk custody”; a statement is recorded with the witness.",
        )
    word = EventKind(one_of(kind, known, "kind of event"))
    if until and word is not EventKind.UPGRADE_REQUESTED:
        raise BadInputError("Only an upgrade that is asked for has an agreed date.", "Leave --until out.")
    if days is not None and word is not EventKind.CPS_SUBMITTED:
        raise BadInputError("Only a submission to the CPS has a CPS clock.", "Leave --days out.")
    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        own = find_person(desk.case(case_id).file, of) if of else None
        when = typed.to_come(desk, at) if word in PLANNED else typed.past(desk, at)
        if word in PLANNED and when is None:
            raise BadInputError("When is the hearing?", "Give --at with its time.")
        add_event(
            desk,
            case_id,
            word,
            at=when,
            until=typed.to_come(desk, until),
            subject=own,
            number=days,
            by=by,
            text=note,
        )
    say(f"Recorded: {event_title(word).lower().replace('cps', 'CPS')}.")


def set_first_statement(
    context: typer.Context,
    reference: _Case,
    on: Annotated[str, typer.Argument(metavar="DAY", help="The day on which it was made: “12/11/2026”.")],
) -> None:
    """Say when the first statement or recorded interview to be used in evidence was made: a time limit hangs on it."""
    from casedesk.desk.decisions import first_statement

    with open_desk(door_of(context)) as desk:
        day = typed.day(desk, on)
        if day is None:
            raise BadInputError("The day is missing.", "Give the day on which it was made.")
        said = first_statement(desk, desk.find(reference), day)
    say(said)
