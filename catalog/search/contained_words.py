"""The condition that an item's texts contain a word, as the database's index answers it.

On PostgreSQL the conditions are those of two trigram indexes, which `0014_search_indexes` builds:
of all letters, and of Chinese alone. A trigram has three letters and most Chinese words two, so the
second index holds each Chinese letter three times.
"""

from __future__ import annotations

import re
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func
from django.db.models.sql.compiler import SQLCompiler

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_HAN_ONLY = re.compile(f"[{_HAN}]+")
_TEXT = "({} || E'\\n' || {})"
_CHINESE = (
    f"regexp_replace(regexp_replace({_TEXT}, '[^{_HAN}]+', ' ', 'g'), "
    f"'([{_HAN}])', '\\1\\1\\1', 'g')"
)


class ContainsWord(Func):
    """Whether the title, the description or the provider of an item contains a folded word."""

    output_field = BooleanField()

    def __init__(self, word: str) -> None:
        super().__init__(F("search_title"), F("search_text"))
        self.word = word

    @property
    def identity(self) -> Any:
        return (self.__class__, self.word)

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> tuple[str, list[str]]:
        title, text = self._columns(compiler)
        pattern = f"%{connection.ops.prep_for_like_query(self.word)}%"
        return rf"({title} LIKE %s ESCAPE '\' OR {text} LIKE %s ESCAPE '\')", [pattern, pattern]

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> tuple[str, list[str]]:
        chinese = _HAN_ONLY.fullmatch(self.word)
        searched = (_CHINESE if chinese else _TEXT).format(*self._columns(compiler))
        word = "".join(letter * 3 for letter in self.word) if chinese else self.word
        return f"{searched} LIKE %s", [f"%{connection.ops.prep_for_like_query(word)}%"]

    def _columns(self, compiler: SQLCompiler) -> list[str]:
        return [compiler.compile(each)[0] for each in self.get_source_expressions()]
