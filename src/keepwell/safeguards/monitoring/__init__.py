"""Monitoring: rules over the stream of the trail, and the alerts that they raise."""
