"""The pages of the privacy centre."""

from __future__ import annotations

import re
from html import unescape

from tests.html import compact

CENTRE, EXPORT, ERASE = "/privacy/", "/privacy/export/", "/privacy/erase/"


def text_of(answer) -> str:
    return unescape(answer.content.decode())


def counts(page: str) -> dict[str, int]:
    found = re.findall(
        r'<th scope="row">([^<]+)<span.*?<td class="number">([\d,]+)</td>', compact(page)
    )
    return {title: int(number.replace(",", "")) for title, number in found}


def erase(client, what: str, **more):
    return client.post(ERASE, {"what": what, "confirm": "on", **more}, follow=True)
