"""What kind of file something is, by its content; what is refused; and names that are safe on every system.

The table is casedesk's own and short: the kinds of file that reach a case file, and the kinds that must not. What it
does not know is kept as bytes of an unknown kind, and said to be so.
"""

import codecs
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from casedesk.model.errors import BadInputError
from casedesk.model.text import clean, clip

HEAD = 4096
"""How many bytes of a file's beginning tell its kind."""
LONGEST_NAME = 120
"""The most characters of a file name: with a folder before it, every system still takes it."""


@dataclass(frozen=True, slots=True)
class Media:
    """A kind of file."""

    type: str
    """The media type: ``application/pdf``."""
    title: str
    """Words on screen: “PDF document”."""
    endings: tuple[str, ...] = ()
    """The usual endings of its names, lower case and without the dot; none where any will do."""

    @property
    def is_text(self) -> bool:
        """Whether it can be read as plain text."""
        return self.type.startswith("text/") or self.type in _TEXT_TYPES


_TEXT_TYPES = ("application/json", "application/xml", "message/rfc822")
UNKNOWN = Media("application/octet-stream", "File of an unknown kind")
_PLAIN = Media("text/plain", "Text", ("txt", "log", "md", "text", "srt", "vtt", "vcf", "ics", "ini", "nfo"))
_TEXTS = (
    _PLAIN,
    Media("text/csv", "Table (CSV)", ("csv", "tsv")),
    Media("application/json", "JSON", ("json", "geojson")),
    Media("application/xml", "XML", ("xml", "gpx", "kml")),
    Media("message/rfc822", "E-mail", ("eml",)),
)
_PDF = Media("application/pdf", "PDF document", ("pdf",))
_RTF = Media("application/rtf", "Rich text document", ("rtf", "doc"))
_HTML = Media("text/html", "Web page", ("html", "htm", "mht", "mhtml"))
_SVG = Media("image/svg+xml", "Drawing (SVG)", ("svg",))
_ZIP = Media("application/zip", "ZIP archive", ("zip", "ufdr"))
_OLE = Media("application/x-ole-storage", "Older Office file", ("doc", "xls", "ppt", "msg", "pub", "vsd"))
_OLE_KINDS = {
    "doc": Media("application/msword", "Word document (97–2003)", ("doc",)),
    "xls": Media("application/vnd.ms-excel", "Excel workbook (97–2003)", ("xls",)),
    "ppt": Media("application/vnd.ms-powerpoint", "PowerPoint slides (97–2003)", ("ppt",)),
    "msg": Media("application/vnd.ms-outlook", "Outlook message", ("msg",)),
}
_OFFICE = "application/vnd.openxmlformats-officedocument."
_ZIPPED = (
    ("word/", Media(f"{_OFFICE}wordprocessingml.document", "Word document", ("docx",))),
    ("xl/", Media(f"{_OFFICE}spreadsheetml.sheet", "Excel workbook", ("xlsx",))),
    ("ppt/", Media(f"{_OFFICE}presentationml.presentation", "PowerPoint slides", ("pptx",))),
    ("META-INF/manifest.xml", Media("application/vnd.oasis.opendocument", "OpenDocument file", ("odt", "ods", "odp"))),
)  # fmt: skip
_STARTS: tuple[tuple[bytes, Media], ...] = (
    (b"\xff\xd8\xff", Media("image/jpeg", "JPEG picture", ("jpg", "jpeg", "jpe", "jfif"))),
    (b"\x89PNG\r\n\x1a\n", Media("image/png", "PNG picture", ("png",))),
    (b"GIF87a", Media("image/gif", "GIF picture", ("gif",))),
    (b"GIF89a", Media("image/gif", "GIF picture", ("gif",))),
    (b"II*\x00", Media("image/tiff", "TIFF picture", ("tif", "tiff", "dng"))),
    (b"MM\x00*", Media("image/tiff", "TIFF picture", ("tif", "tiff", "dng"))),
    (b"#!AMR", Media("audio/amr", "AMR recording", ("amr",))),
    (b"ID3", Media("audio/mpeg", "MP3 recording", ("mp3",))),
    (b"OggS", Media("audio/ogg", "Ogg recording", ("ogg", "oga", "opus", "ogv"))),
    (b"fLaC", Media("audio/flac", "FLAC recording", ("flac",))),
    (b"\x1aE\xdf\xa3", Media("video/x-matroska", "Matroska or WebM video", ("mkv", "webm", "mka"))),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Media("video/x-ms-asf", "Windows Media file", ("wmv", "wma", "asf"))),
    (b"\x00\x00\x01\xba", Media("video/mpeg", "MPEG video", ("mpg", "mpeg", "vob", "dat"))),
    (b"7z\xbc\xaf\x27\x1c", Media("application/x-7z-compressed", "7-Zip archive", ("7z",))),
    (b"Rar!\x1a\x07", Media("application/vnd.rar", "RAR archive", ("rar",))),
    (b"\x1f\x8b", Media("application/gzip", "gzip archive", ("gz", "tgz"))),
    (b"!BDN", Media("application/vnd.ms-outlook-pst", "Outlook mailbox", ("pst", "ost"))),
    (b"SQLite format 3\x00", Media("application/vnd.sqlite3", "SQLite database", ("db", "sqlite", "sqlite3"))),
)  # fmt: skip
_RIFF = {
    b"WEBP": Media("image/webp", "WebP picture", ("webp",)),
    b"AVI ": Media("video/x-msvideo", "AVI video", ("avi",)),
    b"WAVE": Media("audio/wav", "WAV recording", ("wav",)),
}
_HEIF = Media("image/heif", "HEIF picture", ("heic", "heif", "avif"))
_MP4 = Media("video/mp4", "MP4 video", ("mp4", "m4v", "mov", "3gp", "3g2"))
_BRANDS = {
    b"qt  ": Media("video/quicktime", "QuickTime video", ("mov", "qt")),
    b"M4A ": Media("audio/mp4", "M4A recording", ("m4a", "m4b")),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"hevc", b"mif1", b"msf1", b"avif"), _HEIF),
}
_BMP = Media("image/bmp", "Bitmap picture", ("bmp", "dib"))
_MP3 = Media("audio/mpeg", "MP3 recording", ("mp3",))
_TS = Media("video/mp2t", "MPEG transport stream", ("ts", "mts", "m2ts"))

_PROGRAMS: tuple[tuple[bytes, str], ...] = (
    (b"\x7fELF", "a program for Linux"),
    (b"\xfe\xed\xfa\xce", "a program for macOS"),
    (b"\xfe\xed\xfa\xcf", "a program for macOS"),
    (b"\xce\xfa\xed\xfe", "a program for macOS"),
    (b"\xcf\xfa\xed\xfe", "a program for macOS"),
    (b"\xca\xfe\xba\xbe", "a Java class or a program for macOS"),
    (b"dex\n", "a program for Android"),
    (b"\x00asm", "a WebAssembly program"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "a Windows shortcut"),
    (b"#!", "a script"),
    (b"<?php", "a script"),
)
PROGRAM_ENDINGS = frozenset(
    (
        "app", "appimage", "application", "appx", "appxbundle", "apk", "bash", "bat", "chm", "cmd", "com",
        "command", "cpl", "csh", "deb", "desktop", "dll", "dmg", "docm", "dotm", "exe", "fish", "gadget",
        "hta", "inf", "ins", "ipa", "isp", "jar", "js", "jse", "jnlp", "ksh", "lnk", "mjs", "mpkg", "msc",
        "msh", "msi", "msix", "msp", "mst", "ocx", "osx", "php", "phar", "pif", "pkg", "pl", "plugin", "potm",
        "ppam", "ppsm", "pptm", "ps1", "ps1xml", "ps2", "psc1", "psd1", "psm1", "py", "pyc", "pyw", "pyz",
        "rb", "reg", "rpm", "run", "scf", "scpt", "scr", "sct", "service", "settingcontent-ms", "sh", "sldm",
        "sys", "tcsh", "terminal", "url", "vb", "vbe", "vbs", "ws", "wsc", "wsf", "wsh", "workflow", "xbap",
        "xlam", "xll", "xlsm", "xltm", "zsh",
    )
)  # fmt: skip
"""The endings of names that a computer runs, or asks to run, when they are opened: never taken in."""

_TITLES = {
    media.type: media.title
    for media in (
        UNKNOWN, *_TEXTS, _PDF, _RTF, _HTML, _SVG, _ZIP, _OLE, *_OLE_KINDS.values(), *(one for _, one in _ZIPPED),
        *(one for _, one in _STARTS), *_RIFF.values(), _MP4, *_BRANDS.values(), _BMP, _TS,
    )
}  # fmt: skip
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)
_NOT_IN_NAMES = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_MSI_CLASS = bytes.fromhex("84100c0000000000c000000000000046")
_OLE_START = bytes.fromhex("d0cf11e0a1b11ae1")


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file is."""

    media: Media
    notes: tuple[str, ...] = ()
    """What the person should know: that name and content do not fit, that it was not looked into."""


def title_of(media_type: str) -> str:
    """A kind of file in words; one that is not in the table as it is written."""
    return _TITLES.get(media_type, clean(media_type))


def ending(name: str) -> str:
    """The ending of a file name, lower case and without the dot; empty where there is none."""
    return PurePosixPath(name).suffix[1:].casefold().rstrip(" .")


def clean_name(name: str) -> str:
    """Make a file name safe on every system: no folders, no control or bidirectional characters, no reserved words.

    Never empty and never longer than :data:`LONGEST_NAME`; the ending stays.
    """
    last = re.split(r"[/\\]", clean(name).rstrip("/\\ "))[-1]
    plain = _NOT_IN_NAMES.sub("_", last).strip(" .").lstrip("-~")
    stem, dot, end = plain.rpartition(".")
    if not dot or len(end) > 20:
        stem, end = plain, ""
    stem = stem.rstrip(" .") or "document"
    if _RESERVED.fullmatch(stem.split(".")[0].rstrip(" ")):
        stem = f"_{stem}"
    stem = _shortened(stem, LONGEST_NAME - len(end) - 1)
    return f"{stem}.{end}" if end else stem


def _shortened(stem: str, most: int) -> str:
    """Cut to so many characters, and to 200 bytes, which file systems count."""
    kept = stem[:most]
    while len(kept.encode()) > 200:
        kept = kept[:-1]
    return kept.rstrip(" .") or "document"


def ole_directory(head: bytes) -> int | None:
    """Where an OLE file's directory begins; None for any other file. 128 bytes from there tell what it is."""
    if not head.startswith(_OLE_START) or len(head) < 512:
        return None
    sector = 1 << int.from_bytes(head[30:32], "little") % 16
    return (int.from_bytes(head[48:52], "little") + 1) * sector


def is_zip(head: bytes) -> bool:
    """Whether it is a ZIP file, whose list of members tells what it is."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def recognise(name: str, head: bytes, *, members: Sequence[str] = (), root: bytes = b"") -> Recognised:
    """Say what a file is, by its cleaned name and its first :data:`HEAD` bytes.

    ``members`` are the names inside a ZIP file, ``root`` the first entry of an OLE file's directory. Raises
    BadInputError for a program or a script, or what holds one: named by its ending or by its content.
    """
    _refuse_endings(name)
    _refuse_programs(name, head, members, root)
    media = _sniff(head, ending(name), members)
    notes = []
    if media is UNKNOWN:
        notes.append("Its content is of a kind that casedesk does not know.")
    elif media.endings and ending(name) not in media.endings:
        said = f"ends in .{clip(ending(name), 20)}" if ending(name) else "has no ending"
        notes.append(f"The name {said}, and the content is: {media.title}.")
    if media.type in (
        "application/zip",
        "application/x-7z-compressed",
        "application/vnd.rar",
        "application/gzip",
    ):
        notes.append("What is in the archive was not looked at beyond the names.")
    if media in (_HTML, _SVG):
        notes.append("A web page or drawing can run scripts where it is opened.")
    return Recognised(media, tuple(notes))


def _refuse_endings(name: str) -> None:
    if ending(name) in PROGRAM_ENDINGS:
        raise _refused(name, f"files that end in .{ending(name)} are run when they are opened")


def _refuse_programs(name: str, head: bytes, members: Sequence[str], root: bytes) -> None:
    for start, what in _PROGRAMS:
        if head.startswith(start) and not head.startswith(b"#!AMR"):
            raise _refused(name, f"its content is {what}")
    if head.startswith(b"MZ") and b"\x00" in head:
        raise _refused(name, "its content is a program for Windows")
    if _MSI_CLASS in root:
        raise _refused(name, "its content is a Windows installer")
    for member in members:
        if member.rsplit("/", 1)[-1].casefold() in ("vbaproject.bin", "androidmanifest.xml", "classes.dex"):
            raise _refused(name, "it holds macros or a program")
        if member.casefold().endswith(".class") or ending(member) in PROGRAM_ENDINGS:
            raise _refused(name, f"there is a program or script in it ({clip(clean_name(member), 40)})")


def _refused(name: str, why: str) -> BadInputError:
    return BadInputError(
        f"{clip(clean(name), 60)} was not taken in: {why}.",
        "Programs and scripts are never attached. Ask for it as a document, a picture or a recording.",
    )


def _sniff(head: bytes, end: str, members: Sequence[str]) -> Media:
    for start, media in _STARTS:
        if head.startswith(start):
            return media
    for recognised in (_by_container, _by_pdf, _by_text, _by_weak_mark):
        found = recognised(head, end, members)
        if found is not None:
            return found
    return UNKNOWN


def _by_container(head: bytes, end: str, members: Sequence[str]) -> Media | None:
    if is_zip(head):
        return next((media for mark, media in _ZIPPED if any(one.startswith(mark) for one in members)), _ZIP)
    if head.startswith(_OLE_START):
        return _OLE_KINDS.get(end, _OLE)
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], _MP4)
    return _BRANDS[b"qt  "] if head[4:8] in (b"moov", b"mdat") else None


def _by_pdf(head: bytes, _end: str, _members: Sequence[str]) -> Media | None:
    return _PDF if b"%PDF-" in head[:1024] else None


def _by_text(head: bytes, end: str, _members: Sequence[str]) -> Media | None:
    text = _as_text(head)
    if text is None:
        return None
    start = text.lstrip("\ufeff \t\r\n")[:512].casefold()
    if start.startswith("{\\rtf"):
        return _RTF
    if "<svg" in start and start.startswith("<"):
        return _SVG
    if start.startswith(("<!doctype html", "<html")):
        return _HTML
    named = next((media for media in _TEXTS if end in media.endings), None)
    if named is not None:
        return named
    return _TEXTS[3] if start.startswith("<?xml") else _PLAIN


def _by_weak_mark(head: bytes, _end: str, _members: Sequence[str]) -> Media | None:
    """Marks of two bytes, which much else has by chance."""
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return _BMP
    if head[:1] == b"\xff" and head[1:2] in (b"\xfb", b"\xf3", b"\xf2"):
        return _MP3
    return _TS if head[:1] == b"G" and head[188:189] == b"G" and head[376:377] == b"G" else None


def _as_text(head: bytes) -> str | None:
    """The beginning as text; None when it is not text in a usual encoding."""
    encoding = text_encoding(head)
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head, final=len(head) < HEAD)
    except UnicodeDecodeError:
        return None
    odd = sum(character < " " and character not in "\a\b\t\n\f\r\x1b" for character in text)
    return None if odd else text


def text_encoding(head: bytes) -> str:
    """The encoding of a text, by its first bytes: what its mark says, UTF-8, else the usual one of Windows."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder: Callable[[bytes, bool], str] = codecs.getincrementaldecoder("utf-8-sig")().decode
    try:
        decoder(head, len(head) < HEAD)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"
