"""Longtail's engine: a library on numpy, scipy and pandas.

It has no Django, no network access, no clock and no global random state.
"""
