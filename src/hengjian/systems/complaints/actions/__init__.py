"""The verbs of the room, one class each."""
