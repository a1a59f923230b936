"""Small files of every kind, as the tests attach them."""

import io
import zipfile

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(64)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
PDF = b"%PDF-1.7\n1 0 obj\n"
MP4 = b"\x00\x00\x00\x20ftypisom" + bytes(64)
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(120)
OLE = (
    bytes.fromhex("d0cf11e0a1b11ae1") + bytes(22) + b"\x09\x00" + bytes(16) + b"\x00\x00\x00\x00" + bytes(460)
)
"""An Office file of before 2007: its directory begins in its second sector."""
MSI = OLE + bytes(80) + bytes.fromhex("84100c0000000000c000000000000046") + bytes(416)


def zipped(*names: str) -> bytes:
    """A ZIP file with members of these names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


DOCX = zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml")
XLSX = zipped("[Content_Types].xml", "xl/workbook.xml")
