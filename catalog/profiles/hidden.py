"""Hides categories and providers from a person's lists, and shows them again."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.dispatch import receiver
from django.utils.translation import gettext as _

from catalog.models import Catalog, Hidden, Item, Profile
from catalog.models.categories import in_subtree
from catalog.signals import profiles_merged
from catalog.validation.field_readers import BadField, read_key
from config.errors import invalid_field

#: The most that a page can show.
MOST = 200


def hide(*, profile: Profile, what: str, value: str) -> tuple[Hidden, bool]:
    """Hide a category or a provider from all lists of a person; False if it was hidden already.

    Raises:
        AppError: ``invalid`` for a name that the catalogue does not have, or beyond ``MOST``.
    """
    name = _checked(profile.catalog, what, value)
    if (
        Hidden.objects.filter(profile=profile).count() >= MOST
        and not _rows(profile, what, name).exists()
    ):
        raise invalid_field(
            "value", name, _("exceeds the limit of %(most)s hidden entries") % {"most": MOST}
        )
    with transaction.atomic():
        row, is_new = Hidden.objects.get_or_create(profile=profile, what=what, value=name)
        _mark(profile)
    return row, is_new


def unhide(*, profile: Profile, what: str, value: str) -> bool:
    """Show it again; False if it was not hidden."""
    return bool(_rows(profile, what, value).delete()[0])


def unhide_all(*, profile: Profile) -> int:
    return Hidden.objects.filter(profile=profile).delete()[0]


def hidden_of(profile: Profile | None) -> list[Hidden]:
    """The latest first; no query for a person without hidden rows."""
    return (
        list(Hidden.objects.filter(profile=profile))
        if profile is not None and profile.hides
        else []
    )


def hidden_items(profile: Profile | None) -> frozenset[int]:
    """Keys of the items that a person has hidden; two queries, or none without hidden rows."""
    rows = hidden_of(profile)
    if profile is None or not rows:
        return frozenset()
    names = {what: [row.value for row in rows if row.what == what] for what in Hidden.What.values}
    wanted = Q(provider__in=names[Hidden.What.PROVIDER])
    for name in names[Hidden.What.CATEGORY]:
        wanted |= in_subtree(name, "categories__name")
    found = Item.objects.filter(wanted, catalog_id=profile.catalog_id).order_by()
    return frozenset(found.values_list("pk", flat=True))


def _mark(profile: Profile) -> None:
    """Mark that there may be hidden rows. The mark stays, since an extra query is harmless."""
    Profile.objects.filter(pk=profile.pk, hides=False).update(hides=True)
    profile.hides = True


def _rows(profile: Profile, what: str, value: str) -> QuerySet[Hidden]:
    return Hidden.objects.filter(profile=profile, what=what, value=value)


def _checked(catalog: Catalog, what: str, value: str) -> str:
    if what not in Hidden.What.values:
        raise invalid_field(
            "what", what, _("must be one of %(kinds)s") % {"kinds": ", ".join(Hidden.What.values)}
        )
    try:
        name = read_key("value", value)
    except BadField as error:
        raise invalid_field(error.field, error.value, error.reason) from None
    known = (
        catalog.categories.filter(name=name)
        if what == Hidden.What.CATEGORY
        else catalog.items.filter(provider=name)
    )
    if not known.exists():
        raise invalid_field(
            "value",
            name,
            _("is not a %(what)s of this catalogue") % {"what": Hidden.What(what).label},
        )
    return name


@receiver(profiles_merged)
def _merge(sender: type[Profile], source: Profile, target: Profile, **_more: object) -> None:
    """A merged profile hides what either profile hid."""
    present = {(row.what, row.value) for row in hidden_of(target)}
    new = [row for row in hidden_of(source) if (row.what, row.value) not in present]
    if new:
        Hidden.objects.filter(pk__in=[row.pk for row in new]).update(profile=target)
        _mark(target)
