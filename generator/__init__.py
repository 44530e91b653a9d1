"""How it is printed: values in, files out. Floor 3."""
