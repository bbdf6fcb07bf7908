"""Bytes of YAML → a tree of nodes that know their place; strict, and proof against attacks."""
