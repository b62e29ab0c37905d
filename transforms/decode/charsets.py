"""Finds the charset of bytes: marks, declarations, a detector, and who is believed when they disagree."""

from __future__ import annotations

import codecs
import re

from resiliparse.parse.encoding import detect_encoding, map_encoding_to_html5

from broadsheet.schemas.errors import UndecodableError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: it begins with that one's mark
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_META = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.()-]{2,40})""", re.IGNORECASE)
_XML = re.compile(rb"""\s{0,100}<\?xml[^>]{1,200}?encoding\s*=\s*["']([A-Za-z0-9_:.()-]{2,40})["']""")
_META_BYTES = 4096
"""How far a charset declaration is looked for. WHATWG says 1,024 bytes; pages with long comments before it are common."""

_CONTROLS = bytes(b for b in range(32) if b not in b"\t\n\v\f\r\x1b")
_SAMPLE_BYTES = 64 * 1024
"""How much is looked at for controls, and by the detector: from the first byte that is not ASCII on: there its language begins."""
_CONTROL_SHARE = 0.02
"""Share of control bytes above which a sample is not text: executables, images and compressed data have 8 % and more (controls
are 27 of 256 byte values), pages none but stray ones."""

_PYTHON_NAMES = {
    "gbk": "gb18030",  # WHATWG's decoders of these take the larger charset
    "shift_jis": "cp932",
    "euc-jp": "euc_jis_2004",  # with NEC's and IBM's characters, ① and ㈱; every other as in euc_jp
    "iso-2022-jp": "iso2022_jp_ext",  # with katakana of half a width
    "euc-kr": "cp949",
    "big5": "big5hkscs",
    "windows-874": "cp874",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
}
"""IANA's names of charsets that Python calls otherwise, or knows too narrowly."""

_UNKNOWN_LABELS = dict.fromkeys(("x-mac-cyrillic", "x-mac-ukrainian"), "x-mac-cyrillic")
"""Labels of WHATWG's table that resiliparse lacks."""

_JAPANESE_ESCAPE = re.compile(rb"\x1b\$[@B]|\x1b\([IJ]")
"""How ISO-2022-JP changes to another set of characters."""

_KOREAN_PAIR = re.compile(rb"[\xa1-\xfe][\xa1-\xfe]")
_HANGUL_SHARE = 0.8
"""Share of pairs in the rows B0 to C8 of KS X 1001, which hold all of Hangul, from which on bytes are Korean: 0.91 and more in 28
Korean texts of the labelled set, 0.43 to 0.65 in 20 Chinese ones in GB 2312."""

_WESTERN = frozenset({"windows-1252", "iso-8859-1", "iso-8859-15"})
"""What servers call everything by default; any bytes are text in these."""
_ASCII, _PAST_ASCII = bytes(range(128)), bytes(range(128, 256))
_SIDE_BY_SIDE = re.compile(rb"[\x80-\xff]{2,}")
_SIDE_BY_SIDE_SHARE = 0.75
"""Share of the bytes past ASCII that are next to another: 0 to 0.06 in the sample pages in western languages, 0.89 and more in
Russian, Greek, Arabic, Hebrew, Chinese, Japanese and Korean in their legacy charsets."""
_FEWEST_PAST_ASCII = 20
"""Below, a few symbols in a row decide."""


def decode_bytes(data: bytes, declared: str | None) -> tuple[str, str, str]:
    """Returns the text, the charset's name and the basis on which it was chosen.

    Raises:
        UndecodableError: Reason `binary`: the bytes are not text in any charset.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace"), encoding, "bom"
    wide = zeros_of_utf16(data)
    if wide:
        return data.decode(wide, "replace"), wide, "detected"
    _refuse_binary(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return decode_legacy(data, declared)
    label, basis = _declared(data, declared)
    if text.isascii() and _JAPANESE_ESCAPE.search(data):  # escape sequences only: ASCII to look at, Japanese to read
        return _try(data, "iso-2022-jp") or text, "iso-2022-jp", basis if label == "iso-2022-jp" else "detected"
    return text, "utf-8", basis if label == "utf-8" else "utf-8"


def decode_legacy(data: bytes, declared: str | None) -> tuple[str, str, str]:
    """Decodes bytes that are not valid UTF-8; returns as `decode_bytes` does."""
    start = len(data) - len(data.lstrip(_ASCII))
    sample = data[start : start + _SAMPLE_BYTES]
    lossy = data.decode("utf-8", "replace")
    broken = lossy.count("\ufffd")
    # Valid multi-byte sequences hardly ever happen by chance: a page that has ten times more of them than errors is UTF-8, damaged.
    if broken * 10 <= len(lossy.encode("utf-8")) - len(lossy) - 2 * broken:
        return lossy, "utf-8", "lossy"
    label, basis = _declared(data, declared)
    if label in _WESTERN and _stands_side_by_side(sample):
        label, basis = _declared(data, None) if declared else (None, basis)  # a server's default, over what the page knows
        label = None if label in _WESTERN else label
    candidates = [(label, basis)] if label and label != "utf-8" else []
    candidates.append((_detected(sample), "detected"))
    decoded = []
    for name, how in candidates:
        text = _try(data, name)
        if text is not None:
            if "\ufffd" not in text:
                return text, name, how
            decoded.append((text.count("\ufffd"), text, name, how))
    if not decoded:
        return lossy, "utf-8", "lossy"
    _, text, name, _ = min(decoded)
    return text, name, "lossy"


def _stands_side_by_side(sample: bytes) -> bool:
    """Returns whether most bytes past ASCII have such a neighbour: no text in a western charset, which has a few among the rest."""
    count = len(sample) - len(sample.translate(None, _PAST_ASCII))
    beside = sum(map(len, _SIDE_BY_SIDE.findall(sample)))
    return count >= _FEWEST_PAST_ASCII and beside >= _SIDE_BY_SIDE_SHARE * count


def _detected(sample: bytes) -> str:
    """Returns the detector's answer; windows-1252, where nearly every byte means something, if it has none.

    The detector takes Korean for UTF-8, which these bytes are not: it is recognised by the place of Hangul in its charset.
    """
    name = _iana(detect_encoding(sample) or "windows-1252")
    if name == "utf-8":
        pairs = _KOREAN_PAIR.findall(sample)
        hangul = sum(b"\xb0" <= pair < b"\xc9" for pair in pairs)
        name = "euc-kr" if hangul > _HANGUL_SHARE * len(pairs) else name
    return name


def _iana(name: str) -> str:
    """Returns IANA's name of a charset, in lower case, where resiliparse has Python's: `cp1251`, `euc_jp`, `iso8859-2`."""
    if name == "shift_jis":
        return name
    name = re.sub(r"^cp(125\d)$", r"windows-\1", re.sub(r"^iso(?=\d)", "iso-", name.replace("_", "-")))
    return {"cp866": "ibm866", "iso-8859-11": "windows-874", "mac-roman": "macintosh"}.get(name, name)


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(python_codec(encoding), "replace")
    except LookupError:
        return None


def python_codec(encoding: str) -> str:
    """Returns the name of Python's codec for a charset."""
    return _PYTHON_NAMES.get(encoding, encoding)


def valid_as_utf8(data: bytes) -> bool:
    """Returns whether bytes are valid UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _declared(data: bytes, header: str | None) -> tuple[str | None, str]:
    """Returns the charset that the container or the page declares, by WHATWG's label table, and which of the two."""
    found = None if header else _META.search(data[:_META_BYTES]) or _XML.match(data[:_META_BYTES])
    label = header or (found[1].decode("ascii") if found else "")
    known = map_encoding_to_html5(label, fallback_utf8=False) if label else None
    known = known or _UNKNOWN_LABELS.get(label.lower())
    if found and known and known.startswith("utf-16"):
        known = "utf-8"  # as WHATWG says: who can read the declaration has no UTF-16 before him
    return (_iana(known) if known else None), "header" if header else "meta"


def zeros_of_utf16(data: bytes) -> str | None:
    """Recognises UTF-16 without a mark by its zero bytes: most of one parity, hardly any of the other."""
    sample = data[:2048]
    if len(sample) < 4 or 0 not in sample:
        return None
    even, odd = sample[::2].count(0) / len(sample[::2]), sample[1::2].count(0) / len(sample[1::2])
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.05 else None


def _refuse_binary(data: bytes) -> None:
    sample = data[:_SAMPLE_BYTES]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls > _CONTROL_SHARE * len(sample):
        head = " ".join(f"{byte:02x}" for byte in data[:8])
        raise UndecodableError("binary", f"expected text, found {controls / len(sample):.0%} control bytes (it starts with {head})")
