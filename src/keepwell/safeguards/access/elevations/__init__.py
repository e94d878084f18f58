"""Elevation: more access for a while, asked for, decided by somebody else."""
