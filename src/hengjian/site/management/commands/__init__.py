"""Commands of Django that the site changes."""
