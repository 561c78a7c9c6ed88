from __future__ import annotations

from catalog.models import Catalog, Interaction, Item, Profile
from catalog.profiles import services
from tests.errors import error_of
from tests.factories import make_interaction, make_profile, make_user


def test_a_profile_is_created_once_per_id(catalog: Catalog) -> None:
    first = services.get_or_create_profile(catalog=catalog, external_id="zoe")
    assert services.get_or_create_profile(catalog=catalog, external_id="zoe") == first
    assert (
        error_of(services.get_or_create_profile, catalog=catalog, external_id="").details["field"]
        == "user_id"
    )


def test_save_profile_names_the_bad_field(profile: Profile) -> None:
    profile.tail = 3.0
    error = error_of(services.save_profile, profile=profile)
    assert (error.details["field"], error.details["value"]) == ("tail", 3.0)


def test_merging_moves_events_and_settings(catalog: Catalog, items: list[Item], user) -> None:
    source = make_profile(catalog, external_id=None, tail=0.8)
    target = make_profile(catalog, user=user)
    make_interaction(source, items[0], event_id="e1")
    make_interaction(target, items[1])
    merged = services.merge_profiles(source=source, target=target)
    assert (merged.pk, merged.tail) == (target.pk, 0.8)
    assert set(merged.interactions.values_list("event_id", flat=True)) == {"e1", None}
    assert Profile.objects.count() == 1


def test_the_target_of_a_merge_retains_its_dial(catalog: Catalog) -> None:
    source, target = (
        make_profile(catalog, external_id=None, tail=0.8),
        make_profile(catalog, tail=0.1),
    )
    assert services.merge_profiles(source=source, target=target).tail == 0.1


def test_merging_twice_is_an_error(catalog: Catalog) -> None:
    source, target = make_profile(catalog), make_profile(catalog)
    services.merge_profiles(source=Profile.objects.get(pk=source.pk), target=target)
    assert error_of(services.merge_profiles, source=source, target=target).code == "deleted"


def test_a_claimed_profile_becomes_the_accounts(catalog: Catalog, user) -> None:
    visit = make_profile(catalog, external_id=None)
    assert services.claim_profile(profile=visit, user=user).pk == visit.pk
    assert Profile.objects.get(user=user).pk == visit.pk
    assert error_of(services.claim_profile, profile=visit, user=make_user()).code == "profile_taken"


def test_a_second_visit_is_merged_into_the_accounts_profile(
    catalog: Catalog, items: list[Item], user
) -> None:
    own, visit = make_profile(catalog, user=user), make_profile(catalog, external_id=None)
    make_interaction(visit, items[0])
    assert services.claim_profile(profile=visit, user=user).pk == own.pk
    assert own.interactions.count() == 1


def test_the_dial_stays_within_the_catalogues_limits(profile: Profile) -> None:
    profile.catalog.tail_max = 0.7
    assert services.set_tail(profile=profile, tail=0.7).tail == 0.7
    assert error_of(services.set_tail, profile=profile, tail=0.8).details["value"] == 0.8
    assert error_of(services.set_tail, profile=profile, tail="far").details["field"] == "tail"
    assert services.set_tail(profile=profile, tail=None).tail is None
    profile.refresh_from_db()
    assert profile.tail is None


def test_deleting_a_profile_deletes_its_events(profile: Profile, items: list[Item]) -> None:
    make_interaction(profile, items[0])
    services.delete_profile(profile=profile)
    assert not Interaction.objects.exists()
