"""Rules and their cases → the pages under `docs/rules/`."""
