"""Reads documents of other programs, and writes them as a policy."""
