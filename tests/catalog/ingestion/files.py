"""Files to import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Write = Callable[[str, str | bytes], Path]

ITEMS = "item_id,title,description,categories\na,Tea Mug,Holds tea,Kitchen|Mugs\nb,茶杯,,\n"

LOG = (
    "user_id,item_id,value,timestamp\n"
    "ann,m0,2,1600000000\n"
    "bob,m1,,2020-09-13T12:26:41+00:00\n"
    "ann,m2,1,1600000002\n"
)
