"""The columns of each kind of file, other names under which they come, and how a header is read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from catalog.ingestion.reading.problems import Notices, bad_file, bad_option

_ITEM_ID = (
    "item", "product id", "product", "sku", "variant sku", "article id", "asin", "movie id",
    "book id", "course id", "content id", "goods id", "商品id", "商品编号", "物品id", "条目id",
)  # fmt: skip
_USER_ID = (
    "user", "customer id", "customer", "member id", "member", "visitor id", "client id",
    "reviewer id", "person id", "person", "account id", "uid", "用户id", "用户", "会员id", "顾客id",
)  # fmt: skip
_TIME = (
    "time", "date", "datetime", "event time", "event date", "created", "created at",
    "unix timestamp", "time stamp", "ts", "时间", "日期", "时间戳",
)  # fmt: skip
RATINGS = ("rating", "ratings", "stars", "score", "评分", "星级")
"""Other names of ``value`` in a log of ratings."""
_QUOTED = re.compile("(['`´‘’‚“”„«]).*['`´‘’“”»]")
NOT_READ = "-"
"""In ``--columns``: a column that is left out on purpose."""


@dataclass(frozen=True)
class FileKind:
    """What a file holds.

    Attributes:
        columns: all that are read; ``required`` must be there.
        ids: columns of ids; ``time``: the column of times.
        aliases: column -> other names, in any case, with or without spaces, ``_`` and ``-``.
    """

    name: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    ids: tuple[str, ...]
    time: str = ""
    aliases: Mapping[str, Sequence[str]] = field(default_factory=dict)


ITEMS = FileKind(
    "items",
    (
        "item_id",
        "title",
        "description",
        "categories",
        "provider",
        "language",
        "attributes",
        "available",
        "created_at",
        "price",
        "currency",
        "stock",
        "image_url",
        "group",
        "available_from",
        "available_until",
    ),
    ("item_id",),
    ("item_id",),
    "created_at",
    {
        "item_id": ("id", *_ITEM_ID),
        "title": ("name", "item name", "product name", "product title", "标题", "名称", "商品名称"),
        "description": ("body", "body html", "long description", "text", "描述", "简介", "介绍"),
        "categories": ("category", "product category", "genre", "genres", "分类", "类别", "类目"),
        "provider": (
            "vendor",
            "brand",
            "manufacturer",
            "author",
            "seller",
            "publisher",
            "school",
            "品牌",
            "作者",
            "商家",
            "提供者",
        ),
        "language": ("lang", "locale", "语言"),
        "available": ("availability", "is available", "in stock", "上架", "有货"),
        "attributes": ("attrs", "properties", "属性"),
        "created_at": (*_TIME, "timestamp", "date added", "published at"),
        "price": ("variant price", "unit price", "regular price", "价格", "售价"),
        "currency": ("currency code", "币种", "货币"),
        "stock": (
            "inventory",
            "inventory quantity",
            "stock quantity",
            "variant inventory qty",
            "quantity",
            "qty",
            "库存",
        ),
        "image_url": ("image", "image link", "image src", "picture", "图片"),
        "group": ("item group id", "group id", "variant group", "parent sku", "款式"),
        "available_from": ("availability date", "sale start", "开售时间"),
        "available_until": ("expiration date", "sale end", "停售时间"),
    },
)
INTERACTIONS = FileKind(
    "interactions",
    (
        "user_id",
        "item_id",
        "timestamp",
        "value",
        "kind",
        "event_id",
        "quantity",
        "price",
        "currency",
        "session",
    ),
    ("user_id", "item_id", "timestamp"),
    ("user_id", "item_id", "event_id"),
    "timestamp",
    {
        "user_id": _USER_ID,
        "item_id": _ITEM_ID,
        "timestamp": _TIME,
        "kind": (
            "event",
            "event type",
            "event name",
            "type",
            "action",
            "behavior",
            "behaviour",
            "behavior type",
            "行为",
            "行为类型",
            "类型",
        ),
        "event_id": ("事件id",),
        "value": RATINGS,
        "quantity": ("qty", "units", "pieces", "数量"),
        "price": ("unit price", "item price", "价格", "单价"),
        "currency": ("currency code", "币种", "货币"),
        "session": ("session id", "visit id", "会话id", "会话"),
    },
)
USERS = FileKind("users", ("user_id",), ("user_id",), ("user_id",), "", {"user_id": _USER_ID})
VECTORS = FileKind(
    "vectors",
    ("item_id", "vector", "name"),
    ("item_id", "vector"),
    ("item_id",),
    "",
    {"item_id": ("id", *_ITEM_ID), "vector": ("embedding", "vec", "values", "向量")},
)


def without_ratings(kind: FileKind) -> FileKind:
    """The kind for logs of other acts, where nothing reads stars."""
    aliases = {name: other for name, other in kind.aliases.items() if other is not RATINGS}
    return replace(kind, aliases=aliases)


def plain(name: str) -> str:
    """A name without case, spaces and punctuation."""
    text = unicodedata.normalize("NFKC", str(name)).casefold()
    return "".join(char for char in text if char.isalnum())


def known_names(kind: FileKind) -> dict[str, str]:
    """Plain name -> column."""
    own = {plain(name): name for name in kind.columns}
    others = {
        plain(other): name
        for name, names in kind.aliases.items()
        if name in kind.columns
        for other in names
    }
    return {**others, **own}


@dataclass
class Header:
    """Which column each name of a file is; what is not read is said."""

    file: str
    kind: FileKind
    mapping: Mapping[str, str]
    notices: Notices
    line: int = 1

    def __post_init__(self) -> None:
        for column in self.mapping:
            if column not in self.kind.columns:
                reason = _("%(name)s is no column; columns are %(columns)s")
                found = {"name": column, "columns": ", ".join(self.kind.columns)}
                raise bad_option("map", f"{column}={self.mapping[column]}", reason % found)
        self._known = known_names(self.kind)
        self._mapped = {plain(theirs): ours for ours, theirs in self.mapping.items()}
        self.found: dict[str, str] = {}
        """Column -> the name in the file."""
        self.names: list[str] = []
        """All names in the file, in their order."""
        self.cells: list[str] = []
        """The header as it is written; empty if the file has none."""

    def column(self, name: str) -> str:
        """The column that a name of the file means; empty if nothing reads it."""
        if (ours := self._mapped.get(plain(name))) is not None:
            return ours
        ours = self._known.get(plain(name), "")
        return "" if ours in self.mapping else ours

    def read(self, names: Sequence[str]) -> list[str]:
        """The column of each name, or an empty text.

        Raises:
            AppError: ``bad_file`` for a missing column and for two names of one column.
        """
        stripped = [str(name).strip() for name in names]
        if any(map(_QUOTED.fullmatch, stripped)):
            reason = _("the header's names are in %(mark)s; CSV has \" for quotes")
            raise self._bad(reason % {"mark": stripped[0][:1]}, stripped)
        self.names = [name for name in stripped if name not in ("", NOT_READ)]
        columns = [self.column(name) for name in stripped]
        for at, (name, column) in enumerate(zip(stripped, columns, strict=True)):
            if name not in ("", NOT_READ) and name in stripped[:at]:
                raise self._bad(_("the header has the column %(name)s twice") % {"name": name})
            if column in columns[:at] and column:
                first = stripped[columns.index(column)]
                raise self._bad(self._both(first, name, column))
        self.found = dict(zip(columns, stripped, strict=True))
        self.found.pop("", None)
        self._reject_missing(stripped)
        self._say_unread(stripped, columns)
        return columns

    def _both(self, first: str, second: str, column: str) -> str:
        text = _(
            "the header has two columns for %(column)s, “%(first)s” and “%(second)s”; "
            "choose with --map %(column)s=%(first)s"
        )
        return text % {"column": column, "first": first, "second": second}

    def _bad(self, reason: str, header: Sequence[str] = ()) -> Exception:
        return bad_file(self.file, self.line, reason, ",".join(header)[:200] or None)

    def _reject_missing(self, names: Sequence[str]) -> None:
        absent = [
            theirs for theirs in self.mapping.values() if plain(theirs) not in map(plain, names)
        ]
        shown = ", ".join(names)[:200]
        if absent:
            reason = _("the header has no column %(missing)s (--map); it has: %(names)s")
            raise self._bad(reason % {"missing": ", ".join(absent), "names": shown}, names)
        if missing := [name for name in self.kind.required if name not in self.found]:
            reason = _(
                "the header has no column %(missing)s; it has: %(names)s. "
                "--map %(first)s=NAME names it, --columns names those of a file without a header"
            )
            if len(names) == 1 < len(self.kind.columns):
                reason += _(", --delimiter what separates the columns")
            found = {"missing": ", ".join(missing), "names": shown, "first": missing[0]}
            raise self._bad(reason % found, names)

    def _say_unread(self, names: Sequence[str], columns: Sequence[str]) -> None:
        for at, (name, column) in enumerate(zip(names, columns, strict=True), 1):
            if not column and name != NOT_READ:
                self.say_unread(name, at)

    def say_unread(self, name: str, position: int = 0) -> None:
        """A column that nothing reads, with the one that may be meant."""
        if not name:
            text = _("Column %(number)s has no name and is not read.") % {"number": position}
            self.notices.say(f"unread {position}", text)
            return
        text = _("Column “%(name)s” is not read.") % {"name": name}
        close = process.extractOne(
            plain(name), self._free_names(), scorer=fuzz.ratio, score_cutoff=70
        )
        if close:
            more = _("Did you mean %(column)s? --map %(column)s=%(name)s reads it.")
            text = f"{text} {more % {'column': self._known[close[0]], 'name': name}}"
        self.notices.say(f"unread {name}", text)

    def _free_names(self) -> list[str]:
        return [name for name, column in self._known.items() if column not in self.found]
