"""What would pass: the smallest change of a request's own facts that would be accepted."""

from engine.what_passes.search import Alternative, Change, Nearest, nearest_accepted
from engine.what_passes.words import change_in_words, changes_in_words

__all__ = [
    "Alternative",
    "Change",
    "Nearest",
    "change_in_words",
    "changes_in_words",
    "nearest_accepted",
]
