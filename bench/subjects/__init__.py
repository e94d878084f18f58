"""The subjects: programs that `bench.rounds` starts, each in a process of its own."""
