"""What *Genberegning* works with: one replay at a time, beside the requests."""
