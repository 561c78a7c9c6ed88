"""Requests as browsers send them."""

from __future__ import annotations

from django.urls import reverse

BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0"}

LIVE = {"HTTP_HX_REQUEST": "true"}


def act(client, item, kind="", **more):
    address = reverse("catalog:act", args=[item.catalog.slug, item.pk])
    headers = {key: more.pop(key) for key in list(more) if key.startswith("HTTP_")}
    return client.post(address, {"kind": kind, **more}, **headers)
