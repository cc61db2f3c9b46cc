"""Thin faces of the room."""
