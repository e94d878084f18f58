"""The chart as Keepwell keeps it, and as a plain row behind Keepwell's wall."""
