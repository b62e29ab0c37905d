"""Changes labelled pages in ways that leave the right answer as it is, so that a network learns what does not matter.

    changed = change_page(html, random.Random("tj-1"), donors)

A consent dialog, another article after the first, reader comments, a box of related headlines in mid-article, lines of an
advertisement between paragraphs, no class names, `<div>` for `<p>`: readers pass over all of it. The words of what is put in come
from other pages (`Donor`), so that no list of phrases can be learned by heart.
"""

from __future__ import annotations

import html as entities
import random
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Donor(NamedTuple):
    """What another labelled page lends."""

    title: str
    paragraphs: list[str]
    """Of its body, in order."""


Change = Callable[[str, random.Random, Sequence[Donor]], str]

_TAG_NAMES = ("div", "section", "aside", "article")
_WORDS = "abcdefghijklmnopqrstuvwxyz"
_MARKERS = (
    "Advertisement", "Anzeige", "Publicité", "Publicidad", "Реклама", "広告", "광고", "إعلان", "Sponsored", "Read more", "Share",
    "Werbung",
    "Pubblicità", "Loading…", "0:00 / 2:14", "Tweet", "Save", "Print", "Ad", "Scroll to continue", "Story continues", "Lees ook",
    "Ver más",
)  # fmt: skip
_HEADS = (
    "Related", "More on this", "You may also like", "Read next", "Mehr zum Thema", "Lesen Sie auch", "À lire aussi", "Leggi anche",
    "Te puede interesar", "Читайте также", "関連記事", "相关阅读", "Zobacz także", "Διαβάστε επίσης", "Lue myös", "Most read", "",
)  # fmt: skip
_REPLIES = (
    ("Reply", "Report"), ("Antworten", "Melden"), ("Répondre", "Signaler"), ("Responder", "Denunciar"), ("Rispondi",),
    ("Ответить",),
    ("返信",), ("回复",), ("Odpowiedz", "Zgłoś"), ("Απάντηση",), ("Like", "Share"), ("▲ 12", "▼ 3"), (),
)  # fmt: skip
_AGES = (
    "2 days ago",
    "vor 3 Stunden",
    "il y a 5 heures",
    "hace 2 días",
    "3 дня назад",
    "2024-05-01 12:44",
    "12:03",
    "14 мая",
    "昨天",
    "",
    "1w",
)
_COMMENT_HEADS = (
    "{} Comments",
    "Kommentare ({})",
    "{} commentaires",
    "Comentarios",
    "Комментарии {}",
    "コメント {}件",
    "{} 条评论",
    "Join the conversation",
    "",
)
_CONSENT = (
    (
        "Your choices on this site",
        "We and our {} partners store information on your device and read it, to measure how our pages are used.",
        "Some partners rely on a legitimate interest. You can object to that at any time in the list of vendors.",
        "What you choose applies to this site alone and is kept for six months; after that you will be asked again.",
        "Agree", "Manage options",
    ),
    (
        "Ihre Entscheidung",
        "Wir und unsere {} Partner speichern Informationen auf Ihrem Gerät, um die Nutzung unserer Seiten zu messen.",
        "Einige Anbieter berufen sich auf ein berechtigtes Interesse. Dem können Sie jederzeit widersprechen.",
        "Ihre Auswahl gilt für dieses Angebot und wird nach sechs Monaten erneut abgefragt.",
        "Zustimmen", "Einstellungen",
    ),
    (
        "Votre vie privée nous importe",
        "Nos {} partenaires et nous-mêmes enregistrons des informations sur votre appareil pour mesurer l'audience.",
        "Certains partenaires se fondent sur leur intérêt légitime ; vous pouvez vous y opposer à tout moment.",
        "Votre choix vaut pour ce site et vous sera redemandé dans six mois.",
        "Accepter", "Paramétrer",
    ),
    (
        "Ваш выбор",
        "Мы и {} наших партнёров сохраняем на вашем устройстве сведения о том, как вы пользуетесь сайтом.",
        "Вы можете в любой момент отказаться от обработки данных в списке поставщиков внизу каждой страницы.",
        "Ваш выбор действует шесть месяцев и относится только к этому сайту.",
        "Согласен", "Настроить",
    ),
    (
        "您的选择",
        "我们与{}家合作伙伴会在您的设备上保存信息，用来统计页面的使用情况，并据此选择向您展示的内容。",
        "您可以随时在每一页底部的供应商名单中撤回您的决定，也可以查看各项信息保存的时间。",
        "您的选择仅适用于本站，六个月之后我们会再次询问。",
        "同意", "设置",
    ),
)  # fmt: skip


def change_page(source: str, chance: random.Random, donors: Sequence[Donor]) -> str:
    """Returns a page with one to three changes.

    Args:
        source: Its HTML.
        chance: Decides which.
        donors: Other pages of other sites.
    """
    for change in chance.sample(CHANGES, chance.choice((1, 1, 2, 3))):
        source = change(source, chance, donors)
    return source


def add_consent(source: str, chance: random.Random, donors: Sequence[Donor]) -> str:
    """Puts a consent dialog first or last on the page."""
    head, *rest = chance.choice(_CONSENT)
    paragraphs = [text.format(chance.randint(3, 1400)) for text in rest[:3]] * chance.choice((1, 1, 2))
    body = (
        f"<h2>{head}</h2>"
        + _in_tags(paragraphs, chance.choice(("p", "p", "div")))
        + "".join(f"<button>{b}</button>" for b in rest[3:])
    )
    box = _box(body, chance, ("cookie-banner", "consent", "modal"), (*_TAG_NAMES, "dialog"))
    return _after_body_tag(source, box) if chance.random() < 0.5 else _before_body_end(source, box)


def add_article(source: str, chance: random.Random, donors: Sequence[Donor]) -> str:
    """Puts another article after the page's own."""
    donor = chance.choice(donors)
    count = min(len(donor.paragraphs), chance.choice((2, 3, 3, 5, 8)))
    heading = chance.choice(("h1", "h2", "h2", "h3"))
    body = f"<{heading}>{entities.escape(donor.title)}</{heading}>" + _in_tags(
        donor.paragraphs[:count], chance.choice(("p", "p", "p", "div"))
    )
    box = _box(body, chance, ("article-body", "story", "next-article"), ("article", "article", "section", "div"))
    return _before_body_end(source, f"<section>{box}</section>" if chance.random() < 0.5 else box)


def add_comments(source: str, chance: random.Random, donors: Sequence[Donor]) -> str:
    """Puts reader comments after the article: in its box, or at the end of the page."""
    reply, age = chance.choice(_REPLIES), chance.choice(_AGES)
    name, inner = _name(chance), chance.choice(("p", "p", "div", "span"))
    tag = chance.choice(("div", "div", "li", "article"))
    entries = []
    for _ in range(chance.choice((2, 4, 6, 10))):
        text = chance.choice(chance.choice(donors).paragraphs)[: chance.choice((90, 200, 400))].rsplit(" ", 1)[0]
        who = chance.choice(chance.choice(donors).title.split() or ["x"]) + chance.choice(
            ("", "_59", " K.", "77", " from the coast")
        )
        links = "".join(f'<a href="#">{word}</a> ' for word in reply)
        said = f"<{inner}>{entities.escape(text)}.</{inner}>"
        entries.append(f'<{tag} class="{name}"><span>{entities.escape(who)}</span> <span>{age}</span>{said}{links}</{tag}>')
    head = chance.choice(_COMMENT_HEADS).format(len(entries))
    box = _box(
        (f"<h3>{head}</h3>" if head else "") + "".join(entries), chance, ("comments", "comment-list"), ("div", "section", "ul")
    )
    return _after_last_paragraph(source, box) if chance.random() < 0.5 else _before_body_end(source, box)


def add_related(source: str, chance: random.Random, donors: Sequence[Donor]) -> str:
    """Puts a box of headlines between two paragraphs."""
    head = chance.choice(_HEADS)
    items = [entities.escape(chance.choice(donors).title) for _ in range(chance.choice((1, 2, 3, 5)))]
    linked = [f'<a href="/{number}">{item}</a>' for number, item in enumerate(items)] if chance.random() < 0.8 else items
    if chance.random() < 0.5:
        body = "<ul>" + "".join(f"<li>{item}</li>" for item in linked) + "</ul>"
    else:
        body = _in_tags(linked, chance.choice(("div", "p", "h3")), escaped=True)
    return _between_paragraphs(
        source, _box((f"<p>{head}</p>" if head else "") + body, chance, ("related", "promo"), _TAG_NAMES), chance, 1
    )


def add_markers(source: str, chance: random.Random, donors: Sequence[Donor]) -> str:
    """Puts a line of an advertisement or a button between paragraphs."""
    tag = chance.choice(("div", "p", "span", "aside", "button"))
    block = "".join(f"<{tag}>{chance.choice(_MARKERS)}</{tag}>" for _ in range(chance.choice((1, 1, 2))))
    return _between_paragraphs(
        source, f"<div>{block}</div>" if chance.random() < 0.5 else block, chance, chance.choice((30, 30, 3))
    )


def drop_names(source: str, chance: random.Random, donors: Sequence[Donor]) -> str:
    """Takes class names, ids and roles off every element."""
    return _NAMES.sub("", source)


def drop_paragraphs(source: str, chance: random.Random, donors: Sequence[Donor]) -> str:
    """Writes `<div>` for `<p>`."""
    return _PARAGRAPH_TAG.sub(r"<\1div", source)


CHANGES: tuple[Change, ...] = (
    add_consent, add_article, add_article, add_comments, add_comments, add_related, add_related, add_markers, add_markers,
    drop_names,
    drop_paragraphs,
)  # fmt: skip

_NAMES = re.compile(r"""(?i)\s(?:class|id|role|itemprop|data-[\w-]+|aria-[\w-]+)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>"']+)""")
_PARAGRAPH_TAG = re.compile(r"(?i)<(/?)p\b")
_BETWEEN = re.compile(r"(?i)</p>(?=\s*<p\b)")
_BODY_TAG, _BODY_END, _PARAGRAPH_END = re.compile(r"(?i)<body\b[^>]*>"), re.compile(r"(?i)</body>"), re.compile(r"(?i)</p>")


def _in_tags(texts: Sequence[str], tag: str, escaped: bool = False) -> str:
    return "".join(f"<{tag}>{text if escaped else entities.escape(text)}</{tag}>" for text in texts)


def _name(chance: random.Random) -> str:
    return "".join(chance.choices(_WORDS, k=5)) + str(chance.randint(1, 99))


def _box(body: str, chance: random.Random, names: Sequence[str], tags: Sequence[str]) -> str:
    tag = chance.choice(tuple(tags))
    name = chance.choice((*names, _name(chance), _name(chance), ""))
    return f'<{tag} class="{name}">{body}</{tag}>' if name else f"<{tag}>{body}</{tag}>"


def _after_body_tag(source: str, block: str) -> str:
    found = _BODY_TAG.search(source)
    return source[: found.end()] + block + source[found.end() :] if found else block + source


def _before_body_end(source: str, block: str) -> str:
    place = max((found.start() for found in _BODY_END.finditer(source)), default=len(source))
    return source[:place] + block + source[place:]


def _after_last_paragraph(source: str, block: str) -> str:
    """Puts a block after the last of three paragraphs in a row or more: at the end of a text, as far as the source shows."""
    runs = list(_BETWEEN.finditer(source))
    if not runs:
        return _before_body_end(source, block)
    end = _PARAGRAPH_END.search(source, runs[-1].end())
    return source[: end.end()] + block + source[end.end() :] if end else _before_body_end(source, block)


def _between_paragraphs(source: str, block: str, chance: random.Random, most: int) -> str:
    places = [found.end() for found in _BETWEEN.finditer(source)]
    if len(places) > most:
        places = sorted(chance.sample(places, most))
    pieces, done = [], 0
    for place in places:
        pieces += [source[done:place], block]
        done = place
    return "".join([*pieces, source[done:]])
