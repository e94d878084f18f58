"""Work that happens later: a table of jobs that survives kill -9, schedules, and a timer."""
