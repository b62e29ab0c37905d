"""Finds the names that a line of Chinese calls the writers', for pages of HTML and for dumps.

    chinese_byline("新京报记者 彭冲 山东冠县报道")         # (['彭冲'], REPORTER)

A space parts two people, not the two names of one. The place that a report was sent from follows the names. A pen name has no
surname, so it counts only after a label.
"""

from __future__ import annotations

import re

from broadsheet.transforms.metadata.names import has_chinese_surname, is_name

LABELLED, REPORTER, SIGNED, EDITOR = range(4)
"""How a line names the writers, the surest first: "作者：王文"; "本报记者 王文 李强"; "（王文 上海报道）" at its end; and
"责任编辑：王文", who put the page together and counts only if nobody else is named."""

_NAME, _GAP, _MARK = r"[\u4e00-\u9fff·]", r"[\s\u3000]", r"[:：/丨|｜]"
_MORE = rf"(?:[\s\u3000、，,]+{_NAME}{{2,4}}(?![\u4e00-\u9fff:：]))*"
_END = rf"(?=$|{_GAP}|[）)\]】〕/|丨。，；]|发自|發自|报道|報道|来源|來源|出自|摄|攝|电$|文$)"
_PATTERNS = {
    LABELLED: re.compile(
        rf"(?:作者|撰文|撰稿|执笔|執筆|(?<![\u4e00-\u9fff])(?:文|图文|文字)){_GAP}*{_MARK}{_GAP}*(?P<names>{_NAME}{{2,8}}{_MORE}){_END}"
    ),
    REPORTER: re.compile(
        rf"(?:作者|记者|記者|实习生|實習生|通讯员|通訊員|特派员|特派員|撰稿人|评论员|評論員){_GAP}*{_MARK}?{_GAP}*"
        rf"(?P<names>{_NAME}{{2,4}}{_MORE}){_END}"
    ),
    SIGNED: re.compile(rf"[（(【](?P<names>{_NAME}{{2,4}}){_GAP}?{_NAME}{{2,6}}[报報]道[）)】]$"),
    EDITOR: re.compile(rf"(?:编辑|編輯|責編|责编){_GAP}*[:：]?{_GAP}*(?P<names>{_NAME}{{2,4}})(?=$|{_GAP}|[）)\]】])"),
}
_BETWEEN = re.compile(r"[\s\u3000、，,]+")


def may_name_writers(text: str) -> bool:
    """Says quickly whether a line has a character that every pattern needs."""
    return not text.isascii() and any(mark in text for mark in "者员員撰执執编編文报報生")


def chinese_byline(text: str) -> tuple[list[str], int] | None:
    """Returns the names on a line and how it gives them; `None` if it names no writer."""
    for kind, pattern in _PATTERNS.items():
        found = pattern.search(text)
        if not found:
            continue
        names = _BETWEEN.split(found["names"])
        if len(names) > 1 and text[found.end() :].startswith(("报道", "報道", "摄", "攝", "电")):
            names.pop()  # the place
        names = [name for name in names if is_name(name, single=True) and (kind == LABELLED or has_chinese_surname(name))]
        if names:
            return names, kind
    return None
