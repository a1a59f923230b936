"""Import profiles: how the columns of one kind of extract become facts.

A profile is a pack ``profiles/NAME`` that anyone can write (``docs/import-profiles.md``). This module reads
it into typed objects and checks that it holds together: every field it sets exists and belongs to the
extract, every format fits its field, no heading can mean two columns.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from casedesk.model.entities import ENTITIES, Kind
from casedesk.model.text import folded
from casedesk.model.words import CustodyState, Flag, Intake, Support, SuspectStatus, VictimKind
from casedesk.reference.loading import Pack, Row, hint, pack_names, read_pack

FOLDER = "profiles"
REPEATED = frozenset({"suspect", "victim", "witness", "custody"})
"""The entities that an occurrence may have several of: their headings may carry a number."""


NOTED = "log_entry.text"
"""What a column sets that no fact holds: it goes into the log of the case, with its heading."""


class LineKind(StrEnum):
    """What one line of the extract tells of."""

    CASE = "case"
    """A case, or a person in it."""
    OUTCOME_RECORD = "outcome-record"
    """One outcome that a case was given."""
    ADDITION = "addition"
    """An arrest or an incident, which another extract may tell the case of: it only fills gaps of that case."""


class Format(StrEnum):
    """How a cell is written and what is made of it."""

    REFERENCE = "reference"
    TEXT = "text"
    LINES = "lines"
    WORD = "word"
    YES_NO = "yes-no"
    FLAGS = "flags"
    FLAG = "flag"
    DAY = "day"
    BIRTHDAY = "birthday"
    MOMENT = "moment"
    INSTANT = "instant"
    INSTANTS = "instants"
    NUMBER = "number"
    MINUTES = "minutes"
    POUNDS = "pounds"
    OFFENCE_CODE = "offence-code"
    HO_CLASS = "ho-class"
    OUTCOME_CODE = "outcome-code"
    POLICE_UK_CODE = "police-uk-code"
    POLICE_UK_CODES = "police-uk-codes"
    POLICE_UK_STATUS = "police-uk-status"


_KINDS = {
    Format.YES_NO: Kind.FLAG,
    Format.FLAGS: Kind.LIST,
    Format.FLAG: Kind.LIST,
    Format.DAY: Kind.MOMENT,
    Format.BIRTHDAY: Kind.MOMENT,
    Format.MOMENT: Kind.MOMENT,
    Format.INSTANT: Kind.INSTANT,
    Format.INSTANTS: Kind.LIST,
    Format.NUMBER: Kind.INT,
    Format.MINUTES: Kind.INT,
    Format.POUNDS: Kind.INT,
    Format.POLICE_UK_CODES: Kind.LIST,
}
"""The kind of field that a format fills; text where it is not listed."""

SITUATIONS = (
    "ordinary-arrest",
    "arrested-at-station",
    "answering-street-bail",
    "sought-in-another-area",
    "moved-for-another-offence",
    "arrested-abroad",
    "further-offence",
)
"""How detention can begin: the functions of :mod:`casedesk.rules.relevant_time`, hyphenated."""
NOTICES = ("dapn", "dvpn")
"""The kinds of domestic abuse notice."""

_CLOSED: dict[str, tuple[str, ...]] = {
    "case.flags": tuple(Flag),
    "suspect.status": tuple(SuspectStatus),
    "victim.kind": tuple(VictimKind),
    "victim.support": tuple(Support),
    "custody.state": tuple(CustodyState),
    "custody.situation": SITUATIONS,
    "custody.notice_kind": NOTICES,
}
"""The fields whose words the model fixes: a profile may add spellings, never words."""

_YES_NO = ("yes", "no", "unknown")
_PROFILE_KEYS = (
    "based_on",
    "line",
    "namespace",
    "people_up_to",
    "empty",
    "blank_reference",
    "own_reference",
    "own_namespace",
    "intake",
)
_COLUMN_KEYS = (
    "id",
    "names",
    "also",
    "sets",
    "format",
    "words",
    "keep_unknown",
    "flag",
    "reads",
    "longest",
    "required",
    "meaning",
    "example",
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A list of allowed words and the spellings an extract may use for each."""

    name: str
    words: Mapping[str, tuple[str, ...]]

    def spellings(self) -> dict[str, str]:
        """Every spelling, squashed, with the word it means; each word spells itself."""
        return {squash(spelling): word for word, also in self.words.items() for spelling in (word, *also)}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a profile: the headings it may stand under, and the fields its cells fill."""

    id: str
    names: tuple[str, ...]
    """Headings, the preferred first. ``#`` stands for the number of a person: ``Suspect # name``."""
    entity: str
    fields: tuple[str, ...]
    format: Format
    vocabulary: Vocabulary | None = None
    keep_unknown: bool = False
    """Whether a word outside the vocabulary is kept as written instead of rejecting the row."""
    flag: str = ""
    """The :class:`casedesk.model.words.Flag` that a yes in this column raises."""
    reads: str = ""
    """The column whose cell is read when none of the headings is in the extract."""
    longest: int = 0
    """The most characters a cell may have; 0 for no limit of its own."""
    required: bool = False
    meaning: str = ""
    example: str = ""

    @property
    def title(self) -> str:
        """The heading that messages use; the number of a person left out."""
        name = self.names[0].replace("#", " ") if self.names else self.id.replace("-", " ").capitalize()
        return " ".join(name.split())

    def headings(self, people: int) -> Iterator[tuple[str, int, int]]:
        """Every heading, squashed, with its place in the order of preference and the number of the person."""
        for rank, name in enumerate(self.names):
            if "#" not in name:
                yield squash(name), rank, 1
                continue
            yield squash(name.replace("#", "")), rank, 1
            for number in range(1, people + 1):
                yield squash(name.replace("#", f" {number} ")), rank, number


@dataclass(frozen=True, slots=True)
class Ignored:
    """A column that the profile knows and leaves out on purpose."""

    id: str
    names: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of extract."""

    name: str
    title: str
    line: LineKind
    namespace: str
    """Where its references come from: the same reference in another namespace is another case."""
    people_up_to: int
    empty: frozenset[str]
    """Cells that mean "nothing", exactly as written (``NULL``)."""
    blank_reference: str
    """Why a line without a reference is passed over; empty when such a line is an error."""
    own_reference: str
    """The column that names the case where a line has no reference: a custody or incident number."""
    own_namespace: str
    """The namespace of those numbers."""
    intake: str
    """How the cases of these lines reach the team: a word of :class:`casedesk.model.words.Intake`, or nothing."""
    columns: tuple[Column, ...]
    ignored: tuple[Ignored, ...]
    overlay: Path | None
    """The force's own pack folder, for the other packs that reading the extract needs."""

    @property
    def reference(self) -> Column:
        """The column of the reference that names the case."""
        return next(c for c in self.columns if c.entity == "case" and "ref" in c.fields)


def squash(text: str) -> str:
    """Fold a heading or word for comparing: letters and digits only, no case, no accents."""
    return "".join(character for character in folded(text) if character.isalnum())


def profile_names(overlay: Path | None = None) -> list[str]:
    """The names of all profiles, shipped and the force's own."""
    return [name.removeprefix(f"{FOLDER}/") for name in pack_names(FOLDER, overlay)]


def load_profiles(overlay: Path | None = None) -> dict[str, Profile]:
    """Load every profile.

    Raises :class:`casedesk.model.errors.PackError` for one that does not hold together.
    """
    return {name: load_profile(name, overlay) for name in profile_names(overlay)}


def load_profile(name: str, overlay: Path | None = None) -> Profile:
    """Load one profile.

    Raises :class:`casedesk.model.errors.PackError` when there is none of this name or it does not hold
    together.
    """
    return _load(name, overlay, ())


def _load(name: str, overlay: Path | None, above: tuple[str, ...]) -> Profile:
    pack = read_pack(f"{FOLDER}/{name}", overlay)
    pack.unknown(("profile", "column", "ignore", "vocabulary"))
    head = pack.table("profile")
    head.unknown(_PROFILE_KEYS)
    base = None
    if parent := head.text("based_on", ""):
        if parent in (name, *above):
            raise head.error("based_on", "leads back to the profile itself", "Name another profile.")
        base = _load(parent, overlay, (name, *above))
    profile = Profile(
        name=name,
        title=str(pack.meta.get("title", name)),
        line=head.choice("line", LineKind, base.line) if base else head.choice("line", LineKind),
        namespace=head.text("namespace", base.namespace) if base else head.text("namespace"),
        people_up_to=head.integer("people_up_to", base.people_up_to if base else 1),
        empty=frozenset(head.texts("empty", sorted(base.empty) if base else ())),
        blank_reference=head.text("blank_reference", base.blank_reference if base else ""),
        own_reference=head.text("own_reference", base.own_reference if base else ""),
        own_namespace=head.text("own_namespace", base.own_namespace if base else ""),
        intake=head.optional_choice("intake", Intake) or (base.intake if base else ""),
        columns=_columns(pack, base),
        ignored=_ignored(pack, base),
        overlay=overlay,
    )
    _check(pack, profile)
    return profile


def _columns(pack: Pack, base: Profile | None) -> tuple[Column, ...]:
    vocabularies = _vocabularies(pack, base)
    columns = {}
    for below in base.columns if base else ():
        own = below.vocabulary and vocabularies.get(below.vocabulary.name)
        columns[below.id] = replace(below, vocabulary=own) if own else below
    for row in pack.rows("column"):
        row.unknown(_COLUMN_KEYS)
        known = columns.get(row.id)
        columns[row.id] = _extended(row, known) if "also" in row else _column(row, vocabularies)
    return tuple(columns.values())


def _extended(row: Row, known: Column | None) -> Column:
    """A column of the profile this one is based on, with more headings."""
    if known is None:
        raise row.error(
            "also", "adds headings to a column that is not there", "Write names = … for a new column."
        )
    strange = [key for key in row.keys if key not in ("id", "also", "required")]
    if strange:
        raise row.error(
            strange[0], "cannot be changed together with also", "Write the whole column with names."
        )
    return replace(
        known, names=(*known.names, *row.texts("also")), required=row.flag("required", known.required)
    )


def _column(row: Row, vocabularies: Mapping[str, Vocabulary]) -> Column:
    form = row.choice("format", Format)
    entity, fields = _sets(row, form)
    column = Column(
        id=row.id,
        names=tuple(row.texts("names", ())),
        entity=entity,
        fields=fields,
        format=form,
        vocabulary=_words(row, form, entity, fields, vocabularies),
        keep_unknown=row.flag("keep_unknown", False),
        flag=row.choice("flag", Flag) if form is Format.FLAG else "",
        reads=row.text("reads", ""),
        longest=row.integer("longest", 0),
        required=row.flag("required", False),
        meaning=row.text("meaning", ""),
        example=row.text("example", ""),
    )
    if not column.names and not column.reads:
        raise row.error(
            "names", "is missing", "Write the headings it may stand under, or reads = another column."
        )
    if entity not in REPEATED and any("#" in name for name in column.names):
        raise row.error("names", "# stands for the number of a person", f"Take it out: {entity} has none.")
    return column


def _sets(row: Row, form: Format) -> tuple[str, tuple[str, ...]]:
    if "sets" not in row.keys and form is Format.REFERENCE:
        return "case", ()
    if row.texts("sets") == [NOTED] and form in (Format.TEXT, Format.LINES):
        return "log_entry", ("text",)
    wanted = _KINDS.get(form, Kind.TEXT)
    entities = set()
    fields = []
    for target in row.texts("sets"):
        entity, _, name = target.partition(".")
        if entity not in ENTITIES:
            raise row.error("sets", f"“{entity}” is not an entity", hint(entity, ENTITIES))
        known = ENTITIES[entity].by_name
        field = known.get(name)
        if field is None or not field.extract_owned:
            owned = [one.name for one in known.values() if one.extract_owned]
            raise row.error("sets", f"an extract sets no “{target}”", hint(name, owned))
        if field.kind is not wanted:
            raise row.error("format", f"“{form}” does not fit {target}, which is a {field.kind}")
        entities.add(entity)
        fields.append(name)
    if len(entities) != 1:
        raise row.error("sets", "fields of one entity expected", 'Write for example ["case.location"].')
    return entities.pop(), tuple(fields)


def _words(
    row: Row, form: Format, entity: str, fields: tuple[str, ...], vocabularies: Mapping[str, Vocabulary]
) -> Vocabulary | None:
    default = "yes-no" if form in (Format.YES_NO, Format.FLAG) else ""
    name = row.text("words", default)
    if not name:
        if form in (Format.WORD, Format.FLAGS):
            raise row.error("words", "is missing", "Name the vocabulary of this column.")
        return None
    if name not in vocabularies:
        raise row.error("words", f"there is no vocabulary “{name}”", hint(name, vocabularies))
    vocabulary = vocabularies[name]
    closed = _CLOSED.get(f"{entity}.{fields[0]}") if form in (Format.WORD, Format.FLAGS) else None
    allowed: tuple[str, ...] = closed if closed else _YES_NO if default else tuple(vocabulary.words)
    for word in vocabulary.words:
        if word not in allowed:
            raise row.error("words", f"“{name}” has the word “{word}”", hint(word, allowed))
    return vocabulary


def _vocabularies(pack: Pack, base: Profile | None) -> dict[str, Vocabulary]:
    made = {c.vocabulary.name: c.vocabulary for c in (base.columns if base else ()) if c.vocabulary}
    for row in pack.rows("vocabulary"):
        row.unknown(("id", "words"))
        table = row.table("words")
        words = dict(made[row.id].words) if row.id in made else {}
        for word in table.keys:
            words[word] = (*words.get(word, ()), *table.texts(word))
        made[row.id] = Vocabulary(row.id, words)
        _check_spellings(row, made[row.id])
    return made


def _check_spellings(row: Row, vocabulary: Vocabulary) -> None:
    seen: dict[str, str] = {}
    for word, also in vocabulary.words.items():
        for spelling in (word, *also):
            other = seen.setdefault(squash(spelling), word)
            if other != word:
                raise row.error("words", f"“{spelling}” means both “{other}” and “{word}”", "Take one out.")


def _ignored(pack: Pack, base: Profile | None) -> tuple[Ignored, ...]:
    made = {one.id: one for one in (base.ignored if base else ())}
    for row in pack.rows("ignore"):
        row.unknown(("id", "names", "why"))
        made[row.id] = Ignored(row.id, tuple(row.texts("names")), row.text("why"))
    return tuple(made.values())


def _check(pack: Pack, profile: Profile) -> None:
    """Check what no single entry shows: one reference, nothing set or meant twice, no lost ``reads``."""
    place = "[[column]]"
    references = [c for c in profile.columns if c.entity == "case" and "ref" in c.fields]
    if len(references) != 1 or references[0].format is not Format.REFERENCE:
        raise pack.error(
            place, "one column must set case.ref with format reference", "It names the case of a line."
        )
    known = {column.id for column in profile.columns}
    setters: dict[str, str] = {}
    meant: dict[str, tuple[str, int]] = {}
    for column in profile.columns:
        if column.reads and column.reads not in known:
            raise pack.error(
                f"{place} {column.id}, reads",
                f"there is no column “{column.reads}”",
                hint(column.reads, known),
            )
        for field in column.fields if _sets_alone(column) else ():
            other = setters.setdefault(f"{column.entity}.{field}", column.id)
            if other != column.id:
                raise pack.error(
                    f"{place} {column.id}, sets",
                    f"{column.entity}.{field} is already set by the column {other}",
                    f'Give that one more headings: id = "{other}", also = ["…"].',
                )
        for heading, _, number in column.headings(profile.people_up_to):
            _claim(pack, meant, heading, column.id, number)
    for ignored in profile.ignored:
        for name in ignored.names:
            _claim(pack, meant, squash(name), ignored.id, 1)
    _check_own_reference(pack, profile)
    if profile.line is LineKind.OUTCOME_RECORD:
        filled = {(column.entity, name) for column in profile.columns for name in column.fields}
        if not {("outcome_record", "at"), ("outcome_record", "text")} <= filled:
            raise pack.error(
                "[profile], line", "needs outcome_record.at and outcome_record.text", "Add their columns."
            )


def _sets_alone(column: Column) -> bool:
    """Whether no other column may fill the same field."""
    return column.format not in (Format.FLAG, Format.FLAGS) and column.entity != "log_entry"


def _check_own_reference(pack: Pack, profile: Profile) -> None:
    """Lines that add to cases need a number of their own, for when the case is not known yet."""
    place = "[profile], own_reference"
    for column in profile.columns:
        noted = column.entity == "log_entry" and profile.line is not LineKind.ADDITION
        if noted or not (column.fields or column.id == profile.own_reference):
            raise pack.error(
                f"[[column]] {column.id}, sets", "names no fact", 'Write for example ["case.location"].'
            )
    if profile.line is not LineKind.ADDITION:
        if profile.own_reference or profile.own_namespace or profile.intake:
            raise pack.error(place, "has no meaning here", f'It belongs to line = "{LineKind.ADDITION}".')
        return
    own = next((column for column in profile.columns if column.id == profile.own_reference), None)
    if own is None or own.format is not Format.REFERENCE or not own.required:
        raise pack.error(
            place,
            "must be a required column with format reference",
            "Name that of the custody or incident number.",
        )
    if profile.own_namespace in ("", profile.namespace):
        raise pack.error(
            "[profile], own_namespace", "must differ from namespace", "Name the system they come from."
        )


def _claim(pack: Pack, meant: dict[str, tuple[str, int]], heading: str, owner: str, number: int) -> None:
    if not heading:
        raise pack.error(f"[[column]] {owner}, names", "a heading has no letters or digits", "Take it out.")
    other = meant.setdefault(heading, (owner, number))
    if other != (owner, number):
        raise pack.error(
            f"[[column]] {owner}, names",
            f"the heading “{heading}” also stands for {other[0]}",
            "One heading can mean one column.",
        )
