"""Registers (登记册): standing records of any kind, each kind declared once in YAML."""
