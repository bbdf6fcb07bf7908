"""One decision by every rule engine that Python can call: `make benchmark-engines`.

One file per contestant, each written as its own users would write it: rules as data or expressions
in its own language, prepared once, and facts in the shape it likes best. All are held to the same
verdicts before they are timed.
"""
