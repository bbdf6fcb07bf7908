"""Sending one message to one receiver over HTTP (webhooks).

In: a message, a receiver that the operator allows, keys, the time. Out: an outcome, as a value.
Does not know: the message log, subscriptions or the database; nor does it log anything.
"""
