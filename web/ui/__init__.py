"""The analysts' workbench: pages on which rules are read, tried, changed and followed.

In: `Parts`, what `web.workbench` puts together. Out: a blueprint under `/`.
Does not know: the HTTP interface under `/v1`, its wire names or its tokens' claims.
"""
