"""Bundles: casework that travels between installations. The merge they rest on is in ``store.fold``."""
