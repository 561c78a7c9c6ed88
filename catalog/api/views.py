"""What all endpoints of a catalogue share."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.views import APIView

from catalog.models import Catalog


class CatalogAPIView(APIView):
    """Finds the catalogue of the address before anything is authorised."""

    catalog: Catalog

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        slug = kwargs["slug"]
        try:
            self.catalog = Catalog.objects.get(slug=slug)
        except Catalog.DoesNotExist:
            raise Http404(_("There is no catalogue “%(slug)s”.") % {"slug": slug}) from None
        super().initial(request, *args, **kwargs)
