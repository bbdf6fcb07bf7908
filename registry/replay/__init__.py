"""Decisions made again, a whole history at once: on DuckDB, on Spark, or row by row."""
