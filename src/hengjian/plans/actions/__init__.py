"""The verbs of the plans room, one class each."""
