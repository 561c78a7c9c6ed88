"""What is read from a text as left out, and the rest of it."""

from __future__ import annotations

import pytest

from recommender.engine.exclusions.grammar import read


def things(text: str) -> list[str]:
    return [f"{each.kind}:{each.words}" for each in read(text).exclusions]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no fish, shrimp or crab but plenty of rice", ["fish", "shrimp", "crab"]),
        ("no beef, pork, chicken", ["beef", "pork", "chicken"]),
        ("no fish, easy recipes", ["fish"]),
        ("gluten-free bread", ["gluten"]),
        ("I have a nut allergy", ["nut"]),
        ("anything but candles", ["candles"]),
        ("I am a vegetarian", ["vegetarian"]),
        ("不要牛肉、羊肉和海鲜,想吃面", ["牛肉", "羊肉", "海鲜"]),
        ("除了咖啡以外都可以", ["咖啡"]),
        ("我对花生和牛奶过敏", ["花生", "牛奶"]),
        ("没有花生的甜品", ["花生"]),
        ("不要有圣诞图案的", ["圣诞"]),
        ("nothing that has to do with cats", ["cats"]),
        ("dairy-free and nut-free snacks", ["dairy", "nut"]),
        ("an egg and milk allergy", ["egg", "milk"]),
        ("databases, but leave Oracle out", ["oracle"]),
        ("who hates owls and dislikes red", ["owls", "red"]),
        ("不想看到跟圣诞有关的东西", ["圣诞"]),
        ("没有空气炸锅也没有烤箱", ["空气炸锅", "烤箱"]),
        ("羊肉牛肉都不吃", ["羊肉牛肉"]),
        ("我看不懂英文", ["英文"]),
        ("functional programming, Haskell excluded", ["haskell"]),
        ("owls creep me out", ["owls"]),
        ("tin toys, never plastic", ["plastic"]),
        ("please keep cats away", ["cats"]),
        ("no to roses", ["roses"]),
        ("diabetes doesn't interest me", ["diabetes"]),
        ("not a cat person", ["cat"]),
        ("忌口牛羊肉", ["牛肉", "羊肉"]),
        ("少油少盐", ["油", "盐"]),
        ("已经会Python了,不用再教", ["python"]),
        ("吃素,晚饭做什么", ["吃素"]),
        ("非英文的编程书", ["英文"]),
    ],
)
def test_each_thing_of_a_list_is_left_out(text, words):
    assert things(text) == [f"without:{word}" for word in words]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I only have dumbbells", "dumbbells"),
        ("pictures only", "pictures"),
        ("只有哑铃", "哑铃"),
        ("I own just dumbbells", "dumbbells"),
        ("all I have is a kettlebell", "kettlebell"),
        ("只看得懂中文", "中文"),
    ],
)
def test_only_names_what_alone_is_wanted(text, words):
    assert things(text) == [f"only:{words}"]


@pytest.mark.parametrize(
    "text",
    [
        "I can't imagine a day without tea",
        "not only for kids",
        "nothing against pink",
        "apart from cakes I also like soup",
        "why not bread?",
        "something to keep cats away",
        "never tried yoga, want to start",
        "I won't say no to chocolate",
        "no pain no gain",
        "只要是猫我都喜欢",
        "要不要吃鱼",
        "我不是不吃鱼",
        "除了鱼，也喜欢虾",
        "无论如何",
        "who doesn't love cats?",
        "you can never have too many mugs",
        "没有人不喜欢猫",
        "不想错过鸡肉",
    ],
)
def test_what_only_sounds_like_a_negation_leaves_out_nothing(text):
    assert things(text) == []


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Small presents, nothing for Christmas.", "Small presents."),
        ("vases, but I don't like glass", "vases"),
        ("不要红色的，我喜欢蓝色", "我喜欢蓝色"),
        ("I only have dumbbells", "I only have dumbbells"),
        ("Tea and Cake", "Tea and Cake"),
    ],
)
def test_the_rest_has_nothing_of_what_is_left_out(text, rest):
    assert read(text).rest == rest
