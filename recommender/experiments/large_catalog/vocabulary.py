"""The words that synthetic items are described with, in English and Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
ENGLISH, CHINESE = 0, 1
CODES = ("en", "zh-hans")

COLOURS = (
    *(("black", "黑色"), ("white", "白色"), ("red", "红色"), ("navy", "藏青色")),
    *(("green", "绿色"), ("grey", "灰色"), ("beige", "米色"), ("yellow", "黄色")),
    *(("pink", "粉色"), ("brown", "棕色"), ("turquoise", "青绿色"), ("violet", "紫色")),
)
_BEGINNINGS = (
    *(("Nor", "诺"), ("Vel", "维"), ("Kas", "卡"), ("Lum", "露"), ("Bri", "布"), ("Tor", "托")),
    *(("Mar", "玛"), ("Sol", "索"), ("Fen", "芬"), ("Hal", "哈"), ("Ost", "奥"), ("Rin", "琳")),
    *(("Zel", "泽"), ("Dar", "达"), ("Wen", "文"), ("Pel", "佩"), ("Gry", "格"), ("Ash", "阿")),
    *(("Cor", "科"), ("Jun", "君"), ("Lin", "林"), ("Mei", "美"), ("Qua", "夸"), ("Und", "恩")),
)
_MIDDLES = (
    *(("a", "亚"), ("e", "伊"), ("i", "艾"), ("o", "欧"), ("u", "乌"), ("ai", "爱")),
    *(("ar", "尔"), ("en", "恩"), ("il", "乐"), ("on", "安"), ("um", "姆"), ("ys", "思")),
    *(("ber", "贝"), ("dan", "丹"), ("gor", "戈"), ("lan", "兰"), ("mir", "米"), ("ran", "然")),
    *(("sta", "斯塔"), ("ti", "缇"), ("va", "瓦"), ("wyn", "温"), ("xi", "西"), ("zan", "赞")),
)
_ENDS = (
    *(("dal", "达尔"), ("by", "比"), ("ton", "顿"), ("vik", "维克"), ("ma", "马"), ("ro", "罗")),
    *(("sen", "森"), ("na", "娜"), ("lia", "利亚"), ("do", "多"), ("ks", "克斯"), ("wood", "木")),
    *(("field", "田"), ("craft", "工坊"), ("way", "之路"), ("haus", "家"), ("line", "线")),
    *(("ster", "斯特"), ("mont", "山"), ("ville", "镇"), ("works", "制造"), ("form", "形")),
    *(("ko", "子"), ("ry", "里")),
)  # fmt: skip
MOST_BRANDS = len(_BEGINNINGS) * len(_MIDDLES) * len(_ENDS)


@dataclass(frozen=True)
class Topic:
    """A leaf of the category tree: its names in English and Chinese."""

    department: tuple[str, str]
    noun: tuple[str, str]

    @property
    def path(self) -> str:
        return f"{self.department[ENGLISH]} > {self.noun[ENGLISH].capitalize()}"


@cache
def topics() -> tuple[Topic, ...]:
    """288 topics; neighbours belong to one department."""
    found = []
    for line in (FOLDER / "topics.tsv").read_text(encoding="utf-8").splitlines():
        english, chinese, nouns = line.split("\t")
        for pair in nouns.split("|"):
            noun, chinese_noun = pair.split("=")
            found.append(Topic((english, chinese), (noun, chinese_noun)))
    return tuple(found)


@cache
def style_words() -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """What items look like and what they are made for: 32 words each, English and Chinese."""
    rows = [
        line.split("\t")
        for line in (FOLDER / "styles.tsv").read_text(encoding="utf-8").splitlines()
    ]
    looks, uses = (
        tuple((english, chinese) for family, english, chinese in rows if family == wanted)
        for wanted in ("looks", "use")
    )
    return looks, uses


def brand(number: int) -> tuple[str, str]:
    """An invented name, in Latin and in Chinese letters; distinct below ``MOST_BRANDS``."""
    number, begins = divmod(number * 7_919 % MOST_BRANDS, len(_BEGINNINGS))
    ends, middles = divmod(number, len(_MIDDLES))
    pieces = (_BEGINNINGS[begins], _MIDDLES[middles], _ENDS[ends])
    return "".join(piece[ENGLISH] for piece in pieces), "".join(piece[CHINESE] for piece in pieces)
