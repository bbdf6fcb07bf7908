"""Speed, side by side in one run: `make benchmark`.

Every figure is a ratio or stands beside what it is compared with; absolute numbers hold for the
machine of that run only.
"""
