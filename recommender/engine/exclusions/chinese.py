"""Phrases of Chinese texts that leave something out.

As `english`: a trigger such as 不要, 不吃, 除了…以外 or 对…过敏, and the thing up to the end of the
clause. Words that only begin like a trigger (不错, 不要紧, 无论, 特别) are in `chinese_rules`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from recommender.engine.data.types import Exclusion, ExclusionKind
from recommender.engine.exclusions.chinese_rules import (
    ADDS,
    AFRAID,
    ALLERGY,
    BACK,
    DIET,
    EXCEPT,
    FAITH,
    FIRST,
    HARMLESS,
    JOINT,
    LAST,
    LATER,
    LESS,
    OUTSIDE,
    STOP,
    TRIGGERS,
    UNREAD,
)
from recommender.engine.exclusions.concepts import FOOD, LANGUAGE, concept_of
from recommender.engine.exclusions.phrases import Phrase
from recommender.engine.exclusions.word_lists import word_list

_WHOLE = word_list("whole_zh")
HOLDS = re.compile("^(?:不|从不)?(?:含|放|加|带|用)(?:有|任何)*$|^非$|^零$|不是$")
"""不加糖的饮料, 非英文的书: what follows 的 is wanted, as after 没有."""


def phrases(text: str) -> Iterator[Phrase]:
    """The phrases of a folded text, in no order; they may overlap."""
    harmless = [(found.start(), found.end()) for found in HARMLESS.finditer(text)]
    for trigger, kind, is_lack in TRIGGERS:
        for found in trigger.finditer(text):
            if not _overlaps(found.start(), found.end(), harmless):
                yield from _after(text, found, kind, is_lack)
    yield from _around(text, harmless)


def _overlaps(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any(first < end and start < last for first, last in spans)


def _after(text: str, found: re.Match[str], kind: ExclusionKind, is_lack: bool) -> Iterator[Phrase]:
    things, end = things_from(text, found.end())
    if not things:
        return
    things = [each for thing in things for each in with_shared_end(thing)]
    tail = text[end : end + 3]
    if re.match("的人|不行|怎么|就不", tail):
        return
    # "没有花生的甜品" asks for sweets without peanuts: what follows 的 is wanted.
    if (is_lack or HOLDS.search(found.group())) and "的" in things[-1]:
        first = things[-1].split("的")[0]
        end = text.index(first, found.end()) + len(first)
        things[-1] = first
    said = text[found.start() : end].strip(" ,、")
    yield Phrase(
        found.start(), end, tuple(Exclusion(kind, thing, said, is_lack) for thing in things)
    )


def _around(text: str, harmless: list[tuple[int, int]]) -> Iterator[Phrase]:
    """除了…以外, 对…过敏, …除外, …不要, 我吃素."""
    for rule in (EXCEPT, OUTSIDE, ALLERGY, LATER, BACK):
        for found in rule.finditer(text):
            words = next(part for part in found.groups() if part)
            if rule is BACK and _says_no_or_yes(text, found):
                continue
            if rule is EXCEPT and ADDS.search(text, found.start(), found.end() + 6):
                continue
            if rule not in (EXCEPT, BACK) and _overlaps(found.end() - 2, found.end(), harmless):
                continue
            things = [
                each
                for piece in JOINT.split(words)
                if (thing := bare(_later(piece, rule)))
                for each in with_shared_end(thing)
            ]
            if things:
                made = tuple(
                    Exclusion(ExclusionKind.WITHOUT, thing, found.group()) for thing in things
                )
                yield Phrase(found.start(), found.end(), made)
    yield from _of_group(text, harmless)
    for found in DIET.finditer(text):
        words = next(part for part in found.groups() if part)
        diet = FAITH.get(words, words)
        yield Phrase(
            found.start(), found.end(), (Exclusion(ExclusionKind.WITHOUT, diet, found.group()),)
        )


def _of_group(text: str, harmless: list[tuple[int, int]]) -> Iterator[Phrase]:
    """怕狗, 看不懂英文: only before a name of these groups."""
    for rule, groups in ((AFRAID, {"animal", FOOD}), (UNREAD, {LANGUAGE}), (LESS, {FOOD})):
        for found in rule.finditer(text):
            words = found["thing"]
            names = (words[:size] for size in range(len(words), 0, -1))
            for name in names:
                concept = concept_of(name)
                if concept is not None and concept.group in groups:
                    said = found.group()[: len(found.group()) - len(words) + len(name)]
                    made = (Exclusion(ExclusionKind.WITHOUT, name, said),)
                    yield Phrase(found.start(), found.start() + len(said), made)
                    break


def _says_no_or_yes(text: str, found: re.Match[str]) -> bool:
    """Whether the words before the comma are a question, or refuse or want something themselves,
    so that what follows says no more about them.
    """
    words = found["thing"]
    return bool(re.search("[吗呢么]$|[想要]|喜欢", words)) or any(
        trigger.search(words) for trigger, _kind, _is_lack in TRIGGERS
    )


def _later(piece: str, rule: re.Pattern[str]) -> str:
    """Before "过敏" or "不要" only a known thing counts, or a word in Latin letters: the words
    before may be anything.
    """
    if rule is EXCEPT or (rule is ALLERGY and concept_of(bare(piece)) is not None):
        return piece
    if latin := re.search("[a-z][a-z0-9 +#.]*$", piece):
        return latin.group()
    ends = [bare(piece[at:]) for at in range(len(piece))]
    return next(
        (end for end in ends if concept_of(end) is not None or _is_row(end)),
        "" if rule in (LATER, BACK) else piece,
    )


def with_shared_end(thing: str) -> list[str]:
    """牛羊肉 as 牛肉 and 羊肉, 中英文 as 中文 and 英文; another thing as it is."""
    if concept_of(thing) is not None:
        return [thing]
    for size in (1, 2):
        heads, end = thing[:-size], thing[-size:]
        names = [f"{head}{end}" for head in heads]
        known = [concept.group for name in names if (concept := concept_of(name)) is not None]
        if len(names) > 1 and len(known) == len(names) and len(set(known)) == 1:
            return names
    return [thing]


def _is_row(words: str) -> bool:
    """Whether known names of one group stand side by side: 羊肉牛肉."""
    groups: list[str] = []
    while words:
        known = (concept_of(words[:size]) for size in range(len(words), 0, -1))
        sizes = range(len(words), 0, -1)
        found = next(((each, n) for each, n in zip(known, sizes, strict=True) if each), None)
        if found is None:
            return False
        groups.append(found[0].group)
        words = words[found[1] :]
    return len(groups) > 1 and len(set(groups)) == 1


def things_from(text: str, start: int) -> tuple[list[str], int]:
    """The things of a list that starts there, and where it ends."""
    stop = STOP.search(text, start)
    limit = stop.start() if stop else len(text)
    things: list[str] = []
    end, at, joint = start, start, ""
    for found in [*JOINT.finditer(text, start, limit), None]:
        piece_end = found.start() if found else limit
        thing = bare(text[at:piece_end])
        if thing and things and joint == "," and not _goes_on(thing, things):
            break
        if not thing and not things:
            return [], start
        if thing:
            things.append(thing)
            end = piece_end
        if found is None:
            break
        at, joint = found.end(), found.group()
    return things, end


def _goes_on(thing: str, things: list[str]) -> bool:
    """Whether what stands after a comma is one more thing: it is one of the same group."""
    concept, first = concept_of(thing), concept_of(things[0])
    return concept is not None and first is not None and concept.group == first.group


def bare(piece: str) -> str:
    """A thing without the small words around it; empty if nothing is left."""
    thing = "".join(piece.split()) if not piece.isascii() else piece.strip()
    while thing and thing not in _WHOLE and concept_of(thing) is None:
        shorter = LAST.sub("", FIRST.sub("", thing))
        if shorter == thing:
            break
        thing = shorter
    return "" if len(thing) > 20 or thing in _NO_THINGS else thing


_NO_THINGS = word_list("no_things_zh")
