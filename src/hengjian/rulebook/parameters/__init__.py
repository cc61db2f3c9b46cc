"""One module per family: the typed parameters of its rules."""
