"""Open311 GeoReport v2: the same intake for programs of others (docs/complaints.md)."""
