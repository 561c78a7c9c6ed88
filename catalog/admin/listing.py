"""Lists and deletions that stay fast with half a million interactions."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import CASCADE, Model, QuerySet
from django.http import HttpRequest

from catalog.policy.policy import allows

#: The most rows that a list counts and pages through; filters reach the rows beyond.
MAX_COUNTED = 100_000


class AtLeast(int):
    """A count that stopped at its limit, and is shown as "more than"."""

    def __str__(self) -> str:
        return f"{int(self):,}+"


class BoundedPaginator(Paginator):
    """Counts at most ``MAX_COUNTED`` rows, on the primary key alone."""

    @cached_property
    def count(self) -> int:
        rows: QuerySet = self.object_list  # type: ignore[assignment]
        number = rows.order_by().values("pk")[:MAX_COUNTED].count()
        return number if number < MAX_COUNTED else AtLeast(number)


class CountedDeletion:
    """A deletion page that shows the number of dependent rows instead of listing each of them."""

    def get_deleted_objects(
        self, objs: Iterable[Model], request: HttpRequest
    ) -> tuple[list[str], dict[Any, int], set[Any], list[Any]]:
        objs = list(objs)
        counts, lacking = {objs[0]._meta.verbose_name_plural: len(objs)} if objs else {}, set()
        if any(not self.has_delete_permission(request, obj) for obj in objs):  # type: ignore[attr-defined]
            lacking.add(objs[0]._meta.verbose_name)
        for relation in objs[0]._meta.related_objects if objs else ():
            if relation.on_delete is not CASCADE:
                continue
            model = relation.related_model
            if number := model._default_manager.filter(
                **{f"{relation.field.name}__in": objs}
            ).count():
                counts[model._meta.verbose_name_plural] = number
                # Checked for the account, not for the model's admin, which never allows deleting
                # single impressions.
                permission = f"{model._meta.app_label}.delete_{model._meta.model_name}"
                if not all(allows(request.user, permission, obj) for obj in objs):
                    lacking.add(model._meta.verbose_name)
        return [str(obj) for obj in objs], counts, lacking, []
