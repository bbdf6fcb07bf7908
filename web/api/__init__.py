"""The HTTP interface: JSON in, one call on the registry, JSON or problem+json out.

`contract` lists every operation once; routes, permissions, query checks and the OpenAPI document
all follow from it. `wire` (with `wire_decisions`, `wire_rules`, `wire_times`) and `schema/*.json`
are the only places that know the names on the wire.
"""
