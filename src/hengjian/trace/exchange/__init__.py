"""Provincial exchange, conformity certificates, statutory codes and the consumer's page."""
