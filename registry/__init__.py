"""Interviews, participants and the facts of citizens: stored, decided on and logged.

Upper layers import lower ones: `population` · `service` · `registration`, `reading` · `judgement` ·
`visibility` · `facts`, `decides` · `citizens`, `interviews`, `decision_log`, `audit`, `schema` ·
`storage` · `dialects`, `fair_lock`, `tables`, `documents` · `outcome` · `commands` · `interview`,
`about`, `days`, `errors`.
Does not know Flask, wire names or how a rule is evaluated.
"""
