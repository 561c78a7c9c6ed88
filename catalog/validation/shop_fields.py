"""Reads what a shop says of its items and orders: price, stock, image, group, sale window.

An empty cell, or null, empties the field: a file that is exported comes back as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from catalog.validation.field_readers import BadField, read_number, read_text, read_time

#: Twelve digits, two of them after the point.
PRICE_MAX = Decimal("9999999999.99")
QUANTITY_MAX = 1e9
STOCK_MAX = 2**31 - 1
#: Where an item has no such value.
EMPTY: dict[str, Any] = {
    "price": None,
    "currency": "",
    "stock": None,
    "image_url": "",
    "group": "",
    "available_from": None,
    "available_until": None,
}
_NO_ORDER_LINE = {"quantity": None, "price": None, "currency": "", "session": ""}
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_is_address = URLValidator(["http", "https"])


def read_shop_fields(row: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """The fields of ``EMPTY`` that the row has.

    Raises:
        BadField: for the first bad field, or a sale that ends before it begins.
    """
    time = partial(read_time, now=now, may_be_future=True)
    readers: dict[str, Callable[[Any], Any]] = {
        "price": read_price,
        "currency": read_currency,
        "stock": _read_stock,
        "image_url": _read_image,
        "group": partial(read_text, "group"),
        "available_from": partial(time, "available_from"),
        "available_until": partial(time, "available_until"),
    }
    found = {
        name: EMPTY[name] if is_empty(row[name]) else read(row[name])
        for name, read in readers.items()
        if name in row
    }
    check_window(found.get("available_from"), found.get("available_until"))
    return found


def read_order_line(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Quantity, price, currency and session of an event.

    Raises:
        BadField: for the first bad field.
    """
    quantity, price, currency, session = map(row.get, ("quantity", "price", "currency", "session"))
    if quantity is price is currency is session is None:
        return _NO_ORDER_LINE
    return {
        "quantity": None if is_empty(quantity) else read_quantity(quantity),
        "price": None if is_empty(price) else read_price(price),
        "currency": "" if is_empty(currency) else read_currency(currency),
        "session": "" if is_empty(session) else read_text("session", session),
    }


def check_window(start: datetime | None, end: datetime | None) -> None:
    """Reject a sale that ends before it begins."""
    if start is not None and end is not None and end <= start:
        reason = _("must be after available_from, %(start)s") % {"start": start.isoformat()}
        raise BadField("available_until", end.isoformat(), reason)


def check_other_end(given: Mapping[str, Any], start: datetime | None, end: datetime | None) -> None:
    """Check the end of a sale window that ``given`` changes with the stored other one.

    Args:
        start, end: of the stored item.

    Raises:
        BadField: names the end that is given.
    """
    if "available_until" in given:
        check_window(given.get("available_from", start), given["available_until"])
    elif (begins := given.get("available_from")) and end is not None and end <= begins:
        reason = _("must be before available_until, %(end)s") % {"end": end.isoformat()}
        raise BadField("available_from", begins.isoformat(), reason)


def is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def read_price(value: object) -> Decimal:
    try:
        price = Decimal("NaN" if isinstance(value, bool) else str(value).strip())
    except InvalidOperation:
        price = Decimal("NaN")
    if not price.is_finite():
        raise BadField(
            "price", value, _("must be a number such as 12.50; the currency has a field of its own")
        )
    if not 0 <= price <= PRICE_MAX:
        raise BadField("price", value, _("must be from 0 to %(high)s") % {"high": PRICE_MAX})
    if price != round(price, 2):
        raise BadField("price", value, _("has more than two digits after the point"))
    return round(price, 2)


def read_currency(value: object) -> str:
    code = read_text("currency", value).upper()
    if not _CURRENCY.fullmatch(code):
        raise BadField("currency", value, _("must be three letters such as EUR (ISO 4217)"))
    return code


def read_quantity(value: object) -> float:
    quantity = read_number("quantity", value)
    if not 0 < quantity <= QUANTITY_MAX:
        raise BadField(
            "quantity", value, _("must be above 0 and at most %(high)g") % {"high": QUANTITY_MAX}
        )
    return quantity


def _read_stock(value: object) -> int:
    pieces = read_number("stock", value)
    if not 0 <= pieces <= STOCK_MAX or pieces != int(pieces):
        raise BadField("stock", value, _("must be a whole number from 0"))
    return int(pieces)


def _read_image(value: object) -> str:
    address = read_text("image_url", value)
    try:
        _is_address(address)
    except ValidationError:
        raise BadField(
            "image_url", value, _("must be an address that begins with http:// or https://")
        ) from None
    return address
