"""Finds the encoding of a file: UTF-8 unless its bytes say otherwise, and then a guess is said."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import IO

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from catalog.ingestion.reading.problems import Notices, bad_option

_CHUNK = 1 << 20
_SAMPLE = 64 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HIGH = re.compile(rb"[\x80-\xff]+")
_CYRILLIC = ("cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp874")
_SYLLABLES = frozenset(
    "이가을를의에는은한하고도로다기사지나어서자리스아인시대정전일수소부장보원주상해그라와여과만비구면오거성공제"
    "트용마우음식물품방국모세드무신진개생동중미조안유연화바분드러데위선계학적들게있요년월영간회치반문것"
)
"""Syllables that make up most of Korean text."""
_CLEAR, _UNCLEAR, _SHORT, _TINY = 0.3, (0.2, 0.45), 24, 4
"""Shares of them; bytes beyond ASCII."""
MARK = re.compile("[\udc00-\udcff]")
"""A byte that the encoding does not know, as `mark_bad_bytes` leaves it in a text."""


def _mark(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    bad = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) for byte in bad), error.end


MARKING = "catalog.mark"
codecs.register_error(MARKING, _mark)


@dataclass(slots=True)
class _Tally:
    """Lines beyond ASCII: those that are UTF-8, and those that are not."""

    good: int = 0
    bad: int = 0
    sample: bytes = b""


def find_encoding(file: IO[bytes], chosen: str, notices: Notices) -> str:
    """The encoding of the whole file, which is read to its end.

    Args:
        chosen: as the person gave it; a byte order mark counts more.

    Raises:
        AppError: ``bad_option`` for an unknown encoding.
    """
    first = file.read(_CHUNK)
    marked = next((name for bom, name in _BOMS if first.startswith(bom)), "")
    if chosen:
        return _checked(chosen, marked, notices)
    if marked:
        return marked
    found, sample = _wide(first), b""
    if not found:
        found, sample = _narrow(file, first)
    if other := _other_reading(sample, found):
        text = _(
            "It is not UTF-8 and was read as %(encoding)s (“%(text)s”), a guess from little text. "
            "It may as well be %(other)s (“%(other_text)s”): --encoding %(other)s."
        )
        names = {"encoding": found, "text": _beginning(sample, found)}
        names |= {"other": other, "other_text": _beginning(sample, other)}
        notices.say("encoding", text % names)
    elif found != "utf-8":
        text = _("It is not UTF-8 and was read as %(encoding)s, a guess. --encoding names another.")
        notices.say("encoding", text % {"encoding": found})
    return found


def _beginning(sample: bytes, encoding: str) -> str:
    """The first letters beyond ASCII as this encoding reads them."""
    return "".join(char for char in sample.decode(encoding) if not char.isascii())[:8]


def _checked(chosen: str, marked: str, notices: Notices) -> str:
    try:
        b"".decode(chosen)
        name = codecs.lookup(chosen).name
    except (LookupError, ValueError, UnicodeError):
        reason = _("is not a known encoding, such as utf-8, gb18030, utf-16 or windows-1252")
        raise bad_option("encoding", chosen, reason) from None
    if marked and name.replace("-", "_").split("_")[:2] != marked.replace("-", "_").split("_")[:2]:
        text = _("Its byte order mark says %(encoding)s; --encoding %(chosen)s was not used.")
        notices.say("encoding", text % {"encoding": marked, "chosen": chosen})
        return marked
    return marked or name


def _wide(first: bytes) -> str:
    """Without a byte order mark UTF-16 has a zero in every second byte of plain Latin text, UTF-32
    three of four."""
    for part in (first[:64], first[:4096]):
        of_four = [part[start::4].count(0) for start in range(4)]
        if sum(of_four) * 10 >= 7 * len(part) > 0:
            return "utf-32-le" if of_four[0] < of_four[3] else "utf-32-be"
        zeros = [part[0::2].count(0), part[1::2].count(0)]
        if sum(zeros) * 5 >= len(part) > 3 and max(zeros) * 10 >= 9 * sum(zeros):
            return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    return ""


def _narrow(file: IO[bytes], first: bytes) -> tuple[str, bytes]:
    """The encoding, and the sample that a guess comes from."""
    tally, rest = _Tally(), b""
    chunk = first
    while chunk:
        if rest or not chunk.isascii():
            rest = _tallied(rest + chunk, tally)
        chunk = file.read(_CHUNK)
    _tallied(rest + b"\n", tally)
    if tally.bad <= tally.good:
        return "utf-8", b""
    return _guess(tally.sample), tally.sample


def _tallied(block: bytes, tally: _Tally) -> bytes:
    """Count the complete lines; the last one waits for its end."""
    whole, _end, rest = block.rpartition(b"\n")
    if len(rest) > _CHUNK:
        whole, rest = block, b""
    if _is_utf8(whole):
        tally.good += not whole.isascii()
        return rest
    for line in whole.split(b"\n"):
        if line.isascii():
            continue
        if _is_utf8(line):
            tally.good += 1
        else:
            tally.bad += 1
            tally.sample += line[:2000] + b"\n" if len(tally.sample) < _SAMPLE else b""
    return rest


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess(sample: bytes) -> str:
    """By the shape of the bytes above 127; short samples mislead statistics of letters."""
    runs = _HIGH.findall(sample)
    high = sum(map(len, runs))
    pairs = [run[at : at + 2] for run in runs for at in range(0, len(run) - 1, 2)]
    alone = sum(len(run) == 1 for run in runs)
    kana = sum(byte in (0x82, 0x83) for byte in sample)
    if kana * 4 >= high and _decodes(sample, "cp932", 0x81, 0x9F):
        return "cp932"
    if alone * 10 >= 8 * len(runs):  # accented letters among plain ones
        return _western(sample)
    if pairs and all(0xB0 <= pair[0] <= 0xC8 for pair in pairs) and _korean(sample) >= _CLEAR:
        return "euc_kr"
    is_big5 = _decodes(sample, "big5", 0xA4, 0xC6)
    if is_big5 and alone * 8 > len(runs):  # second bytes below 128, which GB 2312 has not
        return "big5"
    if _decodes(sample, "gb18030", 0xA1, 0xD7, least=0.65):
        return "gb18030"
    if is_big5:
        return "big5"
    best = from_bytes(sample, cp_isolation=list(_CYRILLIC)).best()
    return best.encoding if best else _western(sample)


def _korean(sample: bytes) -> float:
    """The share of frequent syllables if the bytes are read as Korean; 0 if they cannot be.

    Korean and Chinese fill the same bytes. Chinese read as Korean is syllables that hardly occur.
    """
    try:
        text = sample.decode("euc_kr")
    except UnicodeDecodeError:
        return 0.0
    syllables = [char for char in text if not char.isascii()]
    return sum(char in _SYLLABLES for char in syllables) / max(1, len(syllables))


def _other_reading(sample: bytes, found: str) -> str:
    """Korean for Chinese and the other way round, where little speaks for one of them."""
    other = {"gb18030": "euc_kr", "euc_kr": "gb18030"}.get(found, "")
    runs, share = _HIGH.findall(sample), _korean(sample)
    size = sum(map(len, runs))
    is_unclear = (size < _SHORT and (share or size <= _TINY)) or _UNCLEAR[0] <= share < _UNCLEAR[1]
    if not other or not is_unclear or any(len(run) % 2 for run in runs):
        return ""
    try:
        text = sample.decode(other)
    except UnicodeDecodeError:
        return ""
    letters = (char for char in text if not char.isascii())
    return other if all(char.isalpha() for char in letters) else ""


def _decodes(sample: bytes, encoding: str, low: int, high: int, least: float = 0.8) -> bool:
    """Whether the bytes are this encoding and most characters begin within its common block."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return False
    leads = [char.encode(encoding)[0] for char in text[:5000] if not char.isascii()]
    return sum(low <= lead <= high for lead in leads) >= least * len(leads) > 0


def _western(sample: bytes) -> str:
    try:
        sample.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "windows-1252"
