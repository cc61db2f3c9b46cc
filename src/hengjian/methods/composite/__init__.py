"""Composite indicators in the ten steps of the OECD/JRC handbook (Handbook on Constructing Composite Indicators, 2008).

1 framework: `aggregation.Tree` · 2 selection: `treatment.denominate`, `screen` · 3 imputation: `treatment.impute` ·
4 multivariate analysis: `coherence` · 5 normalisation: `treatment.treat`, `normalisation` · 6 weighting, aggregation:
`weighting`, `aggregation` · 7 uncertainty, sensitivity: `uncertainty`, `sensitivity` · 8 back to the data:
`building.contribution`, `aggregation.effective_weights`, `directions_agree` · 9 links: `coherence.links` ·
10 presentation: the caller's. Tables are (units, indicators) float arrays with NaN for what is missing.
"""
