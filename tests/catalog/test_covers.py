"""Covers: the same for the same item, different for equal titles, well-formed and small."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import covers
from catalog.covers import RATIOS, Subject, cover
from catalog.covers.colours import TURN, hue_of, oklch
from catalog.covers.figures import FAMILIES
from catalog.covers.icons import icon_for, paths
from catalog.covers.lettering import fit, lines, width

SVG = "{http://www.w3.org/2000/svg}"


def lettering(picture: str) -> list[str]:
    return [part.text or "" for part in ElementTree.fromstring(picture).iter(f"{SVG}tspan")]


def test_the_same_item_always_has_the_same_cover():
    subject = Subject(7, "Gel Polish Set", "Nail art", "shop")
    assert cover(subject) == cover(Subject(7, "Gel Polish Set", "Nail art", "shop"))
    assert covers.version(subject) != covers.version(
        Subject(7, "Gel Polish Kit", "Nail art", "shop")
    )


def test_equal_titles_have_different_covers():
    drawn = {cover(Subject(key, "Red Mug", "Mugs", "shop")) for key in range(40)}
    assert len(drawn) >= 39


@pytest.mark.parametrize("domain", RATIOS)
@pytest.mark.parametrize(
    "title", ["", "<b>&\"quotes'</b>", "x" * 500, "深入浅出" * 60, "C++ 与 算法", "Naïve 🙂"]
)
def test_every_title_gives_a_small_well_formed_picture(domain, title):
    for key in range(12):
        picture = cover(Subject(key, title, f"category {key}", domain))
        root = ElementTree.fromstring(picture)
        assert root.get("viewBox") == f"0 0 {RATIOS[domain][0]} {RATIOS[domain][1]}"
        assert len(picture.encode()) < 3 * 1024


@given(st.text(max_size=200))
def test_no_title_breaks_out_of_the_picture(title):
    ElementTree.fromstring(cover(Subject(1, title, title, "courses")))


def test_pictures_have_no_style_script_or_foreign_address():
    for key in range(60):
        picture = cover(Subject(key, f"Title {key}", f"c{key}", "courses"))
        assert not re.search(r"<style|<script|style=|href|url\(", picture)


def test_book_covers_show_the_title_and_shop_covers_do_not():
    assert lettering(cover(Subject(1, "Learn Go", "Go", "courses"))) == ["Learn Go"]
    assert lettering(cover(Subject(1, "Red Mug", "Mugs", "shop"))) == []


def test_chinese_breaks_between_characters_but_never_before_a_comma():
    found = lines("学习编程，从零开始。", 4.0, 9)
    assert found is not None
    assert "".join(found) == "学习编程，从零开始。"
    assert all(line[0] not in "，。" for line in found)


def test_an_opening_bracket_does_not_end_a_line():
    found = lines("学习编《程序》", 4.0, 9)
    assert found is not None
    assert not any(line.endswith("《") for line in found)


def test_latin_words_are_not_cut_if_a_smaller_size_fits():
    setting = fit("Documentation of everything", 260, (60, 30, 20), 5)
    assert any("Documentation" in line for line in setting.lines)
    assert width("Documentation") * setting.size <= 260


def test_a_title_too_long_for_the_smallest_type_ends_with_an_ellipsis():
    setting = fit("word " * 100, 250, (38, 23), 5)
    assert len(setting.lines) <= 5
    assert setting.lines[-1].endswith("…")


def test_hues_depend_on_the_category_and_the_words():
    same = [hue_of("Mugs", title) for title in ("Red mug", "Blue mug", "Zebra")]
    apart = [min(abs(a - b), 360 - abs(a - b)) for a in same for b in same]
    assert max(apart) <= 2 * TURN
    assert hue_of("Mugs", "Red mug") != hue_of("Mugs", "Zebra")


def test_colours_agree_with_css():
    assert oklch(1, 0, 0) == "#ffffff"
    assert oklch(0, 0, 0) == "#000000"
    assert oklch(0.628, 0.2577, 29.23) == "#ff0000"


def test_there_are_twelve_families():
    assert len({family.__name__ for family in FAMILIES}) == 12


@pytest.mark.parametrize(
    ("title", "category", "domain", "icon"),
    [
        ("Regency Cakestand", "Kitchen", "shop", "cake-slice"),
        ("Thing", "Kitchen", "shop", "utensils"),
        ("Home Sweet Home Mug", "x", "shop", "coffee"),
        ("无名", "水产", "health", "fish"),
        ("Nothing known", "", "courses", "book-open"),
        ("Openness", "", "shop", "gift"),
        ("刨花", "Wood and tools Making Post", "community", "axe"),
        ("Glaze tests worth keeping", "Clay and glaze Making Guide", "community", "amphora"),
        ("The owl that would not let us rest", "", "community", "bird"),
    ],
)
def test_icons_match_whole_words(title, category, domain, icon):
    assert icon_for(title, category, domain) == paths()[icon]


def test_pictures_of_the_community_have_a_white_border():
    for key in range(40):
        subject = Subject(
            key, "Steam between two strangers", f"topic {key}", "community", "Food Picture"
        )
        root = ElementTree.fromstring(cover(subject))
        assert [sheet.get("x") for sheet in root.findall(f"{SVG}svg")] == ["12"]
        assert len(cover(subject).encode()) < 3 * 1024
    lunch = Subject(
        1, "Lunch box, opened at work", "Weeknight cooking", "community", "Food Picture"
    )
    assert paths()["utensils"] in cover(lunch)
    post = Subject(1, "Steam between two strangers", "topic", "community", "Food Post")
    assert ElementTree.fromstring(cover(post)).findall(f"{SVG}svg") == []
