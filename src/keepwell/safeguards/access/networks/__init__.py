"""From which networks members may come in: lists of ranges, asked at sign-in and at every request.

A range is for everybody or for one role. Somebody whose role no range is for may come from
anywhere; everybody else only from one of the ranges for the role or for all. Patients have no role
and are never asked. The address is the one that `config.forwarding` believes (ASVS 4.1.3, 15.3.4).
"""
