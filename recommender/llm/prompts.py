"""The prompts. They contain only words of interest texts, or public texts of items."""

from __future__ import annotations

from collections.abc import Sequence

Messages = list[dict[str, str]]

_WORDING = {
    "en": (
        "You write one plain sentence that names what somebody likes. Use the given words and no "
        "others that add meaning. At most 25 words. No greeting, no advice, no exclamation mark, "
        "nothing about the reader.",
        "Words: {words}",
        ("garden, roses, tea", "Roses and other things for the garden, and tea."),
    ),
    "zh-hans": (
        "用一句朴素的话写出某人的兴趣。只使用给出的词语，不添加新的意思，不超过40个字。不要问候，不要建议，不要感叹号，不要提到读者。",
        "词语：{words}",
        ("园艺、玫瑰、茶", "园艺里的玫瑰，还有茶。"),
    ),
}
_ENRICHMENT = {
    "en": (
        "You help a catalogue to describe an item of which little is written. Answer with at most "
        "12 single words or short names, separated by commas: what it is, what it is for, who uses "
        "it, related topics. Only what is certain. No sentences.",
        "Title: {title}\nCategories: {categories}\nDescription: {description}",
        (
            "Title: Dotting Tools, 5 pieces\nCategories: Beauty\nDescription: -",
            "nail art, manicure, dots, nail polish, tool set, decorating, beginners",
        ),
    ),
    "zh-hans": (
        "你帮助商品目录补充描述。请只用不超过12个词语回答，用逗号分隔：它是什么，有什么用途，谁会使用，相关主题。只写确定的内容，不要写句子。",
        "标题：{title}\n分类：{categories}\n描述：{description}",
        ("标题：点花笔五支装\n分类：美妆\n描述：-", "美甲，指甲油，点花，彩绘，工具套装，新手"),
    ),
}
DESCRIPTION_SHOWN = 600


def wording(words: Sequence[str], language: str) -> Messages:
    system, question, (words_shown, sentence_shown) = _WORDING[language]
    comma = "、" if language == "zh-hans" else ", "
    return _with_example(
        system,
        question.format(words=words_shown),
        sentence_shown,
        question.format(words=comma.join(words)),
    )


def enrichment(title: str, description: str, categories: Sequence[str], language: str) -> Messages:
    system, question, (item_shown, words_shown) = _ENRICHMENT[language]
    asked = question.format(
        title=title,
        categories=", ".join(categories) or "-",
        description=description[:DESCRIPTION_SHOWN] or "-",
    )
    return _with_example(system, item_shown, words_shown, asked)


def _with_example(system: str, asked: str, answered: str, question: str) -> Messages:
    return [
        {"role": "system", "content": system},
        {"role": "user", "content": asked},
        {"role": "assistant", "content": answered},
        {"role": "user", "content": question},
    ]
