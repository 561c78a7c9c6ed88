"""Imports in the browser: upload, look at the columns, check, import.

Each account sees its own uploads only, and nothing is read from the disk by a name.
"""

from __future__ import annotations

from functools import partial

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from catalog.admin.file_import_forms import ReadingForm, UploadForm, initial_of
from catalog.admin.file_rights import catalogs_to_import, may_import
from catalog.ingestion import upload_runs, uploads
from catalog.ingestion.upload_previews import Preview, kind_of, preview
from catalog.models import FileImport, Holds, RememberedMapping
from config.errors import AppError

State = FileImport.State
PAGE, UPLOAD_PAGE = "admin/catalog/file_import.html", "admin/catalog/file_upload.html"
MODELS = {Holds.ITEMS: "item", Holds.INTERACTIONS: "interaction"}
SHOWN_IMPORTS = 10


def import_urls(holds: str) -> list[URLPattern]:
    """The addresses below the list of items, or of interactions."""
    name = f"catalog_{MODELS[Holds(holds)]}_import"
    view = admin.site.admin_view
    return [
        path("import/", view(partial(upload_page, holds=holds)), name=name),
        path("import/<int:pk>/", view(partial(file_page, holds=holds)), name=f"{name}_file"),
        path(
            "import/<int:pk>/bad-rows.csv",
            view(partial(bad_rows, holds=holds)),
            name=f"{name}_bad_rows",
        ),
    ]


def address(stored: FileImport, page: str = "file") -> str:
    name = f"admin:catalog_{MODELS[Holds(stored.holds)]}_import_{page}"
    return reverse(name, args=[stored.pk])


def upload_page(request: HttpRequest, holds: str) -> HttpResponse:
    """Choose a catalogue and a file; the account's last imports."""
    catalogs = catalogs_to_import(request.user, holds)
    if not catalogs.exists():
        raise PermissionDenied
    form = UploadForm(request.POST or None, request.FILES or None, catalogs=catalogs)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(address(_stored(request, form, holds)))
        except AppError as error:
            form.add_error("file", str(error.message))
    own = FileImport.objects.filter(user=request.user.pk, holds=holds, catalog__in=catalogs)
    context = {
        **admin.site.each_context(request),
        "title": _("Import %(content)s") % {"content": Holds(holds).label},
        "form": form,
        "kind": kind_of(holds),
        "back": reverse(f"admin:catalog_{MODELS[Holds(holds)]}_changelist"),
        "imports": [
            (stored, address(stored)) for stored in own.select_related("catalog")[:SHOWN_IMPORTS]
        ],
    }
    return TemplateResponse(request, UPLOAD_PAGE, context)


def _stored(request: HttpRequest, form: UploadForm, holds: str) -> FileImport:
    """The stored file, with what was chosen for the last one."""
    catalog = form.cleaned_data["catalog"]
    stored = uploads.store(
        upload=form.cleaned_data["file"],
        catalog=catalog,
        user=request.user,  # type: ignore[arg-type]
        holds=holds,
    )
    last = RememberedMapping.objects.filter(catalog=catalog, holds=holds).first()
    if last is not None:
        stored.preset, stored.options = last.preset, last.options
        stored.save(update_fields=["preset", "options"])
    return stored


def file_page(request: HttpRequest, pk: int, holds: str) -> HttpResponse:
    """The file's one page: its columns, what the check found, what became of it."""
    stored = _found(request, pk, holds)
    return _act(request, stored) if request.method == "POST" else _page(request, stored)


def bad_rows(request: HttpRequest, pk: int, holds: str) -> StreamingHttpResponse:
    """The whole list of bad rows, as CSV."""
    stored = _found(request, pk, holds)
    response = StreamingHttpResponse(uploads.error_list(stored), content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="bad-rows-{stored.pk}.csv"'
    return response


def _found(request: HttpRequest, pk: int, holds: str) -> FileImport:
    """The upload, if it is the account's own: for others it is not there."""
    rows = FileImport.objects.filter(user=request.user.pk, holds=holds).select_related("catalog")
    stored = rows.filter(pk=pk).first()
    if stored is None:
        raise Http404(_("There is no such upload. It may have been deleted; upload it again."))
    if not may_import(request.user, stored.catalog, stored.holds):
        raise PermissionDenied
    return stored


def _page(
    request: HttpRequest, stored: FileImport, form: ReadingForm | None = None
) -> HttpResponse:
    is_open = stored.state in (State.UPLOADED, State.CHECKED, State.FAILED)
    shown = form.preview if form else _preview(stored) if is_open else Preview()
    if is_open and form is None:
        form = ReadingForm(stored=stored, preview=shown, initial=initial_of(stored, shown))
    context = {
        **admin.site.each_context(request),
        "title": stored.file_name,
        "stored": stored,
        "form": form,
        "preview": shown,
        "is_working": stored.state in FileImport.WORKING,
        "bad_rows": address(stored, "bad_rows"),
        "back": reverse(f"admin:catalog_{MODELS[Holds(stored.holds)]}_import"),
    }
    return TemplateResponse(request, PAGE, context)


def _preview(stored: FileImport) -> Preview:
    return preview(stored, upload_runs.options_of(stored))


# Buttons


def _act(request: HttpRequest, stored: FileImport) -> HttpResponse:
    try:
        if "discard" in request.POST:
            stored.delete()
            messages.success(request, _("The upload was deleted. Nothing was imported."))
            return redirect(f"admin:catalog_{MODELS[Holds(stored.holds)]}_import")
        if "import" in request.POST:
            return _import(request, stored)
        return _check(request, stored)
    except AppError as error:
        messages.error(request, str(error.message))
        return HttpResponseRedirect(address(stored))


def _check(request: HttpRequest, stored: FileImport) -> HttpResponse:
    form = ReadingForm(request.POST, stored=stored, preview=_preview(stored))
    if not form.is_valid():
        return _page(request, stored, form)
    stored.preset, stored.options = form.cleaned_data["preset"], form.options()
    stored.save(update_fields=["preset", "options"])
    upload_runs.start(stored, State.CHECKING)
    return HttpResponseRedirect(address(stored))


def _import(request: HttpRequest, stored: FileImport) -> HttpResponse:
    stored.skip_bad = "skip_bad" in request.POST
    stored.save(update_fields=["skip_bad"])
    stored = upload_runs.start(stored, State.IMPORTING)
    if stored.state == State.SUCCEEDED:
        messages.success(request, _("The file was imported."))
    return HttpResponseRedirect(address(stored))
