"""Trees → the typed rulebook, or every problem at once."""
