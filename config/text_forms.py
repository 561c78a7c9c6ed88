"""The forms of texts: plain for people, folded for searching; and a column of folded texts."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import cache
from typing import Any

import nh3
import opencc
from django.db import models

_TAGS = (
    "a|abbr|acronym|address|article|aside|audio|b|bdi|bdo|big|blockquote|body|br|button|caption|"
    "center|cite|code|col|colgroup|dd|del|details|dfn|div|dl|dt|em|embed|fieldset|figcaption|"
    "figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|legend|"
    "li|link|main|mark|meta|nav|noscript|object|ol|option|p|param|picture|pre|q|s|samp|script|"
    "section|select|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|"
    "textarea|tfoot|th|thead|time|title|tr|tt|u|ul|var|video|wbr"
)
_TAG = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>|<!--", re.IGNORECASE)
#: What only markup has: an end, a void element, an attribute, or a tag at the very beginning.
#: "Learn the <video> element" has none of them and stays.
_MARKUP = re.compile(
    rf"</(?:{_TAGS})\s*>|<(?:br|hr|img|wbr)\b[^<>]*>|<(?:{_TAGS})\s[^<>]*=[^<>]*>"
    rf"|\A\s*<(?:{_TAGS})\s*/?>|<!--",
    re.IGNORECASE,
)
_BLOCK = re.compile(
    r"</?(?:address|article|aside|blockquote|br|caption|center|dd|details|div|dl|dt|fieldset|"
    r"figcaption|figure|footer|form|h[1-6]|header|hr|legend|li|main|nav|ol|option|p|pre|section|"
    r"summary|table|td|tfoot|th|thead|tr|ul)\b[^<>]*>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
#: Their content is for machines.
_MACHINE_TEXT = {"script", "style", "noscript", "iframe", "object", "embed", "svg", "template"}
#: Characters that reverse the rest of a line, or that no text needs.
_UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
_IGNORED_IN_SEARCH = re.compile("[\u00ad\u200b-\u200f\u2060]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
#: Entities in entities occur in feeds that pass through several programs.
_DEEPEST = 8


def plain_text(text: str) -> str:
    """A text as people read it: no markup, no entities, one composition of letters (NFC).

    Blocks of HTML become lines. Only what looks like HTML is taken for it: ``a < b``, ``AT&T`` and
    ``vector<int>`` stay. A second call changes nothing.
    """
    for _time in range(_DEEPEST):
        found = _without_markup(text) if "<" in text or "&" in text else text
        if found == text:
            break
        text = found
    return _UNSEEN.sub("", unicodedata.normalize("NFC", text)).strip()


def with_visible_nul(text: str) -> str:
    """A message that every database stores: PostgreSQL takes no NUL."""
    return text.replace("\x00", "\u2400")


def for_search(text: str) -> str:
    """A text as words are compared: width, case, accents and Chinese script do not matter.

    Traditional Chinese becomes simplified.
    """
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).casefold()
    letters = (
        char for char in unicodedata.normalize("NFD", folded) if not "\u0300" <= char <= "\u036f"
    )
    plain = _IGNORED_IN_SEARCH.sub("", unicodedata.normalize("NFC", "".join(letters)))
    return _to_simplified().convert(plain) if _HAN.search(plain) else plain


def _without_markup(text: str) -> str:
    if not _MARKUP.search(text):
        return _ENTITY.sub(_character, text)
    lines = _BLOCK.sub("\n", _with_only_tags(text))
    cleaned = nh3.clean(lines, tags=set(), clean_content_tags=_MACHINE_TEXT)
    return _tidied(_ENTITY.sub(_character, cleaned))


def _with_only_tags(text: str) -> str:
    """Every ``<`` that begins no tag of HTML, escaped; the sanitizer would drop what follows."""
    parts, end = [], 0
    for tag in _TAG.finditer(text):
        parts += [text[end : tag.start()].replace("<", "&lt;"), tag.group()]
        end = tag.end()
    return "".join([*parts, text[end:].replace("<", "&lt;")])


def _character(entity: re.Match[str]) -> str:
    """The character of an entity; an unknown entity, or one of no storable character, stays."""
    char = html.unescape(entity.group())
    return entity.group() if "\x00" in char or "\ufffd" in char else char.replace("\xa0", " ")


def _tidied(text: str) -> str:
    """The space that markup ignores, removed; at most one empty line."""
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


@cache
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


class SearchTextField(models.TextField):
    """The texts of ``sources``, one a line, as `config.text_forms.for_search` folds them.

    Every insert and every whole save writes it, bulk inserts too; it is never typed.
    """

    def __init__(self, *, sources: tuple[str, ...], **options: Any) -> None:
        self.sources = sources
        options |= {"editable": False, "blank": True, "default": ""}
        super().__init__(**options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        for fixed in ("editable", "blank", "default"):
            options.pop(fixed, None)
        return name, path, args, options | {"sources": self.sources}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        text = self.text_of(model_instance)
        setattr(model_instance, self.attname, text)
        return text

    def text_of(self, instance: models.Model) -> str:
        given = (getattr(instance, name) for name in self.sources)
        return for_search("\n".join(filter(None, given)))
