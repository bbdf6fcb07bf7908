"""Draws figures as SVG: bars side by side, lines that grow, shares of a whole.

In: names and numbers. Out: text of an SVG, the same for the same figures, readable on a light and
on a dark page.
Does not know: what the figures mean.
"""
