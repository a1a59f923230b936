"""Loads the data packs into typed, checked objects. Every pack is read on first use, never at import."""
