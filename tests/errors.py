"""Errors that calls raise."""

from __future__ import annotations

import pytest

from config.errors import AppError


def error_of(call, **fields) -> AppError:
    with pytest.raises(AppError) as caught:
        call(**fields)
    return caught.value
