"""Pure thinking: values in, verdict with its reason out."""
