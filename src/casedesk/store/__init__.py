"""The encrypted store: keys and connection, the journal (the only write path), the fold into tables, read models."""
