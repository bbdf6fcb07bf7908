"""Memory that one session of durable_rules gives back is kept for the next.

In: nothing. Out: a setting of the C library, for the whole process, once.
Does not know: rules.

A session takes some hundred kilobytes at the end of the heap and frees them. glibc hands these back
to the system each time and asks for them again, page by page, which in the main thread takes longer
than the session itself. Where the C library has no such setting nothing happens.
"""

from __future__ import annotations

import ctypes
from functools import cache

# names and numbers of malloc.h
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_MEBIBYTE = 1024 * 1024
_KEPT_AT_MOST = 8 * _MEBIBYTE
"""More free memory than this at the end of the heap is handed back as before."""
_OF_ITS_OWN = _MEBIBYTE
"""What is larger than this is no part of the heap, and handed back as soon as it is freed."""


@cache
def keep_freed_memory() -> bool:
    """Tell the C library to keep what is freed; return whether it took both settings."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # musl, macOS and Windows know none
        return False
    return bool(
        # one of them alone makes it worse: it switches off what glibc learns by itself
        mallopt(_M_TRIM_THRESHOLD, _KEPT_AT_MOST) and mallopt(_M_MMAP_THRESHOLD, _OF_ITS_OWN)
    )
