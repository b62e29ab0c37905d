"""Says whether Chinese, Japanese or Korean characters can be a name."""

from __future__ import annotations

import re

IN_CHARACTERS = re.compile(r"^[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af·・]{2,10}$")

_INTERFACE = re.compile(
    r"字号|字號|登录|登錄|登入|注册|註冊|评论|評論|分享|编辑|編輯|新闻|新聞|来源|來源|记者|記者|日报|日報|晚报|晨报|通讯|通信|社$|网$|網$|报$|報$|首页|首頁|"
    r"搜索|搜尋|打印|收藏|简介|簡介|介绍|介紹|本人|文章|手机版|手機版|资料图|資料圖|圖片|視頻|速報|速报|获悉|獲悉|在线|在線|佚名|中国$|中國$|"
    r"网易|網易|新浪|搜狐|腾讯|騰訊|关注|关于|更多|返回|下载|订阅|发布|更新|频道|专题|视频|图片|记事|記事|一覧|登録|検索|会員|動画|写真|"
    r"입력|수정|기사|뉴스|신문|로그인|구독|댓글|공유|인쇄|홈|메뉴|검색|등록|저작권"
)
_SURNAMES = frozenset(
    "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾賈丁魏薛叶葉"
    "阎閻余潘杜戴夏钟鐘汪田任姜范方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯尹黎易常武乔喬贺賀赖賴龚龔文柏包伊"
    "伍华華安戚施季严嚴樊齐齊俞倪翁殷庄莊章鲁魯童颜顏梅盛刁岳向关關涂温溫纪紀管葛左游柳耿牛"
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민나진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국"
)
"""The first characters of Chinese and Korean names."""
_SURNAMES_OF_TWO = frozenset("欧阳 歐陽 司马 司馬 诸葛 諸葛 上官 司徒 皇甫 令狐 慕容 尉迟 남궁 선우 황보 제갈 사공".split())

_LONGEST = 5
"""Characters of a name."""


def is_east_asian_name(text: str, called: bool) -> bool:
    """Tells whether such characters can be a name: not a word of an interface, and a surname first.

    Pen names have no surname: they count if the page itself calls them the author's.
    """
    if "·" in text or "・" in text:
        return True
    if len(text) > _LONGEST or _INTERFACE.search(text):
        return False
    if called:
        return True
    if "\uac00" <= text[0] <= "\ud7af":
        return len(text) <= 4 and has_east_asian_surname(text)
    return len(text) > 3 or has_east_asian_surname(text)


def has_east_asian_surname(text: str) -> bool:
    """Returns whether Chinese or Korean characters begin with a surname."""
    return text[:1] in _SURNAMES or text[:2] in _SURNAMES_OF_TWO
