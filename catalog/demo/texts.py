"""The demo catalogues' names and texts in both languages, and their translated categories."""

from __future__ import annotations

from typing import Any

from catalog.demo import labels
from catalog.models import Catalog
from catalog.models.event_kinds import preset_rows

SHOP: dict[str, Any] = {
    "name": "Gift shop",
    "domain": Catalog.Domain.SHOP,
    "language": "en",
    "log_is_simulated": False,
    "texts": {
        "en": {
            "name": "Gift shop",
            "tagline": (
                "Small things for the home and for giving, from a British wholesaler. Real "
                "purchases of 2011."
            ),
            "take": "I bought this",
            "taken": "Bought",
            "gems_title": "Hidden gems for you",
        },
        "zh-hans": {
            "name": "礼品店",
            "tagline": "家居小物与礼品，来自一家英国批发商；购买记录是 2011 年的真实数据。",
            "take": "我买过",
            "taken": "买过",
            "gems_title": "为你找到的冷门好物",
            "categories": labels.SHOP_ZH,
        },
    },
}
COURSES: dict[str, Any] = {
    "name": "Programming courses and books",
    "domain": Catalog.Domain.COURSES,
    "language": "en",
    "log_is_simulated": True,
    "texts": {
        "en": {
            "name": "Programming courses and books",
            "tagline": (
                "Free courses and books in English and Chinese, from the first line of code to the "
                "odd corners."
            ),
            "take": "Enrol",
            "taken": "Enrolled",
            "gems_title": "Hidden gems for you",
        },
        "zh-hans": {
            "name": "编程课程与图书",
            "tagline": "免费的课程和图书，中英文都有：从第一行代码，到少有人走的角落。",
            "take": "报名",
            "taken": "已报名",
            "gems_title": "为你找到的冷门好课",
            "categories": labels.COURSES_ZH,
        },
    },
}
HEALTH: dict[str, Any] = {
    "name": "Everyday health",
    "domain": Catalog.Domain.HEALTH,
    "language": "en",
    "log_is_simulated": True,
    "texts": {
        "en": {
            "name": "Everyday health",
            "tagline": "Exercises, health topics in plain words, and home cooking from China.",
            "take": "I did this",
            "taken": "Done",
            "gems_title": "Hidden gems for you",
            "disclaimer": "Not medical advice. Ask a professional.",
            "categories": labels.HEALTH_EN,
        },
        "zh-hans": {
            "name": "日常健康",
            "tagline": "锻炼动作、通俗的健康知识，还有中国家常菜。",
            "take": "我做过",
            "taken": "做过",
            "gems_title": "为你找到的少有人知的好内容",
            "disclaimer": "不构成医疗建议，请咨询专业人士。",
            "categories": labels.HEALTH_ZH,
        },
    },
}
COMMUNITY: dict[str, Any] = {
    "name": "Slow notes",
    "domain": Catalog.Domain.COMMUNITY,
    "language": "en",
    "log_is_simulated": True,
    # People like and follow here; there are no stars.
    "kind_rows": preset_rows(rate={"weight": 0.0}),
    "texts": {
        "en": {
            "name": "Slow notes",
            "tagline": (
                "Posts, guides and pictures of travel, food and making, in English and Chinese."
            ),
            "take": "Follow the thread",
            "taken": "Following",
            "gems_title": "Hidden gems for you",
            "interest_hint": (
                "For example: night trains, mending jumpers, noodles at six in the morning"
            ),
        },
        "zh-hans": {
            "name": "慢慢记",
            "tagline": "关于旅行、吃和手艺的短文、攻略与图片，中英文都有。",
            "take": "关注后续",
            "taken": "已关注",
            "gems_title": "为你找到的冷门好文",
            "interest_hint": "例如：夜行的火车、补毛衣、清早的一碗面",
            "categories": labels.COMMUNITY_ZH,
        },
    },
}


def shown_name(name: str) -> str:
    """The translated name of a demo catalogue, loaded or not; any other name stays."""
    fields = next(
        (fields for fields in (SHOP, COURSES, HEALTH, COMMUNITY) if fields["name"] == name), None
    )
    return Catalog(**fields).display_name if fields else name
