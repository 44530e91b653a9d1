"""Tests with a real WordPress: a package, so that one browser lasts while its tests follow each other."""
