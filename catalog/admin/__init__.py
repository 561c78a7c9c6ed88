from catalog.admin import catalogs, items, keys, members, people, suppressed_ids, suspects

__all__ = ["catalogs", "items", "keys", "members", "people", "suppressed_ids", "suspects"]
