"""Cases (办件): procedures with states and statutory clocks, each kind declared once in YAML."""
