"""Pages of the room: for the office, for everybody."""
