"""Random draws (双随机) that outsiders can replay."""
