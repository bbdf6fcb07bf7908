"""What became of every rule, and why: recorded by generated code, made into steps when read."""
