from catalog.admin import catalogs, items, keys, people

__all__ = ["catalogs", "items", "keys", "people"]
