"""Weighted score trees with vetoes, bands and reasons for lost points."""
