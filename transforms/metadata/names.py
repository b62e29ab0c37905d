"""Reads people's names out of bylines: what is a name, and what is only beside one.

    byline_names("By Ines Moreau and John O'Dowd, Staff Writers | 3 min read")   -> ["Ines Moreau", "John O'Dowd"]
    byline_names("admin")                                                       -> []

A wrong author is worse than none, so each rule here takes away: introducing words, roles, addresses, dates, what the site calls
itself. What is left must look like a name: few words, capitals where the script has them, no digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from broadsheet.transforms.metadata.east_asian_names import IN_CHARACTERS, is_east_asian_name
from broadsheet.transforms.metadata.text.first_names import FIRST_NAMES

MAX_NAMES = 12
"""Names of one byline. The labelled page with the most has 11; a longer list is a menu."""
LONGEST_BYLINE = 300
"""Characters of a byline; the labelled pages' longest has 150."""
MAX_WORDS = 5
"""Words of a person's name: 99 % of the labelled authors have four at most, Iberian and Arabic names five."""

SHORTEST_SINGLE = 3
"""Letters of a name that is one word: weekdays ("Fr", "Sat" is stopped by name) and desks' initials are shorter."""

_INTRODUCTIONS = """
    by|byby|written by|posted by|published by|story by|words by|reported by|article by|a post by|a guest post by|text by|authored by
    created by|contributed by|submitted by|author|authors|author name|about the author|writer|reporter|post author|post author by
    article author|author by
    von|vom|geschrieben von|verfasst von|veröffentlicht von|erstellt von|verfasser|ein artikel von|ein beitrag von|gepostet von
    ein gastbeitrag von|eine kolumne von|ein kommentar von|ein interview von|interview von|ein gespräch von|eine analyse von
    eine rezension von|text von|pressemitteilung von|autor|autorin|autoren|der autor|die autorin|über den autor|text|bericht
    bericht von|rechtsanwalt|rechtsanwältin|gastautor|interview|redakteur|redaktion
    par|écrit par|publié par|rédigé par|propos recueillis par|auteur|auteurs|auteure|texte|texte de
    por|escrito por|publicado por|redactado por|autora|autores|texto|texto de|reportagem de|una nota de
    di|da|a cura di|scritto da|pubblicato da|postato da|articolo di|autore|testo di
    door|geschreven door|geplaatst door|gepubliceerd door|tekst|redactie
    av|af|skrevet av|skrevet af|skriven av|publisert av|text av|skribent|journalist|forfatter|författare
    kirjoittaja|kirjoittanut|teksti
    írta|szerző|autor textu|napsal|napsala|autoři|napisał|napisała|tekst i zdjęcia|opracował|opracowała|opracowanie|oprac
    avtor|piše|pise|zapisal
    автор|авторы|текст|автор статьи|текст подготовил|автори|аўтар|συντάκτης|γράφει ο|γράφει η|του|της|από|επιμέλεια|κείμενο
    yazan|yazar|haber|oleh|penulis|bởi|tác giả|theo|de către|scris de|publicat de|a scris|autorius|autors|teksts|parengė
    مؤلف|كتب|بقلم|كتبت|الكاتب|نویسنده|מאת|כתב|লেখক|লিখেছেন|लेखक|द्वारा|ผู้เขียน|โดย|글|기자
"""
_PIECES = """
    kommentar|gastkommentar|gastbeitrag|kolumne|analyse|interview|rezension|bericht|reportage|essay|leitartikel|glosse|porträt|artikel
    beitrag|meldung
"""
"""What Germans write that is by somebody ("Kommentar von ...")."""
_WORKS = """
    opinion|analysis|review|commentary|essay|feature|column|interview|exclusive|reporting|words and pictures|photos and text
    text and photos|guest post|op-ed
"""
_BY_KIND = tuple(
    phrase
    for words, forms in ((_PIECES, ("{} von", "ein {} von", "eine {} von")), (_WORKS, ("{} by",)))
    for word in words.replace("\n", "|").split("|")
    if word.strip()
    for phrase in (form.format(word.strip()) for form in forms)
)
_INTRODUCTION_WORDS = sorted(
    {*_BY_KIND, *(w.strip() for w in _INTRODUCTIONS.replace("\n", "|").split("|") if w.strip())}, key=len, reverse=True
)
_INTRODUCTION_SET = frozenset(_INTRODUCTION_WORDS)
INTRODUCTION = re.compile(
    rf"^[\s|•·–—:,/-]*+(?:{'|'.join(map(re.escape, _INTRODUCTION_WORDS))})(?:\s*+[:：|/]\s*+|\s++)(?=\S)", re.IGNORECASE
)
"""Words that introduce a byline: a colon or white space must follow. Longer phrases are tried first."""
_CJK_INTRODUCTION = re.compile(
    r"^[□■▲●◎\s]*(?:(?:责任编辑|責任編輯|作者|记者|記者|撰文|编辑|責任編集|执笔|執筆|本[报報]记者|本[报報]記者|通讯员|特约记者|实习记者|見習記者|来源|기자)\s*[:：/丨|・]?\s*|[文글]\s*(?:[:：/丨|・]\s*|\s))"
)
_SPLIT = re.compile(
    r"\s*,?\s+(?:with\s|and\s)?(?:additional|further)\s(?:reporting|research|writing|contributions)\s(?:by|from)\s+"
    r"|\s+(?:im gespräch mit|in conversation with|en conversation avec)\s+|\s+(?:mit|with|avec|con)\s.*|"
    r"\s*[;|•●·\n\t]\s*|\s+[/–—-]+\s+|\s*,\s*(?:and|und|et)\s+|\s*&\s*"
    r"|\s+(?:and|und|et|y|och|og|ja|i|и|та|και|ve|dan)\s+|\s*[,，、]\s*",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"https?://\S+|www\.\S+|\S+@\S+\.\S+|(?<!\w)@\w+|\([^()]{0,80}\)|\[[^\[\]]{0,80}\]|\b\d{1,2}:\d\d\b.*|[„“”\"«»]"
    r"|(?<=[^\W\d_])/[A-Z][A-Z-]{1,6}(?!\w)|\bPh\.?D\.?(?!\w)|(?<=\s)M\.?D\.(?!\w)"
)
_IN_PLACE = re.compile(
    r"(?<=[^\W\d_])\s(?:in|aus|à|en|da|w)\s[A-ZÀ-Þ][\w.'’-]*(?:\s[A-ZÀ-Þ][\w.'’-]*){0,2}"
    r"(?=\s*(?:$|[,;|]|\s(?:and|und|et|y|e|och|og|i)\s))"
)
"""Where somebody writes from ("Ann Holm in Garrow and Ines Moreau in London")."""
_GLUED_ROLE = re.compile(
    r"(?<=[a-zà-ÿ])(?=(?:Staff|Senior|Chief|Political|Reporter|Correspondent|Editor|Writer|Contributor|Columnist|Special|Sports|Business|"
    r"Published|Updated|Posted|Last|Redakteur|Redaktion|Redakcja)\b)"
)
"""Where a dump glued an office to a name ("Ann HolmStaff Writer")."""
_GLUED_BY = re.compile(r"^(?:BY|By|VON|Von|POR|PAR)(?=(?P<first>[A-ZÀ-Þ][\w'’-]+)\s[A-ZÀ-Þ])")
"""The same of the word before a name ("BYANN HOLM")."""
_TWICE = re.compile(r"(?P<name>.{6,60})(?P=name)")
_CHINESE_NAMES = re.compile(r"[\u4e00-\u9fff]{2,4}(?:\s[\u4e00-\u9fff]{2,4})+")
_ROLE = re.compile(
    r"\b(?:editor|editors|editorial|reporters?|writers?|correspondents?|journalists?|contributors?|contributing|columnists?|staff|"
    r"intern|director|manager|founder|ceo|professor|lecturer|photographer|producer|author|specialist|analyst|consultant|president|"
    r"chief|head|dietitian|nutritionist|attorney|engineer|programmer|redakteur|redakteurin|redaktion|redaktionsleiter\w*|"
    r"chefredakteur\w*|korrespondent\w*|volontär\w*|mitarbeiter\w*|praktikant\w*|geschäftsführer\w*|rédact\w+|journaliste|"
    r"redactor|redactora|periodista|redacción|redação|redazione|giornalista|redactie|redaktör|redaktionen|toimittaja|dziennikarz|"
    r"redakcja|редакция|корреспондент|журналист|editado|edición)\b",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"^(?:\w*admin\w*|administrator|webmaster|root|user|guest|gast|anonymous|anonym\w*|anónimo|unknown|undefined|null|none|n/?a|"
    r"no author|super ?user|author|authors|autor|autorin|auteur|staff|team|news|blog|home|menu|share|follow|"
    r"profile|website|contact|community|"
    r"kontakt|impressum|redaktion|press|presse|comments?|kommentare?|posted|published|updated|uncategorized|view all posts|mehr|"
    r"all posts|read more|more|weiterlesen|subscribe|facebook|twitter|instagram|linkedin|youtube|xing|pinterest|whatsapp|email|"
    r"e-mail|mail|rss|bio|biography|bild|foto|fotos|photo|image|video|print|drucken|date|datum|wordpress|wp|test|demo|red|editor|agencies|"
    r"agency|agentur|agenturen|gallery|about|über|category|categories|tags?|min|minutes?|views?|likes?|cc(?:\W.*)?)$",
    re.IGNORECASE,
)
INTERFACE = frozenset(
    """
    accueil advertisement advertising aktualisiert anmelden anzeige artikel author authors autor back bearbeitet bewertung
    bio bild business caption close comment comments compartir continue copy corrected created culture cultura datum deporte
    deportes economia economía edited editorial einloggen email enlarge erstellt exclusive facebook featured first follow
    font full gallery geändert gallerie hide home impressum image imprimer increase inicio kommentar kommentare kontakt
    kultur last latest lesen link listen live login menu menü meinung mehr modified more nachrichten news newsletter next
    open opinion original page partager photo photos politica política politics politik popular posted previous print
    printed privacy promoted publicado published publié read registrieren regional related republish reviewed revised save
    search section seite share show sign size skip speichern sponsored sport sports startseite story subscribe suche tags
    teilen text today top topics tweet twitter updated update upload video videos view visit wirtschaft wissen world zuletzt
    zurück stand dernière última ultimo ostatnia senast sist viimeksi главная новости политика обновлено опубликовано поделиться
    спорт экономика
    """.split()
)
"""Words of a page's interface and sections, which name nobody, however many are together ("Show Caption")."""
_STOP = re.compile(
    r"\b(?:the|this|that|these|his|her|their|our|your|you|we|was|were|is|are|has|have|had|will|not|from|about|at|for|how|what|when|"
    r"why|who|more|read|all|posts?|articles?|comments?|views?|minutes?|min|ago|share|follow|click|here|following|others?|reviewed|"
    r"browse|sponsored|sidebar|us|contact|copyright|reserved|rights|privacy|policy|subscribe|newsletter|team|published|updated|posted|last|"
    r"^(?:der|die|das|les|des|los|las|den|dem|zu|zum|zur|ein|eine)|die|ist|sind|wird|nicht|auf|für|mit|im|über|mehr|uhr|artikel|beiträge|zurück|uns|veröffentlicht|keine|"
    r"les|une|dans|pour|sur|una|para|"
    r"january|february|march|april|june|july|august|september|october|november|december|januar|februar|märz|juni|juli|oktober|"
    r"dezember|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|okt|nov|dec|dez|monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    r"^(?:sat|sun|mon|tue|wed|thu|fri)|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)\b",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"\b(?:news|media|medien|press|presse|post|times|today|daily|online|digital|magazine?|magazin|journal|blog|verlag|zeitung|bote|"
    r"foundation|stiftung|institute?|institut|university|universität|school|academy|college|council|committee|association|verein|"
    r"verband|bank|group|gruppe|agency|agentur|marketing|studios?|labs?|tech|technologies|software|solutions|services?|systems|"
    r"consulting|partners|company|inc|ltd|llc|llp|pllc|plc|gmbh|ag|kg|spa|srl|corp|co|construction|care|clinic|clinics|dental|health|food|foods|kitchen|travel|"
    r"reisen|sports?|fitness|home|homes|design|games?|music|radio|tv|deutschland|germany|france|schweiz|österreich|austria|europe|"
    r"international|global|world|national|america|india|la|el|le|los|das|die|der|the|our|your|my|de)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"^(?:[A-Z]{2,5}|[A-Za-z]{1,2}|Dr|Prof|Jr|Sr|MBA|RDN?|CFP|\d\S*|(?:Letzte )?Aktualisierung|Stand)$", re.ASCII)
MAX_NAME = 3
"""Words of most names, beyond which an organisation's or a desk's follow."""
DESKS = frozenset("cybersecurity politics business sports sport opinion news health science technology culture world".split())
"""What follows a name without a comma: the part of the paper it writes for."""
AGENCIES = """
    The Associated Press|Associated Press|AFP|Agence France-Presse|Reuters|dpa|Deutsche Presse-Agentur|Austria Presse Agentur
    Keystone-SDA|ANSA|Agencia EFE|Europa Press|Agência Lusa|Press Trust of India|PTI|IANS|Xinhua|Kyodo News|Jiji Press|JIJI|Yonhap
    TASS|Interfax|Anadolu Agency|Anadolu Ajansı|United Press International|UPI|PA Media|The Canadian Press|Canadian Press|kathpress
"""
"""News agencies that a byline may name alone: they wrote the article. Two letters are more often initials, so "AP" is left out."""
_PAPER = re.compile(
    r"\b(?:news|press|post|times|daily|tribune|magazine|journal|herald|reuters|american|report|gazette|chronicle)\b", re.IGNORECASE
)
"""What the name of a paper has that comes after a person's and a comma."""
_DEGREES = frozenset("MS MD MA MBA MPH PhD Ph.D RD RDN LD DO DDS JD BSc MSc CFP CPA RN".split())
_DEGREE = re.compile(r"^(?:(?:Univ\.-)?Prof(?:essor)?\.?\s|Dr\.?\s(?:\w{1,4}\.\s)?|Dipl\.-\w+\.?\s)+", re.IGNORECASE)
_DOMAIN = re.compile(r"\.[a-zA-Z]{2,5}$")
_SINGLE = re.compile(r"^(?=.*[^\W\d_]{2})[\w.'’-]+$")
_NO_NAME_MARKS = re.compile(r"[\d!?<>{}=_#$%*+:…/：【】《》]")
_PARTICLES = frozenset(
    ["von", "van", "de", "der", "den", "del", "della", "di", "da", "do", "dos", "das", "du", "la", "le", "el", "al",
     "bin", "ibn", "ben", "zu", "zur", "af", "av", "ter", "ten", "te", "y", "e", "i", "st.", "d'", "v.", "und", "dela", "abu", "ul"]
)  # fmt: skip


def byline_names(text: str, sites: Iterable[str] = (), *, single: bool = False, whole: bool = False) -> list[str]:
    """Reads the names of a byline, in order, each once.

    Args:
        text: A byline with or without the words that introduce it, or what a page's head gives as author.
        sites: What the site calls itself: such a name is not an author's.
        whole: Whether the text may be one name with "and" in it ("Smith & Sons"), as a field of the head may.
        single: Whether one word may be a name ("Tine", "uriebe"): only where the page itself calls it the author.

    Returns:
        Names as the page spells them; empty if nothing looks like one.
    """
    own = {_folded(site) for site in sites if site}
    if (agency := without_introduction(text[:LONGEST_BYLINE])) and _folded(agency) in _AGENCY_SET:
        return [] if _is_own(agency, own) else [agency]
    if whole and "," not in text and is_name(text):
        return [] if _is_own(text, own) else [text]
    parts = list(_parts(without_place(without_introduction(_NOISE.sub(" ", _unglued(text[:LONGEST_BYLINE]))))))
    if len(parts) == 1 and _CHINESE_NAMES.fullmatch(parts[0][0]):
        parts = [(name, False) for name in parts[0][0].split()]
    plain = [name for name, _ in parts if name and not _is_aside(name) and not _is_own(name, own)]
    if single and len(plain) == 1 and is_name(plain[0], single=True):
        return plain
    names: list[str] = []
    aside = False
    for name, comma in parts:
        if not name or (aside and comma):
            continue  # "Ines Moreau, Staff Attorney, Ferry Justice Project": a role's commas go on with the role
        if _is_aside(name) or _is_own(name, own):
            aside = True
        elif comma and names and is_person(names[-1]) and _PAPER.search(name):
            aside = True  # "Ines Moreau, Quillan Times": who lent the article
        elif is_name(name):
            names += [name] if name not in names else []
            aside = False
        elif len(name.split()) > MAX_WORDS and not name[0].isupper():
            return []  # a sentence
        else:
            break  # what is neither a name nor beside one ends the list
    return names[:MAX_NAMES]


def _unglued(text: str) -> str:
    """Parts the words that a dump glued to a name, and takes one of two copies of a name."""
    glued = _GLUED_BY.match(text)
    if (
        glued
        and (text[: glued.end()] + glued["first"]).lower() not in FIRST_NAMES
        and len(glued["first"]) > MAX_NAME
        and glued["first"].lower() in FIRST_NAMES
    ):
        text = text[glued.end() :]
    text = _GLUED_ROLE.sub(" | ", text)
    twice = _TWICE.fullmatch(without_introduction(text))
    return twice["name"] if twice else text


def without_place(text: str) -> str:
    """Takes off where people write from: "Ann Holm in Garrow and Ines Moreau in London"."""
    return _IN_PLACE.sub("", text)


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Yields the pieces between a byline's separators, and whether a comma is before each."""
    place, comma = 0, False
    for number, end in enumerate([*_SPLIT.finditer(text), None]):
        if number > 3 * MAX_NAMES:
            return
        yield _trimmed(text[place : end.start() if end else len(text)]), comma
        if end:
            place, comma = end.end(), "," in end[0] and len(end[0].strip()) == 1


def without_introduction(text: str) -> str:
    """Takes "By", "Von:", "Geschrieben von", "作者：" and the like off a byline's beginning, also twice over ("Author: by")."""
    text = text.strip(" \t\r\n|•·–—:,;-")
    for _ in range(2):
        shorter = _CJK_INTRODUCTION.sub("", INTRODUCTION.sub("", text))
        if shorter == text:
            break
        text = shorter.strip()
    return text


def is_introduced(text: str) -> bool:
    """Tells whether a line begins with words that introduce a name."""
    return bool(INTRODUCTION.match(text) or _CJK_INTRODUCTION.match(text))


def is_introduction(text: str) -> bool:
    """Returns whether a line is only an introduction ("Von:", "Text & Fotos:"), so that the name must be below it."""
    words = re.sub(r"\s*(?:&|\+|/|und|and|et)\s*(?:fotos?|photos?|bilder|images?)\b", "", text[:40].strip().lower())
    return words.rstrip(" :：") in _INTRODUCTION_SET and (len(words) > 2 or words.endswith((":", "：")))


@lru_cache(maxsize=16_384)
def is_name(text: str, *, single: bool = False) -> bool:
    """Tells whether some words look like the name of a person; one word does where `single` says so."""
    return 2 <= len(text) <= 60 and _is_spelt_like_a_name(text, single) and not _is_known_to_be_none(text)


def _is_known_to_be_none(text: str) -> bool:
    """Returns whether some of its words exclude a name; called last, because these patterns are long."""
    if all(word in INTERFACE for word in text.casefold().replace("-", " ").split()):
        return True
    first, _, rest = text.partition(" ")
    stoppable = rest if rest and first.istitle() and first.lower() in FIRST_NAMES else text  # Will, Jan, June, August
    return bool(_GENERIC.match(text) or _ROLE.search(text) or _STOP.search(stoppable) or INTRODUCTION.match(text + " x"))


def _is_spelt_like_a_name(text: str, single: bool) -> bool:
    words = text.split()
    if len(words) > MAX_WORDS:
        return False
    if IN_CHARACTERS.match(text):
        return is_east_asian_name(text, single)
    if len(words) == 1:
        return single and not is_host(text) and len(text) >= SHORTEST_SINGLE and bool(_SINGLE.match(text))
    if _NO_NAME_MARKS.search(text):
        return False
    cased = [word for word in words if word.lower() != word.upper()]
    if not cased:
        return all(any(c.isalpha() for c in word) for word in words)
    capitals = [word for word in cased if word[0].isupper() or word[1:2].isupper() or "'" in word[:3] or "’" in word[:3]]
    return len(capitals) >= 2 and all(word in capitals or word.lower() in _PARTICLES for word in cased)


def is_agency(text: str) -> bool:
    """Returns whether some words are the name of a news agency."""
    return _folded(text) in _AGENCY_SET


def is_host(word: str) -> bool:
    """Returns whether a word is the name of a host."""
    return _DOMAIN.search(word) is not None


def is_person(text: str) -> bool:
    """Tells whether a name is more likely a person's than a company's or a paper's: two or three words, none of them of that kind.

    For names that are a site's and an author's at once: many blogs carry their author's name.
    """
    return 2 <= len(text.split()) <= 3 and "&" not in text and is_name(text) and not _COMPANY.search(text)


def without_degree(name: str) -> str:
    """Takes an academic degree off a name's beginning."""
    return _DEGREE.sub("", name)


def has_first_name(text: str) -> bool:
    """Returns whether a name begins with a common first name, which is enough if no other word marks it."""
    words = unicodedata.normalize("NFKD", text).split()
    first = "".join(c for c in words[0] if not unicodedata.combining(c)).lower() if words else ""
    return is_person(text) and (first in FIRST_NAMES or first.split("-")[0] in FIRST_NAMES)


def _trimmed(part: str) -> str:
    """Returns a part of a byline without the marks, initials of desks and introductions around the name."""
    name = without_introduction(" ".join(part.split()))
    name = name.strip(" .,:;|/–—-•·*'\"“”„()[]")
    words = name.split()
    if len(words) > MAX_NAME and _COMPANY.search(words[-1]):
        words = words[:-2]  # "Ann Holm Quillan News"
        name = " ".join(words)
    elif len(words) == MAX_NAME and words[-1].lower() in DESKS:
        words = words[:-1]
        name = " ".join(words)
    if len(words) >= MAX_NAME and words[-1] in _DEGREES:
        words = words[:-1]
        name = " ".join(words)
    if len(words) in (4, 6) and words[: len(words) // 2] == words[len(words) // 2 :]:
        name = " ".join(words[: len(words) // 2])  # written twice, once for screen readers
    return name + "." if re.search(r"\b(?:Jr|Sr|[A-Z])$", name) and part.strip().endswith(".") else name


def _is_aside(text: str) -> bool:
    """Returns whether a part is beside names without being one: a role, an academic title, a desk's initials, a date."""
    return bool(_ROLE.search(text) or _GENERIC.match(text) or _ASIDE.match(text) or (" " in text and re.search(r"\d", text)))


def _is_own(name: str, own: set[str]) -> bool:
    return _folded(name) in own


@lru_cache(maxsize=4_096)
def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKD", text).casefold())


_AGENCY_SET = frozenset(_folded(name) for name in AGENCIES.replace("\n", "|").split("|") if name.strip())
