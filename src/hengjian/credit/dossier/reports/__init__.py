"""The quality-credit report: what stands in it, its files, how it is issued and verified."""
