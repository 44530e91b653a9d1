"""Verifies a published site, a letter or an older log: separate from what builds them, so that it shares no error."""
