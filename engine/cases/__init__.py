"""The analysts' cases: read as strictly as the rules, run, and told of."""
