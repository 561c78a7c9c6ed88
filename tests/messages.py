"""Collects the translatable texts of the code and updates the Chinese catalogue; needs no gettext.

`python -m tests.messages` adds new texts to the .po (to be translated by hand), removes unused
ones, and compiles the .mo that is shipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import polib
from babel.messages.extract import extract

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "config" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
FOLDERS = ("accounts", "catalog", "config", "recommender", "templates")
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
    "Feature": (3,),  # the engine knows no translation; the admin translates its meaning
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdgf%]|\{\w*\}")
Key = tuple[str | None, str]


@dataclass(frozen=True)
class Text:
    """A text to translate, and where it was found."""

    context: str | None
    text: str
    plural: str | None
    where: str

    @property
    def key(self) -> Key:
        return self.context, self.text


def texts() -> list[Text]:
    """Every text once, in the order of files and lines."""
    found: dict[Key, Text] = {}
    for path in _files():
        for text in texts_of(path):
            known = found.get(text.key)
            if known is None or (known.plural is None and text.plural is not None):
                found[text.key] = text
    return list(found.values())


def _files() -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".html", ".txt") and "migrations" not in path.parts:
                yield path


def texts_of(path: Path) -> Iterator[Text]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        if path.suffix == ".txt" and "{%" not in source:
            return
        source = _as_python(source)
    for line, message, _comments, context in extract(
        "python", BytesIO(source.encode()), keywords=KEYWORDS
    ):
        forms = message if isinstance(message, tuple) else (message,)
        forms = tuple(form for form in forms if form != context) if context else forms
        where = f"{path.relative_to(ROOT)}:{line}"
        if forms and forms[0]:
            yield Text(context, forms[0], forms[1] if len(forms) > 1 else None, where)


def _as_python(template: str) -> str:
    """The calls of a template, one a line; the text between them is not Python."""
    from django.utils.translation.template import templatize

    return "\n".join(line.lstrip() for line in templatize(template).splitlines())


def load() -> polib.POFile:
    return polib.pofile(str(PO))


def placeholders(text: str) -> list[str]:
    return sorted(set(PLACEHOLDER.findall(text)))


def update() -> tuple[int, int]:
    """Update the .po from the code and compile it.

    Returns:
        The number of texts to translate, and the number of removed ones.
    """
    old = {(entry.msgctxt, entry.msgid): entry for entry in load()} if PO.exists() else {}
    new = polib.POFile(wrapwidth=110)
    new.metadata = {
        "Project-Id-Version": "longtail",
        "Language": "zh_Hans",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    found = texts()
    for text in found:
        new.append(_entry(text, old.get(text.key)))
    PO.parent.mkdir(parents=True, exist_ok=True)
    new.save(str(PO))
    new.save_as_mofile(str(MO))
    return len(new.untranslated_entries()), len(old.keys() - {text.key for text in found})


def _entry(text: Text, old: polib.POEntry | None) -> polib.POEntry:
    # Files without line numbers, so that moving code does not change the catalogue.
    entry = polib.POEntry(
        msgctxt=text.context, msgid=text.text, occurrences=[(text.where.rsplit(":", 1)[0], "")]
    )
    if set(placeholders(text.text)) & {"%%"} or "%(" in text.text:
        entry.flags.append("python-format")
    translation = "" if old is None else old.msgstr or (old.msgstr_plural or {}).get(0, "")
    if text.plural is None:
        entry.msgstr = translation
    else:
        entry.msgid_plural, entry.msgstr_plural = text.plural, {0: translation}
    return entry


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    waiting, unused = update()
    print(f"{PO.relative_to(ROOT)}: {waiting} to translate, {unused} dropped")  # noqa: T201
