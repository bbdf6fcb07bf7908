"""A rulebook that was read ⇄ bytes that can become nothing but a rulebook again."""
