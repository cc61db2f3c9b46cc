"""Traceability of products."""
