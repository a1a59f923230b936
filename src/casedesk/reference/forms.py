"""The questionnaires (packs ``forms/…``): every version that was ever shipped, each read when it is first asked for.

``forms/needs`` is the newest version of the form ``needs``; older ones stay beside it as ``forms/old/needs-VERSION``.
An assessment is read with the version it was started on. A force lays its own over the newest as over any pack; such
a form's version is marked with what was laid over it, because its questions are no longer those that were shipped.
Nothing is laid over an older version.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from casedesk.model.words import Confidence
from casedesk.reference.form_parts import (
    Band,
    Condition,
    Either,
    Every,
    Form,
    Holds,
    Instrument,
    Module,
    Option,
    Question,
    QuestionKind,
    Scored,
    Section,
    TriggerRule,
    Whose,
)
from casedesk.reference.loading import Pack, Row, hint, pack_names, read_pack

FOLDER = "forms"
OLD = "forms/old"
SCORES = ("0", "1", "2")
"""The options of a pathway's score, in this order."""
_WORD = re.compile(r"[a-z0-9][a-z0-9-]*")
_QUESTION_KEYS = {
    "id", "text", "kind", "hint", "options", "alone", "least", "most", "when", "whose", "optional", "must",
    "sensitive", "prefill", "module", "without", "severity",
}  # fmt: skip
_OPTION_KINDS = (QuestionKind.CHOICE, QuestionKind.MANY)


class Forms(Mapping[str, Form]):
    """The newest version of every form by its id; older ones by :meth:`version`."""

    def __init__(self, overlay: Path | None = None) -> None:
        self._overlay = overlay
        self._read: dict[str, Form] = {}
        names = pack_names(FOLDER, overlay)
        self._ids = [name.partition("/")[2] for name in names if name.count("/") == 1]
        self._old = [name.partition("/")[2] for name in names if name.startswith(f"{OLD}/")]

    def __getitem__(self, form_id: str) -> Form:
        if form_id not in self._ids:
            raise KeyError(form_id)
        return self._load(form_id)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def version(self, form_id: str, version: str) -> Form | None:
        """A form in exactly this version; None where it is not kept here."""
        old = f"old/{form_id}-{version}"
        if old in self._old:
            found = self._load(old)
            return found if found.id == form_id and found.version == version else None
        if form_id in self._ids and self[form_id].version == version:
            return self[form_id]
        if form_id in self._ids and self._shipped(form_id).version == version:
            return self._shipped(form_id)
        return None

    def versions(self, form_id: str) -> tuple[str, ...]:
        """The versions of a form that are kept here, the newest first."""
        older = sorted(
            (
                name.removeprefix(f"old/{form_id}-")
                for name in self._old
                if name.startswith(f"old/{form_id}-")
            ),
            reverse=True,
        )
        newest = (self[form_id].version, self._shipped(form_id).version) if form_id in self._ids else ()
        return tuple(dict.fromkeys((*newest, *older)))

    def _load(self, name: str) -> Form:
        if name not in self._read:
            shipped_old = name.startswith("old/") and f"{FOLDER}/{name}" in pack_names(FOLDER)
            self._read[name] = load_form(name, None if shipped_old else self._overlay)
        return self._read[name]

    def _shipped(self, form_id: str) -> Form:
        """The newest as it was shipped, whatever the force laid over it since; its own where none was shipped."""
        key = f"shipped {form_id}"
        if key not in self._read:
            shipped = f"{FOLDER}/{form_id}" in pack_names(FOLDER)
            self._read[key] = load_form(form_id) if shipped else self[form_id]
        return self._read[key]


def load_form(name: str, overlay: Path | None = None) -> Form:
    """Load one form: ``needs``, or ``old/needs-2026-11-22``. Raises PackError when it does not hold together."""
    pack = read_pack(f"{FOLDER}/{name}", overlay)
    pack.unknown({"form", "module", "section", "question", "closing", "instrument", "trigger", "modules"})
    head = pack.table("form")
    head.unknown({"id", "title", "about", "told"})
    modules = _modules(pack)
    sections = _sections(pack, modules)
    everything = {question.id: question for section in sections for question, _ in section[1]}
    instruments = pack.build("instrument", lambda row: _instrument(row, everything))
    _check_order(pack, sections, everything, instruments)
    triggers = pack.build("trigger", lambda row: _trigger(row, everything, instruments))
    raising = {name for rule in triggers.values() for name in _names(rule.when, instruments)}
    form = Form(
        id=head.text("id"),
        version=_version(pack, name, overlay),
        title=head.text("title"),
        about=head.text("about", ""),
        told=head.text("told"),
        sections=tuple(
            replace(
                section,
                questions=tuple(
                    replace(question, raises=question.id in raising) for question, on in questions if on
                ),
            )
            for section, questions in sections
        ),
        triggers=triggers,
        instruments={
            own: tool
            for own, tool in instruments.items()
            if all(_is_on(sections, item) for item in tool.items)
        },
        modules=modules,
    )
    if form.told not in form.questions:
        raise head.error("told", f"there is no question “{form.told}”", hint(form.told, form.questions))
    own = f"old/{form.id}-{form.version}" if name.startswith("old/") else form.id
    if own != name:
        raise head.error(
            "id", f"the file should be {FOLDER}/{own}.toml", "Rename it, or correct id and version."
        )
    return form


_Parts = list[tuple[Section, list[tuple[Question, bool]]]]
"""The sections with all their questions, and whether each is switched on."""


def _version(pack: Pack, name: str, overlay: Path | None) -> str:
    """The version: the pack's own; where a force laid something over it, marked with what that is."""
    own = str(pack.meta.get("version", "unversioned"))
    if not _WORD.fullmatch(own):
        raise pack.error("[pack], version", f"“{own}” cannot be part of a name", "Write it as 2026-11-22.")
    if overlay is None or pack.overlay_file is None or pack.overlay_file == pack.file:
        return own
    laid = (overlay / f"{FOLDER}/{name}.toml").read_bytes()
    return f"{own}+local-{hashlib.sha256(laid).hexdigest()[:8]}"


def _is_on(sections: _Parts, name: str) -> bool:
    return any(question.id == name and on for _, questions in sections for question, on in questions)


# -- sections and questions -------------------------------------------------------------------------------------


def _modules(pack: Pack) -> dict[str, Module]:
    switches = pack.table("modules")
    modules = pack.build("module", lambda row: _module(row, switches))
    switches.unknown(modules)
    return modules


def _module(row: Row, switches: Row) -> Module:
    row.unknown({"id", "title", "attribution", "status", "source", "severity"})
    row.text("source")
    return Module(
        row.id,
        row.text("title"),
        switches.flag(row.id, default=False),
        row.text("attribution"),
        row.choice("status", Confidence),
    )


def _sections(pack: Pack, modules: Mapping[str, Module]) -> _Parts:
    rows = {row.id: row for row in pack.rows("section")}
    heads = pack.build("section", _section)
    questions = pack.build("question", lambda row: _question(row, modules, rows))
    closings = pack.rows("closing")
    made: _Parts = []
    for own, section in heads.items():
        asked = [pair for pair in questions.values() if pair[0].section == own]
        if section.pathway:
            asked += [_closing(row, section, rows[own]) for row in closings]
        made.append((section, asked))
    return made


def _section(row: Row) -> Section:
    row.unknown({"id", "title", "about", "pathway", "closings_when", "severity"})
    if not _WORD.fullmatch(row.id):
        raise row.error("id", "must be small letters, digits and hyphens")
    return Section(
        id=row.id,
        title=row.text("title"),
        about=row.text("about", ""),
        pathway=row.flag("pathway", default=False),
        questions=(),
    )


def _question(row: Row, modules: Mapping[str, Module], sections: Mapping[str, Row]) -> tuple[Question, bool]:
    row.unknown(_QUESTION_KEYS)
    section, _, name = row.id.partition(".")
    if section not in sections or not _WORD.fullmatch(name):
        cure = hint(section, sections) or "Write section.question."
        raise row.error("id", f"“{row.id}” does not begin with a section", cure)
    on = True
    for key, wanted in (("module", True), ("without", False)):
        if key in row:
            module = row.text(key)
            if module not in modules:
                raise row.error(key, f"there is no module “{module}”", hint(module, modules))
            on = on and modules[module].on is wanted
    return _made(row, row.id, section, row.text("text"), None), on


def _closing(row: Row, section: Section, section_row: Row) -> tuple[Question, bool]:
    """A question that ends every pathway: its text names the pathway, its condition may look at the others (``*``)."""
    row.unknown(_QUESTION_KEYS)
    text = row.text("text").replace("{pathway}", section.title.lower())
    gate = (
        _condition(section_row.table("closings_when"), section.id) if "closings_when" in section_row else None
    )
    question = _made(row, f"{section.id}.{row.id}", section.id, text, gate)
    if row.id == "score" and tuple(option.id for option in question.options) != SCORES:
        raise row.error("options", "a score is one of 0, 1 and 2", 'Write "0: …", "1: …", "2: …".')
    return question, True


def _made(row: Row, own: str, section: str, text: str, gate: Condition | None) -> Question:
    kind = row.choice("kind", QuestionKind)
    options = tuple(_option(row, one) for one in row.texts("options", ()))
    if bool(options) is not (kind in _OPTION_KINDS):
        raise row.error("options", f"do not go with the kind {kind.value}" if options else "are missing")
    ids = [option.id for option in options]
    if len(set(ids)) < len(ids):
        raise row.error("options", "two have the same id")
    alone = tuple(row.texts("alone", ()))
    for one in alone:
        if one not in ids or kind is not QuestionKind.MANY:
            raise row.error("alone", f"there is no option “{one}” of several", hint(one, ids))
    when = _condition(row.table("when"), section) if "when" in row else None
    return Question(
        id=own,
        section=section,
        text=text,
        kind=kind,
        hint=row.text("hint", ""),
        options=options,
        alone=alone,
        least=row.integer("least", 0) if kind is QuestionKind.NUMBER else row.optional_integer("least"),
        most=row.optional_integer("most"),
        when=Every((gate, when)) if gate and when else gate or when,
        whose=row.choice("whose", Whose, Whose.PERSON),
        optional=row.flag("optional", default=False),
        must=row.text("must", ""),
        prefill=row.text("prefill", ""),
        sensitive=row.flag("sensitive", default=False),
    )


def _option(row: Row, text: str) -> Option:
    own, colon, words = text.partition(": ")
    if not colon or not _WORD.fullmatch(own) or not words.strip():
        raise row.error("options", f"“{text}” is not an id with its words", 'Write "id: Words on screen".')
    return Option(own, words.strip())


# -- conditions -------------------------------------------------------------------------------------------------


def _condition(row: Row, section: str) -> Condition:
    """One condition. A question written ``*.score`` is the one of the same section."""
    for key, kind in (("all", Every), ("either", Either)):
        if key in row:
            row.unknown({key})
            parts = tuple(_condition(part, section) for part in row.rows(key))
            if not parts:
                raise row.error(key, "has no parts")
            return kind(parts)
    if "score" in row:
        row.unknown({"score", "at_least"})
        return Scored(row.text("score"), row.integer("at_least"))
    row.unknown({"question", "is", "any", "at_least", "answered"})
    name = row.text("question")
    name = f"{section}{name[1:]}" if name.startswith("*.") else name
    if sum(key in row for key in ("is", "any", "at_least", "answered")) != 1:
        raise row.error("", "needs one of is, any, at_least, answered")
    if "answered" in row and not row.flag("answered"):
        raise row.error("answered", "can only be true", "Leave the condition out.")
    values = (row.text("is"),) if "is" in row else tuple(row.texts("any", ()))
    return Holds(name, values, row.optional_integer("at_least"))


def _names(condition: Condition, instruments: Mapping[str, Instrument]) -> list[str]:
    """The questions that a condition looks at."""
    if isinstance(condition, Holds):
        return [condition.question]
    if isinstance(condition, Scored):
        tool = instruments.get(condition.instrument)
        return [*tool.items] if tool else []
    return [name for part in condition.parts for name in _names(part, instruments)]


def _problem(
    condition: Condition, known: Mapping[str, Question], instruments: Mapping[str, Instrument]
) -> tuple[str, str] | None:
    """What a condition gets wrong, with the cure: a question, an option or an instrument that there is not."""
    if isinstance(condition, Scored):
        if condition.instrument in instruments:
            return None
        return f"there is no instrument “{condition.instrument}”", hint(condition.instrument, instruments)
    if not isinstance(condition, Holds):
        found = (_problem(part, known, instruments) for part in condition.parts)
        return next((one for one in found if one), None)
    question = known.get(condition.question)
    if question is None:
        return f"there is no question “{condition.question}”", hint(condition.question, known)
    if question.kind is QuestionKind.YES_NO:
        allowed = ["yes", "no"]
    elif question.kind in _OPTION_KINDS:
        allowed = [option.id for option in question.options]
    else:
        allowed = list(condition.values)
    for value in condition.values:
        if value not in allowed:
            return f"“{value}” is no answer to {question.id}", hint(value, allowed)
    return None


def _check_order(
    pack: Pack, sections: _Parts, everything: Mapping[str, Question], instruments: Mapping[str, Instrument]
) -> None:
    """See that every question depends on earlier ones only: so every way through the form ends."""
    earlier: dict[str, Question] = {}
    for _, questions in sections:
        for question, _on in questions:
            if question.when is not None:
                wrong = _problem(question.when, everything, instruments)
                if wrong:
                    raise pack.error(f"[[question]] {question.id}, when", *wrong)
                late = next((one for one in _names(question.when, instruments) if one not in earlier), None)
                if late:
                    message = f"looks at {late}, which is asked later"
                    raise pack.error(f"[[question]] {question.id}, when", message, "Move one of them.")
            if question.id in earlier:
                raise pack.error(f"[[question]] {question.id}", "stands twice", "Rename one of them.")
            earlier[question.id] = question


# -- instruments and triggers -----------------------------------------------------------------------------------


def _instrument(row: Row, known: Mapping[str, Question]) -> Instrument:
    row.unknown(
        {"id", "title", "items", "bands", "positive", "next", "attribution", "status", "source", "severity"}
    )
    items = tuple(row.texts("items"))
    for item in items:
        question = known.get(item)
        if question is None:
            raise row.error("items", f"there is no question “{item}”", hint(item, known))
        if question.kind is not QuestionKind.NUMBER and not all(one.id.isdigit() for one in question.options):
            raise row.error(
                "items", f"{item} is not answered with a number", "Give its options numbers as ids."
            )
    return Instrument(
        id=row.id,
        title=row.text("title"),
        items=items,
        bands=_bands(row),
        positive=row.optional_integer("positive"),
        next_step=row.text("next", ""),
        attribution=row.text("attribution"),
        status=row.choice("status", Confidence),
        source=row.text("source"),
    )


def _bands(row: Row) -> tuple[Band, ...]:
    """The bands, written ``0-4: low``: one after another without a gap."""
    bands: list[Band] = []
    for text in row.texts("bands"):
        found = re.fullmatch(r"(\d+)(?:-(\d+))?: (.+)", text)
        if found is None:
            raise row.error("bands", f"“{text}” is not a range with its words", 'Write "0-4: low".')
        least, most = int(found[1]), int(found[2] or found[1])
        if least != (bands[-1].most + 1 if bands else 0) or most < least:
            raise row.error("bands", f"“{text}” does not follow on the one before", "Leave no gap.")
        bands.append(Band(least, most, found[3]))
    if not bands:
        raise row.error("bands", "are missing")
    return tuple(bands)


def _trigger(row: Row, known: Mapping[str, Question], instruments: Mapping[str, Instrument]) -> TriggerRule:
    row.unknown(
        {"id", "title", "when", "action", "services", "same_day", "holds", "status", "source", "severity"}
    )
    when = _condition(row.table("when"), "")
    wrong = _problem(when, known, instruments)
    if wrong:
        raise row.error("when", *wrong)
    return TriggerRule(
        id=row.id,
        title=row.text("title"),
        when=when,
        action=row.text("action"),
        services=tuple(row.texts("services")),
        same_day=row.flag("same_day", default=False),
        holds=row.flag("holds", default=False),
        status=row.choice("status", Confidence),
        source=row.text("source"),
    )
