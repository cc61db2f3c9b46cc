"""Pages of the room, where the generic ones do not suffice."""
