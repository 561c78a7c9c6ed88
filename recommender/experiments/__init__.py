"""Measuring: Longtail beside its peers, the published experiment, what each part adds. Files only, no database."""
