from catalog.admin import catalogs, items, keys, members, people, suppressed_ids

__all__ = ["catalogs", "items", "keys", "members", "people", "suppressed_ids"]
