"""The domain as pure functions: facts in, findings out. No clock is read here: ``now`` is a parameter."""
