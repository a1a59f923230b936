"""The reusable parts of a screen: they know the model's words and what they are handed, never the store."""
