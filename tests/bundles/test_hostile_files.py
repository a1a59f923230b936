"""Whatever is done to a bundle's file: one clear refusal, the store as it was, no content in the message."""

import io
import os
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import pytest

from casedesk.bundles import body as body_module
from casedesk.bundles import container
from casedesk.bundles.body import MOST_OPERATIONS, MOST_RAW
from casedesk.bundles.container import MAGIC, MOST_BYTES
from casedesk.bundles.manifest import BundleKind
from casedesk.bundles.refused import UNCHANGED, RefusedError
from casedesk.desk import bundle_in, bundles, team
from casedesk.model.ids import encode
from casedesk.store.checks import verify
from tests.bundles.hostile import SECRET, Plain, Prey, everything, make_prey, opened, sealed, squeezed
from tests.conftest import FrozenClock
from tests.desk.team_of_two import introduce, make_desk, make_two


@pytest.fixture(scope="module")
def prey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prey]:
    """One pair for the whole file: nothing that is refused may change it."""
    two = make_two(tmp_path_factory.mktemp("hostile"), FrozenClock())
    made = make_prey(two)
    before = everything(two.bob)
    yield made
    assert everything(two.bob) == before
    assert not verify(two.bob.store.connection).problems
    assert bundle_in.take_in(two.bob, made.good).taken.new == 2  # and what is as it should be still comes in
    two.ann.close()
    two.bob.close()


def refused(prey: Prey, path: Path, *whys: str) -> RefusedError:
    """Bob is offered a file and refuses it, whether he looks or takes in."""
    before = everything(prey.two.bob)
    with pytest.raises(RefusedError) as looked:
        bundle_in.preview(prey.two.bob, path)
    with pytest.raises(RefusedError) as caught:
        bundle_in.take_in(prey.two.bob, path)
    assert str(looked.value) == str(caught.value)
    assert everything(prey.two.bob) == before
    said = str(caught.value)
    assert UNCHANGED in said
    assert "\n" not in said
    for secret in (
        SECRET,
        "Zebedee",
        encode(prey.two.ann.store.identity.device),
        prey.two.bob.store.key.hex(),
    ):
        assert secret not in said
    assert caught.value.__cause__ is None
    if whys:
        assert caught.value.why in whys
    return caught.value


# -- the file as a whole -------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [0.0, 0.002, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_file_cut_short_anywhere_is_refused(prey: Prey, part: float) -> None:
    raw = prey.good.read_bytes()
    refused(prey, prey.file(raw[: int(len(raw) * part)]), "magic", "key")


@pytest.mark.parametrize("cut", [1, 2, 15, 16, 17, 64, 80])
def test_a_file_that_lacks_its_end_is_refused(prey: Prey, cut: int) -> None:
    refused(prey, prey.file(prey.good.read_bytes()[:-cut]), "key")


@pytest.mark.parametrize("cut", [1, 5, 20, 21, 22, 40, 100])
def test_a_file_that_is_hardly_begun_is_refused(prey: Prey, cut: int) -> None:
    refused(prey, prey.file(prey.good.read_bytes()[:cut]), "magic", "key")


@pytest.mark.parametrize("part", [*(at / 20 for at in range(20)), 0.999])
def test_a_flipped_bit_anywhere_is_refused(prey: Prey, part: float) -> None:
    raw = bytearray(prey.good.read_bytes())
    raw[int(len(raw) * part)] ^= 0x10
    refused(prey, prey.file(bytes(raw)), "magic", "key")


def test_something_after_the_end_is_refused(prey: Prey) -> None:
    refused(prey, prey.file(prey.good.read_bytes() + b"\0"), "key")


def test_two_bundles_in_one_file_are_refused(prey: Prey) -> None:
    refused(prey, prey.file(prey.good.read_bytes() * 2), "key")


@pytest.mark.parametrize("size", [0, 1, 21])
def test_zeros_are_no_bundle(prey: Prey, size: int) -> None:
    assert "is not a casedesk bundle" in str(refused(prey, prey.file(bytes(size)), "magic"))


def test_a_zip_with_a_bundles_name_is_no_bundle(prey: Prey) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.casebundle", prey.good.read_bytes())
    assert "is not a casedesk bundle" in str(refused(prey, prey.file(made.getvalue()), "magic"))


def test_what_is_encrypted_for_here_and_is_no_bundle_is_refused(prey: Prey) -> None:
    for plain in (b"", b"c", b"hello", bytes(100_000), MAGIC[:-1]):
        refused(prey, prey.for_bob(plain), "magic", "body")


def test_a_bundle_for_another_key_is_refused(prey: Prey) -> None:
    assert "not for this installation" in str(
        refused(prey, prey.file(sealed(prey.plain.bytes(), prey.two.ann)), "key")
    )


def test_a_file_of_a_newer_casedesk_says_so(prey: Prey) -> None:
    newer = b"casedesk bundle 2\n" + prey.plain.bytes()[len(MAGIC) :]
    assert "newer casedesk" in str(refused(prey, prey.for_bob(newer), "format"))
    later = prey.signed(prey.plain.body, prey.manifest_of(min_reader=2, format=2))
    assert "newer casedesk" in str(refused(prey, prey.for_bob(later), "format"))


# -- what is no file -----------------------------------------------------------------------------------------


def test_a_file_that_is_not_there_is_refused(prey: Prey) -> None:
    refused(prey, prey.two.stick / "gone.casebundle", "file")


def test_a_folder_is_refused(prey: Prey) -> None:
    refused(prey, prey.two.stick, "magic")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_is_refused_and_not_waited_for(prey: Prey) -> None:
    path = prey.two.stick / "pipe.casebundle"
    os.mkfifo(path)
    refused(prey, path, "magic")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_put_in_the_files_place_is_not_waited_for(prey: Prey, monkeypatch: pytest.MonkeyPatch) -> None:
    path = prey.two.stick / "swapped.casebundle"
    os.mkfifo(path)
    monkeypatch.setattr(Path, "is_file", lambda _: True)  # it was a file a moment ago
    refused(prey, path, "magic")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there are no devices here")
def test_a_device_is_refused_though_a_link_names_it(prey: Prey) -> None:
    path = prey.two.stick / "device.casebundle"
    path.symlink_to("/dev/zero")
    refused(prey, path, "magic")


def test_links_that_lead_in_a_circle_are_refused(prey: Prey) -> None:
    one, other = prey.two.stick / "one.casebundle", prey.two.stick / "other.casebundle"
    one.symlink_to(other)
    other.symlink_to(one)
    refused(prey, one, "file")


def test_a_file_larger_than_any_bundle_is_refused_unread(prey: Prey) -> None:
    path = prey.two.stick / "huge.casebundle"
    with path.open("wb") as file:
        file.write(prey.good.read_bytes()[:30])
        file.truncate(MOST_BYTES + 1)
    refused(prey, path, "size")
    path.unlink()


def test_a_file_that_changes_between_the_two_readings_is_refused(
    prey: Prey, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = prey.file(prey.good.read_bytes())
    kept = container.each_record
    other = sealed(prey.plain.bytes(), prey.two.bob)  # the same inside, and another file

    def change_first(*given: Any) -> None:
        path.write_bytes(other)
        kept(*given)

    monkeypatch.setattr(bundle_in, "each_record", change_first)
    before = everything(prey.two.bob)
    with pytest.raises(RefusedError, match="changed while it was read"):
        bundle_in.take_in(prey.two.bob, path)
    assert everything(prey.two.bob) == before


# -- inside the encryption: whoever knows Bob's public key can get there ---------------------------------------


def regions(plain: Plain) -> list[int]:
    """Where one part ends and the next begins."""
    whole = plain.bytes()
    end = len(whole)
    said = end - len(plain.sig) - len(plain.manifest)
    return [
        0, 5, len(MAGIC), len(MAGIC) + 3, len(MAGIC) + 4, len(MAGIC) + 9, said - 9, said - 8, said - 5, said - 4, said,
        said + 20, end - 64, end - 63, end - 1,
    ]  # fmt: skip


@pytest.mark.parametrize("number", range(15))
def test_what_is_cut_short_inside_is_refused(prey: Prey, number: int) -> None:
    refused(
        prey, prey.for_bob(prey.plain.bytes()[: regions(prey.plain)[number]]), "body", "magic", "manifest"
    )


@pytest.mark.parametrize("part", [at / 25 for at in range(25)])
def test_a_bit_flipped_inside_is_refused(prey: Prey, part: float) -> None:
    raw = bytearray(prey.plain.bytes())
    raw[int(len(raw) * part)] ^= 1
    refused(prey, prey.for_bob(bytes(raw)))


@pytest.mark.parametrize("length", [0, 2**20 + 1, 2**31, 2**32 - 1])
def test_a_piece_of_a_size_that_none_has_is_refused(prey: Prey, length: int) -> None:
    refused(prey, prey.for_bob(MAGIC + length.to_bytes(4, "big") + bytes(2_000)))


def test_a_manifest_without_end_is_refused(prey: Prey) -> None:
    refused(prey, prey.for_bob(MAGIC + bytes(4) + bytes(3 * 1024 * 1024)), "manifest")


def test_a_signature_by_somebody_else_is_refused(prey: Prey) -> None:
    forged = prey.signed(prey.plain.body, prey.plain.manifest, by=prey.two.bob.store)
    assert "not signed by" in str(refused(prey, prey.for_bob(forged), "signature"))


def test_a_bundle_of_nobody_known_is_refused(prey: Prey, tmp_path: Path, clock: FrozenClock) -> None:
    with make_desk(tmp_path / "eve", "Eve", "1003", clock) as eve:
        made = prey.signed(
            prey.plain.body, prey.manifest_of(from_=encode(eve.store.identity.device)), by=eve.store
        )
        refused(prey, prey.for_bob(made), "signature")


def test_a_bundle_that_claims_to_be_of_the_reader_is_refused(prey: Prey) -> None:
    own = encode(prey.two.bob.store.identity.device)
    refused(prey, prey.for_bob(prey.signed(prey.plain.body, prey.manifest_of(from_=own))), "own")


def test_a_bundle_that_was_sent_on_to_another_is_refused(
    prey: Prey, tmp_path: Path, clock: FrozenClock
) -> None:
    with make_desk(tmp_path / "cat", "Cat", "1004", clock) as cat:
        to = introduce(prey.two.ann, cat)
        made = bundles.export(prey.two.ann, [to], prey.two.stick, kind=BundleKind.FULL)
        path = prey.for_bob(opened(made.path, cat))
        team.remove(prey.two.ann, to, "Only for this test")
    assert "for others" in str(refused(prey, path, "addressee"))


def test_a_bundle_taken_in_before_changes_nothing_but_its_receipt(tmp_path: Path, clock: FrozenClock) -> None:
    two = make_two(tmp_path, clock)
    prey = make_prey(two)
    bundle_in.take_in(two.bob, prey.good)
    before = everything(two.bob)
    again = bundle_in.take_in(two.bob, prey.file(prey.good.read_bytes()))
    assert (again.taken.new, again.taken.held) == (0, 2)
    after = everything(two.bob)
    assert {name for name in before if before[name] != after[name]} <= {"access_log", "peer", "file", "meta"}
    two.ann.close()
    two.bob.close()


# -- sent by a member who means harm -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "everything"}, {"kind": ...}, {"from_": "AAAA"}, {"from_": 7}, {"from_": ...}, {"number": -1},
        {"number": 2**64}, {"number": 1.5}, {"number": True}, {"number": "1"}, {"made_at": 2**61}, {"made_at": None},
        {"to": "everybody"}, {"to": []}, {"to": ["AAAAAAAAAAAAAAAAAAAAAA"] * 1001}, {"to": {}}, {"have": []},
        {"have": {"AAAAAAAAAAAAAAAAAAAAAA": -1}}, {"have": {"A": 1}}, {"operations": -1},
        {"number": 2**31}, {"have": {"AAAAAAAAAAAAAAAAAAAAAA": 2**40}}, {"ends": ...}, {"ends": 7},
        {"have": {"AAAAAAAAAAAAAAAAAAAAAA": 1}, "ends": {"AAAAAAAAAAAAAAAAAAAAAA": "AAAA"}}, {"raw_bytes": 10**30},
        {"body": "AAAA"}, {"body": ...}, {"marking": 4}, {"reason": "x" * 2001}, {"expires": "never"},
        {"log": "no base64"}, {"min_reader": ...}, {"min_reader": "1"}, {"format": []}, {"lacks": 4},
    ],
    ids=lambda said: str(said)[:40],
)  # fmt: skip
def test_a_manifest_that_does_not_say_what_it_should_is_refused(prey: Prey, said: dict[str, Any]) -> None:
    refused(
        prey,
        prey.for_bob(prey.signed(prey.plain.body, prey.manifest_of(**said))),
        "manifest",
        "json",
        "addressee",
    )


@pytest.mark.parametrize(
    "written",
    [
        b"", b"{", b"[]", b"null", b"7", b'{"min_reader":1,"min_reader":1}', b'{"min_reader":NaN}', b"\xff\xfe",
        b'{"a":"\\ud800"}', b'{"a":"\\u0000"}', b'{"a":' * 5_000, b"[" * 100_000, b'{"a":' + b"9" * 5_000 + b"}",
        b'{"a":1e400}', b'{"a":"' + b"x" * 1_048_000 + b'"}', b"\xef\xbb\xbf{}", b"{} {}", b"{}\0",
    ],
    ids=range(18),
)  # fmt: skip
def test_a_manifest_that_is_no_plain_json_is_refused(prey: Prey, written: bytes) -> None:
    refused(prey, prey.for_bob(prey.signed(prey.plain.body, written)), "json", "manifest")


def test_counts_beyond_any_bundles_are_refused_before_anything_is_opened(prey: Prey) -> None:
    for said in ({"operations": MOST_OPERATIONS + 1}, {"raw_bytes": MOST_RAW + 1}):
        refused(prey, prey.for_bob(prey.signed(prey.plain.body, prey.manifest_of(**said))), "size")


def test_a_body_that_holds_more_or_less_than_it_says_is_refused(prey: Prey) -> None:
    said = prey.said()
    for name in ("operations", "attachments", "raw_bytes"):
        for off in (-1, 1):
            if said[name] + off >= 0:
                other = prey.signed(prey.plain.body, prey.manifest_of(**{name: said[name] + off}))
                refused(prey, prey.for_bob(other), "body", "record")


def test_a_body_that_swells_beyond_what_it_says_is_let_go_at_once(prey: Prey) -> None:
    megabyte = bytes(1024 * 1024)
    bomb = squeezed(megabyte for _ in range(300))
    assert len(bomb) < 400_000
    path = prey.for_bob(prey.with_body(bomb, raw_bytes=1_000_000))
    tracemalloc.start()
    refused(prey, path, "body", "record")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40 * 1024 * 1024


def test_an_operation_that_swells_within_what_it_says_is_let_go_as_well(prey: Prey) -> None:
    length = (1024 * 1024).to_bytes(4, "big")
    bomb = squeezed(
        [b"\x01", length, bytes(1024 * 1024), bytes(64), length, *(bytes(1024 * 1024) for _ in range(200))]
    )
    refused(
        prey, prey.for_bob(prey.with_body(bomb, raw_bytes=201 * 1024 * 1024, operations=1)), "record", "json"
    )


@pytest.mark.parametrize("after", [b"\0", b"more", zlib.compress(b"more")])
def test_something_after_the_compressed_body_is_refused(prey: Prey, after: bytes) -> None:
    refused(prey, prey.for_bob(prey.with_body(prey.plain.body + after)), "body")


@pytest.mark.parametrize("cut", [1, 4, 5, 20])
def test_a_compressed_body_without_its_end_is_refused(prey: Prey, cut: int) -> None:
    refused(prey, prey.for_bob(prey.with_body(prey.plain.body[:-cut])), "body", "record")


def test_a_body_that_is_not_compressed_or_not_there_is_refused(prey: Prey) -> None:
    for other in (b"", zlib.decompress(prey.plain.body), zlib.compress(b"")):
        refused(prey, prey.for_bob(prey.with_body(other)), "body", "record")


HEADER, SIG = b"{}", bytes(64)


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00", b"\x04", b"\xff", b"\x01", b"\x01\0\0\0\0" + SIG, b"\x01\x7f\xff\xff\xff", b"\x01\0\x10\0\x01",
        b"\x01\0\0\0\x02{}" + SIG, b"\x01\0\0\0\x02{}" + SIG + b"\xff\xff\xff\xfe",
        b"\x01\0\0\0\x02{}" + SIG + b"\x80\0\0\0", b"\x01\0\0\0\x02{}" + SIG + b"\0\x10\0\x01",
        b"\x01\0\0\0\x02{}" + SIG + b"\0\0\0\x05{}", b"\x02", b"\x02" + bytes(32) + bytes(8),
        b"\x02" + bytes(32) + b"\xff" * 8, b"\x02" + bytes(32) + (25 * 1024 * 1024 + 1).to_bytes(8, "big"),
        b"\x02" + bytes(32) + (7).to_bytes(8, "big") + b"short",
    ],
    ids=range(17),
)  # fmt: skip
def test_a_record_that_is_none_is_refused(prey: Prey, raw: bytes) -> None:
    refused(prey, prey.for_bob(prey.with_records(raw, 1)), "record", "json")


def test_more_operations_than_any_bundle_are_refused_while_they_are_read(
    prey: Prey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body_module, "MOST_OPERATIONS", 1)
    refused(prey, prey.good, "record")


def test_a_bundle_with_more_than_one_may_hold_is_not_written(
    prey: Prey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "MOST_OPERATIONS", 1)
    before = set(prey.two.stick.iterdir())
    with pytest.raises(RefusedError, match="more than one bundle may hold"):
        prey.two.out(prey.two.ann, BundleKind.FULL)
    assert set(prey.two.stick.iterdir()) == before


@pytest.mark.parametrize(
    ("header", "payload"),
    [
        (b"{}", b"{}"), (b"[]", b"{}"), (b"", b"{}"), (b'{"seq":1,"seq":2}', b"{}"), (b"[" * 5_000, b"{}"),
        (b'{"a":"\\ud800"}', None), (b"\xc3\x28", None), (b'{"a":"\\u0000"}', None), (b'{"seq":NaN}', None),
    ],
    ids=range(9),
)  # fmt: skip
def test_a_header_that_is_none_is_refused(prey: Prey, header: bytes, payload: bytes | None) -> None:
    refused(prey, prey.for_bob(prey.with_operation(header or b" ", payload)), "record", "json")


@pytest.mark.parametrize(
    "said",
    [
        {"seq": 0}, {"seq": -1}, {"seq": 2**63}, {"seq": 1.0}, {"seq": "1"}, {"hlc": -1}, {"hlc": 2**64},
        {"at": 2**62}, {"at": -(2**62)}, {"device": "AAAA"}, {"device": None}, {"id": "AAAAAAAAAAAAAAAAAAAAAB"},
        {"unit": 3}, {"kind": 3}, {"entity": None}, {"over": []}, {"over": {"ref": [["AAAA", 1]]}},
        {"over": {"ref": [1]}}, {"over": {"ref": [["AAAAAAAAAAAAAAAAAAAAAA", 2**64]]}}, {"as_at": 2**64},
        {"as_at": "now"}, {"about": "?"}, {"about": "A" * 40}, {"log": [1]}, {"log": "x"}, {"schema": 2**64},
        {"actor": "\x1b]0;owned\x07"}, {"act": "\x1b[2J"}, {"kind": "a\u202eb"}, {"entity": "\x07"},
        {"actor": "x" * 10_000}, {"over": {"\x1b[31m": []}}, {"act": "two\nlines"}, {"actor": "\x9b31m"},
    ],
    ids=lambda said: ascii(said)[:40],
)  # fmt: skip
def test_a_header_that_says_what_none_says_is_refused(prey: Prey, said: dict[str, Any]) -> None:
    payload = orjson.dumps({"salt": "AAAAAAAAAAAAAAAA", "fields": {"ref": "42/9/26"}})
    header = orjson.dumps(
        {**orjson.loads(prey.header_of(payload)), **{k: v for k, v in said.items() if _fits(v)}}
    )
    for name, value in said.items():
        if not _fits(value):  # written by hand: more than 64 bits
            kept = orjson.loads(header)
            kept[name] = 0
            header = orjson.dumps(kept).replace(f'"{name}":0'.encode(), f'"{name}":{value}'.encode())
    refused(prey, prey.for_bob(prey.with_operation(header, payload)), "record", "json")


def _fits(value: Any) -> bool:
    with suppress(TypeError):
        orjson.dumps(value)
        return True
    return False


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"[]", b"null", b"{", b'{"fields":{"ref":"a","ref":"b"}}', b'{"fields":{"ref":"\\ud83d"}}',
        b'{"fields":{"ref":"\\u0000"}}', b'{"fields":' * 500, b'{"fields":' + b"[" * 30 + b"]" * 30 + b"}",
        b'{"fields":{"ref":Infinity}}', b'{"fields":{"ref":"\x01"}}', b'{"fields":{"ref":"\xff"}}',
    ],
    ids=range(12),
)  # fmt: skip
def test_content_that_is_no_plain_json_is_refused(prey: Prey, payload: bytes) -> None:
    refused(prey, prey.for_bob(prey.with_operation(prey.header_of(payload), payload)), "json", "record")


def test_content_that_is_not_what_was_signed_is_refused(prey: Prey) -> None:
    payload = orjson.dumps({"salt": "AAAAAAAAAAAAAAAA", "fields": {"ref": "42/9/26"}})
    header = prey.header_of(payload)
    refused(prey, prey.for_bob(prey.with_operation(header, payload.replace(b"9", b"8"))), "record")
