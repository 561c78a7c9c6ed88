"""The forms in which an English word is written in texts."""

from __future__ import annotations

from functools import lru_cache

VOWELS = frozenset("aeiou")
ENDINGS = frozenset({"", "s", "es", "'s", "s'"})
VERB_ENDINGS = ENDINGS | {"ed", "ing", "d"}
_NO_VERBS = frozenset({"evening", "ceiling", "morning", "lightning", "earring", "nothing"})
LEAST_STEM = 4
"""A shorter word has verb endings only if its last letter doubles: run, running; but not corner."""


@lru_cache(maxsize=10_000)
def stems_of(word: str) -> tuple[str, ...]:
    """Beginnings of the forms of a phrase; what may follow is in ``ends_well``.

    ``bunny`` gives ``bunny`` and ``bunnies``, ``jumping`` gives ``jumping`` and ``jump``.
    """
    stems = [word]
    if word.endswith("y") and len(word) > 2 and word[-2] not in VOWELS:
        stems.append(f"{word[:-1]}ies")
    if word.endswith("ing") and len(word) > 6 and word not in _NO_VERBS:
        stems += _without_ing(word[:-3])
    elif _doubles(word):
        stems.append(f"{word}{word[-1]}ing")
    if word.endswith("e") and len(word) > LEAST_STEM:
        stems.append(f"{word[:-1]}ing")
    return tuple(dict.fromkeys(stems))


def ends_well(stem: str, ending: str) -> bool:
    """Whether a stem with these letters after it is a form of the same word, or a version of it:
    ``oracle8i``, ``angularjs``.
    """
    if ending[:1].isdigit() or ending == "js":
        return len(stem) >= LEAST_STEM
    return ending in (VERB_ENDINGS if len(stem) >= LEAST_STEM else ENDINGS)


def _without_ing(stem: str) -> list[str]:
    if stem[-1] == stem[-2] and stem[-1] not in "ls":
        return [stem[:-1]] if len(stem) > LEAST_STEM else []
    return [stem] if stem[-1] not in "cgkvz" or stem[-2] in VOWELS else [stem, f"{stem}e"]


def _doubles(word: str) -> bool:
    """Whether a word ends like ``run``: consonant, vowel, consonant."""
    last = word[-3:]
    return (
        3 <= len(word) <= 4
        and " " not in word
        and last[2] not in VOWELS | set("wxy")
        and last[1] in VOWELS
        and last[0] not in VOWELS
    )
