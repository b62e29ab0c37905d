# ruff: noqa: E501 - a sentence is one line
"""Changes labelled dumps in ways that leave the right answer as it is, so that the networks learn what does not matter.

    changed = change(page, donors, random.Random(1))       # the page's lines once more, with some of `KINDS` done to them

Networks that see each page only as it is take a body for one run of lines without a break: one line "Advertisement" between two
paragraphs costs a third of F1. What is put in comes from other pages (`Donors`), from letters at random, or from the few sentences
below; where it goes and how often is drawn again for each version of a page.
"""

from __future__ import annotations

import random
import re
import textwrap
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

CHROME, BODY, TITLE = range(3)


class Marked(NamedTuple):
    """A line of a dump as it is in the file, and what it is."""

    text: str
    kind: int = CHROME


BLANK = Marked("")
Lines = list[Marked]

_SENTENCE = re.compile(r"(?<=[.!?…。！？])\s+|(?<=[。！？])")
_LONG = 60

CONSENT = (
    "We and our partners store and access information on your device, such as unique identifiers, to show you advertisements and content that fit your interests.",
    "With your consent we use cookies to measure how our pages are used, to remember your settings and to finance our work by advertising.",
    "Necessary cookies keep you signed in and remember what is in your basket; the site does not work without them.",
    "Analytics cookies count visits and tell us which pages are read and which are not, without naming you.",
    "Marketing cookies are set by third parties and follow visitors from site to site in order to show them offers.",
    "You can withdraw your consent at any time in the privacy settings at the bottom of each page, with effect for the future.",
    "Some vendors process your data on the basis of legitimate interest; you can object to that in the list of vendors.",
    "By choosing to accept you also agree that your data may be transferred to countries without an adequate level of protection.",
    "For more information see our privacy policy and the list of the companies that we work with.",
    "If you decline, we will only use what is strictly needed to deliver the page, and your choice will be stored for six months.",
    "Wir und unsere Partner speichern Cookies auf Ihrem Gerät, um Inhalte und Anzeigen auf Sie zuzuschneiden und deren Leistung zu messen.",
    "Notwendige Cookies sorgen dafür, dass die Seite funktioniert; sie lassen sich nicht abschalten.",
    "Ihre Einwilligung können Sie jederzeit mit Wirkung für die Zukunft in den Einstellungen zum Datenschutz widerrufen.",
    "Näheres steht in unserer Datenschutzerklärung und in der Liste der Anbieter.",
    "Nous et nos partenaires utilisons des cookies pour mesurer l'audience, personnaliser les contenus et financer le site par la publicité.",
    "Vous pouvez modifier vos choix à tout moment en cliquant sur le lien au bas de la page.",
    "Nosotros y nuestros socios usamos cookies para mostrar publicidad personalizada y analizar el uso de este sitio.",
    "Puede cambiar de opinión en cualquier momento en la configuración de privacidad.",
    "Noi e i nostri partner usiamo cookie tecnici e, con il consenso, cookie di profilazione per mostrare annunci personalizzati.",
    "My i nasi partnerzy używamy plików cookie, aby dopasować reklamy i treści oraz mierzyć ruch na stronie.",
    "Мы используем файлы cookie, чтобы сайт работал, а реклама соответствовала вашим интересам.",
)
"""Sentences of consent notices, written for this purpose."""

TERMS = (
    "Read on with a subscription: all articles, the newsletter and the crossword, four weeks for one euro, then nine a month.",
    "You can cancel online at any time before the end of the trial; after that the subscription renews itself each month.",
    "Already a subscriber? Sign in to continue.",
    "The offer is for new customers only and cannot be combined with other discounts.",
    "Prices include value added tax. Payment by card, direct debit or invoice.",
    "By subscribing you accept our terms of use and confirm that you have read the notice on data protection.",
    "Get unlimited access on all devices, with fewer advertisements and a daily briefing by e-mail.",
    "If you do not wish to receive offers from us you can object at any time by an e-mail to our service.",
    "This article is reserved for subscribers. Support independent journalism and choose a plan.",
    "Your subscription begins at once. The right of withdrawal expires fourteen days after the contract is made.",
    "Jetzt testen: vier Wochen für einen Euro, danach monatlich kündbar.",
    "Das Abonnement verlängert sich um jeweils einen Monat, wenn es nicht vorher gekündigt wird.",
    "Es gelten unsere Allgemeinen Geschäftsbedingungen und die Hinweise zum Widerruf.",
    "Abonnez-vous pour lire la suite : le premier mois à un euro, sans engagement.",
    "Suscríbete para seguir leyendo y recibe cada mañana nuestro boletín.",
)
"""Sentences of subscription offers, written for this purpose."""

BIOS = (
    "{name} is a reporter who covers {topic}. Before joining the paper in {year}, {first} worked for a news agency.",
    "{name} writes about {topic}. Follow {first} on social media or send a tip by e-mail.",
    "About the author: {name} has been an editor since {year} and is the author of two books on {topic}.",
    "{name} is the paper's correspondent for {topic} and the winner of a national prize for reporting.",
    "Text and research: {name}, who has written about {topic} since {year}.",
    "{name} joined the {topic} desk in {year}, after ten years as a teacher, and writes the weekly column on {topic}.",
    "Contact {name} by e-mail or phone with tips about {topic}.",
    "{name} studied history and has been with us since {year}; {first} likes maps, bread and {topic}.",
    "{name} — dziennikarz, od {year} roku pisze o: {topic}.",
    "{name}, обозреватель, пишет о темах: {topic}. В редакции с {year} года.",
    "{name} lives with two children and a dog and has reported on {topic} for more than a decade.",
    "{name} ist Redakteurin im Ressort {topic} und seit {year} dabei.",
    "{name} est journaliste. Elle suit {topic} depuis {year}.",
    "{name} es periodista y cubre {topic} desde {year}.",
)
_NAMES = "Anna Jonas Maria Lukas Ines Marek Sofia Pavel Leila Omar Ewa Nikos Elena Hugo Clara Tomás Irina Felix".split()
_SURNAMES = "Berg Kowalski Hansen Moreau Rossi Papadakis Novak Silva Weber Lindqvist Okafor Tanaka Haddad Ivanova Murphy".split()
_PHOTO = (
    "Photo: {name}",
    "({name})",
    "© {name}",
    "Foto: {name}",
    "Photograph by {name}",
    "Crédit : {name}",
    "Image: {name}/Agency",
    "{name}/Agency",
)
_AGO = (
    "{n} hours ago",
    "{n} minutes ago",
    "vor {n} Stunden",
    "il y a {n} heures",
    "hace {n} horas",
    "{n} часов назад",
    "{n}h",
    "{n} min ago",
)
_REPLY = (
    "Reply",
    "Reply Report",
    "Reply · Like",
    "Like",
    "Report",
    "Antworten",
    "Répondre",
    "Responder",
    "Ответить",
    "Reply Share",
    "👍 3",
    "Odpowiedz",
    "回复",
)
_DAYS = (
    ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
    ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
)


class Donor(NamedTuple):
    """What a page has to give to others."""

    domain: str
    language: str
    title: str
    body: list[str]
    """Its paragraphs."""
    short: list[str]
    """Short lines of its chrome."""
    prose: list[list[str]]
    """Runs of its chrome's sentences: notices, comments, biographies."""


class Donors:
    """Pages that others borrow from: of the same language in four of five cases."""

    def __init__(self, donors: Iterable[Donor]) -> None:
        self._all = list(donors)
        self._by_language: dict[str, list[Donor]] = defaultdict(list)
        for donor in self._all:
            self._by_language[donor.language].append(donor)

    def draw(self, rng: random.Random, language: str, domain: str, fits: Callable[[Donor], object] = bool) -> Donor | None:
        """Draws a donor of another domain that has what is asked for, if one is found in a few attempts."""
        for _ in range(12):
            pool = self._by_language[language] if rng.random() < 0.8 else self._all
            donor = rng.choice(pool or self._all)
            if donor.domain != domain and fits(donor):
                return donor
        return None


class _Change:
    """A page being changed: its lines, and whom it has borrowed from."""

    def __init__(self, lines: Lines, language: str, domain: str, donors: Donors, rng: random.Random) -> None:
        self.lines, self.language, self.domain, self.donors, self.rng = lines, language, domain, donors, rng
        self.borrowed: set[str] = set()
        words = [word for line in lines if line.kind == BODY for word in line.text.split()]
        self.words = words or ["text"]
        self.spaced = rng.random() < 0.7

    def draw(self, fits: Callable[[Donor], object]) -> Donor | None:
        """Borrows from another page."""
        donor = self.donors.draw(self.rng, self.language, self.domain, fits)
        if donor:
            self.borrowed.add(donor.domain)
        return donor

    def places(self) -> list[int]:
        """The lines of body with another one below that are long enough to be paragraphs."""
        found = [index for index, line in enumerate(self.lines) if line.kind == BODY and len(line.text) >= _LONG]
        return found[:-1]

    def insert(self, at: dict[int, Lines]) -> None:
        """Puts lines below some of the page's."""
        out: Lines = []
        for index, line in enumerate(self.lines):
            out.append(line)
            if index in at:
                out += [BLANK, *at[index], BLANK] if self.spaced else at[index]
        self.lines = out

    def surround(self, above: Lines, below: Lines) -> None:
        """Puts lines at the page's top and end."""
        gap = [BLANK] if self.spaced else []
        self.lines = [*_spread(above, self.spaced), *gap, *self.lines, *gap, *_spread(below, self.spaced)]

    def name(self) -> str:
        """A person's name."""
        return f"{self.rng.choice(_NAMES)} {self.rng.choice(_SURNAMES)}"

    def some_words(self, low: int, high: int) -> str:
        """A few words of the page, out of order."""
        return " ".join(self.rng.choice(self.words) for _ in range(self.rng.randint(low, high))).strip('.,;:!?"“”')

    def marker(self) -> str:
        """A short line such as is between paragraphs: another page's, words of this one, letters at random, a counter."""
        rng = self.rng
        draw = rng.random()
        donor = self.draw(lambda one: one.short) if draw < 0.45 else None
        if donor:
            return rng.choice(donor.short)
        if draw < 0.65:
            text = self.some_words(1, 5) or "-"
        elif draw < 0.85:
            text = " ".join(
                "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(2, 11)))
                for _ in range(rng.randint(1, 4))
            )
        else:
            return rng.choice(
                (
                    f"{rng.randint(0, 9)}:{rng.randint(0, 59):02} / {rng.randint(1, 9)}:{rng.randint(0, 59):02}",
                    f"{rng.randint(1, 900)}",
                    "* * *",
                    "---",
                    "▶",
                    "×",
                    f"{rng.randint(1, 9)}/{rng.randint(2, 20)}",
                )
            )
        return rng.choice((str.upper, str.capitalize, str.title, str))(text) or "-"

    def clock(self) -> str:
        """A time of day or an age."""
        rng = self.rng
        hour, minute = rng.randint(0, 23), rng.randint(0, 59)
        forms = (
            f"{hour}:{minute:02}",
            f"{hour:02}:{minute:02}",
            f"{hour:02}.{minute:02} Uhr",
            f"{hour % 12 + 1}:{minute:02} {'ap'[hour < 12]}m",
            f"{hour:02}h{minute:02}",
            f"{hour:02}:{minute:02} GMT",
        )
        return rng.choice(forms) if rng.random() < 0.75 else rng.choice(_AGO).format(n=rng.randint(1, 55))


def _spread(lines: Lines, spaced: bool) -> Lines:
    return [part for line in lines for part in (line, BLANK)] if spaced else lines


def _sentences(text: str) -> list[str]:
    return [part for part in _SENTENCE.split(text) if part and part.strip()]


def _markers(page: _Change) -> None:
    """Marker lines between paragraphs: one kind or several, one to five at a time, after each paragraph or some."""
    rng = page.rng
    many = rng.choice((1, 1, 1, 2, 2, 3, 5))
    every = rng.choice((1, 1, 1, 2, 3))
    same = [page.marker() for _ in range(many)] if rng.random() < 0.5 else None
    page.insert(
        {place: [Marked(text) for text in same or (page.marker() for _ in range(many))] for place in page.places()[::every]}
    )


def _clocks(page: _Change) -> None:
    """A time before each paragraph or some, as a live blog has them, perhaps with a name."""
    every = page.rng.choice((1, 1, 2, 3))
    named = page.rng.random() < 0.3
    page.insert({place: [Marked(page.clock()), *([Marked(page.name())] if named else [])] for place in page.places()[::every]})


def _captions(page: _Change) -> None:
    """Captions between paragraphs: a few words or a sentence of another page, most with a credit."""
    rng = page.rng
    places = page.places()
    at: dict[int, Lines] = {}
    for place in rng.sample(places, rng.randint(1, max(1, len(places)))) if places else []:
        donor = page.draw(lambda one: len(one.body) > 2)
        if donor is None:
            continue
        words = rng.choice(_sentences(rng.choice(donor.body)) or [""]).split()[: rng.randint(4, 24)]
        credit = rng.choice(_PHOTO).format(name=page.name())
        text = " ".join(words)
        style = rng.random()
        if style < 0.5:
            at[place] = [Marked(f"{text}{rng.choice((' ', '. ', ' | '))}{credit}")]
        elif style < 0.8:
            at[place] = [Marked(text), Marked(credit)]
        else:
            at[place] = [Marked(text.rstrip(".")) if rng.random() < 0.7 else Marked(credit)]
    page.insert(at)


def _teasers(page: _Change) -> None:
    """Boxes of other articles' headlines between paragraphs, with a heading and perhaps their leads."""
    rng = page.rng
    places = page.places()
    at: dict[int, Lines] = {}
    for place in rng.sample(places, min(len(places), rng.choice((1, 1, 2, 3)))):
        at[place] = [Marked(page.marker())] if rng.random() < 0.8 else []
        leads = rng.random() < 0.35
        for _ in range(rng.randint(1, 5)):
            donor = page.draw(lambda one: one.title and one.body)
            if donor:
                at[place].append(Marked(donor.title))
                if leads:
                    at[place].append(Marked((_sentences(donor.body[0]) or [donor.body[0]])[0]))
    page.insert(at)


def _feed(page: _Change) -> None:
    """Teasers of the same shape as a body with markers: section, headline, lead, section, headline, lead."""
    rng = page.rng
    feed: Lines = []
    section, dated, lead = rng.random() < 0.6, rng.random() < 0.4, rng.random() < 0.8
    for _ in range(rng.randint(3, 14)):
        donor = page.draw(lambda one: one.title and one.body)
        if donor is None:
            continue
        feed += [Marked(page.marker())] * section + [Marked(donor.title)]
        if lead:
            sentences = _sentences(donor.body[0]) or [donor.body[0]]
            feed.append(Marked(" ".join(sentences[: rng.randint(1, 2)])))
        feed += [Marked(page.clock())] * dated
    page.surround(*(([], feed) if rng.random() < 0.75 else (feed, [])))


def _another(page: _Change) -> None:
    """The next article: headline, perhaps a byline, paragraphs; never longer than this one's body."""
    donor = page.draw(lambda one: len(one.body) >= 3)
    size = sum(len(line.text) for line in page.lines if line.kind == BODY)
    if donor is None:
        return
    taken: Lines = [Marked(donor.title)] if donor.title else []
    taken += [Marked(page.name())] * (page.rng.random() < 0.4) + [Marked(page.clock())] * (page.rng.random() < 0.3)
    used = 0
    for text in donor.body[: page.rng.randint(2, 9)]:
        used += len(text)
        if used > 0.8 * size:
            break
        taken.append(Marked(text))
    page.surround([], taken)


def _notice(page: _Change) -> None:
    """Consent text, offers and other sentences that are not article, above or below, some in mid-article."""
    rng = page.rng
    donor = page.draw(lambda one: one.prose) if rng.random() < 0.45 else None
    sentences = list(rng.choice((CONSENT, CONSENT, TERMS))) if donor is None else rng.choice(donor.prose)
    if donor is None:
        rng.shuffle(sentences)
        sentences = sentences[: rng.randint(2, 9)]
        step = rng.randint(1, 2)
        sentences = [" ".join(sentences[start : start + step]) for start in range(0, len(sentences), step)]
    notice = [Marked(text) for text in sentences]
    if rng.random() < 0.7:
        notice = [Marked(page.marker()), *notice, *(Marked(page.marker()) for _ in range(rng.randint(0, 3)))]
    places = page.places()
    draw = rng.random()
    if draw < 0.12 and places:
        page.insert({rng.choice(places): notice[:3]})
    else:
        page.surround(*((notice, []) if draw < 0.62 else ([], notice)))


def _biography(page: _Change) -> None:
    """Who wrote it, below the last paragraph."""
    name = page.name()
    text = page.rng.choice(BIOS).format(
        name=name, first=name.split()[0], topic=page.some_words(1, 3), year=page.rng.randint(1995, 2025)
    )
    last = max((index for index, line in enumerate(page.lines) if line.kind == BODY), default=None)
    if last is not None:
        page.insert({last: ([Marked(name)] if page.rng.random() < 0.4 else []) + [Marked(text)]})


def _comments(page: _Change) -> None:
    """Readers' comments: name, time, sentences, and a word to answer by."""
    rng = page.rng
    count = rng.randint(2, 12)
    heading = f"{count} {rng.choice(('Comments', 'comments', 'Kommentare', 'commentaires', 'comentarios', 'комментариев'))}"
    comments: Lines = [Marked(heading if rng.random() < 0.5 else page.marker())]
    time, reply, glued = rng.random() < 0.7, rng.random() < 0.6, rng.random() < 0.4
    word = rng.choice(_REPLY)
    for _ in range(count):
        donor = page.draw(lambda one: one.body)
        if donor is None:
            continue
        sentences = _sentences(rng.choice(donor.body))
        name = (
            page.name()
            if rng.random() < 0.6
            else page.some_words(1, 1).lower() + rng.choice(("", "_", "")) + str(rng.randint(1, 99))
        )
        comments += [Marked(f"{name} {page.clock()}")] if glued and time else [Marked(name)] + [Marked(page.clock())] * time
        comments.append(Marked(" ".join(sentences[: rng.randint(1, 5)])))
        comments += [Marked(word)] * reply
    page.surround([], comments)


def _shred(page: _Change) -> None:
    """Makes a list of some paragraphs: their clauses as items, with bullets or without; they stay body."""
    rng = page.rng
    places = [place for place in page.places() if len(page.lines[place].text.split()) >= 15]
    chosen = set(rng.sample(places, min(len(places), rng.randint(1, 3))))
    bullet = rng.choice(("• ", "- ", "* ", "", "", "", "1"))
    out: Lines = []
    for index, line in enumerate(page.lines):
        if index not in chosen:
            out.append(line)
            continue
        words, number = line.text.split(), 0
        while words:
            size = rng.randint(2, 9)
            piece, words = words[:size], words[size:]
            number += 1
            mark = f"{number}. " if bullet == "1" else bullet
            text = " ".join(piece).rstrip(",;")
            out.append(Marked(mark + text[:1].upper() + text[1:], BODY))
            out += [BLANK] * (page.spaced and rng.random() < 0.3)
    page.lines = out


def _shorten(page: _Change) -> None:
    """Keeps the first two to five paragraphs, and what is above and between them."""
    paragraphs = [index for index, line in enumerate(page.lines) if line.kind == BODY and len(line.text) >= _LONG]
    if len(paragraphs) > 2:
        last = paragraphs[min(page.rng.randint(2, 5), len(paragraphs)) - 1]
        page.lines = [line for index, line in enumerate(page.lines) if index <= last or line.kind != BODY]


def _table(page: _Change) -> None:
    """A table or opening hours between two paragraphs, which are body, or among the chrome, which are not.

    Some converters put a row on a line, others each cell.
    """
    rng = page.rng
    columns = rng.randint(2, 5)
    days = rng.choice(_DAYS) if rng.random() < 0.35 else None
    rows = []
    if not days and rng.random() < 0.7:
        rows.append([page.some_words(1, 3).capitalize() for _ in range(columns)])
    worded = rng.random() < 0.3
    for row in range(rng.randint(3, 9)):
        if days:
            rows.append([days[row % 7], f"{rng.randint(6, 11)}:00–{rng.randint(12, 22)}:00"])
        else:
            rows.append([page.some_words(1, 2).capitalize(), *(_cell(page, worded) for _ in range(columns - 1))])
    glue = rng.choice((": ", "  ", " ")) if days else rng.choice((" | ", " | ", "\t", "  ", "\n", "\n"))
    text = "\n".join(glue.join(row) for row in rows).split("\n")
    places = page.places()
    if places and rng.random() < 0.75:
        heading = [Marked(page.some_words(1, 4).capitalize(), BODY)] if rng.random() < 0.6 else []
        page.insert({rng.choice(places): _spread([*heading, *(Marked(cell, BODY) for cell in text if cell)], page.spaced)})
    else:
        table = [Marked(cell) for cell in text if cell]
        page.surround(*((table, []) if rng.random() < 0.4 else ([], table)))


def _cell(page: _Change, worded: bool) -> str:
    rng = page.rng
    if worded:
        return page.some_words(1, 5)
    forms = (
        str(rng.randint(0, 999)),
        f"{rng.randint(1, 99)},{rng.randint(0, 999):03}",
        f"{rng.random() * 90:.1f}",
        f"{rng.random() * 90:.1f}%",
        f"{rng.choice('+-')}{rng.random() * 9:.1f}",
    )
    return rng.choice(forms)


def _items(page: _Change) -> None:
    """A list of short items under a line that ends in a colon or a heading; both are body."""
    rng = page.rng
    places = page.places()
    if not places:
        return
    sentence = page.some_words(3, 12).capitalize()
    lead = Marked(sentence + ":" if rng.random() < 0.7 else page.some_words(1, 3).capitalize(), BODY)
    style = rng.choice(("", "", "• ", "- ", "* ", "– ", "#", "term"))
    items = []
    for number in range(rng.randint(2, 12)):
        text = page.some_words(1, rng.choice((2, 4, 8)))
        if style == "term":
            text = f"{page.some_words(1, 2).capitalize()}: {page.some_words(3, 14)}"
        elif rng.random() < 0.3:
            text = f"{rng.randint(1, 500)} {rng.choice(('g', 'ml', 'kg', 'cm', '%', '', '', 'x'))} {text}"
        mark = f"{number + 1}. " if style == "#" else style if style != "term" else ""
        items.append(Marked(mark + (text.capitalize() if rng.random() < 0.6 else text), BODY))
    page.insert({rng.choice(places): _spread([lead, *items], page.spaced)})


def _questions(page: _Change) -> None:
    """Questions and short answers between two paragraphs; both are body."""
    rng = page.rng
    places = page.places()
    if not places:
        return
    lines: Lines = []
    first, second = rng.choice((("", ""), ("", ""), ("Q: ", "A: "), ("F: ", "A: ")))
    for _ in range(rng.randint(2, 7)):
        lines.append(Marked(first + page.some_words(2, 8).capitalize() + "?", BODY))
        lines.append(Marked(second + page.some_words(2, 14).capitalize() + ".", BODY))
    page.insert({rng.choice(places): _spread(lines, page.spaced)})


def _live(page: _Change) -> None:
    """Makes a live blog of the article: a time, perhaps a heading and a name, a paragraph or two, a word to share it by."""
    rng = page.rng
    heading, named, share = rng.random() < 0.6, rng.random() < 0.25, rng.random() < 0.6
    word = page.marker()
    out: Lines = []
    for line in page.lines:
        if line.kind == BODY and len(line.text) >= _LONG and rng.random() < 0.8:
            sentences = _sentences(line.text)
            text = rng.choice(sentences) if len(sentences) > 1 and rng.random() < 0.4 else line.text
            entry = [Marked(word)] * (share and bool(out)) + [Marked(page.clock())]
            if heading:
                entry.append(Marked(page.some_words(2, 7).capitalize(), BODY))
            entry += [Marked(page.name())] * named + [Marked(text, BODY)]
            out += [BLANK, *_spread(entry, page.spaced)]
        else:
            out.append(line)
    page.lines = out


def _relayout(page: _Change) -> None:
    """Other blank lines, indentation, or a wrap at a column."""
    rng = page.rng
    style = rng.random()
    if style < 0.45:
        page.lines = [line for line in page.lines if line.text]
    elif style < 0.6:
        page.lines = _spread([line for line in page.lines if line.text], True)
    elif style < 0.7:
        page.lines = [line for line in page.lines if line.text or rng.random() < 0.5]
    elif style < 0.8:
        page.lines = [Marked("    " + text, kind) if text else BLANK for text, kind in page.lines]
    else:
        width = rng.randint(58, 90)
        keep_blank = rng.random() < 0.4
        page.lines = [
            Marked(part, kind)
            for text, kind in page.lines
            if text or keep_blank
            for part in textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]
        ]


KINDS: tuple[tuple[Callable[[_Change], None], float], ...] = (
    (_markers, 3.0),
    (_clocks, 1.0),
    (_captions, 1.5),
    (_teasers, 1.5),
    (_feed, 1.5),
    (_another, 1.2),
    (_notice, 3.0),
    (_biography, 1.2),
    (_comments, 1.6),
    (_shred, 0.7),
    (_table, 1.5),
    (_items, 1.4),
    (_questions, 0.6),
    (_live, 0.8),
)
"""The kinds of change, and how likely each is to be drawn."""

_RELAYOUT = 0.35
_SHORTENED = 0.25
"""How often a page loses all of its body but the first paragraphs: notices and comments may be longer than an article."""


def change(lines: Lines, language: str, domain: str, donors: Donors, rng: random.Random) -> tuple[Lines, set[str]]:
    """Changes a page in one to three ways.

    Args:
        lines: Its lines as they are in the file, blank ones too.
        language: Its language.
        domain: Whose page it is.
        donors: Pages to borrow from.
        rng: Decides everything.

    Returns:
        The lines, and the domains that were borrowed from.
    """
    page = _Change(list(lines), language, domain, donors, rng)
    if rng.random() < _SHORTENED:
        _shorten(page)
    for kind in rng.choices([kind for kind, _ in KINDS], [share for _, share in KINDS], k=rng.choice((1, 1, 1, 2, 2, 3))):
        kind(page)
    if rng.random() < _RELAYOUT:
        _relayout(page)
    return page.lines, page.borrowed
