"""Fits of families of rows: data, one pass over them, and what each family's estimate and its errors are.

Beside `mlestat.fitting`, not inside it: there a parameter is one number with a link, here a vector or a matrix with its
own geometry, and each family has an estimate from sufficient statistics. Both end in the same `Fit`.
"""
