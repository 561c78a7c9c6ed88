"""A synthetic catalogue of any size, up to a million items, with people and their log. Seeded."""
