"""Fills the site's database, and prints a key of the catalogue “shop”."""

from __future__ import annotations

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from tests.factories import (  # noqa: E402
    make_api_key,
    make_catalog,
    make_interaction,
    make_item,
    make_profile,
)


def main() -> None:
    call_command("migrate", verbosity=0)
    schema = {
        "colour": {"type": "choice", "choices": ["red", "blue"], "facet": True},
        "weight": {"type": "number", "facet": True},
    }
    catalog = make_catalog(slug="shop", name="Shop", domain="health", attribute_schema=schema)
    items = [
        make_item(
            catalog,
            external_id=f"i{n}",
            title=f"Mug {n}",
            categories=["Mugs"],
            attributes={"colour": "red" if n % 4 else "blue", "weight": n},
        )
        for n in range(20)
    ]
    for number in range(5):
        person = make_profile(catalog, external_id=f"u{number}")
        for item in items[number : number + 3]:
            make_interaction(person, item, event_id=f"e{number}-{item.external_id}")
    print(make_api_key(catalog)[1])  # noqa: T201


if __name__ == "__main__":
    main()
