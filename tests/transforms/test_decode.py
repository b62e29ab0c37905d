"""Decode: charsets with and without labels, wrong labels, damage, binaries."""

import codecs
import contextlib

import pytest
from helpers.runaway import no_runaway
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.schemas.errors import UndecodableError
from broadsheet.schemas.records import HTML, TEXT, Origin, Page, RawRecord
from broadsheet.transforms.decode.decode_records import decode

_RUSSIAN = (
    "Смотритель маяка на мысе Долгом двадцать лет вёл дневник погоды. Ветер, волна, давление: всё записано ровным почерком, "
    "без единого пропуска, и теперь эти тетради читают в институте."
)
_TEXTS = {
    "windows-1251": _RUSSIAN,
    "koi8-r": _RUSSIAN,
    "shift_jis": "灯台守は二十年のあいだ毎日の天気を帳面に書きつけた。風、波、気圧。いまでは大学の人が読みに来る。",
    "euc-jp": "灯台守は二十年のあいだ毎日の天気を帳面に書きつけた。風、波、気圧。いまでは大学の人が読みに来る。",
    "gb18030": "守塔人二十年来每天记录天气。风、浪、气压，一天也没有漏掉。如今研究所的人专程来读这些本子，说它们比仪器还可靠。",
    "big5": "守塔人二十年來每天記錄天氣。風、浪、氣壓，一天也沒有漏掉。如今研究所的人專程來讀這些本子，說它們比儀器還可靠。",
    "euc-kr": "등대지기는 이십 년 동안 날마다 날씨를 적었다. 바람과 파도를 하루도 빠뜨리지 않았다. 이제 연구소에서 읽으러 온다.",
    "iso-8859-2": "Latarnik przez dwadzieścia lat zapisywał pogodę: wiatr, falę, ciśnienie. Żadnego dnia nie pominął.",
    "windows-1252": "Le gardien du phare a noté le temps vingt ans durant : « vent, houle, pression ». Pas un jour n’a été oublié.",
}
_LABELLED = "<html><head><meta http-equiv=content-type content='text/html; charset={}'></head><body><p>{}</p></body></html>"


def _decode(payload: bytes, **fields: str) -> Page:
    return decode(RawRecord(Origin("/page.txt", 0), payload, fields.pop("media_type", TEXT), **fields))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-32-be"])
def test_a_byte_order_mark_says_it_all(encoding: str) -> None:
    marks = {"utf-16-be": codecs.BOM_UTF16_BE, "utf-32-be": codecs.BOM_UTF32_BE}
    page = _decode(marks.get(encoding, b"") + _RUSSIAN.encode(encoding), charset="windows-1252")
    assert (page.text, page.encoding_basis, page.replacement_share) == (_RUSSIAN, "bom", 0.0)
    assert page.encoding.startswith(encoding.removesuffix("-sig"))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_known_by_its_zeros(encoding: str) -> None:
    text = "The keeper of the light wrote down the weather for twenty years."
    assert _decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("encoding", _TEXTS)
def test_a_pages_own_label_is_followed(encoding: str) -> None:
    html = _LABELLED.format(encoding, _TEXTS[encoding])
    page = _decode(html.encode(encoding), media_type=HTML)
    assert (page.text, page.encoding, page.encoding_basis) == (html, encoding, "meta")


@pytest.mark.parametrize("encoding", _TEXTS)
def test_a_dump_without_a_label_is_detected(encoding: str) -> None:
    page = _decode((_TEXTS[encoding] * 5).encode(encoding))
    assert (page.text, page.encoding, page.encoding_basis) == (_TEXTS[encoding] * 5, encoding, "detected")


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1251", "shift_jis", "no-such-charset"])
def test_bytes_that_are_utf8_overrule_a_label(label: str) -> None:
    html = _LABELLED.format(label, _RUSSIAN)
    page = _decode(html.encode(), media_type=HTML)
    assert (page.text, page.encoding, page.encoding_basis) == (html, "utf-8", "utf-8")


@pytest.mark.parametrize("label", ["utf-8", "no-such-charset", "unicode-1-1-utf-8", "utf-16"])
def test_a_label_that_the_bytes_contradict_is_overruled(label: str) -> None:
    html = _LABELLED.format(label, _RUSSIAN * 3)
    page = _decode(html.encode("windows-1251"), media_type=HTML)
    assert (page.text, page.encoding) == (html, "windows-1251")


def test_the_containers_charset_comes_before_the_pages() -> None:
    html = _LABELLED.format("koi8-r", _RUSSIAN)
    page = _decode(html.encode("windows-1251"), media_type=HTML, charset="windows-1251")
    assert (page.text, page.encoding_basis) == (html, "header")


_LABELS = {
    "cp866": ("ibm866", "cp866", _RUSSIAN),
    "l2": ("iso-8859-2", "iso8859-2", _TEXTS["iso-8859-2"]),
    "latin3": ("iso-8859-3", "iso8859-3", "Ĉiu ŝanĝo en la haveno estis notita ĵaŭde."),
    "csisolatin4": ("iso-8859-4", "iso8859-4", "Švyturio prižiūrėtojas užrašė orą dvidešimt metų."),
    "csisolatincyrillic": ("iso-8859-5", "iso8859-5", _RUSSIAN.replace("ё", "е")),
    "asmo-708": ("iso-8859-6", "iso8859-6", "كتب حارس المنارة أحوال الطقس عشرين سنة."),
    "sun_eu_greek": ("iso-8859-7", "iso8859-7", "Ο φαροφύλακας έγραφε τον καιρό επί είκοσι χρόνια."),
    "logical": ("iso-8859-8", "iso8859-8", "שומר המגדלור רשם את מזג האוויר במשך עשרים שנה."),
    "visual": ("iso-8859-8", "iso8859-8", "שומר המגדלור"),
    "latin6": ("iso-8859-10", "iso8859-10", "Þetta skráði vitavörðurinn."),
    "iso8859-13": ("iso-8859-13", "iso8859-13", "Švyturio prižiūrėtojas"),
    "iso8859-14": ("iso-8859-14", "iso8859-14", "Ceidwad y goleudy, ŵyr y tŷ"),
    "l9": ("iso-8859-15", "iso8859-15", "Le phare coûte 20 € et un œuf"),
    "iso-8859-16": ("iso-8859-16", "iso8859-16", "Paznicul farului și țărmul"),
    "koi": ("koi8-r", "koi8-r", _RUSSIAN),
    "koi8-ru": ("koi8-u", "koi8-u", "Наглядач маяка двадцять років записував погоду її їжаків."),
    "mac": ("macintosh", "mac-roman", "Le gardien du phare a noté : « été »"),
    "tis-620": ("windows-874", "cp874", "ผู้ดูแลประภาคาร “จดบันทึก” สภาพอากาศ…"),
    "x-cp1250": ("windows-1250", "cp1250", _TEXTS["iso-8859-2"]),
    "cp1251": ("windows-1251", "cp1251", _RUSSIAN),
    "ascii": ("windows-1252", "cp1252", _TEXTS["windows-1252"]),
    "latin1": ("windows-1252", "cp1252", _TEXTS["windows-1252"]),
    "x-cp1253": ("windows-1253", "cp1253", "Ο φαροφύλακας έγραφε τον καιρό."),
    "l5": ("windows-1254", "cp1254", "Fener bekçisi yirmi yıl boyunca havayı yazdı; ığdır şehri."),
    "cp1255": ("windows-1255", "cp1255", "שומר המגדלור רשם את מזג האוויר."),
    "x-cp1256": ("windows-1256", "cp1256", "كتب حارس المنارة أحوال الطقس."),
    "cp1257": ("windows-1257", "cp1257", "Švyturio prižiūrėtojas užrašė orą."),
    "x-cp1258": ("windows-1258", "cp1258", "trăng trên đêm"),
    "x-mac-ukrainian": ("x-mac-cyrillic", "mac-cyrillic", "Смотритель маяка"),
    "chinese": ("gbk", "gb18030", _TEXTS["gb18030"]),
    "gb_2312-80": ("gbk", "gb18030", _TEXTS["gb18030"]),
    "x-x-big5": ("big5", "big5hkscs", _TEXTS["big5"] + "の港"),
    "cseucpkdfmtjapanese": ("euc-jp", "euc_jis_2004", _TEXTS["euc-jp"] + "①㈱"),
    "windows-31j": ("shift_jis", "cp932", _TEXTS["shift_jis"] + "①㈱"),
    "ks_c_5601-1989": ("euc-kr", "cp949", _TEXTS["euc-kr"] + "펲시"),
}


@pytest.mark.parametrize("label", _LABELS)
def test_labels_mean_what_browsers_take_them_for(label: str) -> None:
    """One label of each charset of WHATWG's table, never the one that Python knows it by."""
    name, codec, text = _LABELS[label]
    html = _LABELLED.format(label.upper(), text)
    page = _decode(html.encode(codec), media_type=HTML)
    assert (page.text, page.encoding, page.encoding_basis) == (html, name, "meta")


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-r", "shift_jis", "euc-kr"])
def test_a_page_is_detected_where_its_language_begins(encoding: str) -> None:
    html = f"<html><script>{'let x = 1; ' * 10_000}</script><p>{_TEXTS[encoding] * 5}"
    page = _decode(html.encode(encoding), media_type=HTML)
    assert (page.text == html, page.encoding, page.encoding_basis) == (True, encoding, "detected")


def test_a_page_that_its_charset_does_not_quite_fit_is_marked() -> None:
    html = _LABELLED.format("shift_jis", _TEXTS["shift_jis"] * 5)
    page = _decode(html.encode("shift_jis") + b"\x81\xff the end", media_type=HTML)
    assert (page.encoding, page.encoding_basis) == ("shift_jis", "lossy")
    assert page.text.startswith(html)
    assert page.text.endswith(" the end")
    assert page.replacement_share == page.text.count("\ufffd") / len(page.text) > 0


def test_katakana_of_half_a_width_in_escape_sequences_is_read() -> None:
    html = _LABELLED.format("iso-2022-jp", "ﾄｳﾀﾞｲ 灯台")
    assert _decode(html.encode("iso2022_jp_ext"), media_type=HTML).text == html


def test_utf8_with_a_few_broken_bytes_is_utf8_still() -> None:
    data = bytearray(_RUSSIAN.encode())
    data[40] = 0xFF
    page = _decode(bytes(data))
    assert (page.encoding, page.encoding_basis) == ("utf-8", "lossy")
    assert page.replacement_share == page.text.count("\ufffd") / len(page.text) > 0
    assert page.text.endswith(_RUSSIAN[40:])


def test_utf8_cut_within_a_character_is_utf8_still() -> None:
    page = _decode(_RUSSIAN.encode()[:-1] + "е".encode()[:1])
    assert page.encoding == "utf-8"
    assert page.text.startswith(_RUSSIAN[:-2])


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 8,
        b"\x7fELF\x02\x01\x01" + bytes(200),
        bytes(range(256)) * 40,
        b"\0" * 5000,
    ],
    ids=["an image", "an executable", "every byte", "zeros"],
)
def test_what_is_not_text_is_refused_as_binary(data: bytes) -> None:
    with pytest.raises(UndecodableError) as refused:
        _decode(data)
    assert refused.value.reason == "binary"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\r\n"], ids=["unix", "windows", "old mac", "mixed"])
def test_every_line_end_is_a_line_feed(end: str) -> None:
    assert [line for line in _decode(f"one{end}two{end}".encode()).text.split("\n") if line] == ["one", "two"]
    assert "\r" not in _decode(f"one{end}two{end}".encode()).text


def test_stray_zeros_are_dropped_from_text() -> None:
    text = "The keeper of the light wrote down the weather for twenty years. " * 5
    assert _decode(text.replace("keeper", "kee\0per", 1).encode()).text == text


def test_a_dump_that_is_html_is_html() -> None:
    assert _decode(b"\n <!-- saved -->\n<!DOCTYPE html><p>x").media_type == HTML
    assert _decode(b"<b>bold</b> words of a dump").media_type == TEXT


@pytest.mark.parametrize(("label", "basis"), [("iso-2022-jp", "meta"), ("us-ascii", "detected")])
def test_japanese_in_escape_sequences_is_read(label: str, basis: str) -> None:
    html = _LABELLED.format(label, _TEXTS["shift_jis"])
    page = _decode(html.encode("iso-2022-jp"), media_type=HTML)
    assert (page.text, page.encoding, page.encoding_basis) == (html, "iso-2022-jp", basis)


def test_korean_in_microsofts_larger_charset_is_read_under_its_label() -> None:
    html = _LABELLED.format("ks_c_5601-1987", "똠방각하 펲시콜라 " + _TEXTS["euc-kr"])
    page = _decode(html.encode("cp949"), media_type=HTML)
    assert (page.text, page.encoding) == (html, "euc-kr")


@given(
    st.binary(max_size=3000),
    st.sampled_from([None, "utf-8", "utf-16", "iso-2022-jp", "hz-gb-2312", "x-user-defined", "rot13", "hex", "idna", "\0"]),
)
def test_any_bytes_are_text_that_can_be_stored_or_refused(data: bytes, charset: str | None) -> None:
    try:
        page = decode(RawRecord(Origin("/page.txt", 0), data, TEXT, charset=charset))
    except UndecodableError:
        return
    page.text.encode()
    assert "\0" not in page.text
    assert "\r" not in page.text
    assert 0 <= page.replacement_share <= 0.1


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_valid_utf8_comes_back_as_it_was(text: str) -> None:
    assert _decode(text.encode()).text == text.removeprefix("\ufeff").removeprefix("\ufeff")


@pytest.mark.parametrize(
    "data",
    [
        b" " * 2_000_000,
        b"<meta " * 400_000,
        b"<!--" * 500_000,
        b"<?xml " * 300_000,
        b"\xff" * 2_000_000,
        b"\xd0" * 2_000_000,
        b"\r" * 2_000_000,
    ],
    ids=["spaces", "metas", "comments", "declarations", "no charset", "halves of characters", "carriage returns"],
)
def test_two_megabytes_of_anything_take_no_longer_than_their_length(data: bytes) -> None:
    with no_runaway(), contextlib.suppress(UndecodableError):
        _decode(data, media_type=HTML)


_FERRY_RU = "Вчера в гавани снова открыли старый причал, и паромы пошли к островам по прежнему расписанию. " * 3
_FERRY_JA = "昨日、港の古い桟橋がふたたび開かれ、渡し船は元の時刻表どおり島々へ向かった。" * 3
_FERRY_DE = "Gestern wurde im Hafen der alte Anleger wieder geöffnet, und die Fähren fuhren nach dem früheren Fahrplan. " * 3


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "latin1"])
@pytest.mark.parametrize(
    ("text", "encoding"), [(_FERRY_RU, "windows-1251"), (_FERRY_RU, "koi8-r"), (_FERRY_JA, "shift_jis"), (_FERRY_JA, "euc-jp")]
)
def test_a_server_s_default_label_is_overruled_by_bytes_that_are_not_western_text(label: str, text: str, encoding: str) -> None:
    page = decode(RawRecord(Origin("u", 0), text.encode(encoding), TEXT, charset=label))
    assert (page.text, page.encoding, page.encoding_basis) == (text, encoding, "detected")
    named = f"<meta charset={encoding}>{text}".encode(encoding)
    page = decode(RawRecord(Origin("u", 0), named, HTML, charset=label))
    assert (page.encoding, page.encoding_basis) == (encoding, "meta")


def test_western_text_keeps_its_label() -> None:
    page = decode(RawRecord(Origin("u", 0), _FERRY_DE.encode("iso-8859-1"), TEXT, charset="iso-8859-1"))
    assert (page.text, page.encoding_basis) == (_FERRY_DE, "header")


def test_an_xml_declaration_names_the_charset() -> None:
    data = f"<?xml version='1.0' encoding='windows-1250'?><html><p>{'Żółw ' * 9}".encode("windows-1250")
    page = decode(RawRecord(Origin("u", 0), data, HTML))
    assert (page.encoding, page.encoding_basis) == ("windows-1250", "meta")


@pytest.mark.parametrize("text", [_FERRY_RU, _FERRY_DE, _FERRY_JA, "“We’d rather lose a summer,” she said – “than a pier.”"])
@pytest.mark.parametrize("misread", ["latin-1", "cp1252"])
def test_utf8_that_was_misread_before_is_mended_and_marked(text: str, misread: str) -> None:
    shown = "".join(bytes([byte]).decode(misread, "ignore") or chr(byte) for byte in text.encode())
    page = decode(RawRecord(Origin("u", 0), f"An honest line.\n{shown}\n".encode(), TEXT))
    assert (page.text, page.encoding_basis) == (f"An honest line.\n{text}\n", "mojibake")


@pytest.mark.parametrize(
    "text", [_FERRY_RU, _FERRY_DE, _FERRY_JA, "NÃO À GUERRA! SÃO PAULO, ÂNCORA – Ã é um a com til: Ã.", "Â© is how © looks."]
)
def test_text_that_is_as_it_should_be_is_left_alone(text: str) -> None:
    page = decode(RawRecord(Origin("u", 0), text.encode(), TEXT))
    assert (page.text, page.encoding_basis) == (text, "utf-8")
