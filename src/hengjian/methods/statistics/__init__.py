"""Statistics of quality work: rates, survey estimates, indices, acceptance sampling, air quality, satisfaction.

Pure functions: numpy arrays and numbers in, dataclasses out. Everything that a standard or a region may set otherwise
(coefficients, breakpoints, weights, bounds) is an argument; its dated values lie in the rulebook.
"""
