"""Finds the names that a line of Chinese, Japanese or Korean calls the writers', for pages of HTML and for dumps.

    east_asian_byline("新京报记者 彭冲 山东冠县报道")         # (['彭冲'], REPORTER)
    east_asian_byline("홍길동·김철수 기자")                   # (['홍길동', '김철수'], REPORTER)

In Chinese a space parts two people, and the place that a report was sent from follows the names. In Japanese it parts the two
names of one person. A pen name has no surname, so it counts only after a label.
"""

from __future__ import annotations

import re

from broadsheet.transforms.metadata.east_asian_names import has_east_asian_surname
from broadsheet.transforms.metadata.names import is_name

LABELLED, REPORTER, SIGNED, EDITOR = range(4)
"""How a line names the writers, the surest first: "作者：王文"; "本报记者 王文 李强"; "（王文 上海报道）" at its end; and
"责任编辑：王文", who put the page together and counts only if nobody else is named."""

_HAN, _GAP, _MARK = r"[\u4e00-\u9fff·]", r"[\s\u3000]", r"[:：/／丨|｜]"
_MORE = rf"(?:[\s\u3000、，,]+{_HAN}{{2,4}}(?![\u4e00-\u9fff:：]))*"
_END = rf"(?=$|{_GAP}|[）)\]】〕/／|丨。，；]|发自|發自|报道|報道|来源|來源|出自|摄|攝|电$|文$)"
_JAPANESE = r"[\u4e00-\u9fff々\u3040-\u30ff]"
_OFFICES = "선임기자|인턴기자|객원기자|전문기자|기자|특파원|논설위원|편집위원|통신원|리포터|칼럼니스트"
_PATTERNS = (
    (
        LABELLED,
        re.compile(
            rf"(?:작성자|글쓴이|필자|취재|글[·ㆍ/&]?(?:\s?사진)?){_GAP}*[:：=|/]?{_GAP}*"
            r"(?P<names>[가-힣]{2,4}(?:\s?[·ㆍ,]\s?[가-힣]{2,4})*)(?=$|[\s|(\[=])"
        ),
    ),
    (
        REPORTER,
        re.compile(
            rf"(?<![가-힣])(?P<names>[가-힣]{{2,4}}(?:\s?[·ㆍ,]\s?[가-힣]{{2,4}})*)\s?(?:{_OFFICES})(?=$|[^가-힣])"
            rf"|(?<![가-힣])(?:{_OFFICES})\s?[:：]?\s?(?P<after>[가-힣]{{2,4}})(?=$|[\s|(\[=])"
        ),
    ),
    (
        LABELLED,
        re.compile(
            rf"(?:(?:取材[・/／]文|文[・/／]写真|著者|執筆者?|ライター|構成|寄稿|聞き手|文責){_GAP}*[:：＝=/／・]|(?<!{_JAPANESE})(?:文|著)[・＝=／])"
            rf"{_GAP}*"
            rf"(?P<japanese>{_JAPANESE}{{1,8}}(?:{_GAP}{_JAPANESE}{{1,6}})?)(?=$|{_GAP}|[（(【\[|｜/／、])"
        ),
    ),
    (
        LABELLED,
        re.compile(
            rf"(?:作者|撰文|撰稿|执笔|執筆|(?<![\u4e00-\u9fff])(?:文|图文|文字)){_GAP}*{_MARK}{_GAP}*(?P<names>{_HAN}{{2,8}}{_MORE}){_END}"
        ),
    ),
    (REPORTER, re.compile(rf"^[（(【]?(?P<japanese>{_JAPANESE}{{2,8}}){_GAP}?(?:記者|特派員|編集委員|論説委員)[）)】]?$")),
    (
        REPORTER,
        re.compile(
            rf"(?:作者|记者|記者|实习生|實習生|通讯员|通訊員|特派员|特派員|撰稿人|评论员|評論員){_GAP}*{_MARK}?{_GAP}*"
            rf"(?P<names>{_HAN}{{2,4}}{_MORE}){_END}"
        ),
    ),
    (SIGNED, re.compile(rf"[（(【](?P<names>{_HAN}{{2,4}}){_GAP}?{_HAN}{{2,6}}[报報]道[）)】]$")),
    (EDITOR, re.compile(rf"(?:编辑|編輯|責編|责编){_GAP}*[:：]?{_GAP}*(?P<names>{_HAN}{{2,4}})(?=$|{_GAP}|[）)\]】])")),
)
_BETWEEN = re.compile(r"\s?[·ㆍ](?=[가-힣])\s?|[\s\u3000、，,]+")
_PARTICLES = ("의", "를", "는", "에서")
"""What follows a Korean word that is not a name ("오늘의 기자": a reporter of today)."""
_SIEVE = frozenset("者员員撰执執編编文报報生著ラ構寄聞기특논편통리칼작글필취")
"""Each pattern needs one of these characters."""


def may_name_writers(text: str) -> bool:
    """Says quickly whether a line has a character that some pattern needs."""
    return not text.isascii() and not _SIEVE.isdisjoint(text)


def east_asian_byline(text: str) -> tuple[list[str], int] | None:
    """Returns the names on a line and how it gives them; `None` if it names no writer."""
    for kind, pattern in _PATTERNS:
        if (found := pattern.search(text)) and (names := _names(found, kind, text)):
            return names, kind
    return None


def _names(found: re.Match[str], kind: int, text: str) -> list[str]:
    """Returns the names that a pattern has found, without what is not a name."""
    groups = found.groupdict()
    if groups.get("japanese"):
        name = " ".join(groups["japanese"].split())
        return [name] if is_name(name.replace(" ", ""), single=True) else []
    names = _BETWEEN.split(groups.get("after") or groups["names"])
    if len(names) > 1 and text[found.end() :].startswith(("报道", "報道", "摄", "攝", "电")):
        names.pop()  # the place
    is_korean = "\uac00" <= names[0][:1] <= "\ud7af"
    if is_korean:
        names = [name for name in names if not name.endswith(_PARTICLES)]
    needs_surname = is_korean or kind != LABELLED
    return [name for name in names if is_name(name, single=True) and (has_east_asian_surname(name) or not needs_surname)]
