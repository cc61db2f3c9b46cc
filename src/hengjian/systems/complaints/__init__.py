"""Complaints, reports and the aid to owners of intellectual property."""
