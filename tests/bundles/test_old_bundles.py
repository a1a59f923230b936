"""Bundles and cards of every format that was released open for ever, and give what they gave."""

from pathlib import Path

import orjson
import pytest
from pyrage import x25519

from casedesk.bundles.body import Signed
from casedesk.bundles.cards import read_card
from casedesk.bundles.container import Record, each_record, open_bundle, signed_by
from casedesk.bundles.manifest import FORMAT, BundleKind
from casedesk.desk.bundle_in import read_operation

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "bundles"
BUNDLES = sorted(FOLDER.glob("v*/*.casebundle"))


def test_there_is_a_bundle_of_every_kind_of_every_format() -> None:
    assert {path.parent.name for path in BUNDLES} == {f"v{number}" for number in range(1, FORMAT + 1)}
    for number in range(1, FORMAT + 1):
        kinds = {path.stem for path in BUNDLES if path.parent.name == f"v{number}"}
        assert kinds == {kind.value for kind in BundleKind}


@pytest.mark.parametrize("path", BUNDLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_old_bundle_opens_and_gives_what_it_gave(path: Path) -> None:
    identity = x25519.Identity.from_str((path.parent / "reader.key").read_text(encoding="utf-8").strip())
    card = read_card((path.parent / "sender.casecard").read_bytes())
    sealed = open_bundle(path, identity)
    signed_by(sealed, card.sign_pub)
    assert (sealed.manifest.sender, sealed.manifest.space) == (card.device, card.space)
    assert sealed.manifest.kind == path.stem
    assert sealed.manifest.reason == "A fixture"
    came: list[Record] = []
    each_record(path, identity, sealed, came.append)
    expected = orjson.loads(path.with_suffix(".json").read_bytes())
    assert len(came) == len(expected)
    for one, said in zip(came, expected, strict=True):
        if isinstance(one, Signed):
            header, sig, payload, loose = said
            assert one == Signed(
                header.encode(), bytes.fromhex(sig), payload.encode() if payload else None, loose
            )
            assert read_operation(one).device == card.device
        else:
            assert one.content.decode() == said
