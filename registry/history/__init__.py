"""Stored decisions as Parquet: a folder of columns instead of rows of a database."""
