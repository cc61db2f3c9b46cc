"""Papers of the room: notice, score card, circular, rectification notice, mid-term review."""
