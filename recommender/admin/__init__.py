from recommender.admin import catalogs, impressions, interests, runs, schedule, versions

__all__ = ["catalogs", "impressions", "interests", "runs", "schedule", "versions"]
