"""What holds: files in, the document a reader sees out. Floor 1."""
