"""Work that happens later: for now one timer thread per process."""
