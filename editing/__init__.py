"""What editors work with: judge, confirm, note, compare. Floor 4, above the generator."""
