"""One file with everything that an instance stores: its database and its artifacts."""
