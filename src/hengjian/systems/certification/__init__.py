"""Testing, inspection and certification bodies and certificates."""
