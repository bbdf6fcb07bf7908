"""One canonical layout of the analysts' files; comments, order and meaning stay."""
