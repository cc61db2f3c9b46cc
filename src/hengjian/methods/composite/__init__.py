"""Composite indicators in the ten steps of the OECD/JRC handbook (Handbook on Constructing Composite Indicators, 2008).

Tables are (units, indicators) float arrays with NaN for what is missing.
"""
