"""What the catalogue tells the apps to its right."""

from django.dispatch import Signal

#: Sent inside the merge's transaction, before ``source`` is deleted. Arguments: source, target (profiles).
profiles_merged = Signal()
