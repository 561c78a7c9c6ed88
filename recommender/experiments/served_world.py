"""The people of a catalogue, with the model that serves them and the requests that pages make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from catalog.models import Catalog, Profile
from catalog.models.event_kinds import Kind
from recommender.engine.data.dataset import Items
from recommender.engine.data.errors import DataError
from recommender.engine.data.types import StatedPreferences
from recommender.engine.pipeline import Recommender, Request
from recommender.experiments.control_worlds import Wish, folder_world, people_with
from recommender.experiments.controls import PLACES, Say, try_controls
from recommender.experiments.folders import DataFolder
from recommender.experiments.machine import describe_machine
from recommender.experiments.workspace import Workspace
from recommender.serving import live_models, user_context
from recommender.serving.list_request import (
    DIVERSITY,
    MIN_TAIL_SHARE,
    ListOptions,
    list_request,
)
from recommender.training import datasets, encoders

DIAL = 0.3
"""Where the dial stands in a folder's lists: where a new catalogue has it."""


@dataclass(frozen=True)
class ServedWorld:
    """Nothing is written: a control is put into the person that lists are made for, where pages put it."""

    catalog: Catalog
    model: live_models.LiveModel
    data: datasets.CatalogData

    @classmethod
    def of(cls, catalog: Catalog) -> ServedWorld:
        model, data = live_models.live(catalog), datasets.load(catalog)
        if model is None:
            raise DataError(f"{catalog.slug}: no model serves it; train it first")
        if not np.array_equal(model.item_pks, data.item_pks):
            raise DataError(
                f"{catalog.slug}: items came or went since the live version was trained; train it again"
            )
        return cls(catalog, model, data)

    @property
    def name(self) -> str:
        return self.catalog.slug

    @property
    def title(self) -> str:
        return self.catalog.name

    @property
    def is_simulated(self) -> bool:
        return self.catalog.log_is_simulated

    @property
    def recommender(self) -> Recommender:
        return self.model.recommender

    @property
    def items(self) -> Items:
        return self.data.dataset.items

    @cached_property
    def people(self) -> Sequence[int]:
        return people_with(np.diff(self.data.dataset.matrix.indptr))

    def request(self, person: int, wish: Wish, n: int) -> Request:
        profile = self._profile(person)
        dial = self.catalog.clamp_tail(profile.tail)
        return list_request(self._wishing(profile, wish), self.model, n, dial, ListOptions())

    def _wishing(self, profile: Profile, wish: Wish) -> user_context.UserContext:
        person = user_context.user_context_of(profile, self.catalog)
        unavailable = {int(pk) for pk in self.model.item_pks[wish.left_out]}
        person = replace(person, known={*person.known, *unavailable})
        if wish.disliked is not None:
            feedback = (int(self.model.item_pks[wish.disliked]), frozenset[int]())
            person = replace(person, disliked=[*person.disliked, feedback])
        if wish.unwanted:
            unwanted = frozenset({*person.stated_preferences.unwanted, wish.unwanted})
            person = person.with_preferences(
                StatedPreferences(
                    person.stated_preferences.text, person.stated_preferences.wanted, unwanted
                )
            )
        return self._liking(person, wish.liked) if wish.liked is not None else person

    def _liking(self, person: user_context.UserContext, item: int) -> user_context.UserContext:
        weight = np.float32(self.catalog.weights[Kind.LIKE])
        stars = None if person.stars is None else np.append(person.stars, np.float32(np.nan))
        history = [*person.history, int(self.model.item_pks[item])]
        return replace(
            person, history=history, weights=np.append(person.weights, weight), stars=stars
        )

    def _profile(self, person: int) -> Profile:
        profile = Profile.objects.get(pk=int(self.data.profile_pks[person]))
        profile.catalog = self.catalog
        return profile


def run_controls(
    catalogs: Sequence[Catalog],
    folders: Sequence[DataFolder],
    *,
    people: int,
    seeds: int,
    workspace: Workspace,
    say: Say,
) -> dict[str, Any]:
    """What controls prevent, of every catalogue and folder, as JSON values."""
    asks = {
        "tail": DIAL,
        "min_tail_share": MIN_TAIL_SHARE,
        "diversity": DIVERSITY,
    }
    data = []
    for catalog in catalogs:
        say(catalog.slug)
        data.append(try_controls(ServedWorld.of(catalog), people=people, seeds=seeds, say=say))
    for folder in folders:
        say(folder.name)
        world = folder_world(folder, asks, encoders.item_encoder(), workspace)
        data.append(try_controls(world, people=people, seeds=seeds, say=say))
    return {
        "machine": describe_machine(),
        "people": people,
        "seeds": seeds,
        "places": PLACES,
        "catalogues": data,
    }
