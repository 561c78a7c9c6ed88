"""The words of an interest text, and what a person's edit does to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from catalog.ingestion.row_parsing import BadField, read_text
from recommender.engine.data.types import StatedPreferences
from recommender.engine.text.tokenizers import tokenize

MAX_TEXT = 2000
MAX_WORD = 60
#: A person's own words, and muted ones: what a page can still show.
MAX_OWN = 50
MAX_UNWANTED = 200
LEAST_WEIGHT = 0.05


@dataclass(frozen=True, slots=True)
class Word:
    """``weight`` 0 … 1. ``added``: the person's own; ``edited``: its weight is theirs; none of the flags: generated."""

    word: str
    weight: float = 1.0
    pinned: bool = False
    added: bool = False
    edited: bool = False

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Word:
        return cls(**row)

    @property
    def is_own(self) -> bool:
        """Whether it stays whatever the language model writes."""
        return self.pinned or self.added or self.edited

    @property
    def strength(self) -> int:
        """1, 2 or 3: what a page shows of the weight."""
        return 1 + (self.weight > 0.34) + (self.weight > 0.67)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Edit:
    """Changes to an interest text. ``add``: weights by word, None = full; ``text`` None: left as it is."""

    text: str | None = None
    add: Mapping[str, float | None] = field(default_factory=dict)
    pin: tuple[str, ...] = ()
    unpin: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    mute: tuple[str, ...] = ()
    unmute: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interests:
    """What a person said, and the words, strongest first."""

    text: str = ""
    words: tuple[Word, ...] = ()
    unwanted: tuple[str, ...] = ()

    @property
    def own(self) -> tuple[Word, ...]:
        return tuple(word for word in self.words if word.is_own)

    @property
    def is_edited(self) -> bool:
        return bool(self.text or self.unwanted or self.own)

    def stated_preferences(self, blocked: Blocked) -> StatedPreferences:
        """What lists are made with: the person's own part only."""
        wanted = {word.word: word.weight for word in self.own if word.word not in blocked}
        return StatedPreferences(self.text, wanted, frozenset(self.unwanted))

    def edited(self, edit: Edit, blocked: Blocked) -> Interests:
        """This text after an edit.

        Raises:
            BadField: for a word that cannot be used, is not there, or is wanted and unwanted at once.
        """
        _refuse_contradictions(edit)
        found = replace(self, text=self.text if edit.text is None else read_typed(edit.text))
        for word, weight in edit.add.items():
            found = found._with_added(read_word("add", word, blocked), read_weight(weight))
        for name, is_pinned in (("pin", True), ("unpin", False)):
            for word in getattr(edit, name):
                found = found._with_pin(name, read_word(name, word), is_pinned)
        for word in edit.delete:
            found = found._without(read_word("delete", word))
        for word in edit.mute:
            found = found._muted(read_word("mute", word))
        for word in edit.unmute:
            found = found._unmuted(read_word("unmute", word))
        return found._within_limits()

    def replaced(
        self, text: str, words: Iterable[Word], unwanted: Iterable[str], blocked: Blocked
    ) -> Interests:
        """The person's own part anew; a word given just as it stands keeps its flags, so an answer can be sent back.

        Raises:
            BadField: as ``edited``.
        """
        present = {word.word: word for word in self.words}
        muted = tuple(dict.fromkeys(read_word("unwanted", word) for word in unwanted))
        given: dict[str, Word] = {}
        for word in words:
            name = read_word("words", word.word, blocked)
            if name in given or name in muted:
                raise BadField(
                    "words", name, _("is given twice") if name in given else _("is unwanted too")
                )
            given[name] = _given(
                replace(word, word=name, weight=read_weight(word.weight)), present.get(name)
            )
        kept = tuple(
            word for word in self.words if not word.is_own and word.word not in {*given, *muted}
        )
        return Interests(read_typed(text), (*given.values(), *kept), muted)._within_limits()

    def merged(self, other: Interests) -> Interests:
        """Both persons' parts as one; where they contradict each other, this one's."""
        taken = {word.word for word in self.own} | set(self.unwanted)
        words = (*self.own, *(word for word in other.own if word.word not in taken))
        wanted = {word.word for word in words}
        unwanted = dict.fromkeys(
            [*self.unwanted, *(word for word in other.unwanted if word not in wanted)]
        )
        return Interests(self.text or other.text, words[:MAX_OWN], tuple(unwanted)[:MAX_UNWANTED])

    def with_generated(
        self, generated: Iterable[tuple[str, float]], blocked: Blocked, n: int
    ) -> Interests:
        """The person's own words, and generated ones as far as ``n`` words in all."""
        words = [word for word in self.own if word.word not in blocked]
        said = {_stem(word) for word in (*self.unwanted, *(word.word for word in words))}
        for name, weight in generated:
            if len(words) < n and name not in blocked and _stem(name) not in said:
                said.add(_stem(name))
                words.append(Word(name, round(min(max(float(weight), LEAST_WEIGHT), 1.0), 3)))
        strongest = sorted(words, key=lambda word: (not word.pinned, -word.weight))
        return replace(self, words=tuple(strongest))

    def _with_added(self, name: str, weight: float) -> Interests:
        present, left = self._find(name), self._drop(name)
        word = (
            replace(present, weight=weight, edited=True)
            if present
            else Word(name, weight, added=True)
        )
        return replace(left, words=(word, *left.words))

    def _with_pin(self, field_name: str, name: str, is_pinned: bool) -> Interests:
        word = self._present(field_name, name)
        return replace(
            self,
            words=tuple(
                replace(each, pinned=is_pinned) if each == word else each for each in self.words
            ),
        )

    def _without(self, name: str) -> Interests:
        """A generated word that is deleted must not come back; one's own is only taken back."""
        return self._drop(name) if self._present("delete", name).added else self._muted(name)

    def _muted(self, name: str) -> Interests:
        left = self._drop(name)
        return replace(left, unwanted=(*left.unwanted, name))

    def _unmuted(self, name: str) -> Interests:
        if name not in self.unwanted:
            raise BadField("unmute", name, _("is not a muted word"))
        return self._drop(name)

    def _drop(self, name: str) -> Interests:
        return replace(
            self,
            words=tuple(word for word in self.words if word.word != name),
            unwanted=tuple(word for word in self.unwanted if word != name),
        )

    def _find(self, name: str) -> Word | None:
        return next((word for word in self.words if word.word == name), None)

    def _present(self, field_name: str, name: str) -> Word:
        word = self._find(name)
        if word is None:
            raise BadField(field_name, name, _("is not a word of this interest text"))
        return word

    def _within_limits(self) -> Interests:
        for name, number, limit in (
            ("words", len(self.own), MAX_OWN),
            ("unwanted", len(self.unwanted), MAX_UNWANTED),
        ):
            if number > limit:
                raise BadField(name, number, _("are more than %(limit)s") % {"limit": limit})
        return self


class Blocked:
    """The words that a catalogue keeps out of interest texts: alone, in any number, and within longer names."""

    def __init__(self, words: Collection[str] = ()) -> None:
        self.words = frozenset(words)
        self._stems = frozenset(_stem(word) for word in words)
        # Chinese is cut into words by what stands around them: there any place counts.
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


def folded(word: str) -> str:
    """A word as it is kept and compared: small letters, single spaces."""
    return " ".join(word.casefold().split())


def read_word(name: str, value: object, blocked: Blocked | None = None) -> str:
    """
    Raises:
        BadField: for what is no word, too long, or blocked in its catalogue.
    """
    word = folded(read_text(name, value))
    if not any(char.isalnum() for char in word):
        raise BadField(name, value, _("must hold a letter or a digit"))
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


def _given(word: Word, present: Word | None) -> Word:
    """The word with the flags that follow from what was there."""
    if present is None:
        return replace(word, added=True, edited=False)
    changed = word.weight != present.weight
    return replace(word, added=present.added, edited=present.edited or changed)


def _refuse_contradictions(edit: Edit) -> None:
    wanted = {folded(str(word)) for word in (*edit.add, *edit.pin, *edit.unmute)}
    for name in ("delete", "mute"):
        for word in getattr(edit, name):
            if folded(str(word)) in wanted:
                raise BadField(name, word, _("is wanted and unwanted at once"))
