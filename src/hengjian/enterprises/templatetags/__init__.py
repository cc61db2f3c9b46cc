"""Template tags of the enterprises room."""
