"""From which networks members may come in: lists of ranges, asked at sign-in and at every request.

A range is for everybody, for everybody but owners, or for one role. Somebody whom no range is for
may come from anywhere; everybody else only from one of the ranges that hold for the own role. Only
owners, and the console, change what holds for owners. Patients have no role and are never asked.
The address is the one that `config.forwarding` believes (ASVS 4.1.3, 15.3.4).
"""
