from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from catalog.models import Catalog
from catalog.models.catalog_texts import validate_texts


@pytest.mark.parametrize(
    "value", [[], {"en": "Shop"}, {"en": {"name": 3}}, {"en": {"categories": ["a"]}}]
)
def test_texts_of_another_shape_are_rejected(value: object) -> None:
    with pytest.raises(ValidationError):
        validate_texts(value)


def test_a_text_falls_back_to_the_catalogues_own_language() -> None:
    texts = {"en": {"name": "Shop", "tagline": "Small things"}, "zh-hans": {"name": "小店"}}
    validate_texts(texts)
    catalog = Catalog(name="shop", language="en", texts=texts)
    with translation.override("zh-hans"):
        assert (catalog.display_name, catalog.text("tagline"), catalog.text("none", "-")) == (
            "小店",
            "Small things",
            "-",
        )
