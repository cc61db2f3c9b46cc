"""Pages of the room, under /trace/events/."""
