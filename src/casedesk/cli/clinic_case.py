"""One suspect's matter in the clinic on the command line: how far it is, why a disposal is open or not, what is done.

These are commands of ``casedesk clinic``, beside those of the diary.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casedesk.cli.clinic import clinic
from casedesk.cli.disclosing import disclose
from casedesk.cli.opening import door_of, open_desk
from casedesk.cli.output import Column, Format, say, write_json, write_rows
from casedesk.model.errors import BadInputError

if TYPE_CHECKING:
    from casedesk.desk.asking import Ask, At, Verb
    from casedesk.desk.clinic_said import Look, Said
    from casedesk.desk.desk import Desk

_Case = Annotated[str, typer.Argument(metavar="CASE", help="The occurrence number, or its beginning.")]
_Suspect = Annotated[
    str, typer.Option("--suspect", metavar="NAME", help="Which suspect, if there are several.")
]
_How = Annotated[Format, typer.Option("--format", help="How to write it.")]
_FIELDS = (
    Column("Field"), Column("What", most=24), Column("Needed"), Column("Answers", fold=True), Column("Now", fold=True),
)  # fmt: skip

_VERBS = (
    Column("Verb"),
    Column("Title", most=28),
    Column("What it does", fold=True),
    Column("Now", fold=True),
)
_HEX = 32


def mount(_app: typer.Typer) -> None:
    """Add the commands to those of the clinic."""
    clinic.command("show")(show_page)
    clinic.command("why")(explain_disposal)
    clinic.command("score")(show_score)
    clinic.command("do")(do_verb)
    clinic.command("verbs")(list_verbs)


def show_page(
    context: typer.Context,
    reference: _Case,
    suspect: _Suspect = "",
    step: Annotated[
        str,
        typer.Option("--step", help="One step in full: prepare, evidence, eligibility, needs, decision …"),
    ] = "",
    how: _How = Format.PLAIN,
) -> None:
    """Show how far the clinic is with a suspect, step by step, what comes next, and one step in full."""
    from casedesk.desk.clinic_pane_evidence import contact_warnings
    from casedesk.desk.clinic_panes import PANES, pane, step_words
    from casedesk.desk.clinic_said import as_text
    from casedesk.reference.rows import hint

    if step and step not in PANES:
        raise BadInputError(f"There is no step {step!r}.", hint(step, list(PANES)))
    with open_desk(door_of(context)) as desk:
        seen = _look(desk, reference, suspect)
        warnings = contact_warnings(seen)
        panes = {one.id: pane(seen, one.id) for one in seen.page.steps}
        disclose(desk, how, "clinic page", 1, seen.page.case_id)
    if how is Format.JSON:
        write_json(_json(seen, warnings, {name: panes[name] for name in ([step] if step else panes)}))
        return
    first = seen.page.next_step
    say(
        f"{seen.page.name} · {seen.page.reference}",
        *(f"READ FIRST: {one}" for one in warnings),
        *(f"TODAY: {one}" for one in seen.today),
        *(step_words(one) for one in seen.page.steps),
        f"Next: {first.title}. {first.next}" if first else "Nothing is to be done now.",
        *(["", *as_text(panes[step])] if step else []),
    )


def explain_disposal(
    context: typer.Context,
    reference: _Case,
    disposal: Annotated[str, typer.Argument(metavar="DISPOSAL", help="cr, cc, o22 … as the pack names it.")],
    suspect: _Suspect = "",
) -> None:
    """Say whether a disposal is open, and every finding with its facts, its source and how far to rely on it."""
    from casedesk.desk.clinic_pane_rules import conclusion, finding_lines
    from casedesk.desk.clinic_said import as_text, sourced
    from casedesk.model.text import clean
    from casedesk.reference.rows import hint

    with open_desk(door_of(context)) as desk:
        seen = _look(desk, reference, suspect)
    known = {one.disposal.id: one for one in seen.page.options}
    if disposal not in known:
        raise BadInputError(f"There is no disposal {clean(disposal)!r}.", hint(disposal, list(known)))
    option = known[disposal]
    say(f"{option.disposal.title}: {conclusion(option)}")
    if option.authority is not None:
        said = sourced(option.authority.status, option.authority.source)
        say(f"Authority: {option.authority.words} [{said}]")
    for title, found in (
        ("Now", (*option.blocks, *option.warnings, *option.infos)),
        ("Before it is given", option.later),
    ):
        if found:
            say("", title, *as_text(line for one in found for line in finding_lines(one)))


def show_score(context: typer.Context, reference: _Case, suspect: _Suspect = "") -> None:
    """Show the gravity score, how it was worked out, and every factor for and against. The person decides."""
    from casedesk.desk.clinic_pane_rules import gravity_lines, recommended_lines
    from casedesk.desk.clinic_said import as_text

    with open_desk(door_of(context)) as desk:
        seen = _look(desk, reference, suspect)
    say(*as_text(gravity_lines(seen)), "", *as_text(recommended_lines(seen)))


def do_verb(
    context: typer.Context,
    verb: Annotated[
        str,
        typer.Argument(
            metavar="VERB", help="points, admission, review, gravity, choose, condition, propose …"
        ),
    ],
    reference: _Case,
    answers: Annotated[
        list[str] | None, typer.Argument(metavar="FIELD=VALUE", help="What the form would ask. Repeatable.")
    ] = None,
    suspect: _Suspect = "",
    fields: Annotated[bool, typer.Option("--fields", help="Show what it asks, and do nothing.")] = False,
) -> None:
    """Do what a form of the clinic page does: record evidence, choose, propose, authorise, offer, accept, complete."""
    with open_desk(door_of(context)) as desk:
        chosen, at = _verb(verb), _at(desk, reference, suspect)
        asks = list(chosen.asks(at))
        if fields:
            rows = [_described(ask) for ask in asks]
        else:
            reason = chosen.offered(at)
            if reason is not None:
                raise BadInputError(f"{chosen.title}: not now. {reason}", "See “casedesk clinic show”.")
            warnings = chosen.warns(at).splitlines()
            done = chosen.run(at, _values(desk, asks, answers or ()))
    if fields:
        write_rows(_FIELDS, rows, Format.TABLE, chosen.title)
    else:
        say(*(f"READ FIRST: {one}" for one in warnings), done)


def list_verbs(
    context: typer.Context,
    reference: Annotated[
        str, typer.Argument(metavar="[CASE]", help="With a case: what can be done there now, and why not.")
    ] = "",
    suspect: _Suspect = "",
    how: _How = Format.TABLE,
) -> None:
    """List everything that “casedesk clinic do” can do."""
    rows = [(name, one.title, one.about, "") for name, one in sorted(_verbs().items())]
    if reference:
        with open_desk(door_of(context)) as desk:
            at = _at(desk, reference, suspect)
            rows = [
                (name, one.title, one.about, reason if (reason := one.offered(at)) is not None else "now")
                for name, one in sorted(_verbs().items())
            ]
    columns = _VERBS if reference else _VERBS[:-1]
    write_rows(columns, [row[: len(columns)] for row in rows], how, f"{len(rows)} verbs")


# -- inside -----------------------------------------------------------------------------------------------------


def _look(desk: "Desk", reference: str, suspect: str) -> "Look":
    """The matter of a suspect, accounted for as looked at."""
    from casedesk.desk import access
    from casedesk.desk.case_asks import find_person
    from casedesk.desk.clinic_said import look

    case_id = desk.find(reference)
    own = find_person(desk.case(case_id).file, suspect, "suspects")
    access.consulted(desk, case_id)
    return look(desk, case_id, own)


def _json(seen: "Look", warnings: Sequence[str], panes: "Mapping[str, Sequence[Said]]") -> dict[str, object]:
    return {
        "case": seen.page.reference,
        "suspect": seen.page.name,
        "read_first": list(warnings),
        "today": list(seen.today),
        "steps": [
            {
                "id": one.id, "title": one.title, "progress": one.progress.value, "stands": one.said, "next": one.next,
                "verb": one.verb.removeprefix("clinic."),
                "says": [
                    {"label": line.label, "text": line.text, "tone": line.tone.value}
                    for line in panes.get(one.id, ())
                    if line.text
                ],
            }
            for one in seen.page.steps
        ],
    }  # fmt: skip


def _verb(said: str) -> "Verb":
    from casedesk.model.text import clean
    from casedesk.reference.rows import hint

    known = _verbs()
    if said not in known:
        cure = f"{hint(said, list(known))} “casedesk clinic verbs” lists them all.".strip()
        raise BadInputError(f"There is nothing to do called {clean(said)!r}.", cure)
    return known[said]


def _verbs() -> "dict[str, Verb]":
    """Everything that can be done, by the word for it."""
    from casedesk.desk.clinic_verbs import CLINIC
    from casedesk.desk.decision_verbs import DECISIONS
    from casedesk.desk.people_verbs import PEOPLE

    known = {one.id.removeprefix("clinic."): one for one in CLINIC}
    known["lay-out"] = next(one for one in DECISIONS if one.id == "decision.points")
    known["offence-day"] = next(one for one in DECISIONS if one.id == "case.offence-day")
    known["views"] = next(one for one in PEOPLE if one.id == "people.views")
    return known


def _at(desk: "Desk", reference: str, suspect: str) -> "At":
    from casedesk.desk.asking import At
    from casedesk.desk.case_asks import find_person
    from casedesk.store.records import read_dossier

    case_id = desk.find(reference)
    file = desk.case(case_id).file
    return At(
        desk, file, read_dossier(desk.store.connection, case_id), find_person(file, suspect, "suspects")
    )


def _described(ask: "Ask") -> tuple[str, ...]:
    answers = ", ".join(f"{value} ({words})" for value, words in _numbered(ask)) or ask.hint or ask.kind.value
    return ask.name, ask.label, "yes" if ask.required else "", answers, ask.initial


def _values(desk: "Desk", asks: "Sequence[Ask]", typed: Sequence[str]) -> dict[str, Any]:
    """What was typed as a verb takes it; what was not stays as the form starts. Raises BadInputError."""
    from casedesk.model.text import clean
    from casedesk.reference.rows import hint

    known = {ask.name: ask for ask in asks}
    given: dict[str, str] = {}
    for one in typed:
        name, equals, value = one.partition("=")
        if not equals:
            raise BadInputError(f"{clean(one)!r} is no answer.", "Write field=value; --fields lists them.")
        if name not in known:
            raise BadInputError(f"There is no field {clean(name)!r}.", hint(name, list(known)))
        given[name] = value
    missing = [ask.name for ask in asks if ask.required and not (given.get(ask.name) or ask.initial)]
    if missing:
        raise BadInputError(f"Not given: {', '.join(missing)}.", "--fields says what each takes.")
    return {
        ask.name: _value(desk, ask, given.get(ask.name, ask.initial if ask.kind.value not in _DATED else ""))
        for ask in asks
    }


_DATED = frozenset({"past", "future", "day", "birthday"})
"""What a form starts with in these is shown, not typed."""


def _value(desk: "Desk", ask: "Ask", text: str) -> Any:
    if not text.strip():
        return None
    reader = _READERS.get(ask.kind.value)
    return reader(desk, ask, text) if reader is not None else text


def _choice(_desk: "Desk", ask: "Ask", text: str) -> str:
    from casedesk.model.text import clean
    from casedesk.reference.rows import hint

    if _are_ids(ask):
        return _meant(ask, text)
    for value, words in ask.choices:
        if clean(text).casefold() in (value.casefold(), words.casefold()):
            return value
    raise BadInputError(
        f"{ask.name}: {clean(text)!r} is not one of the choices.",
        hint(text, [value for value, _ in ask.choices]) or "--fields lists them.",
    )


def _are_ids(ask: "Ask") -> bool:
    """Whether the choices are ids, which nobody types: points to prove, conditions, people."""
    return bool(ask.choices) and all(len(value) == _HEX and value.isalnum() for value, _ in ask.choices)


def _numbered(ask: "Ask") -> list[tuple[str, str]]:
    """The choices as they are shown: ids by their number, in the order of their words, whatever was last written to."""
    if not _are_ids(ask):
        return list(ask.choices)
    ordered = sorted(ask.choices, key=lambda pair: (pair[1].casefold(), pair[0]))
    return [(str(number), words) for number, (_, words) in enumerate(ordered, 1)]


def _meant(ask: "Ask", text: str) -> str:
    """The choice that is meant by its number, its id or words that only it has. Raises BadInputError."""
    from casedesk.model.text import clean

    said = clean(text).casefold()
    ordered = sorted(ask.choices, key=lambda pair: (pair[1].casefold(), pair[0]))
    for number, (value, words) in enumerate(ordered, 1):
        if said in (str(number), value, words.casefold()):
            return value
    by_words = bool(said) and not said.isdecimal()
    fits = [value for value, words in ordered if by_words and said in words.casefold()]
    if len(fits) == 1:
        return fits[0]
    listed = "; ".join(f"{number} {words}" for number, (_, words) in enumerate(ordered, 1))
    what = "is not one of the choices" if not fits else "fits several of them"
    raise BadInputError(
        f"{ask.name}: {clean(text)!r} {what}.", f"Give its number or more of its words: {listed}."
    )


def _many(desk: "Desk", ask: "Ask", text: str) -> tuple[str, ...]:
    chosen = {_choice(desk, ask, one) for one in text.split(",") if one.strip()}
    return tuple(value for value, _ in ask.choices if value in chosen)


def _yes_no(_desk: "Desk", ask: "Ask", text: str) -> bool:
    said = text.strip().casefold()
    if said not in ("yes", "no", "y", "n"):
        raise BadInputError(f"{ask.name} is answered by yes or no.", f"Write {ask.name}=yes.")
    return said.startswith("y")


def _number(_desk: "Desk", ask: "Ask", text: str) -> int:
    plain = text.strip()
    if not (plain.isascii() and plain.isdecimal() and len(plain) < 10):
        raise BadInputError(f"{ask.name} is a whole number.", f"Write {ask.name}=3.")
    return int(plain)


def _past(desk: "Desk", _ask: "Ask", text: str) -> Any:
    from casedesk.cli.typed import past

    return past(desk, text)


def _future(desk: "Desk", _ask: "Ask", text: str) -> Any:
    from casedesk.cli.typed import to_come

    return to_come(desk, text)


def _day(desk: "Desk", _ask: "Ask", text: str) -> Any:
    from casedesk.cli.typed import day

    return day(desk, text)


_READERS: "Mapping[str, Callable[[Desk, Ask, str], Any]]" = {
    "choice": _choice, "person": _choice, "many": _many, "yes-no": _yes_no, "number": _number, "past": _past,
    "future": _future, "day": _day,
}  # fmt: skip
"""How each kind of answer is read; the others are text."""
