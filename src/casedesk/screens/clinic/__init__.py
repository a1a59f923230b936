"""The screens of the caution clinic."""
