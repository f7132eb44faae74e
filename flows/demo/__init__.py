"""The embedded newsroom, served over loopback; tests use it too."""
