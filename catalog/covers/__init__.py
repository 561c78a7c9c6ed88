"""Cover pictures drawn from an item's id, category and title: made, never fetched.

Related items look related (hue by category, shifted by the title's words; three figure families a category),
twins differ (everything else is seeded by the id).
"""

from __future__ import annotations

from catalog.covers.drawing import RATIOS, Subject, cover, version

__all__ = ["RATIOS", "Subject", "cover", "version"]
