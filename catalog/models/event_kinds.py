"""The kinds of events of a catalogue: what each one says, and what its value means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, ClassVar, Protocol

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """The presets of every new catalogue, with their labels. Pages record the first seven."""

    VIEW = "view", _("viewed")
    LIKE = "like", _("liked")
    SAVE = "save", _("saved")
    TAKE = "take", _("chosen")
    RATE = "rate", _("rated")
    DISLIKE = "dislike", _("disliked")
    HIDE = "hide", _("hidden")
    PURCHASE = "purchase", _("bought")
    ADD_TO_CART = "add_to_cart", _("put in the basket")
    CLICK = "click", _("clicked")
    COMPLETE = "complete", _("finished")
    REFUND = "refund", _("returned")
    REMOVE_FROM_CART = "remove_from_cart", _("taken out of the basket")


#: The kinds that pages record; their names, signs and value meanings are fixed.
PAGE_KINDS = (Kind.VIEW, Kind.LIKE, Kind.SAVE, Kind.TAKE, Kind.RATE, Kind.DISLIKE, Kind.HIDE)


class Sign(models.TextChoices):
    POSITIVE = "positive", _("positive")
    NEUTRAL = "neutral", _("neutral")
    NEGATIVE = "negative", _("negative")


class ValueMeaning(models.TextChoices):
    """What the ``value`` of an event means. ``NONE``: it is stored and has no effect."""

    NONE = "none", _("nothing")
    RATING = "rating", _("rating")
    QUANTITY = "quantity", _("quantity")


@dataclass(frozen=True, slots=True)
class KindRow:
    """What one kind says; the columns of ``EventKind`` as plain values."""

    name: str
    weight: float
    sign: str = Sign.POSITIVE.value
    makes_known: bool = True
    repeatable: bool = False
    value_meaning: str = ValueMeaning.NONE.value
    cancels: tuple[str, ...] = ()
    label_en: str = ""
    label_zh_hans: str = ""

    @property
    def label(self) -> str:
        """In the reader's language: the owner's word, else the preset's, else the name."""
        chinese = (translation.get_language() or "").startswith("zh")
        own = (self.label_zh_hans if chinese else self.label_en) or self.label_en
        if own:
            return own
        return str(Kind(self.name).label) if self.name in Kind.values else self.name

    @property
    def is_negative(self) -> bool:
        return self.sign == Sign.NEGATIVE

    @property
    def is_rating(self) -> bool:
        return self.value_meaning == ValueMeaning.RATING

    @property
    def counts(self) -> bool:
        """Whether the value is a number of pieces."""
        return self.value_meaning == ValueMeaning.QUANTITY


_NEUTRAL, _NEGATIVE = Sign.NEUTRAL.value, Sign.NEGATIVE.value
_RATING, _QUANTITY = ValueMeaning.RATING.value, ValueMeaning.QUANTITY.value
PRESETS: tuple[KindRow, ...] = (
    KindRow("view", 0.3, _NEUTRAL, makes_known=False),
    KindRow("like", 1.0),
    KindRow("save", 1.0),
    KindRow("take", 1.0, value_meaning=_QUANTITY),
    KindRow("rate", 1.0, value_meaning=_RATING),
    KindRow("dislike", 0.0, _NEGATIVE),
    KindRow("hide", 0.0, _NEGATIVE),
    KindRow("purchase", 1.0, repeatable=True, value_meaning=_QUANTITY),
    KindRow("add_to_cart", 0.5, makes_known=False, value_meaning=_QUANTITY),
    KindRow("click", 0.3, _NEUTRAL, makes_known=False),
    KindRow("complete", 1.0),
    KindRow(
        "refund",
        0.0,
        _NEUTRAL,
        makes_known=False,
        value_meaning=_QUANTITY,
        cancels=("purchase", "take"),
    ),
    KindRow(
        "remove_from_cart",
        0.0,
        _NEUTRAL,
        makes_known=False,
        value_meaning=_QUANTITY,
        cancels=("add_to_cart",),
    ),
)

#: Words that logs of other systems use, without case, spaces, hyphens and underscores.
ALIASES: Mapping[str, str] = {
    **dict.fromkeys(("buy", "bought", "order", "ordered", "purchased", "checkout"), "purchase"),
    **dict.fromkeys(("transaction", "sale", "购买"), "purchase"),
    **dict.fromkeys(("cart", "addtocart", "addedtocart", "basket", "addtobasket"), "add_to_cart"),
    **dict.fromkeys(("pv", "pageview", "detailview", "viewitem", "viewed", "浏览"), "view"),
    **dict.fromkeys(("fav", "favorite", "favourite", "wishlist", "bookmark", "saved"), "save"),
    **dict.fromkeys(("clicked",), "click"),
    **dict.fromkeys(("rating", "rated", "review"), "rate"),
    **dict.fromkeys(("liked", "thumbsup", "upvote"), "like"),
    **dict.fromkeys(("disliked", "thumbsdown", "downvote"), "dislike"),
    **dict.fromkeys(("completed", "finish", "finished"), "complete"),
    **dict.fromkeys(("return", "returned", "refunded"), "refund"),
    **dict.fromkeys(("removefromcart", "removedfromcart"), "remove_from_cart"),
}


def preset_rows(**changes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The presets as JSON values; ``changes``: other columns by name of the kind."""
    rows = [asdict(row) | dict(changes.get(row.name, {})) for row in PRESETS]
    return [{**row, "cancels": list(row["cancels"])} for row in rows]


class Kinds(Mapping[str, KindRow]):
    """The kinds of a catalogue by name, in their order."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        made = (KindRow(**{**row, "cancels": tuple(row.get("cancels", ()))}) for row in rows)
        self._rows = {row.name: row for row in made}

    def __getitem__(self, name: str) -> KindRow:
        return self._rows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Kinds) and self._rows == other._rows

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(tuple(self._rows.values()))

    @cached_property
    def negative(self) -> frozenset[str]:
        """Kinds that ask for less: no reasons, and their items are left out of lists."""
        return self._named(lambda row: row.is_negative)

    @cached_property
    def known(self) -> frozenset[str]:
        """Kinds after which an item is not recommended again."""
        return self._named(lambda row: row.makes_known)

    @cached_property
    def chosen(self) -> frozenset[str]:
        """Kinds that "known to 3 people" counts: known, and no negative feedback."""
        return self.known - self.negative

    @cached_property
    def ratings(self) -> frozenset[str]:
        return self._named(lambda row: row.is_rating)

    @cached_property
    def quantities(self) -> frozenset[str]:
        return self._named(lambda row: row.counts)

    @cached_property
    def repeatable(self) -> frozenset[str]:
        return self._named(lambda row: row.repeatable)

    @cached_property
    def cancelling(self) -> frozenset[str]:
        """Kinds that take earlier events back."""
        return self._named(lambda row: bool(row.cancels))

    @cached_property
    def deciding(self) -> frozenset[str]:
        """Kinds whose events decide what is known, disliked or taken back."""
        return self._named(lambda row: row.sign != Sign.NEUTRAL or row.cancels or row.makes_known)

    @cached_property
    def weights(self) -> dict[str, float]:
        return {row.name: row.weight for row in self.values()}

    def label(self, name: str) -> str:
        """In the reader's language; a kind that the catalogue no longer has is its own label."""
        row = self.get(name)
        return row.label if row else name

    def resolve(self, word: str) -> str | None:
        """The kind that a word of a file means: its name in any case, or an alias."""
        if word in self:
            return word
        found = {_plain(name): name for name in reversed(self)}.get(_plain(word))
        alias = ALIASES.get(_plain(word))
        return found or (alias if alias in self else None)

    def _named(self, test: Any) -> frozenset[str]:
        return frozenset(row.name for row in self.values() if test(row))

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._rows)


def _plain(word: str) -> str:
    return "".join(letter for letter in word.casefold() if letter not in " _-\t")


class HasKinds(Protocol):
    kind_rows: Any


def kinds_of(catalog: HasKinds) -> Kinds:
    """The catalogue's kinds. They are read from its own row, so this asks no query."""
    rows = catalog.kind_rows
    made: tuple[Any, Kinds] | None = catalog.__dict__.get("_kinds")
    if made is None or made[0] is not rows:
        made = catalog.__dict__["_kinds"] = (rows, Kinds(rows))
    return made[1]


class EventKind(models.Model):
    """A kind of event of a catalogue. ``Catalog.kind_rows`` repeats the rows, for requests."""

    catalog = models.ForeignKey(
        "catalog.Catalog", models.CASCADE, related_name="event_kinds", verbose_name=_("catalogue")
    )
    name = models.CharField(
        _("name"),
        max_length=40,
        validators=[
            RegexValidator(
                r"^[a-z][a-z0-9_-]*\Z",
                _("Lower-case letters a–z, digits, - and _, beginning with a letter."),
            )
        ],
        help_text=_("As programs and files send it."),
    )
    label_en = models.CharField(_("in English"), max_length=60, blank=True)
    label_zh_hans = models.CharField(_("in Chinese"), max_length=60, blank=True)
    weight = models.FloatField(
        _("weight"), default=1.0, validators=[MinValueValidator(0.0), MaxValueValidator(10.0)]
    )
    sign = models.CharField(_("sign"), max_length=10, choices=Sign, default=Sign.POSITIVE)
    makes_known = models.BooleanField(_("makes known"), default=True)
    repeatable = models.BooleanField(_("repeatable"), default=False)
    value_meaning = models.CharField(
        _("the value is"), max_length=10, choices=ValueMeaning, default=ValueMeaning.NONE
    )
    cancels = models.JSONField(_("takes back"), default=list, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)

    COLUMNS: ClassVar = tuple(KindRow.__dataclass_fields__)

    class Meta:
        verbose_name = _("kind of event")
        verbose_name_plural = _("kinds of events")
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["catalog", "name"], name="one_kind_per_name"),
            models.CheckConstraint(
                condition=Q(weight__gte=0) & Q(weight__lte=10), name="kind_weight_0_to_10"
            ),
            models.CheckConstraint(condition=Q(sign__in=Sign.values), name="kind_sign_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def row(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.COLUMNS}
