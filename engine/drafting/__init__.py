"""A new rule as a draft that can be checked and tested at once."""
