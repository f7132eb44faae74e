"""The one door to the network: fetching, its address guard, killable workers."""
