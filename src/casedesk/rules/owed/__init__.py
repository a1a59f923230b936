"""What is owed: what starts a duty, to whom, and what meets it. :mod:`casedesk.rules.duties` puts them together."""
