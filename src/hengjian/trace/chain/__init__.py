"""The chain: index, trace, recall scope, balance and anomalies, with the officers' pages."""
