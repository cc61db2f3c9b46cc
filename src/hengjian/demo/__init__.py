"""The demonstration region: the fictional 澜川自治区 with units, people, a pair of plans and a year of work on them.

Everything in it is invented. The work is done by the real actions, one after another, each at its own moment, so the
ledger, the steps and the lights are as they would be. `hengjian.cli.demo` is its face.
"""
