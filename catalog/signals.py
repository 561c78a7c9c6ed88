"""Signals of the catalogue for the apps that depend on it."""

from django.dispatch import Signal

#: Sent in the merge's transaction, before ``source`` is deleted. Arguments: source, target
#: (profiles).
profiles_merged = Signal()
#: Sent after interactions change, in the writer's transaction if there is one. Argument:
#: profile_ids (a list).
history_changed = Signal()
#: Sent after items are created or their texts change, in the writer's transaction. Arguments:
#: catalog, item_ids (pks, a list).
items_changed = Signal()
