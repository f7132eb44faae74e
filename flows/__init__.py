"""What acts: network, schedule, Slack, command line."""
