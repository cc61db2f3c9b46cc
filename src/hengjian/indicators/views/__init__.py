"""The pages of the room: reading (also for the public), the daily work, targets, definitions."""
