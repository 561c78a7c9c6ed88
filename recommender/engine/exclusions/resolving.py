"""Which items an exclusion leaves out, in one catalogue.

A thing is read piece by piece: the longest known names, the catalogue's own categories, providers
and attribute values, and plain words. An item has the thing if it has all of its pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from recommender.engine.data.types import Exclusion, ExclusionKind
from recommender.engine.exclusions.concepts import (
    ALL_EQUIPMENT,
    BODY,
    BODY_ONLY,
    DIET,
    EQUIPMENT,
    FOOD,
    KIND,
    LANGUAGE,
    LEVEL,
    Concept,
    concept_of,
    concepts,
    in_group,
    longest_name,
    named,
    said,
)
from recommender.engine.exclusions.folding import HAN, folded_name, folded_text
from recommender.engine.exclusions.matching import NOTHING, Found, SearchableItems
from recommender.engine.exclusions.word_lists import word_list

GENERIC = word_list("generic")
"""Words that say little beside another one: "Christmas decorations", "Chinese titles"."""

LEAST_NAMED = 2
"""Items that "only" must name by a plain word, so that a slip of the tongue empties no list."""

LEAST_SHARE = 4
"""A category is a kind's or level's own if it has one in so many of the items that say it."""

_SMALL = word_list("small")


@dataclass(frozen=True)
class Piece:
    """``is_named``: a known name or one of the catalogue's, no plain word. ``exact``: items of the
    category, provider or value of that very name.
    """

    words: str
    found: Found
    concept: Concept | None = None
    is_named: bool = False
    exact: Found = NOTHING

    @property
    def group(self) -> str:
        return self.concept.group if self.concept is not None else ""


def left_out(exclusion: Exclusion, items: SearchableItems) -> Found:
    """Positions of the items that the exclusion leaves out; empty if it names nothing here."""
    pieces = list(_pieces(exclusion.words, items))
    if not pieces or (exclusion.is_lack and not _can_lack(pieces)):
        return NOTHING
    if exclusion.kind == ExclusionKind.WITHOUT:
        return _with_any(pieces) if _is_row(exclusion.words, pieces, items) else _with_all(pieces)
    return _outside(pieces, items)


def _can_lack(pieces: list[Piece]) -> bool:
    """Whether it means something for lists that a person does not have the thing."""
    return any(piece.group in EQUIPMENT | {FOOD} for piece in pieces)


def _is_row(words: str, pieces: list[Piece], items: SearchableItems) -> bool:
    """Whether names stand side by side without a joint, as in 面条饺子. 牛肉面, which items say, is
    one thing.
    """
    if len(pieces) < 2 or not HAN.search(words) or "的" in words:
        return False
    groups = {piece.group for piece in pieces}
    if len(groups) > 1 or "" in groups:
        return False
    return all(len(piece.words) == 1 for piece in pieces) or not items.with_forms(
        [folded_text(words)]
    )


def _with_any(pieces: list[Piece]) -> Found:
    return frozenset[int]().union(*(piece.found for piece in pieces))


def _with_all(pieces: list[Piece]) -> Found:
    """Items with every piece. A plain word that no item has does not count beside a name."""
    telling = [piece for piece in pieces if not _is_generic(piece)] or pieces
    known = [piece for piece in telling if piece.found]
    if not known or (len(known) < len(telling) and not any(piece.is_named for piece in known)):
        return NOTHING
    return frozenset.intersection(*(piece.found for piece in known))


def _is_generic(piece: Piece) -> bool:
    return folded_name(piece.words) in GENERIC


def _outside(pieces: list[Piece], items: SearchableItems) -> Found:
    """What "only" leaves out."""
    group = pieces[0].group
    if any(piece.group in EQUIPMENT for piece in pieces):
        return _other_equipment(pieces, items)
    if group == DIET:
        return _with_all(pieces)
    telling = [piece for piece in pieces if piece.group in (LANGUAGE, KIND)] or pieces
    named_here = all(piece.is_named for piece in telling)
    wanted = _with_all([replace(each, found=_own(each)) for each in telling])
    if not wanted or not (named_here or (len(wanted) >= LEAST_NAMED and len(telling) == 1)):
        return NOTHING
    if not named_here and not _in_titles(telling[0].words, wanted, items):
        return NOTHING
    return frozenset(range(len(items))) - wanted


def _own(piece: Piece) -> Found:
    return piece.found if piece.group in (KIND, LEVEL) else piece.exact or piece.found


def _in_titles(words: str, found: Found, items: SearchableItems) -> bool:
    """Whether a plain word is what items are called by: not "only today"."""
    stem = folded_name(words)
    titles = sum(stem in folded_text(items.items[place].title) for place in found)
    return titles >= LEAST_NAMED


def _other_equipment(pieces: list[Piece], items: SearchableItems) -> Found:
    """Items that need equipment that the person did not name."""
    own = {piece.concept.key for piece in pieces if piece.concept is not None}
    group = next(piece.group for piece in pieces if piece.group in EQUIPMENT)
    if own & {BODY_ONLY}:
        return items_with(concepts()[ALL_EQUIPMENT], items)
    if group == "allequipment":
        return NOTHING
    family = "equipmentkitchen" if group == "equipmentkitchen" else "equipment"
    owned = {form for piece in pieces if piece.concept for form in piece.concept.forms}
    others: set[int] = set()
    for concept in in_group(family):
        if concept.key not in own | {BODY_ONLY} and not owned & set(concept.forms):
            others |= items_with(concept, items)
    return frozenset(others)


def items_with(concept: Concept, items: SearchableItems) -> Found:
    """The items that have a concept."""
    if concept.language and (in_language := items.in_language(concept.language)):
        return in_language
    exact = _exactly(concept, items)
    said = items.with_forms(concept.forms, concept.unlike)
    if concept.group in (KIND, LEVEL) and len(exact) * LEAST_SHARE >= len(said):
        return exact
    return exact | said


def _exactly(concept: Concept, items: SearchableItems) -> Found:
    """Items of a category, or with an attribute, that has one of the concept's names."""
    names = {*concept.names, *(folded_name(form.rstrip("$")) for form in concept.forms)}
    return items.named(names)


def _pieces(words: str, items: SearchableItems) -> Iterator[Piece]:
    text = folded_text(words)
    whole = _known(text, items)
    if whole is not None:
        yield whole
        return
    split = _han_words if HAN.search(text) else _latin_words
    for part in split(text, items):
        piece = _known(part, items)
        yield piece if piece is not None else Piece(part, items.with_forms(_forms_of(part)))


def _known(words: str, items: SearchableItems) -> Piece | None:
    """A known name, or a name of the catalogue."""
    concept, exact = concept_of(words), items.named([folded_name(words)])
    if concept is not None:
        return Piece(words, items_with(concept, items), concept, is_named=True, exact=exact)
    if exact:
        return Piece(words, exact | items.with_forms(_forms_of(words)), is_named=True, exact=exact)
    return None


def _forms_of(words: str) -> list[str]:
    """A plain word as items may write it: as it is said, and in the singular."""
    if len(words) == 1 and HAN.search(words):
        return [f"{words}$"]
    return list(dict.fromkeys([folded_name(words), folded_text(words)]))


def _latin_words(text: str, items: SearchableItems) -> Iterator[str]:
    """The longest known names from the left; other words one by one, small ones left out."""
    words, at = text.split(), 0
    while at < len(words):
        longest = min(longest_name(), len(words) - at)
        sizes = (n for n in range(longest, 0, -1) if _is_name(" ".join(words[at : at + n]), items))
        size = next(sizes, 1)
        part = " ".join(words[at : at + size])
        if part not in _SMALL:
            yield part.strip("-'\"")
        at += size


def _is_name(words: str, items: SearchableItems) -> bool:
    return concept_of(words) is not None or bool(items.named([folded_name(words)]))


def _han_words(text: str, items: SearchableItems) -> Iterator[str]:
    """The parts between 的, each cut into the longest known names from the left."""
    for part in re.split("的| ", text):
        rest = part
        while rest:
            size = next((n for n in range(len(rest), 0, -1) if _is_han_name(rest, n)), 0)
            if not size:
                size = next(
                    (at for at in range(1, len(rest)) if _begins_name(rest[at:])), len(rest)
                )
            yield rest[:size]
            rest = rest[size:]


def _is_han_name(text: str, size: int) -> bool:
    """Whether a text begins with a name or another word of so many characters: 腰果, not 腰."""
    name = text[:size]
    if size > 1 and name in said():
        return True
    concept = named().get(name)
    return concept is not None and (concept.group != BODY or size > 1 or len(text) == 1)


def _begins_name(text: str) -> bool:
    return any(text[:n] in named() for n in range(2, len(text) + 1))
