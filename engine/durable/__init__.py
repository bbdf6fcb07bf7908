"""`Program` → durable_rules: the second opinion. Only `evaluator` imports the library."""
