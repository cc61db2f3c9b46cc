"""Pages of the room: for the public, for machines, for the office."""
