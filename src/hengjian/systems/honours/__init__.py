"""Brands, awards, demonstration, people and projects."""
