"""A served catalogue as a setting: its people, its live model and the requests of its pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from catalog.models import Catalog, Profile
from catalog.models.event_kinds import Kind, kinds_of
from recommender.engine.data.dataset import Items
from recommender.engine.data.errors import DataError
from recommender.engine.data.types import StatedPreferences
from recommender.engine.pipeline import Recommender, Request
from recommender.experiments.control_settings import UsedControls, folder_setting, people_with
from recommender.experiments.controls import LIST_LENGTH, Say, try_controls
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
"""The dial of a folder's lists: the default of a new catalogue."""


@dataclass(frozen=True)
class ServedSetting:
    """Writes nothing: controls change the user context in memory, as on pages."""

    catalog: Catalog
    model: live_models.LiveModel
    data: datasets.CatalogData

    @classmethod
    def of(cls, catalog: Catalog) -> ServedSetting:
        model, data = live_models.live(catalog), datasets.load(catalog)
        if model is None:
            raise DataError(f"{catalog.slug}: no model serves it; train it first")
        if not np.array_equal(model.item_pks, data.item_pks):
            raise DataError(
                f"{catalog.slug}: items came or went since the live version was trained; "
                "train it again"
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

    def request(self, person: int, used: UsedControls, n: int) -> Request:
        profile = self._profile(person)
        dial = self.catalog.clamp_tail(profile.tail)
        context = self._with_controls(profile, used)
        blend = self.model.version.blend
        return list_request(context, self.model, n, dial, ListOptions(), blend=blend)

    def _with_controls(self, profile: Profile, used: UsedControls) -> user_context.UserContext:
        context = user_context.user_context_of(profile, self.catalog)
        unavailable = {int(pk) for pk in self.model.item_pks[used.left_out]}
        context = replace(context, known={*context.known, *unavailable})
        if used.disliked is not None:
            feedback = (int(self.model.item_pks[used.disliked]), frozenset[int]())
            context = replace(context, disliked=[*context.disliked, feedback])
        if used.unwanted:
            unwanted = frozenset({*context.stated_preferences.unwanted, used.unwanted})
            context = context.with_preferences(
                StatedPreferences(
                    context.stated_preferences.text, context.stated_preferences.wanted, unwanted
                )
            )
        return self._with_liked(context, used.liked) if used.liked is not None else context

    def _with_liked(self, context: user_context.UserContext, item: int) -> user_context.UserContext:
        weight = np.float32(kinds_of(self.catalog).weights[Kind.LIKE])
        stars = None if context.stars is None else np.append(context.stars, np.float32(np.nan))
        history = [*context.history, int(self.model.item_pks[item])]
        return replace(
            context, history=history, weights=np.append(context.weights, weight), stars=stars
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
    """Figures of the controls for every catalogue and folder, as JSON values."""
    asks = {
        "tail": DIAL,
        "min_tail_share": MIN_TAIL_SHARE,
        "diversity": DIVERSITY,
    }
    data = []
    for catalog in catalogs:
        say(catalog.slug)
        data.append(try_controls(ServedSetting.of(catalog), people=people, seeds=seeds, say=say))
    for folder in folders:
        say(folder.name)
        setting = folder_setting(folder, asks, encoders.item_encoder(), workspace)
        data.append(try_controls(setting, people=people, seeds=seeds, say=say))
    return {
        "machine": describe_machine(),
        "people": people,
        "seeds": seeds,
        "places": LIST_LENGTH,
        "catalogues": data,
    }
