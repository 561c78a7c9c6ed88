"""The "Train now" button and its page."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from accounts.models import User
from catalog.admin.confirmation import Confirmation, Done, confirm
from catalog.models import Catalog
from catalog.policy.policy import allows, catalogs_for
from recommender.models import TrainingRun
from recommender.training.runs import request_training

MAY_TRAIN = "recommender.add_trainingrun"


class MayTrain:
    """For ``permissions=["train"]`` of a button, by the row that the button belongs to."""

    def has_train_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return allows(request.user, MAY_TRAIN, self.row(object_id))  # type: ignore[attr-defined]


class TrainForm(forms.Form):
    def __init__(self, catalogs: QuerySet[Catalog], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["catalog"].queryset = catalogs  # type: ignore[attr-defined]

    catalog = forms.ModelChoiceField(
        Catalog.objects.none(),
        label=gettext_lazy("Catalogue"),
        widget=UnfoldAdminSelectWidget,
        empty_label=None,
    )
    force = forms.BooleanField(
        label=gettext_lazy("Train even without new data"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=gettext_lazy("Otherwise the run is skipped if the data has not changed."),
    )


def ask_to_train(
    request: HttpRequest, *, catalog_id: Any = None, force: bool = False, back: str
) -> HttpResponse:
    """The page that asks for catalogue and force, and then queues a run."""

    def act(form: Any) -> Done:
        run = request_training(
            catalog=form.cleaned_data["catalog"],
            trigger=TrainingRun.Trigger.ADMIN,
            user=cast(User, request.user),
            force=form.cleaned_data["force"],
        )
        message = _("A training run for “%(catalog)s” is queued.") % {"catalog": run.catalog}
        return Done(message, reverse("admin:recommender_trainingrun_change", args=[run.pk]))

    page = Confirmation(
        title=_("Train now"),
        lines=(
            _("A new version is trained in the background and compared with the live version."),
            _(
                "It goes live automatically if it passes the gate. Until then, nothing "
                "changes for people."
            ),
        ),
        button=_("Train"),
        back=back,
    )
    return confirm(
        request,
        page,
        act,
        form_class=partial(TrainForm, catalogs_for(request.user, MAY_TRAIN)),
        initial={"catalog": catalog_id, "force": force},
    )
