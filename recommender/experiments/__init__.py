"""Experiments: Longtail against peers, the published experiment, ablation, user controls."""
