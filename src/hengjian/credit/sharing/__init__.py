"""Sharing: match and batch screening, subscriptions, bulk files, exchange layouts."""
