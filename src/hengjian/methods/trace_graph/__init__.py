"""What went into what: time-respecting traces over millions of lots, and which supplier explains an outbreak."""

from hengjian.methods.trace_graph.index import Trace, TraceIndex
from hengjian.methods.trace_graph.suppliers import Delivery, Scores, relate, score

__all__ = ["Delivery", "Scores", "Trace", "TraceIndex", "relate", "score"]
