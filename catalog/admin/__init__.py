from catalog.admin import catalogs, items, keys, people, suppressed_ids

__all__ = ["catalogs", "items", "keys", "people", "suppressed_ids"]
