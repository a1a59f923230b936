"""Members, bundles, conflicts and media on the command line, between two desks."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from casedesk.desk import bundle_documents, waiting_room
from casedesk.desk.settings import BundleSettings, Person, Settings, load_settings, save_settings
from casedesk.desk.setup import set_up
from casedesk.store import keys
from casedesk.store.places import Places
from tests.cli.running import Command, Said, one_line, written
from tests.conftest import PASSPHRASE

CASE = "42/1/26"


@pytest.fixture
def bob(home: Path, tmp_path: Path, casedesk: Command) -> Callable[..., Said]:
    """Runs commands at Bob's desk."""
    place = tmp_path / "bob"
    settings = Settings(Person(name="Bob Roe", number="1002"))
    set_up(Places(place), PASSPHRASE, settings, cost=keys.GENERATED_COST).close()
    return lambda *words: casedesk("--home", place, *words)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def words_of(said: Said) -> str:
    """The eight words at the end of what “team card” says."""
    found = said.out.splitlines()[-1].strip()
    assert len(found.split()) == 8
    return found


@pytest.fixture
def known(casedesk: Command, bob: Command, stick: Path) -> None:
    """Alex and Bob are members at each other's desks."""
    mine, his = (
        words_of(casedesk("team", "card", "--to", stick)),
        words_of(bob("team", "card", "--to", stick / "bob")),
    )
    alex = next(path for path in stick.iterdir() if path.name != "bob.casecard")
    said = casedesk("team", "enrol", stick / "bob.casecard", "--words", his, "--may", "approval,membership")
    assert said.status == 0, said
    assert bob("team", "enrol", alex, "--words", mine).status == 0


def a_case(at: Command, ref: str = CASE) -> None:
    said = at(
        "add", "arrest", "--ref", ref, "--number", "NB/1/26", "--arrested=-3h", "--name", "Kyle Jarrett",
        "--offence-code", "CJ88116", "--victim", "Zoë Larkin", "--mine",
    )  # fmt: skip
    assert said.status == 0, said


def the_bundle(said: Said) -> Path:
    """The file that an export wrote."""
    assert said.status == 0, said
    return Path(next(line for line in said.out.splitlines() if line.endswith(".casebundle")))


@pytest.mark.usefixtures("known")
def test_members_are_listed_with_what_they_may_do(casedesk: Command, bob: Command) -> None:
    (row,) = json.loads(casedesk("team", "list", "--format", "json").out)
    assert (row["person"], row["state"], row["may"], row["compared"]) == (
        "1002", "Member", "approval, membership", "here",
    )  # fmt: skip
    assert row["fingerprint"] == words_of(bob("team", "card"))
    assert casedesk("team", "roles", "1002", "--may", "none").out.endswith("nothing but ordinary casework.\n")
    assert "no role" in one_line(casedesk("team", "roles", "1002", "--may", "king"))
    assert casedesk("team", "remove", "1002", "--why", "Moved").status == 0
    assert casedesk("team", "list").out.startswith("Nobody is a member yet.")
    assert "Moved" in casedesk("team", "list", "--past", "--format", "plain").out


def test_the_words_must_be_those_that_are_read_out(casedesk: Command, bob: Command, stick: Path) -> None:
    bob("team", "card", "--to", stick / "bob")
    card = stick / "bob.casecard"
    assert "no terminal" in one_line(casedesk("team", "enrol", card))
    wrong = "lusab babad lusab babad lusab babad lusab babad"
    assert "nobody was added" in one_line(casedesk("team", "enrol", card, "--words", wrong))
    card.write_text("{}")
    assert "not a device card" in one_line(casedesk("team", "enrol", card, "--words", wrong), 4)
    assert "cannot be read" in one_line(casedesk("team", "enrol", stick / "none", "--words", wrong))


@pytest.mark.usefixtures("known")
def test_casework_goes_out_and_comes_back(casedesk: Command, bob: Command, stick: Path) -> None:
    a_case(casedesk)
    said = casedesk("bundle", "export", "1002", "--to", stick, "--reason", "Shift change")
    path = the_bundle(said)
    assert said.out.startswith("Bundle 1 for ")
    phrase = next(line for line in said.out.splitlines() if line.startswith("Check phrase: "))
    assert len(phrase.split()) == 6
    assert path.parent == stick
    shown = bob("bundle", "inspect", path)
    assert (shown.status, "Shift change" in shown.out) == (0, True)
    assert json.loads(bob("bundle", "inspect", path, "--format", "json").out)["can_be_taken_in"]
    assert phrase in bob("bundle", "verify", path).out
    preview = bob("bundle", "import", stick, "--preview")
    assert preview.status == 0
    assert f"{CASE}: " in preview.out
    (first, *_) = json.loads(bob("bundle", "import", stick, "--preview", "--format", "json").out)
    assert first["preview"]["cases"][0]["reference"] == CASE
    assert first["preview"]["reason"] == "Shift change"
    assert "42/1" not in bob("queue").out
    assert "no terminal" in bob("bundle", "import", stick).err
    taken = bob("bundle", "import", stick, "--yes", "--format", "plain")
    assert taken.status == 0
    assert "taken in" in taken.out
    assert bob("show", CASE).status == 0
    assert bob("bundle", "import", stick, "--yes").status == 0
    bob("log", CASE, "Statement is in")
    (row,) = json.loads(bob("bundle", "status", "--format", "json").out)
    assert row["last_from"].startswith("1, ")
    assert row["next"].startswith("Give ")
    the_bundle(bob("bundle", "export", "--all", "--to", stick, "--reason", "Back"))
    assert casedesk("bundle", "watch", stick).status == 0
    assert "Statement is in" in casedesk("timeline", CASE).out
    state = casedesk("bundle", "status")
    assert "Up to date." not in state.out.splitlines()[0]
    the_bundle(casedesk("bundle", "export", "--all", "--to", stick, "--ack"))
    assert len([name for name in written(stick) if name.endswith(".casebundle")]) == 3


@pytest.mark.usefixtures("known")
def test_the_folder_of_the_settings_is_the_usual_one(
    casedesk: Command, bob: Command, stick: Path, home: Path, tmp_path: Path
) -> None:
    for place in (home, tmp_path / "bob"):
        settings = load_settings(Places(place).settings)
        save_settings(Places(place).settings, replace(settings, bundles=BundleSettings(str(stick))))
    a_case(casedesk)
    assert the_bundle(casedesk("bundle", "export", "--all", "--reason", "x")).parent == stick
    assert bob("bundle", "watch").status == 0
    assert bob("show", CASE).status == 0
    assert bob("bundle", "import", "--yes").status == 0


@pytest.mark.usefixtures("known")
def test_what_is_typed_wrongly_is_said_in_a_line(casedesk: Command, stick: Path, tmp_path: Path) -> None:
    export = ("bundle", "export")
    for words, told in (
        ((*export, "1002", "--to", stick), "Why is it given out?"),
        ((*export, "--to", stick, "--reason", "x"), "For whom"),
        ((*export, "1002", "--all", "--to", stick, "--reason", "x"), "For whom"),
        ((*export, "1002", "--reason", "x"), "Where is the bundle to go?"),
        ((*export, "1002", "--to", tmp_path / "no", "--reason", "x"), "There is no folder"),
        ((*export, "1002", "--to", stick, "--reason", "x", "--full", "--ack"), "of one kind"),
        ((*export, "1002", "--to", stick, "--note", "x"), "belongs to a handover"),
        ((*export, "nobody", "--to", stick, "--reason", "x"), "No member is called"),
        ((*export, "1002", "--to", stick, "--reason", "x", "--medium", "x"), "No medium in use"),
        (("bundle", "import", tmp_path / "no.casebundle", "--yes"), "no file"),
        (("bundle", "watch", tmp_path / "no"), "no folder"),
        (("bundle", "waiting", "--drop", "1", "--why", "x"), "number 1"),
        (("bundle", "waiting", "--drop", "1", "--retry"), "One thing at a time"),
    ):
        assert told in one_line(casedesk(*words)), words
    assert [name for name in written(stick) if name.endswith(".casebundle")] == []


@pytest.mark.usefixtures("known")
def test_a_refused_bundle_has_an_exit_code_of_its_own(casedesk: Command, bob: Command, stick: Path) -> None:
    a_case(casedesk)
    path = the_bundle(casedesk("bundle", "export", "1002", "--to", stick, "--reason", "x"))
    whole = path.read_bytes()
    assert casedesk("bundle", "inspect", path).status == 4
    assert "made here" in one_line(casedesk("bundle", "verify", path), 4)
    path.write_bytes(whole[:-40])
    assert "damaged" in one_line(bob("bundle", "verify", path), 4)
    said = bob("bundle", "import", path, "--yes")
    assert (said.status, "damaged" in said.out) == (4, True)
    assert json.loads(bob("bundle", "inspect", path, "--format", "json").out)["refused"] == "damaged"
    assert bob("bundle", "import", stick, "--yes").status == 4  # not passed over in a folder either
    watched = bob("bundle", "watch", stick)
    assert (watched.status, "damaged" in watched.out) == (4, True)
    path.write_bytes(whole)
    assert bob("bundle", "import", path, "--yes").status == 0


@pytest.mark.usefixtures("known")
def test_in_a_shared_folder_the_bundles_of_others_are_no_error(
    casedesk: Command, bob: Command, stick: Path
) -> None:
    a_case(casedesk)
    path = the_bundle(casedesk("bundle", "export", "1002", "--to", stick, "--reason", "x"))
    assert casedesk("bundle", "import", stick, "--yes").status == 0  # one's own
    assert "same folder" in one_line(bob("bundle", "watch", stick, "--move-to", stick))
    other = stick / "done"
    other.mkdir()
    assert bob("bundle", "watch", stick, "--move-to", other).status == 0
    assert written(other) == [path.name]


@pytest.mark.usefixtures("known")
def test_a_case_is_handed_over_with_a_note(casedesk: Command, bob: Command, stick: Path) -> None:
    a_case(casedesk)
    said = casedesk(
        "bundle",
        "export",
        "1002",
        "--case",
        CASE,
        "--note",
        "Yours now",
        "--first",
        "Ring her",
        "--to",
        stick,
    )
    assert said.out.startswith(f"Handed over to 1002: {CASE}\n")
    path = the_bundle(said)
    assert "in no bundle that carries everything" in said.out
    assert bob("bundle", "import", path, "--yes").status == 0
    assert "Yours now" in bob("timeline", CASE).out
    (row,) = json.loads(bob("queue", "--view", "mine", "--format", "json").out)
    assert row["reference"] == CASE


@pytest.mark.usefixtures("known")
def test_a_conflict_is_listed_shown_decided_and_contested(
    casedesk: Command, bob: Command, stick: Path
) -> None:
    a_case(casedesk)
    bob(
        "bundle",
        "import",
        the_bundle(casedesk("bundle", "export", "1002", "--to", stick, "--reason", "x")),
        "--yes",
    )
    casedesk(
        "bundle",
        "import",
        the_bundle(bob("bundle", "export", "--all", "--to", stick, "--reason", "x")),
        "--yes",
    )
    casedesk("handover", CASE, "--to", "PC 9", "--note", "Hers", "--anyway")
    bob("handover", CASE, "--to", "PC 8", "--note", "His", "--anyway")
    the_bundle(bob("bundle", "export", "--all", "--to", stick, "--reason", "x"))
    casedesk("bundle", "watch", stick)
    (row,) = json.loads(casedesk("conflict", "list", "--format", "json").out)
    assert (row["reference"], row["no"], row["what"]) == (CASE, "1", "Owner")
    assert "PC 9 (7042, here)" in row["values"]
    found = json.loads(casedesk("conflict", "show", CASE, "--format", "json").out)
    values = [side["value"] for side in found["values"]]
    assert sorted(values) == ["PC 8", "PC 9"]
    assert "1002" in casedesk("conflict", "show", CASE, "owner").out
    for words, told in (
        (("--why", "x"), "How is it decided?"),
        (("--take", "1"), "reason"),
        (("--take", "3", "--why", "x"), "no value 3"),
    ):
        assert told in one_line(casedesk("conflict", "decide", CASE, *words))
    number = values.index("PC 9") + 1
    said = casedesk("conflict", "decide", CASE, "--take", str(number), "--why", "She has the others")
    assert said.out.startswith("Owner: PC 9. The others see it")
    assert casedesk("conflict", "list").out == "Nothing is in dispute.\n"
    the_bundle(casedesk("bundle", "export", "--all", "--to", stick, "--reason", "x"))
    bob("bundle", "watch", stick)
    (row,) = json.loads(bob("conflict", "decisions", CASE, "--format", "json").out)
    assert (row["decided"], row["why"], row["who"], row["stands"]) == (
        "PC 9",
        "She has the others",
        "7042",
        "yes",
    )
    said = bob("conflict", "contest", CASE, "1", "--value", "PC 8", "--why", "He met the victim")
    assert "in dispute again" in said.out
    assert "contested" in bob("conflict", "decisions", "--format", "plain").out
    assert "no decision 2" in one_line(bob("conflict", "contest", CASE, "2", "--value", "PC 8", "--why", "x"))


@pytest.mark.usefixtures("known")
def test_a_stick_is_registered_used_and_ended(casedesk: Command, stick: Path) -> None:
    assert casedesk("media", "list").out.startswith("No medium is registered.")
    assert casedesk("media", "add", "CID 4").status == 0
    the_bundle(casedesk("bundle", "export", "1002", "--to", stick, "--reason", "x", "--medium", "cid"))
    (row,) = json.loads(casedesk("media", "list", "--format", "json").out)
    assert (row["label"], row["bundles"], row["not_acknowledged"]) == ("CID 4", "1", "1")
    assert casedesk("media", "hand", "CID 4", "--to", "PC 9").out == "CID 4 is with PC 9.\n"
    said = casedesk("media", "end", "CID 4", "lost", "--note", "On the train, told InfoSec")
    assert "report the loss all the same" in said.out
    assert "Lost or stolen" in casedesk("media", "list", "--past").out


@pytest.mark.usefixtures("known")
def test_a_case_is_restricted_and_a_laptop_reported_lost(
    casedesk: Command, bob: Command, stick: Path
) -> None:
    a_case(casedesk)
    said = casedesk("team", "restrict", CASE, "--why", "Source")
    assert said.out == f"Only this desk may read {CASE} from now on.\n"
    bob(
        "bundle",
        "import",
        the_bundle(casedesk("bundle", "export", "1002", "--to", stick, "--reason", "x")),
        "--yes",
    )
    assert "No case here" in one_line(bob("show", CASE))
    (row,) = json.loads(bob("bundle", "waiting", "--format", "json").out)
    assert row["reason"] == "Restricted: without its content"
    assert casedesk("team", "unrestrict", CASE, "--why", "Over").status == 0
    said = bob("team", "lost", "7042", "--why", "Left on a train")
    assert "nothing later is taken in" in said.out
    assert bob("bundle", "waiting", "--retry").status == 0


@pytest.mark.usefixtures("known")
def test_a_lost_laptop_s_card_is_taken_again_only_with_a_word_of_its_own(
    casedesk: Command, bob: Command, stick: Path
) -> None:
    words, card = words_of(bob("team", "card")), stick / "bob.casecard"
    again = ("team", "enrol", card, "--words", words)
    assert casedesk("team", "remove", "1002", "--why", "Moved").status == 0
    said = casedesk(*again)
    assert said.out.startswith("Bob Roe was a member: left (Moved). Enrolled again, all that it wrote since")
    assert casedesk("team", "lost", "1002", "--why", "Train").status == 0
    told = one_line(casedesk(*again))
    assert "reported lost" in told
    assert "--upto" in told
    assert casedesk("team", "remove", "1002", "--why", "Tidied up").status == 0
    assert "reported lost" in one_line(casedesk(*again))  # removing does not make it be found
    assert "is held or waits" in one_line(casedesk("team", "lost", "1002", "--why", "x", "--upto", "99999"))
    assert casedesk(*again, "--found", "Was in the safe all along").status == 0
    (row,) = json.loads(casedesk("team", "list", "--format", "json").out)
    assert (row["state"], row["why"]) == ("Member", "Was in the safe all along")


def test_what_to_do_about_what_waits_can_be_read_in_a_narrow_window(
    casedesk: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    todo = "Their store was copied or restored, and both copies wrote. Ask; adopt the entries to keep what they say."
    one = waiting_room.Waiting(
        waiting_room.Reason.FORK, bytes(16), "Bartholomew", 12, "changes 1041–1052",
        tuple(f"42/{number}/26" for number in range(20)), todo, (),
    )  # fmt: skip
    monkeypatch.setattr(waiting_room, "waiting", lambda _: [one])
    monkeypatch.setenv("COLUMNS", "80")
    lines = casedesk("bundle", "waiting").out.splitlines()
    assert max(map(len, lines[:-1])) <= 80
    at = lines[0].index("What to do")
    said = " ".join(" ".join(line[at : at + 34].split()) for line in lines[2:])
    assert " ".join(said.split()[: len(todo.split())]) == todo
    assert "changes 1041–1052" in " ".join(lines)
    (row,) = json.loads(casedesk("bundle", "waiting", "--format", "json").out)
    assert row["what_to_do"] == todo


@pytest.mark.usefixtures("known")
def test_a_caseload_that_does_not_fit_goes_on_in_the_next_bundle(
    casedesk: Command, bob: Command, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_case(casedesk)
    monkeypatch.setattr(bundle_documents, "MOST_OF_CHAINS", 2000)
    said = [casedesk("bundle", "export", "1002", "--to", stick, "--reason", "Your first")]
    while "did not fit: export again" in said[-1].out:
        said.append(casedesk("bundle", "export", "1002", "--to", stick, "--reason", "And more"))
    assert len({the_bundle(one) for one in said}) == len(said) > 1
    assert bob("bundle", "import", stick, "--yes").status == 0
    assert bob("show", CASE).status == 0


@pytest.mark.usefixtures("known")
def test_enrolling_somebody_takes_in_what_waited_of_them(
    casedesk: Command, bob: Command, stick: Path, tmp_path: Path
) -> None:
    casedesk("team", "roles", "1002", "--may", "approval")
    place = tmp_path / "carol"
    settings = Settings(Person(name="Carol Lee", number="1003"))
    set_up(Places(place), PASSPHRASE, settings, cost=keys.GENERATED_COST).close()

    def carol(*words: object) -> Said:
        return casedesk("--home", place, *words)

    a_case(carol, "42/9/26")
    words = words_of(carol("team", "card", "--to", stick))
    assert (
        carol("team", "enrol", stick / "bob.casecard", "--words", words_of(bob("team", "card"))).status == 0
    )
    card = next(path for path in stick.glob("*.casecard") if "carol" in path.name)
    assert bob("team", "enrol", card, "--words", words).status == 0
    bob(
        "bundle",
        "import",
        the_bundle(carol("bundle", "export", "--all", "--to", stick, "--reason", "x")),
        "--yes",
    )
    on = the_bundle(bob("bundle", "export", "--all", "--to", stick, "--reason", "x", "--full"))
    casedesk("bundle", "import", on, "--yes")
    assert casedesk("show", "42/9/26").status != 0
    said = casedesk("team", "enrol", card, "--words", words)
    assert "changes that had waited were taken in." in said.out
    assert casedesk("show", "42/9/26").status == 0
