"""What is a name in a byline, and what is only beside one."""

from __future__ import annotations

import pytest

from broadsheet.transforms.metadata.names import byline_names, is_introduced, is_name, is_person


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ines Moreau and John O'Dowd, Staff Writers", ["Ines Moreau", "John O'Dowd"]),
        ("Von Jörg Halvorsen und Anna-Lena van der Mühlen", ["Jörg Halvorsen", "Anna-Lena van der Mühlen"]),
        ("Par Élodie Carrère", ["Élodie Carrère"]),
        ("Escrito por Lucía Ferrer y Tomás Ibarra", ["Lucía Ferrer", "Tomás Ibarra"]),
        ("Автор: Мария Соколова", ["Мария Соколова"]),
        ("作者：林小雨", ["林小雨"]),
        ("بقلم سلمى الحداد", ["سلمى الحداد"]),
        ("Sarah Holm, Staff Attorney, Ferry Justice Project & Li Reyes, Director", ["Sarah Holm", "Li Reyes"]),
        ("Rob Piers, CNX", ["Rob Piers"]),
        ("Ilse Brandt (Volontärin)", ["Ilse Brandt"]),
        ("Ilse Brandt | 3 min read", ["Ilse Brandt"]),
        ("Ilse Brandt @ilsebrandt ilse@example.org https://example.org/ilse", ["Ilse Brandt"]),
        ("Chokri BENALI", ["Chokri BENALI"]),
    ],
)
def test_names_are_read_as_the_page_spells_them(byline: str, names: list[str]) -> None:
    assert byline_names(byline) == names


@pytest.mark.parametrize(
    "byline",
    ["admin", "wordpressadmin", "Staff", "Redaktion", "https://example.org/author/x", "me@example.org", "12.03.2021", "Contact Us",
     "By following the tips below you do your part", "Read more", "Posted on March 3, 2021", "CC-BY 4.0", "", "Editorial Team"],
)  # fmt: skip
def test_what_is_not_a_name_gives_none(byline: str) -> None:
    assert byline_names(byline, single=True) == []


def test_the_sites_own_name_is_not_an_author() -> None:
    assert byline_names("Rheintal Bote", ["rheintal-bote"]) == []
    assert byline_names("Ines Moreau, Rheintal Bote", ["Rheintal Bote"]) == ["Ines Moreau"]


def test_one_word_is_a_name_only_where_the_page_calls_it_the_author() -> None:
    assert byline_names("by Tine") == []
    assert byline_names("by Tine", single=True) == ["Tine"]
    assert byline_names("uriebe", single=True) == ["uriebe"]


@pytest.mark.parametrize(
    ("line", "introduced"), [("By Ines Moreau", True), ("Von: Ines", True), ("Bypass opened", False), ("Vonovia wächst", False)]
)
def test_introductions_end_at_a_word(line: str, introduced: bool) -> None:
    assert is_introduced(line) is introduced


def test_blogs_named_after_a_person_are_distinguished_from_companies() -> None:
    assert is_person("Ines Moreau")
    assert not is_person("Moreau Media")
    assert not is_person("Ferrypost")


@pytest.mark.parametrize("text", ["\x00", "\ud800 \udfff", "A" * 1_000_000, "a,b;" * 300_000, "(" * 500_000, " by" * 300_000])
def test_hostile_bylines_take_no_time_and_give_no_error(text: str) -> None:
    byline_names(text, single=True)
    is_name(text)


@pytest.mark.parametrize(
    ("language", "byline", "name"),
    [
        ("en", "Written by Ines Moreau", "Ines Moreau"),
        ("de", "Geschrieben von Ilse Brandt", "Ilse Brandt"),
        ("fr", "Propos recueillis par Élodie Carrère", "Élodie Carrère"),
        ("es", "Publicado por Lucía Ferrer", "Lucía Ferrer"),
        ("pt", "Por Tomás Ibarra", "Tomás Ibarra"),
        ("it", "A cura di Nives Galli", "Nives Galli"),
        ("nl", "Door Anneke de Wit", "Anneke de Wit"),
        ("sv", "Text av Nils Holmgren", "Nils Holmgren"),
        ("da", "Skrevet af Mette Lund", "Mette Lund"),
        ("fi", "Kirjoittaja: Aino Vesala", "Aino Vesala"),
        ("pl", "Autor: Alicja Domagalska", "Alicja Domagalska"),
        ("cs", "Napsala Jana Horáková", "Jana Horáková"),
        ("hu", "Írta: Kovács Emese", "Kovács Emese"),
        ("ro", "Scris de Ioana Munteanu", "Ioana Munteanu"),
        ("sl", "Piše: Maja Zupan", "Maja Zupan"),
        ("lt", "Autorius: Jonas Petraitis", "Jonas Petraitis"),
        ("ru", "Автор статьи: Мария Соколова", "Мария Соколова"),
        ("uk", "Автор: Олена Гай", "Олена Гай"),
        ("el", "Γράφει ο Νίκος Αλεξίου", "Νίκος Αλεξίου"),
        ("tr", "Yazan: Deniz Aksoy", "Deniz Aksoy"),
        ("id", "Oleh Dewi Lestari", "Dewi Lestari"),
        ("vi", "Tác giả: Lê Thu Hà", "Lê Thu Hà"),
        ("ar", "كتبت: سلمى الحداد", "سلمى الحداد"),
        ("fa", "نویسنده: آرش کیانی", "آرش کیانی"),
        ("he", "מאת: נועה ברק", "נועה ברק"),
        ("hi", "लेखक: मीरा जोशी", "मीरा जोशी"),
        ("th", "โดย สมชาย ใจดี", "สมชาย ใจดี"),
        ("zh", "记者：林小雨", "林小雨"),
        ("ja", "文・早川みずほ", "早川みずほ"),
    ],
)
def test_a_byline_is_read_in(language: str, byline: str, name: str) -> None:
    assert byline_names(byline) == [name], language


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("By Anne Holm with additional reporting by Ines Moreau", ["Anne Holm", "Ines Moreau"]),
        ("Anne Holm in Garrow and Ines Moreau in London", ["Anne Holm", "Ines Moreau"]),
        ("Anne Holm; Ines Moreau", ["Anne Holm", "Ines Moreau"]),
        ("Kommentar von Anne Holm", ["Anne Holm"]),
        ("Analysis by Anne Holm", ["Anne Holm"]),
        ("□ 本报记者 王文", ["王文"]),
        ("作者：王文 李强", ["王文", "李强"]),
        ("Anne HolmStaff Writer", ["Anne Holm"]),
        ("BYANNE HOLM", ["ANNE HOLM"]),
        ("BYRON SMITH", ["BYRON SMITH"]),
        ("Anne Holm Cybersecurity", ["Anne Holm"]),
        ("Anne HolmAnne Holm", ["Anne Holm"]),
    ],
)
def test_names_are_taken_out_of_the_words_around_them(words: str, names: list[str]) -> None:
    assert byline_names(words, single=True) == names


@pytest.mark.parametrize(
    "words", ["Startseite", "Politics", "Updated", "Last", "Show Caption", "小字号", "입력", "Zuletzt", "Related Topics", "登录"]
)
def test_words_of_an_interface_name_nobody(words: str) -> None:
    assert byline_names(words, single=True) == []
