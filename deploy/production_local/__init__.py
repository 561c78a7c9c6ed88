"""`make production-local`: the processes of `deploy/compose.yaml`, without containers."""
