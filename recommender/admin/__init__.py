from recommender.admin import (
    catalogs,
    impressions,
    interests,
    item_changes,
    runs,
    schedule,
    versions,
)

__all__ = ["catalogs", "impressions", "interests", "item_changes", "runs", "schedule", "versions"]
