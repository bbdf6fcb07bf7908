"""What differs in meaning between two rulebooks, in sentences."""

from engine.difference.compare import difference
from engine.difference.timeline import Days
from engine.difference.values import Change, Difference, Kind, Subject

__all__ = ["Change", "Days", "Difference", "Kind", "Subject", "difference"]
