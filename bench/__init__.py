"""Keepwell beside its peers: the same work, in turns, in one run (`make bench`).

Never part of the tests: times say something about this machine at this hour, ratios a little more.
"""
