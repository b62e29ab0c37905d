"""Lines of Chinese, Japanese and Korean name the writers in a dozen ways; prose about writers names nobody."""

import pytest

from broadsheet.transforms.metadata.east_asian_bylines import EDITOR, LABELLED, REPORTER, SIGNED, east_asian_byline
from broadsheet.transforms.metadata.names import is_host, is_name


@pytest.mark.parametrize(
    ("line", "names", "kind"),
    [
        ("作者：王文清", ["王文清"], LABELLED),
        ("作者: 半夏微凉", ["半夏微凉"], LABELLED),
        ("02日14:25 作者： 赵婕 出自[云溪出版社]", ["赵婕"], LABELLED),
        ("文/李强 图/周敏", ["李强"], LABELLED),
        ("撰文｜陈可", ["陈可"], LABELLED),
        ("撰文：陈可、林夏", ["陈可", "林夏"], LABELLED),
        ("云溪晚报记者 彭冲 山东冠县报道", ["彭冲"], REPORTER),
        ("本报记者罗科苏盈发自北京", ["罗科苏盈"], REPORTER),
        ("□ 本报记者 王燕平 方云凤 柏建斌", ["王燕平", "方云凤", "柏建斌"], REPORTER),
        ("云溪网黑龙江频道  记者  孙琳  李清芬", ["孙琳", "李清芬"], REPORTER),
        ("本报实习生 刘国栋 周炜", ["刘国栋", "周炜"], REPORTER),
        ("本報記者 張美玲 攝影報道", ["張美玲"], REPORTER),
        ("通讯员 王大力 摄", ["王大力"], REPORTER),
        ("他付之一笑。（姚峰 上海报道）", ["姚峰"], SIGNED),
        ("（ 责任编辑：魏喆 ）", ["魏喆"], EDITOR),
        ("责编：韩雪", ["韩雪"], EDITOR),
        ("取材・文=山田太郎", ["山田太郎"], LABELLED),
        ("執筆：佐藤 花子", ["佐藤 花子"], LABELLED),
        ("文・早川みずほ", ["早川みずほ"], LABELLED),
        ("ライター：鈴木一郎（編集部）", ["鈴木一郎"], LABELLED),
        ("山田太郎記者", ["山田太郎"], REPORTER),
        ("홍길동 기자", ["홍길동"], REPORTER),
        ("홍길동·김철수 기자", ["홍길동", "김철수"], REPORTER),
        ("[서울=항구신문] 홍길동 특파원 =", ["홍길동"], REPORTER),
        ("입력 2024.03.01 09:00 홍길동 기자 hong@paper.example", ["홍길동"], REPORTER),
        ("기자 홍길동", ["홍길동"], REPORTER),
        ("글·사진 홍길동", ["홍길동"], LABELLED),
    ],
)
def test_a_line_names_its_writers(line: str, names: list[str], kind: int) -> None:
    assert east_asian_byline(line) == (names, kind)


@pytest.mark.parametrize(
    "line",
    [
        "他在接受记者采访时称，钟楼将在春天重新开放。",
        "作者简介",
        "作者文章",
        "关于作者本人",
        "本报记者站",
        "编辑推荐",
        "记者从市政府获悉，新桥明年动工。",
        "来源：云溪日报",
        "論文：港の歴史",
        "記者会見で市長は謝罪した。",
        "기자회견에서 시장은 사과했다.",
        "오늘의 기자 칼럼",
        "시민기자 모집",
    ],
)
def test_prose_and_interfaces_name_nobody(line: str) -> None:
    assert east_asian_byline(line) is None


@pytest.mark.parametrize("text", ["BUSINESS.EXAMPLE.COM", "www.paper.example.cn", "页面功能 【我来说两句】", "使用宝物： 气球"])
def test_hosts_and_labels_are_not_names(text: str) -> None:
    assert is_host(text) or not is_name(text)
