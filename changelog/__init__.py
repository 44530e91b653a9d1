"""What changed: Git in, versions and redlines out. Floor 2."""
