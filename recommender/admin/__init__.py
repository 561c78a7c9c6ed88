from recommender.admin import catalogs, impressions, runs, schedule, versions

__all__ = ["catalogs", "impressions", "runs", "schedule", "versions"]
