"""A report of who opened a person's data, shared with a colleague who could not make one.

For some days and for one colleague, whatever the role: that they hold it is on the trail, and so is
each time they read it. What is shared is the report as it was ordered, never more of the trail.
"""
