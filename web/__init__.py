"""The doors of samtale: the HTTP interface, the analysts' pages and the `samtale` command.

In: requests and command lines. Out: calls on `registry` and `engine`, and their answers rendered.
Does not know: how anything is decided or stored.
"""
