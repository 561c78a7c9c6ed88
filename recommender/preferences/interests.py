"""Edits an interest text: the person's own words, the muted words, and the generated ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from catalog.validation.field_readers import BadField, read_text
from recommender.engine.data.types import ExclusionKind, StatedPreferences
from recommender.engine.exclusions.grammar import read
from recommender.engine.text.tokenizers import tokenize
from recommender.models.interest_words import MAX_TEXT, MAX_WORD, Interests, Word, folded
from recommender.preferences import exclusions

MAX_OWN = 50
"""A person's own words: as many as a page can show."""

MAX_UNWANTED = 200
LEAST_WEIGHT = 0.05


@dataclass(frozen=True, slots=True)
class Edit:
    """Changes to an interest text.

    Attributes:
        text: the new typed text. None leaves it unchanged.
        add: weights by word. None is full weight.
        lift: keys of exclusions that count no more.
        restore: keys of lifted exclusions that count again.
        leave_out: things that no list may hold.
        only: things without which no list may hold an item.
    """

    text: str | None = None
    add: Mapping[str, float | None] = field(default_factory=dict)
    pin: tuple[str, ...] = ()
    unpin: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    mute: tuple[str, ...] = ()
    unmute: tuple[str, ...] = ()
    lift: tuple[str, ...] = ()
    restore: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


class Blocked:
    """The words that a catalogue allows in no interest text.

    A word is blocked in singular and plural, alone and within a longer name.
    """

    def __init__(self, words: Collection[str] = ()) -> None:
        self.words = frozenset(words)
        self._stems = frozenset(_stem(word) for word in words)
        # Chinese has no spaces, and its tokens depend on the context: a match anywhere counts.
        self._unspaced = tuple(word for word in words if not word.isascii())

    def __contains__(self, text: str) -> bool:
        if not self.words:
            return False
        stems = f" {_stem(text)} "
        return any(f" {stem} " in stems for stem in self._stems) or any(
            word in text for word in self._unspaced
        )

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.words))

    def __or__(self, words: Iterable[str]) -> Blocked:
        return Blocked({*self.words, *words})


def stated_preferences_of(interests: Interests, blocked: Blocked) -> StatedPreferences:
    """The input of lists: only what the person typed, chose and muted.

    What the text leaves out is no part of its words: it must not draw its things in.
    """
    wanted = {word.word: word.weight for word in interests.own if word.word not in blocked}
    return StatedPreferences(
        read(interests.text).rest,
        wanted,
        frozenset(interests.unwanted),
        exclusions.active_exclusions(interests),
    )


def edit_interests(interests: Interests, edit: Edit, blocked: Blocked) -> Interests:
    """Apply an edit.

    Raises:
        BadField: for a word that cannot be used, is not there, or is wanted and unwanted at once.
    """
    _reject_contradictions(edit)
    if edit.text is not None:
        interests = exclusions.with_text(interests, read_typed(edit.text))
    for word, weight in edit.add.items():
        interests = _add(interests, read_word("add", word, blocked), read_weight(weight))
    for name, is_pinned in (("pin", True), ("unpin", False)):
        for word in getattr(edit, name):
            interests = _pin(interests, name, read_word(name, word), is_pinned)
    for word in edit.delete:
        interests = _delete(interests, read_word("delete", word))
    for word in edit.mute:
        interests = _mute(interests, read_word("mute", word))
    for word in edit.unmute:
        interests = _unmute(interests, read_word("unmute", word))
    interests = _edit_exclusions(interests, edit)
    return _within_limits(interests)


def _edit_exclusions(interests: Interests, edit: Edit) -> Interests:
    for key in edit.lift:
        interests = exclusions.lift(interests, key)
    for key in edit.restore:
        interests = exclusions.restore(interests, key)
    for name, kind in (("leave_out", ExclusionKind.WITHOUT), ("only", ExclusionKind.ONLY)):
        for words in getattr(edit, name):
            interests = exclusions.leave_out(interests, name, kind, words)
    return interests


def replace_own(
    interests: Interests,
    text: str,
    words: Iterable[Word],
    unwanted: Iterable[str],
    blocked: Blocked,
    left_out: Iterable[dict[str, Any]] = (),
) -> Interests:
    """Replace all that is the person's own.

    A word that is given unchanged keeps its flags, so a client can send an answer back.

    Raises:
        BadField: as ``edit_interests``.
    """
    muted = tuple(dict.fromkeys(read_word("unwanted", word) for word in unwanted))
    given = _read_words(interests, words, muted, blocked)
    generated = tuple(
        word for word in interests.words if not word.is_own and word.word not in {*given, *muted}
    )
    replaced = Interests(read_typed(text), (*given.values(), *generated), muted)
    return _within_limits(exclusions.replace_exclusions(replaced, left_out))


def merge_interests(interests: Interests, other: Interests) -> Interests:
    """The own words of both. Where they contradict each other, ``interests`` wins."""
    taken = {word.word for word in interests.own} | set(interests.unwanted)
    words = (*interests.own, *(word for word in other.own if word.word not in taken))
    wanted = {word.word for word in words}
    unwanted = dict.fromkeys(
        [*interests.unwanted, *(word for word in other.unwanted if word not in wanted)]
    )
    left_out = {each.key: each for each in (*other.exclusions, *interests.exclusions)}
    return Interests(
        interests.text or other.text,
        words[:MAX_OWN],
        tuple(unwanted)[:MAX_UNWANTED],
        interests.lifted if interests.text else other.lifted,
        tuple(left_out.values())[: exclusions.MAX_EXCLUSIONS],
    )


def with_generated(
    interests: Interests, generated: Iterable[tuple[str, float]], blocked: Blocked, n: int
) -> Interests:
    """The person's own words, filled up with generated ones to ``n`` words in all."""
    words = [word for word in interests.own if word.word not in blocked]
    taken = {_stem(word) for word in (*interests.unwanted, *(word.word for word in words))}
    for form, weight in generated:
        name = folded(form)
        if len(words) < n and name not in blocked and _stem(name) not in taken:
            taken.add(_stem(name))
            amount = round(min(max(float(weight), LEAST_WEIGHT), 1.0), 3)
            words.append(Word(name, amount, form="" if form == name else form))
    strongest = sorted(words, key=lambda word: (not word.pinned, -word.weight))
    return replace(interests, words=tuple(strongest))


def read_word(name: str, value: object, blocked: Blocked | None = None) -> str:
    """The folded word.

    Raises:
        BadField: if it has no letter or digit, is too long, or is blocked in its catalogue.
    """
    word = folded(read_text(name, value))
    if not any(char.isalnum() for char in word):
        raise BadField(name, value, _("must contain a letter or a digit"))
    if len(word) > MAX_WORD:
        raise BadField(name, value, _("is longer than %(limit)s characters") % {"limit": MAX_WORD})
    if blocked is not None and word in blocked:
        raise BadField(name, value, _("cannot be used in this catalogue"))
    return word


def read_weight(value: float | None) -> float:
    weight = 1.0 if value is None else round(float(value), 3)
    if not LEAST_WEIGHT <= weight <= 1:
        raise BadField(
            "weight",
            value,
            _("must be from %(low)g to %(high)g") % {"low": LEAST_WEIGHT, "high": 1},
        )
    return weight


def read_typed(value: object) -> str:
    text = read_text("text", value)
    if len(text) > MAX_TEXT:
        raise BadField(
            "text", value, _("is longer than %(limit)s characters") % {"limit": MAX_TEXT}
        )
    return text


def _stem(word: str) -> str:
    return " ".join(tokenize(word)) or word


def _reject_contradictions(edit: Edit) -> None:
    wanted = {folded(str(word)) for word in (*edit.add, *edit.pin, *edit.unmute)}
    for name in ("delete", "mute"):
        for word in getattr(edit, name):
            if folded(str(word)) in wanted:
                raise BadField(name, word, _("is both wanted and unwanted"))


def _add(interests: Interests, name: str, weight: float) -> Interests:
    present, rest = _find(interests, name), _drop(interests, name)
    word = (
        replace(present, weight=weight, edited=True) if present else Word(name, weight, added=True)
    )
    return replace(rest, words=(word, *rest.words))


def _pin(interests: Interests, field_name: str, name: str, is_pinned: bool) -> Interests:
    word = _present(interests, field_name, name)
    words = (replace(each, pinned=is_pinned) if each == word else each for each in interests.words)
    return replace(interests, words=tuple(words))


def _delete(interests: Interests, name: str) -> Interests:
    """A generated word must not come back, so it is muted. A person's own word is only removed."""
    is_added = _present(interests, "delete", name).added
    return _drop(interests, name) if is_added else _mute(interests, name)


def _mute(interests: Interests, name: str) -> Interests:
    rest = _drop(interests, name)
    return replace(rest, unwanted=(*rest.unwanted, name))


def _unmute(interests: Interests, name: str) -> Interests:
    if name not in interests.unwanted:
        raise BadField("unmute", name, _("is not a muted word"))
    return _drop(interests, name)


def _drop(interests: Interests, name: str) -> Interests:
    return replace(
        interests,
        words=tuple(word for word in interests.words if word.word != name),
        unwanted=tuple(word for word in interests.unwanted if word != name),
    )


def _find(interests: Interests, name: str) -> Word | None:
    return next((word for word in interests.words if word.word == name), None)


def _present(interests: Interests, field_name: str, name: str) -> Word:
    word = _find(interests, name)
    if word is None:
        raise BadField(field_name, name, _("is not a word of this interest text"))
    return word


def _within_limits(interests: Interests) -> Interests:
    for name, number, limit in (
        ("words", len(interests.own), MAX_OWN),
        ("unwanted", len(interests.unwanted), MAX_UNWANTED),
    ):
        if number > limit:
            raise BadField(name, number, _("exceed the limit of %(limit)s") % {"limit": limit})
    return interests


def _read_words(
    interests: Interests, words: Iterable[Word], muted: Collection[str], blocked: Blocked
) -> dict[str, Word]:
    given: dict[str, Word] = {}
    for word in words:
        name = read_word("words", word.word, blocked)
        if name in given or name in muted:
            raise BadField(
                "words", name, _("is given twice") if name in given else _("is also unwanted")
            )
        read = replace(word, word=name, weight=read_weight(word.weight))
        given[name] = _with_flags(read, _find(interests, name))
    return given


def _with_flags(word: Word, present: Word | None) -> Word:
    """The word with the flags that follow from the stored one."""
    if present is None:
        return replace(word, added=True, edited=False)
    changed = word.weight != present.weight
    return replace(word, added=present.added, edited=present.edited or changed, form=present.form)
