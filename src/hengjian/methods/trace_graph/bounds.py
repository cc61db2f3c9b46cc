"""The two ends of time in the graph: seconds of 32 bits, so that ten million lots fit in memory."""

NEVER = 2**31 - 1
ALWAYS = -(2**31)
