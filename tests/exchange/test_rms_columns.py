"""The documented columns of the records-system extract carry every fact that an extract owns."""

import re
from pathlib import Path

import pytest

from casedesk.exchange.intake import TakenRow
from casedesk.model.entities import CASE, CUSTODY, ENTITIES, SUSPECT, VICTIM, WITNESS, Field
from casedesk.model.ids import derived_id
from casedesk.reference.loading import DATA
from casedesk.reference.profiles import REPEATED, Column, Format
from tests.exchange.reading import as_csv, read, rms, taken, write

DOC = DATA.parent / "docs" / "import-profiles.md"
SET_BY_CASEDESK = {("case", "source"), ("custody", "suspect")}
"""The profile's name, and the suspect of the same number."""

OWNED = [
    (entity.name, field)
    for entity in (CASE, SUSPECT, VICTIM, WITNESS, CUSTODY)
    for field in entity.fields
    if field.extract_owned
]


def heading(column: Column, number: int = 1) -> str:
    return " ".join(column.names[0].replace("#", str(number)).split())


@pytest.fixture(scope="module")
def full_row(tmp_path_factory: pytest.TempPathFactory) -> TakenRow:
    """One line with the documented example in every column."""
    columns = [column for column in rms().columns if column.names]
    rows = [[heading(column) for column in columns], [column.example for column in columns]]
    (row,) = taken(read(write(tmp_path_factory.mktemp("full"), as_csv(rows))))
    return row


@pytest.mark.parametrize(("entity", "field"), OWNED, ids=lambda one: getattr(one, "name", one))
def test_every_extract_owned_field_is_set_by_a_documented_column(
    full_row: TakenRow, entity: str, field: Field
) -> None:
    stated = {one.entity: one.fields for one in (full_row.case, *full_row.others)}
    value = stated[entity].get(field.name)
    assert value is not None
    assert field.from_json(field.to_json(value)) == value, "the journal carries it as it is"
    if (entity, field.name) not in SET_BY_CASEDESK:
        columns = [c for c in rms().columns if c.entity == entity and field.name in c.fields]
        assert columns


def test_no_column_states_what_belongs_to_the_desk(full_row: TakenRow) -> None:
    for one in (full_row.case, *full_row.others):
        assert all(ENTITIES[one.entity].by_name[name].extract_owned for name in one.fields)


def test_the_arrest_belongs_to_the_suspect_of_its_number(full_row: TakenRow) -> None:
    by_entity = {one.entity: one for one in full_row.others}
    assert by_entity["custody"].fields["suspect"] == derived_id(*by_entity["suspect"].key)


@pytest.mark.parametrize("column", rms().columns, ids=lambda column: column.id)
def test_every_column_is_documented_with_meaning_format_and_example(column: Column) -> None:
    tables = DOC.read_text("utf-8").split("## The columns of")[1].split("### The words")[0]
    (line,) = re.findall(rf"^\| {re.escape(heading_in_doc(column))} \|.*$", tables, re.MULTILINE)
    cells = [cell.strip() for cell in line.strip("|").split(" | ")]
    assert cells[1] == column.meaning + (" **(required)**" if column.required else "")
    assert cells[2] == column.format
    assert cells[3] == f"`{column.example}`"


def heading_in_doc(column: Column) -> str:
    return " ".join(column.names[0].split())


@pytest.mark.parametrize("column", rms().columns, ids=lambda column: column.id)
def test_every_synonym_of_every_column_is_understood(tmp_path: Path, column: Column) -> None:
    """Headings in capitals and with other punctuation mean the same."""
    number = 2 if column.entity in REPEATED else 1
    reference = rms().reference
    for name in column.names:
        written = f" {name.replace('#', str(number)).upper().replace(' ', '_')}: "
        heads, cells = [written], [column.example]
        if column is not reference:
            heads, cells = [*heads, "URN"], [*cells, "43260000001"]
        (row,) = taken(read(write(tmp_path, as_csv([heads, cells]))))
        stated = {one.entity: one for one in (row.case, *row.others)}
        assert all(stated[column.entity].fields[field] is not None for field in column.fields), name


@pytest.mark.parametrize(
    ("vocabulary", "column"),
    [(c.vocabulary, c) for c in rms().columns if c.vocabulary and c.format in (Format.WORD, Format.FLAGS)],
    ids=lambda one: getattr(one, "id", getattr(one, "name", "")),
)
def test_the_words_of_every_vocabulary_are_documented(vocabulary: object, column: Column) -> None:
    text = DOC.read_text("utf-8")
    assert column.vocabulary
    for word in column.vocabulary.words:
        assert f"`{word}`" in text
