"""Special equipment and lifts."""
