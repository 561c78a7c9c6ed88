"""What the catalogue tells the apps to its right."""

from django.dispatch import Signal

#: Sent inside the merge's transaction, before ``source`` is deleted. Arguments: source, target (profiles).
profiles_merged = Signal()
#: Sent when what people did has changed, within the writer's transaction if it has one. Argument: profile_ids (a list).
history_changed = Signal()
