"""The plan loop: policy text, tasks and duties, progress with evidence, lights, urging, circulars, cascade."""
