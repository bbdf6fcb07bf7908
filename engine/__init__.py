"""The rules engine: reads, checks, compiles, evaluates and explains rules.

In: the bytes of the analysts' files, and facts. Out: problems or a `Rulebook`; a `Decision`.
Does not know: interviews, Flask, databases, the clock or the network.

The values, each in a file of its own: `problems`, `dated`, `facts`, `tables`, `model`, `operators`,
`decision`. The stages, in the order in which they run:

1. `source`    bytes → tree of nodes that know their place
2. `reader`    tree → `Rulebook`: parameters, tables, the fact catalogue, then rules, grants and
   notices; at last `reader.check` looks for what reading cannot see
3. `program`   rulebook + dates → `Program`
4. `compiled`, `durable`   program + facts → what speaks up: the requirements of rules that are not
   met, the grants and notices that hold; both must agree
5. `trace`     program + facts → one `Step` per rule
6. `decide`    all of it → `Decision`
7. `explain`   rules and decisions → sentences
8. `cases`     the analysts' cases → results
9. `pages`, `schema`   the rulebook → pages in Danish, and JSON Schemas for editors
"""
