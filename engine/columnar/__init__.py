"""`Rulebook` → a columnar plan: SQL text that decides a whole table of facts at once."""
