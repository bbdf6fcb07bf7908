"""The reliability catalogue as programs: one module per entry, small in the suite, large by hand.

How to add an entry: a module `<entry>_<name>.py` here (`r1_racing_writers.py`, `h2_activations.py`)
with a function

    def run(scale: Scale) -> Iterator[Row]:
        with postgresql_server() as server, temporary_folder() as folder:
            ...
            yield Row("R1", "SQLite", load="2,000 registrations", broken=(...), control="...")

that yields one `Row` for each database (`tests.campaign.row`). Nothing else is to be done: it is
found by its name, run small by `tests/test_campaign.py`, large by `python -m tests.campaign r1`
and `make campaign`, timed, printed and written into docs/reliability.md.

- `scale.of(small=40, large=2000)` says how much to do: small takes seconds, large minutes.
- `broken` says in words what went wrong; empty means that it held. `lost` and `doubled` count.
- A race has a control run without the protection. `control` says what broke in it, in words; an
  empty text means that nothing broke, which makes the row red, as the race then shows nothing.
- `skipped` says why an entry could not be run here.
- Real servers come from `tests.campaign.serving`, callers from `tests.campaign.calling`.
- Its docstring begins with the sentence that docs/reliability.md shows.
"""
