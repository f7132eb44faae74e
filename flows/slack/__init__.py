"""The one door to Slack: what a message looks like, and how it is posted."""
