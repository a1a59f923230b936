"""Profiles: the shipped ones hold together, a force's own can be laid on top, and mistakes are named."""

from pathlib import Path

import pytest

from casedesk.exchange.intake.cells import reader
from casedesk.model.errors import PackError
from casedesk.reference.profiles import Format, LineKind, load_profile, load_profiles, squash
from tests.exchange.reading import as_csv, people, read, taken, write

META = '[pack]\ntitle = "t"\nversion = "1"\nsource = "s"\nlicence = "l"\nstatus = "convention"\n'
HEAD = f'{META}[profile]\nline = "case"\nnamespace = "n"\n'
REF = '[[column]]\nid = "ref"\nnames = ["Ref"]\nsets = ["case.ref"]\nformat = "reference"\nrequired = true\n'


def own(folder: Path, text: str, name: str = "ours") -> Path:
    (folder / "profiles").mkdir(exist_ok=True)
    (folder / "profiles" / f"{name}.toml").write_text(text, "utf-8")
    return folder


def problem(folder: Path, text: str) -> str:
    with pytest.raises(PackError) as refused:
        load_profile("ours", own(folder, text))
    assert "ours.toml" in str(refused.value)
    return str(refused.value)


def test_the_shipped_profiles() -> None:
    assert {name: profile.line for name, profile in load_profiles().items()} == {
        "command-control": LineKind.ADDITION,
        "custody": LineKind.ADDITION,
        "police-uk-outcomes": LineKind.OUTCOME_RECORD,
        "police-uk-street": LineKind.CASE,
        "rms-occurrences": LineKind.CASE,
    }


def test_every_format_has_a_reader() -> None:
    formats = set()
    for profile in load_profiles().values():
        for column in profile.columns:
            assert callable(reader(column, lambda text: None))
            formats.add(column.format)
    assert formats == set(Format)


def test_a_profile_on_top_of_another(tmp_path: Path) -> None:
    overlay = own(
        tmp_path,
        META
        + """
[profile]
based_on = "rms-occurrences"
namespace = "ourforce"

[[column]]
id = "oic"
also = ["Lead investigator"]

[[column]]
id = "area"
names = ["Ward"]
sets = ["case.area"]
format = "text"
required = true

[[ignore]]
id = "row-number"
names = ["Row"]
why = "It only counts the lines."

[[vocabulary]]
id = "suspect-status"
[vocabulary.words]
bailed = ["On S47"]
""",
    )
    profile = load_profile("ours", overlay)
    text = as_csv(
        [
            ["Row", "URN", "Lead investigator", "Ward", "Suspect 4 status"],
            ["1", "A1", "PC X", "Abbey", "on s.47"],
        ]
    )
    (row,) = taken(read(write(tmp_path, text), profile))
    assert row.case.key == ("case", "ourforce", "A1")
    assert row.case.fields["source"] == "ours"
    assert row.case.fields["oic"] == "PC X"
    assert row.case.fields["area"] == "Abbey"
    assert people(row, "suspect")[0].fields["status"] == "bailed"
    assert "ours" in load_profiles(overlay)
    shipped = load_profile("rms-occurrences", overlay)
    assert not any("Ward" in column.names for column in shipped.columns)


def test_a_profile_of_the_same_name_is_laid_over_the_shipped_one(tmp_path: Path) -> None:
    text = '[[column]]\nid = "lsoa-name"\nnames = ["Ward"]\nsets = ["case.area"]\nformat = "text"\n'
    profile = load_profile("police-uk-street", own(tmp_path, text, "police-uk-street"))
    (area,) = [column for column in profile.columns if column.id == "lsoa-name"]
    assert area.names == ("Ward",)
    assert profile.reference.id == "crime-id"


def column(**keys: str) -> str:
    keys = {"id": '"c"', "names": '["C"]', "sets": '["case.oic"]', "format": '"text"', **keys}
    return HEAD + REF + "[[column]]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items() if value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEAD, "one column must set case.ref"),
        (META + '[profile]\nline = "case"\n' + REF, "namespace"),
        (META + '[profile]\nline = "crime"\nnamespace = "n"\n' + REF, "“crime” is not one of its words"),
        (column(sets='["case.oik"]'), "no “case.oik” Did you mean “oic”?"),
        (column(sets='["case.owner"]'), "no “case.owner”"),
        (column(sets='["crime.oic"]'), "“crime” is not an entity"),
        (column(sets='["case.oic", "victim.name"]'), "fields of one entity"),
        (column(sets="[]"), "fields of one entity"),
        (column(format='"date"'), "“date” is not one of its words"),
        (column(format='"moment"'), "“moment” does not fit case.oic"),
        (column(format='"word"'), "words: is missing"),
        (column(format='"word"', words='"rank"'), "there is no vocabulary “rank”"),
        (
            column(sets='["case.flags"]', format='"flag"', flag='"dragon"')
            + '[[vocabulary]]\nid = "yes-no"\nwords = { yes = ["Y"] }\n',
            "“dragon” is not one of its words",
        ),
        (column(sets='["case.flags"]', format='"flag"', flag='"da"'), "there is no vocabulary “yes-no”"),
        (column(names='["ref"]'), "“ref” also stands for ref"),
        (column(names='["---"]'), "no letters or digits"),
        (column(names='["C #"]'), "# stands for the number of a person"),
        (column(names=""), "names: is missing"),
        (column(names="", reads='"oik"'), "there is no column “oik”"),
        (column(nmes='["D"]'), "unknown key"),
        (column(names="", sets="", format="", also='["D"]'), "a column that is not there"),
        (column(sets='["case.ref"]', format='"text"'), "must set case.ref"),
        (column() + column(id='"d"', names='["D"]').removeprefix(HEAD + REF), "already set by the column c"),
        (HEAD.replace("case", "outcome-record") + REF, "needs outcome_record.at and outcome_record.text"),
        (META + '[profile]\nbased_on = "ours"\n', "leads back to the profile itself"),
        (META + '[profile]\nbased_on = "rms"\n', "“rms”"),
        (
            HEAD + REF + '[[vocabulary]]\nid = "v"\nwords = { yes = ["Y"], no = ["y"] }\n',
            "“y” means both “yes” and “no”",
        ),
        (
            column(sets='["suspect.status"]', names='["S #"]', format='"word"', words='"v"')
            + '[[vocabulary]]\nid = "v"\nwords = { charge = [] }\n',
            "has the word “charge” Did you mean “charged”?",
        ),
    ],
    ids=lambda one: one if len(one) < 80 and "[" not in one else "",
)
def test_mistakes_in_a_profile_are_named(tmp_path: Path, text: str, says: str) -> None:
    if "rms”" in says:
        with pytest.raises(PackError, match="rms"):
            load_profile("ours", own(tmp_path, text))
    else:
        assert says in problem(tmp_path, text)


def test_headings_are_compared_without_case_spaces_punctuation_and_accents() -> None:
    assert squash(" Café_No. 1 ") == squash("CAFE-NO 1") == "cafeno1"
