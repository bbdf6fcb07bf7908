"""*Prøv en samtale*: a registration that is tried and not stored, and the picture of the citizen.

In: a rulebook and what an analyst types. Out: values for the page. Knows no HTTP and no storage.
"""
