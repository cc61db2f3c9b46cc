"""Satisfaction surveys: questionnaire, sample, public form, satisfaction index."""
