"""The systems that a quality plan names, one room each: mostly configuration of the engines below."""
