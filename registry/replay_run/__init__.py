"""A replay of a whole history: chunk by chunk, kept, gone on with, and told."""
