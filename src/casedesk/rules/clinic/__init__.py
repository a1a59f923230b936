"""The rules of the caution clinic: what is lawful for one suspect, how grave it is, which conditions fit. Pure."""
