"""Grades and supervision classes by rule packs, monthly, explained and replayable."""
