"""`Program` → generated Python: the definition of meaning, and the fast path."""
