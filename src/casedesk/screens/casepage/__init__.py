"""The tabs of the case page, one module each, and the frame they share."""
