"""The rules engine: reads, checks, compiles, evaluates and explains rules.

In: the bytes of the analysts' files, and facts. Out: problems or a `Rulebook`; a `Decision`.
Does not know: interviews, Flask, databases, the clock or the network.

The stages, in the order in which they run:

1. `source`      bytes → tree of nodes that know their place
2. `catalogue`   tree → the fact catalogue
3. `read_tables` tree → dated tables, parameters, error codes
4. `reader`      tree → `Rulebook` (with `conditions` for the conditions)
5. `check`       what reading cannot see → problems
6. `program`     rulebook + dates → `Program`
7. `compiled`, `durable`   program + facts → unmet requirements; both must agree
8. `trace`       program + facts → one `Step` per rule
9. `decide`      all of it → `Decision`
10. `explain`    decision → sentences
"""
