"""Cover pictures, drawn from an item's id, category and title.

Related items look similar: the category gives the hue, which the title's words shift, and three
families of figures. The id seeds everything else, so that similar items differ.
"""

from __future__ import annotations

from catalog.covers.drawing import RATIOS, Subject, cover, version

__all__ = ["RATIOS", "Subject", "cover", "version"]
