"""Columnar copy of the ledger: Parquet segments, one expression per measure, DuckDB or Spark."""
