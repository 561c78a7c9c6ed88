"""The languages that a person reads, and the items that a person supplies."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import Q

from catalog.item_traits import traits_of
from catalog.models import Catalog, Item, Profile
from catalog.models.languages import is_read, validate_languages
from config.errors import invalid_field


def languages_read(
    profile: Profile | None, catalog: Catalog, taken: Iterable[int], page_language: str | None
) -> tuple[str, ...]:
    """Codes of the languages that lists prefer; empty: any.

    What the person said, else the page's language and those of what they took (``taken``: item
    keys). A language that no item has says nothing, so a catalogue in one language has no
    preference.
    """
    traits = traits_of(catalog)
    if not traits.languages:
        return ()
    said = profile.languages if profile is not None else []
    wanted = set(said) or {traits.languages[key] for key in taken if key in traits.languages}
    if not said and page_language:
        wanted.add(page_language.lower())
    return tuple(sorted(code for code in traits.codes if is_read(code, wanted)))


def set_languages(*, profile: Profile, languages: list[str]) -> None:
    """Store the languages that a person reads; an empty list: not said.

    Raises:
        AppError: ``invalid`` for anything but codes.
    """
    try:
        validate_languages(languages)
    except ValidationError as error:
        raise invalid_field("languages", languages, " ".join(error.messages)) from None
    profile.languages = languages
    profile.save(update_fields=["languages"])


def own_items(profile: Profile | None, catalog: Catalog) -> frozenset[int]:
    """Keys of the items that a person supplies: their provider is the person's external ID, or the
    account's e-mail address in any case.

    One query where ``provider_is_user`` is on, else none.
    """
    if profile is None or not catalog.provider_is_user:
        return frozenset()
    wanted = Q(provider=profile.external_id) if profile.external_id else Q(pk__in=())
    if profile.user is not None:
        wanted |= Q(provider__iexact=profile.user.email)
    found = Item.objects.filter(wanted, catalog=catalog).order_by()
    return frozenset(found.values_list("pk", flat=True))
