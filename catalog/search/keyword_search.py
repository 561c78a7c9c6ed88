"""Finds items by words, in the same way on every database."""

from __future__ import annotations

import re
from typing import Any

import rjieba
from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from catalog.feedback.queries import chooses
from catalog.models import Catalog, Interaction, Item, ItemCategory
from catalog.models.event_rules import EventRules
from catalog.models.items import available_items
from catalog.search.contained_words import ContainsWord
from config.text_forms import for_search

MAX_WORDS = 8
MAX_LENGTH = 200
#: A longer list is not read to its end; its total is 1,000.
MAX_MATCHES = 1_000
#: Of more matches, the number of people orders only so many.
MAX_COUNTED = 2_000
#: Shorter words are too common to be searched alone.
LEAST, LEAST_HAN = 3, 2
#: The score of a word by the best field that has it. Whole words and beginnings come first, so that
#: "pen" does not find "open" first.
TITLE_START, TITLE, CATEGORY, DESCRIPTION = 40, 20, 8, 1
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+(?:[+#'’&.-]+[^\W_{_HAN}]+)*[+#]*")


def words_of(text: str) -> list[str]:
    """The words to search, folded, each once."""
    return list(dict.fromkeys(words_in(for_search(text[:MAX_LENGTH]))))[:MAX_WORDS]


def words_in(text: str) -> list[str]:
    """All words of a text: Chinese is segmented; signs as in C++ and T-shirt stay."""
    return [word for run in runs_in(text) for word in (rjieba.cut(run) if is_han(run) else [run])]


def runs_in(text: str) -> list[str]:
    """All words of a text, with Chinese not segmented."""
    return _WORD.findall(text)


def is_han(word: str) -> bool:
    return word[0] >= "\u3400"


def find(catalog: Catalog, text: str, *, among: QuerySet[Item] | None = None) -> list[int]:
    """Keys of the available items that contain all words, best first, at most 1,000; one query.

    The field decides (title, category, description), then the number of people.
    ``among``: search only these items.
    """
    words = words_of(text)
    if not words:
        return []
    found = available_items(catalog) if among is None else among
    rank: Any = _phrase_rank(for_search(text.strip()), len(words))
    for word in words:
        title, named, _described = _conditions(catalog, word)
        found = found.filter(pk__in=_with_word(catalog, word))
        rank = rank + _word_rank(word, title, named)
    return _keys(catalog, found, rank)


def find_some(catalog: Catalog, text: str) -> list[int]:
    """The same for items with some of the words, those with more words first.

    Short words do not count.
    """
    words = [word for word in words_of(text) if len(word) >= (LEAST_HAN if is_han(word) else LEAST)]
    if not words:
        return []
    some = [_with_word(catalog, word) for word in words]
    rank: Any = Value(0)
    for word in words:
        rank = rank + _share_of_words(*_conditions(catalog, word))
    found = available_items(catalog).filter(pk__in=some[0].union(*some[1:]))
    return _keys(catalog, found, rank)


def _with_word(catalog: Catalog, word: str) -> QuerySet[Any, Any]:
    """Keys of the items that contain a folded word, each part by an index of its own.

    As one condition with OR, every item would be read.
    """
    texts = Item.objects.filter(ContainsWord(word), catalog=catalog).order_by().values("pk")
    return texts.union(_links(catalog, word).values("item_id"))


def _keys(catalog: Catalog, found: QuerySet[Item], rank: Any) -> list[int]:
    """The best items. Of very many, people are counted only for those that the words rank best."""
    best = found.annotate(rank=rank).order_by("-rank", "pk").values("pk")[:MAX_COUNTED]
    among = Item.objects.filter(pk__in=best)
    return list(_ordered(catalog, among, rank).values_list("pk", flat=True)[:MAX_MATCHES])


def _ordered(catalog: Catalog, found: QuerySet[Item], rank: Any) -> QuerySet[Item]:
    people = (
        Interaction.objects.filter(chooses(EventRules.of(catalog)), item=OuterRef("pk"))
        .order_by()
        .values("item")
        .annotate(people=Count("profile", distinct=True))
        .values("people")
    )
    return found.annotate(rank=rank, people=Coalesce(people, 0)).order_by("-rank", "-people", "pk")


def _conditions(catalog: Catalog, word: str) -> tuple[Q, Q, Q]:
    """Conditions for a folded word: in title, category (or its label), description."""
    return (
        Q(search_title__contains=word),
        # Independent of the row, so that the database evaluates it once.
        Q(pk__in=_links(catalog, word).values("item_id")),
        Q(search_text__contains=word),
    )


def _links(catalog: Catalog, word: str) -> QuerySet[ItemCategory]:
    """The items of categories whose name, or label, contains a folded word."""
    named = Q(category__search_name__contains=word) | Q(
        category__name__in=catalog.categories_shown_as(word)
    )
    return ItemCategory.objects.filter(named, category__catalog=catalog).order_by()


def _word_rank(word: str, title: Q, named: Q) -> Case:
    begins = Q(search_title__startswith=word) | Q(search_title__contains=f" {word}")
    return Case(
        When(begins, then=TITLE_START),
        When(title, then=TITLE),
        When(named, then=CATEGORY),
        default=DESCRIPTION,
        output_field=IntegerField(),
    )


def _share_of_words(title: Q, named: Q, described: Q) -> Case:
    """The share of the words that an item contains; it outweighs the fields."""
    return Case(
        When(title, then=TITLE_START + TITLE),
        When(named, then=TITLE_START + CATEGORY),
        When(described, then=TITLE_START),
        default=0,
        output_field=IntegerField(),
    )


def _phrase_rank(text: str, words: int) -> Case:
    """Several words side by side in the title rank higher; the whole title ranks highest."""
    return Case(
        When(search_title=text, then=TITLE_START * (words + 1)),
        When(search_title__contains=text, then=TITLE * (words - 1)),
        default=0,
        output_field=IntegerField(),
    )
