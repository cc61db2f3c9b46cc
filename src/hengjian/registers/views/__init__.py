"""Pages of the room: thin; every change is an action."""
