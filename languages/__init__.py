"""What Klartekst knows of languages: a folder of data for each, read by one loader into one typed model."""
