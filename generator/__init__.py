"""The generator: versions in, the files of the site and the letters out."""
