"""*Ret*: rule and table files changed in the browser, with everything a change leads to beside it.

In: the folders of the rulebook and of the cases, what an analyst types. Out: values for the page,
and files written safely. Knows no HTTP.
"""
