"""The migrations, one file per change; a migration that has been released never changes."""
