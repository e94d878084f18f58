"""What was disclosed about a person to somebody outside: written down, listed, found mistaken.

The organisation's part of an accounting of disclosures (45 CFR 164.528), beside what Keepwell
knows by itself (`reports`). For six years before the day on which the person asks (164.528(a)(1)).
"""
