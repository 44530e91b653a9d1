"""Verifies a published site: separate from what builds it, so that both do not share an error."""
