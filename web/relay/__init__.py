"""The relay: sends what waits in the message logs to the webhooks of subscribers.

In: an outbox, receivers, signing keys, the time. Out: HTTP requests, marks, log lines and figures.
Does not know: who wrote the messages and why, nor how they are stored.
"""
