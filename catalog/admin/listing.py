"""Lists and deletions that stay fast when a catalogue has half a million interactions."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import CASCADE, Model, QuerySet
from django.http import HttpRequest

#: Rows that a list counts, and pages through, at most; filters narrow down what lies beyond.
MAX_COUNTED = 100_000


class AtLeast(int):
    """A count that stopped at its bound, and says so where it is shown."""

    def __str__(self) -> str:
        return f"{int(self):,}+"


class BoundedPaginator(Paginator):
    """Counts no further than ``MAX_COUNTED`` rows, on the primary key alone."""

    @cached_property
    def count(self) -> int:
        rows: QuerySet = self.object_list  # type: ignore[assignment]
        number = rows.order_by().values("pk")[:MAX_COUNTED].count()
        return number if number < MAX_COUNTED else AtLeast(number)


class CountedDeletion:
    """The "Are you sure?" page of a model with very many dependants: says how many instead of naming each."""

    def get_deleted_objects(
        self, objs: Iterable[Model], request: HttpRequest
    ) -> tuple[list[str], dict[Any, int], set[Any], list[Any]]:
        objs = list(objs)
        counts, lacking = {objs[0]._meta.verbose_name_plural: len(objs)} if objs else {}, set()
        for relation in objs[0]._meta.related_objects if objs else ():
            if relation.on_delete is not CASCADE:
                continue
            model = relation.related_model
            if number := model._default_manager.filter(
                **{f"{relation.field.name}__in": objs}
            ).count():
                counts[model._meta.verbose_name_plural] = number
                # Asked of the account, not of the model's admin: nobody may delete single impressions there.
                if not request.user.has_perm(
                    f"{model._meta.app_label}.delete_{model._meta.model_name}"
                ):
                    lacking.add(model._meta.verbose_name)
        return [str(obj) for obj in objs], counts, lacking, []
