"""Who: regions, units, people, what they may do, and the log of what they did (floor 2)."""
