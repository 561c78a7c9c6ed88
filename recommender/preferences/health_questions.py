"""What somebody can answer in a health catalogue, and what lists make of each answer: words to look for, or to avoid.

The words are in both languages because items are. They sort lists and nothing more: this is no medical knowledge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from recommender.engine.data.types import StatedPreferences

#: The answer in the person's own words.
OWN_WORDS = "words"


@dataclass(frozen=True)
class Choice:
    """``says``: as if the person had typed it; ``avoids``: words that count against an item."""

    key: str
    label: str | Promise
    says: str = ""
    avoids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    key: str
    label: str | Promise
    choices: tuple[Choice, ...]
    is_multiple: bool = True

    def choice(self, key: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.key == key), None)


_MEAT = (
    "meat",
    "beef",
    "pork",
    "chicken",
    "lamb",
    "荤菜",
    "猪肉",
    "牛肉",
    "羊肉",
    "鸡肉",
    "排骨",
    "五花肉",
)
_SEA = ("fish", "shrimp", "seafood", "水产", "虾", "鱼", "蟹", "海鲜")

GOALS = Question("goals", _("What would you like to do?"), (
    Choice("move", _("Move more"), "cardio walking exercise, 运动"),
    Choice("strong", _("Get stronger"), "strength muscles dumbbell, 力量"),
    Choice("supple", _("Be more supple"), "stretching mobility, 拉伸"),
    Choice("weight", _("Mind my weight"), "weight control nutrition cardio, 减脂 素菜"),
    Choice("cook", _("Cook at home"), "cooking recipes, 家常菜 主食"),
    Choice("calm", _("Sleep and rest better"), "sleep stress relaxation, 睡眠"),
    Choice("know", _("Understand health topics"), "health topics in plain words, 健康知识"),
))  # fmt: skip
LEVEL = Question("level", _("How used are you to exercise?"), (
    Choice("new", _("Not at all yet"), "beginner"),
    Choice("some", _("Somewhat"), "intermediate"),
    Choice("much", _("Very"), "expert"),
), is_multiple=False)  # fmt: skip
EQUIPMENT = Question("equipment", _("What do you have at hand?"), (
    Choice("nothing", _("Nothing, only myself"), "body only"),
    Choice("dumbbell", _("Dumbbells"), "dumbbell"),
    Choice("barbell", _("A barbell"), "barbell"),
    Choice("bands", _("Bands"), "bands"),
    Choice("kettlebell", _("Kettlebells"), "kettlebells"),
    Choice("machines", _("A gym with machines"), "machine cable"),
))  # fmt: skip
TIME = Question("time", _("How much time do you have at once?"), (
    Choice("10", _("Ten minutes"), "short easy stretching, 快手 简单"),
    Choice("30", _("Half an hour"), "half an hour"),
    Choice("60", _("An hour or more"), "long full workout"),
), is_multiple=False)  # fmt: skip
FOODS = Question("foods", _("What do you eat, and what not?"), (
    Choice("vegetarian", _("No meat and no fish"), "vegetarian vegetables, 素菜", (*_MEAT, *_SEA)),
    Choice("no-pork", _("No pork"), "", ("pork", "猪肉", "排骨", "五花肉", "bacon", "ham")),
    Choice("no-beef", _("No beef"), "", ("beef", "牛肉")),
    Choice("no-seafood", _("No fish and seafood"), "", _SEA),
    Choice("no-nuts", _("No nuts"), "", ("nuts", "peanut", "almond", "花生", "坚果", "核桃")),
    Choice("no-dairy", _("No milk"), "", ("milk", "cheese", "cream", "牛奶", "奶油", "芝士")),
    Choice("light", _("Light food rather than rich"), "vegetables soup, 素菜 汤羹 清淡", ("fried", "油炸")),
))  # fmt: skip
CONDITIONS = Question("conditions", _("Is there something to mind?"), (
    Choice("back", _("My back"), "back pain lower back stretching", ("deadlift",)),
    Choice("knees", _("My knees"), "knee injuries", ("jump", "squat", "lunge")),
    Choice("shoulders", _("My shoulders"), "shoulder injuries stretching", ("overhead", "snatch")),
    Choice("pressure", _("My blood pressure"), "high blood pressure heart", ("salted",)),
    Choice("sugar", _("My blood sugar"), "diabetes blood sugar", ("sugar", "甜品", "冰糖")),
    Choice("pregnant", pgettext_lazy("condition", "A pregnancy"), "pregnancy"),
))  # fmt: skip

QUESTIONS = (GOALS, LEVEL, EQUIPMENT, TIME, FOODS, CONDITIONS)

Answers = Mapping[str, str | Sequence[str]]


def preferences_from(answers: Answers) -> StatedPreferences:
    """What lists are made with."""
    chosen = list(_chosen(answers))
    said = [choice.says for choice in chosen if choice.says]
    if typed := str(answers.get(OWN_WORDS, "")):
        said.insert(0, typed)
    return StatedPreferences(
        "\n".join(said), unwanted=frozenset(word for choice in chosen for word in choice.avoids)
    )


def lines_of(answers: Answers) -> list[tuple[str, str]]:
    """Question and answer as a person reads them; what was skipped is left out."""
    lines = []
    for question in QUESTIONS:
        labels = [str(choice.label) for choice in _chosen_of(question, answers)]
        if labels:
            lines.append((str(question.label), " · ".join(labels)))
    if typed := str(answers.get(OWN_WORDS, "")):
        lines.append((str(_("In your own words")), typed))
    return lines


def _chosen(answers: Answers) -> Iterator[Choice]:
    for question in QUESTIONS:
        yield from _chosen_of(question, answers)


def _chosen_of(question: Question, answers: Answers) -> list[Choice]:
    """A choice that a later version of this table no longer has says nothing."""
    given = answers.get(question.key, ())
    keys = [given] if isinstance(given, str) else given
    return [choice for key in keys if (choice := question.choice(key)) is not None]
