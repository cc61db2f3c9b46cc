"""EPCIS 2.0 repository: capture, query, subscriptions."""
