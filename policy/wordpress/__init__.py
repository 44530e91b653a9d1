"""Brings a policy in from WordPress: page-builder text, saved page or export into sections (contract §6)."""
