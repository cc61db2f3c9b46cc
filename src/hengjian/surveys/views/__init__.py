"""Pages of the room: for the office, for interviewers, for everybody."""
