"""Metrology: instruments, verification, reference standards, energy metering."""
