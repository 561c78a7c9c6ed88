"""Longtail's engine: a library of numpy, scipy and pandas; no Django, no network, no clock, no global randomness."""
