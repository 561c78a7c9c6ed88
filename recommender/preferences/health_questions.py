"""The questions of a health catalogue, and the words that each answer adds to a list's query.

The words are in both languages because items are. They only sort lists: this is no medical
knowledge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from recommender.engine.data.types import Exclusion, ExclusionKind, StatedPreferences
from recommender.engine.exclusions.grammar import read
from recommender.models.interest_words import StatedExclusion

#: The answer in the person's own words.
OWN_WORDS = "words"
NO_EQUIPMENT = "nothing"
#: Keys of the answers' exclusions that do not count.
LIFTED = "lifted"


@dataclass(frozen=True)
class AnswerOption:
    """One answer to choose.

    Attributes:
        text: the answer as if the person had typed it.
        avoids: words that count against an item.
        leaves_out: things that no list may hold.
    """

    key: str
    label: str | Promise
    text: str = ""
    avoids: tuple[str, ...] = ()
    leaves_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    key: str
    label: str | Promise
    options: tuple[AnswerOption, ...]
    is_multiple: bool = True

    def option(self, key: str) -> AnswerOption | None:
        return next((option for option in self.options if option.key == key), None)


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
    AnswerOption("move", _("Move more"), "cardio walking exercise, 运动"),
    AnswerOption("strong", _("Get stronger"), "strength muscles dumbbell, 力量"),
    AnswerOption("supple", _("Be more flexible"), "stretching mobility, 拉伸"),
    AnswerOption("weight", _("Manage my weight"), "weight control nutrition cardio, 减脂 素菜"),
    AnswerOption("cook", _("Cook at home"), "cooking recipes, 家常菜 主食"),
    AnswerOption("calm", _("Sleep and rest better"), "sleep stress relaxation, 睡眠"),
    AnswerOption("know", _("Understand health topics"), "health topics in plain words, 健康知识"),
))  # fmt: skip
LEVEL = Question("level", _("How much exercise are you used to?"), (
    AnswerOption("new", _("None yet"), "beginner"),
    AnswerOption("some", _("Some"), "intermediate"),
    AnswerOption("much", _("A lot"), "expert"),
), is_multiple=False)  # fmt: skip
EQUIPMENT = Question("equipment", _("What equipment do you have?"), (
    AnswerOption("nothing", _("No equipment"), "body only", leaves_out=("equipment",)),
    AnswerOption("dumbbell", _("Dumbbells"), "dumbbell"),
    AnswerOption("barbell", _("A barbell"), "barbell"),
    AnswerOption("bands", _("Resistance bands"), "bands"),
    AnswerOption("kettlebell", _("Kettlebells"), "kettlebells"),
    AnswerOption("machines", _("A gym with machines"), "machine cable"),
))  # fmt: skip
TIME = Question("time", _("How much time do you have for one session?"), (
    AnswerOption("10", _("Ten minutes"), "short easy stretching, 快手 简单"),
    AnswerOption("30", _("Half an hour"), "half an hour"),
    AnswerOption("60", _("An hour or more"), "long full workout"),
), is_multiple=False)  # fmt: skip
FOODS = Question("foods", _("Is there food that you prefer or avoid?"), (
    AnswerOption("vegetarian", _("No meat or fish"), "vegetarian vegetables, 素菜",
                 (*_MEAT, *_SEA), ("meat", "seafood")),
    AnswerOption("no-pork", _("No pork"), "", ("pork", "猪肉", "排骨", "五花肉", "bacon", "ham"),
                 ("pork",)),
    AnswerOption("no-beef", _("No beef"), "", ("beef", "牛肉"), ("beef",)),
    AnswerOption("no-seafood", _("No fish or seafood"), "", _SEA, ("seafood",)),
    AnswerOption("no-nuts", _("No nuts"), "", ("nuts", "peanut", "almond", "花生", "坚果", "核桃"),
                 ("nuts",)),
    AnswerOption(
        "no-dairy", _("No dairy"), "", ("milk", "cheese", "cream", "牛奶", "奶油", "芝士"),
        ("dairy",),
    ),
    AnswerOption("light", _("Light meals"), "vegetables soup, 素菜 汤羹 清淡",
                 ("fried", "油炸")),
))  # fmt: skip
CONDITIONS = Question("conditions", _("Is there anything to be careful with?"), (
    AnswerOption("back", _("My back"), "back pain lower back stretching", ("deadlift",)),
    AnswerOption("knees", _("My knees"), "knee injuries", ("jump", "squat", "lunge")),
    AnswerOption("shoulders", _("My shoulders"), "shoulder injuries stretching",
                 ("overhead", "snatch")),
    AnswerOption("pressure", _("My blood pressure"), "high blood pressure heart", ("salted",)),
    AnswerOption("sugar", _("My blood sugar"), "diabetes blood sugar", ("sugar", "甜品", "冰糖")),
    AnswerOption("pregnant", pgettext_lazy("condition", "A pregnancy"), "pregnancy"),
))  # fmt: skip

QUESTIONS = (GOALS, LEVEL, EQUIPMENT, TIME, FOODS, CONDITIONS)

Answers = Mapping[str, str | Sequence[str]]


def preferences_from(answers: Answers) -> StatedPreferences:
    """The input of lists."""
    chosen = list(_chosen(answers))
    texts = [option.text for option in chosen if option.text]
    typed = read(str(answers.get(OWN_WORDS, "")))
    if typed.rest:
        texts.insert(0, typed.rest)
    return StatedPreferences(
        "\n".join(texts),
        unwanted=frozenset(word for option in chosen for word in option.avoids),
        exclusions=tuple(
            each.exclusion for each in health_exclusions(answers) if not each.is_lifted
        ),
    )


def health_exclusions(answers: Answers) -> list[StatedExclusion]:
    """What the answers leave out, with what the person lifted."""
    lifted = answers.get(LIFTED, ())
    found = [*_left_out(list(_chosen(answers))), *read(str(answers.get(OWN_WORDS, ""))).exclusions]
    by_key = {each.key: each for each in found}
    return [StatedExclusion(each, True, key in lifted) for key, each in by_key.items()]


def _left_out(chosen: Sequence[AnswerOption]) -> Iterator[Exclusion]:
    """What the chosen answers leave out. "No equipment" counts alone: with another answer the
    person has some.
    """
    has_equipment = any(option in chosen for option in EQUIPMENT.options[1:])
    for option in chosen:
        if not (option.key == NO_EQUIPMENT and has_equipment):
            for words in option.leaves_out:
                yield Exclusion(ExclusionKind.WITHOUT, words, said=str(option.label))


def lines_of(answers: Answers) -> list[tuple[str, str]]:
    """Question and answer as a person reads them, without the skipped questions."""
    lines = []
    for question in QUESTIONS:
        labels = [str(option.label) for option in _chosen_of(question, answers)]
        if labels:
            lines.append((str(question.label), " · ".join(labels)))
    if typed := str(answers.get(OWN_WORDS, "")):
        lines.append((str(_("In your own words")), typed))
    return lines


def _chosen(answers: Answers) -> Iterator[AnswerOption]:
    for question in QUESTIONS:
        yield from _chosen_of(question, answers)


def _chosen_of(question: Question, answers: Answers) -> list[AnswerOption]:
    """The chosen options. Keys that this table no longer has are ignored."""
    given = answers.get(question.key, ())
    keys = [given] if isinstance(given, str) else given
    return [option for key in keys if (option := question.option(key)) is not None]
