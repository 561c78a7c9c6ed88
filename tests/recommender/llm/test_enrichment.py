from __future__ import annotations

import pytest

from recommender.llm.enrichment import Sketch, enriched
from tests.recommender.llm.test_wording import Said

LOOM = Sketch("Tiny Loom", "", ("Crafts",), "en")


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ("weaving, yarn, Beginners", "weaving, yarn, beginners"),
        ("1. Weaving\n2. Yarn\n- gifts", "weaving, yarn, gifts"),
        ("weaving; weaving, Weaving.", "weaving"),
        ("tiny loom, loom, crafts, yarn", "yarn"),
        ("This is a sentence that goes on and on, yarn", "yarn"),
        ("", ""),
        (",".join(f"word{n}x" for n in range(30)), ", ".join(f"word{n}x" for n in range(12))),
    ],
)
def test_new_names_are_taken_out_of_the_answer(answer, names):
    assert enriched(Said(answer), LOOM) == names


def test_no_answer_is_something_else_than_nothing_new():
    assert enriched(Said(None), LOOM) is None


def test_chinese_items_are_asked_about_in_chinese():
    said = Said("编织、毛线，新手")
    assert enriched(said, Sketch("小织机", "", ("手工",), "zh-hans")) == "编织，毛线，新手"
    assert said.asked[0][-1]["content"] == "标题：小织机\n分类：手工\n描述：-"
