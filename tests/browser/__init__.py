"""Tests with a browser: a package, so that one browser lasts while its tests follow each other."""
