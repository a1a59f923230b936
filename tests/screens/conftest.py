from tests.screens.harness import _steady_cursor

__all__ = ["_steady_cursor"]
