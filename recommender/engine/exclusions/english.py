"""Phrases of English texts that leave something out.

A rule has a trigger, such as "nothing for" or "allergic to", and what follows is the thing, up to
the end of the clause: "no fish, shrimp or crab but plenty of rice" leaves out three things. What
sounds alike and means something else ("no-bake", "nothing is better than", "not only") is named in
`english_rules`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from recommender.engine.data.types import Exclusion, ExclusionKind
from recommender.engine.exclusions.concepts import DIET as DIET_GROUP
from recommender.engine.exclusions.concepts import FOOD, concept_of
from recommender.engine.exclusions.english_rules import (
    ANY_NAME,
    ANY_WORD,
    ANYTHING,
    BEFORE_RULES,
    CLAUSE,
    DIET,
    DOUBLE,
    FIRST,
    HARMLESS,
    LAST,
    OF_GROUP,
    TRIGGERS,
    VERB_AFTER,
)
from recommender.engine.exclusions.phrases import Phrase
from recommender.engine.exclusions.word_lists import word_list

_JOINT = re.compile(r"\s*(?:,\s*(?:or|and|nor)\b|,|\bor\b|\bnor\b|\band\b|/|&)\s*")
NAME_RULES = [
    *((re.compile(rule), frozenset[str](), ExclusionKind.WITHOUT, False) for rule in ANY_NAME),
    *((re.compile(rule), frozenset[str](), ExclusionKind.WITHOUT, True) for rule in ANY_WORD),
    *((re.compile(rule), groups, kind, False) for rule, groups, kind in OF_GROUP),
]
"""Pattern, the groups that the name is of (empty: any), kind, and whether any word is a name."""

THING = "(?P<thing>"
_PRONOUNS = word_list("pronouns")
_MOST_WORDS = 4


def phrases(text: str) -> Iterator[Phrase]:
    """The phrases of a folded text, in no order; they may overlap."""
    harmless = [(found.start(), found.end()) for found in HARMLESS.finditer(text)]
    for trigger, kind, is_lack in TRIGGERS:
        for found in trigger.finditer(text):
            if not _is_harmless(text, found, harmless, kind):
                yield from _after(text, found, kind, is_lack)
    yield from _before(text, harmless)
    for found in DIET.finditer(text):
        words = found["thing"]
        yield Phrase(
            found.start("thing"), found.end(), (Exclusion(ExclusionKind.WITHOUT, words, words),)
        )


def _is_harmless(
    text: str, found: re.Match[str], harmless: list[tuple[int, int]], kind: ExclusionKind
) -> bool:
    if any(start < found.end() and found.start() < end for start, end in harmless):
        return True
    before = text[: found.start()]
    return (
        kind == ExclusionKind.WITHOUT
        and found.group().startswith("without")
        and bool(DOUBLE.search(re.split(r"[,.;!?]|\b(?:and|but|or)\b", before)[-1]))
    )


def _after(text: str, found: re.Match[str], kind: ExclusionKind, is_lack: bool) -> Iterator[Phrase]:
    things, end = things_from(text, found.end())
    if things and VERB_AFTER.match(text[end:].lstrip()):
        return
    if _adds(text, found, end):
        return
    said = " ".join(text[found.start() : end].split()).strip(" ,")
    made = tuple(Exclusion(kind, thing, said, is_lack) for thing in things)
    if made:
        yield Phrase(found.start(), end, made)


def _adds(text: str, found: re.Match[str], end: int) -> bool:
    """Whether "apart from cake, I like soup too" adds to what is wanted."""
    if not re.match(r"(?:apart|aside) from|besides|rather", found.group()):
        return False
    return bool(re.match(r"[^.;!?]*\b(?:also|too|as well)\b", text[end:]))


def things_from(text: str, start: int) -> tuple[list[str], int]:
    """The things of a list that starts there, and where it ends."""
    start = ANYTHING.match(text, start).end()  # type: ignore[union-attr]
    stop = CLAUSE.search(text, start)
    limit = stop.start() if stop else len(text)
    things: list[str] = []
    at, end = start, start
    for piece, piece_end, joint in _pieces(text, start, limit):
        thing = bare(piece)
        if things and not _goes_on(thing, things, text[end:limit], joint):
            break
        if thing:
            things.append(thing)
        elif at == start:
            break
        at = end = piece_end
    return things, end if things else start


def _pieces(text: str, start: int, limit: int) -> Iterator[tuple[str, int, str]]:
    """Each piece with its end and the joint before it."""
    at, joint = start, ""
    for found in _JOINT.finditer(text, start, limit):
        if found.start() > at or joint:
            yield text[at : found.start()], found.start(), joint
        at, joint = found.end(), found.group().strip()
    if at < limit:
        yield text[at:limit], limit, joint


def _goes_on(thing: str, things: list[str], rest: str, joint: str) -> bool:
    """Whether a piece is one more thing: "fish, shrimp or crab", but not "fish, easy recipes"."""
    if not thing or len(thing.split()) > _MOST_WORDS - 1:
        return False
    concept, first = concept_of(thing), concept_of(things[0])
    if joint != ",":
        return len(thing.split()) <= 2
    if concept is not None and first is not None and concept.group == first.group:
        return True
    return len(thing.split()) == 1 and bool(
        re.match(
            r"\s*,\s*[\w'-]+\s*(?:,\s*[\w'-]+\s*)*,?\s*"
            r"(?:or|and|nor)\b",
            rest,
        )
    )


def bare(piece: str) -> str:
    """A thing without the small words around it; empty if nothing is left or it is no name."""
    thing = " ".join(piece.split()).strip(" '\"“”‘’")
    while (shorter := LAST.sub("", FIRST.sub("", f"{thing} ").strip())) != thing:
        thing = shorter
    words = thing.split()
    if not words or thing in _PRONOUNS or len(words) > _MOST_WORDS + 2:
        return ""
    return thing


def _before(text: str, harmless: list[tuple[int, int]]) -> Iterator[Phrase]:
    """ "Gluten-free", "nut allergy", "pictures only"."""
    for rule, kind in BEFORE_RULES:
        for found in rule.finditer(text):
            if any(start < found.end() and found.start() < end for start, end in harmless):
                continue
            things = [
                name
                for each in _JOINT.split(found["thing"])
                if (name := _last_name(each.removesuffix("-free"), rule.pattern))
            ]
            if things:
                start = found.start("thing") if kind == ExclusionKind.ONLY else found.start()
                said = found.group()
                made = tuple(Exclusion(kind, thing, said) for thing in things)
                yield Phrase(start, found.end(), made)
    yield from _around_names(text, harmless)


def _around_names(text: str, harmless: list[tuple[int, int]]) -> Iterator[Phrase]:
    """Phrases that count around a name: "glass is out", "afraid of dogs", "Haskell excluded"."""
    for rule, groups, kind, any_word in NAME_RULES:
        for found in rule.finditer(text):
            if any(start < found.end() and found.start() < end for start, end in harmless):
                continue
            words = found["thing"]
            if not any_word and not groups and not _begins_with_name(rule, words):
                continue
            if name := _known_name(words, groups) or (_last_word(words) if any_word else ""):
                at = text.index(name, found.start("thing"))
                first = at if rule.pattern.startswith(THING) else found.start()
                end = at + len(name) if found.end() == found.end("thing") else found.end()
                said = text[first:end].strip(" ,.;:!?(")
                yield Phrase(first, end, (Exclusion(kind, name, said),))


def _begins_with_name(rule: re.Pattern[str], words: str) -> bool:
    """Whether a name stands right after the trigger: "never plastic", not "never tried yoga"."""
    parts = words.split()
    beginnings = (" ".join(parts[:size]) for size in range(len(parts), 0, -1))
    return rule.pattern.startswith(THING) or any(map(concept_of, beginnings))


def _known_name(words: str, groups: frozenset[str]) -> str:
    """The longest beginning or end of the words that is a known name of one of the groups, or of
    any if there are none.
    """
    parts = words.split()
    ends = [" ".join(parts[at:]) for at in range(len(parts))]
    for part in [*ends, parts[0]]:
        concept = concept_of(part)
        if concept is not None and (not groups or concept.group in groups):
            return part
    return ""


def _last_word(words: str) -> str:
    """The name that a catalogue may know: the last word, since those before it may be anything."""
    return bare(words.split()[-1])


def _last_name(words: str, pattern: str) -> str:
    """The longest end of the words that is a known name; for "only" the words themselves."""
    parts = words.replace("-", " ").split()
    ends = [" ".join(parts[at:]) for at in range(len(parts))]
    for end in ends:
        concept = concept_of(end)
        if concept is not None and ("only" in pattern or concept.group in (FOOD, DIET_GROUP)):
            return end
    return bare(ends[-1]) if "only" in pattern else ""
