"""Indicators: definitions, values with their parts, targets and where they come from."""
