"""Black, red and sector lists, and the measures that departments take on them."""
