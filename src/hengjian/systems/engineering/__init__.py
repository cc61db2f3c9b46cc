"""Engineering quality: five responsible parties."""
