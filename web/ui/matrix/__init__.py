"""*Tilladte samtaletyper*: the matrix contact group by interview type, on any day.

In: a rulebook, sheets of a spreadsheet. Out: values for the page, and the edit of the table's file.
Knows no HTTP and no storage.
"""
