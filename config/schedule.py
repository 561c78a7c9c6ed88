"""Periodic tasks; django-celery-beat shows and edits them in the admin."""

BEAT_SCHEDULE = {
    "fail-lost-training-runs": {"task": "recommender.tasks.sweep_training_runs", "schedule": 30.0},
    "write-stale-interest-texts": {
        "task": "recommender.tasks.refresh_stale_interest_texts",
        "schedule": 60.0,
    },
    "encode-waiting-items": {
        "task": "recommender.tasks.encode_waiting_items",
        "schedule": 30.0,
    },
    "run-due-feeds": {"task": "catalog.tasks.run_due_feeds", "schedule": 60.0},
    "forget-old-uploads": {"task": "catalog.tasks.forget_old_uploads", "schedule": 600.0},
    "forget-old-visits-and-sign-ins": {
        "task": "accounts.tasks.forget_what_is_old",
        "schedule": 86400.0,
    },
    "mark-suspicious-profiles": {
        "task": "catalog.tasks.mark_suspicious_profiles",
        "schedule": 86400.0,
    },
    "forget-old-impressions": {
        "task": "recommender.tasks.forget_old_impressions",
        "schedule": 86400.0,
    },
    "train-where-enough-is-new": {"task": "recommender.tasks.train_where_due", "schedule": 300.0},
}
