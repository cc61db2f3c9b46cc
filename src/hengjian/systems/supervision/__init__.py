"""Recalls, insurance and relief, campaigns, inspections, public lists, energy and environment."""
