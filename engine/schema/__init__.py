"""The JSON Schemas of the analysts' files, generated from the rulebook."""
