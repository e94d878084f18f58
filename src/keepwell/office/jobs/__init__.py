"""The page of jobs: what runs, what waits, what failed, what is done by the clock."""
