"""Pages of the room: lists and entries, measures and their receipts, the check, what the public sees."""
