"""What a server holds all its life is no business of the garbage collector.

In: nothing. Out: a setting of this process.
Does not know: what is served. With a thousand rules a full collection takes a quarter of a second,
in the middle of some request; what is there before the first one need not be looked through.
"""

from __future__ import annotations

import gc


def hold_what_is_there() -> None:
    """Leave all objects that there are out of later collections; asked again, begin anew."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
