"""Imports a policy from a document: the text of a page builder, a saved page or an export of WordPress."""
