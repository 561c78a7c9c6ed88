"""Why a training process ended, in words."""

from __future__ import annotations

import errno
import os
import re
import signal

from django.utils.translation import gettext as _

MOST_CHARACTERS = 2000

_NOISE = re.compile(
    r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.,]\d+: [IWE] |[IWE]0000 |WARNING: All log messages before "
    r"absl|To enable the following instructions|To change this setting"
    r'|\{"timestamp": "[^"]*", "level": "(?:debug|info)")'
)
"""Lines that TensorFlow writes whenever it starts, and records of what went well."""

_FULL_DISK = os.strerror(errno.ENOSPC)


def cause_of(code: int, output: str) -> str:
    """One line about the exit code, then the end of the output without TensorFlow's banner."""
    return f"{_reason(code, output)}\n{last_words(output)}".strip()


def last_words(output: str) -> str:
    lines = [line for line in output.splitlines() if not _NOISE.match(line)]
    return "\n".join(lines).strip()[-MOST_CHARACTERS:]


def in_words(error: BaseException) -> str:
    """What is said of an exception: for a full disk or memory a sentence, then its own text."""
    own = f"{type(error).__name__}: {error}"
    if _FULL_DISK in own:
        return "{}\n{}".format(_("No space is left on the device."), own)
    if isinstance(error, MemoryError):
        return "{}\n{}".format(_("The training process ran out of memory."), own)
    return own


def _reason(code: int, output: str) -> str:
    if _FULL_DISK in output:
        return _("No space is left on the device.")
    if code == -signal.SIGKILL:
        return _("The training process was killed (signal 9): probably the memory ran out.")
    if code < 0:
        return _("The training process was ended by %(signal)s (signal %(number)s).") % {
            "signal": _name(-code),
            "number": -code,
        }
    if "MemoryError" in output:
        return _("The training process ran out of memory.")
    return _("The training process exited with code %(code)s.") % {"code": code}


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
