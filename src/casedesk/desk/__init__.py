"""The verbs of the work: read facts, apply rules, write one journal unit, say what happened.

The app and the command line call the same verbs.
"""
