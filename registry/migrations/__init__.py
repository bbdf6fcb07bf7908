"""Alembic's folder: `env.py` runs the migrations, `versions/` holds them in order."""
