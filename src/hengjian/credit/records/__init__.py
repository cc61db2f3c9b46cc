"""Credit records: what the catalogue admits, how long it is shown, repair and expiry."""
