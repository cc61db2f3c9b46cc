"""The endpoints by subject; each is a thin face over actions and queries of the rooms."""
