"""The servers: one file each, what they have in common, and what gunicorn must be taught.

In: a WSGI application, settings. Out: a process that answers until it is stopped.
Does not know: routes, rules or storage; the application is made by whoever calls.
"""
