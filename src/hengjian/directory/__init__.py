"""Pages on units, people, roles, tokens and the log of actions (floor 4); what they do lies in `parties`."""
