"""The government quality-work assessment: schemes, rounds, evidence, results, rectification."""
