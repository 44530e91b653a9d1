"""Imports a policy from WordPress: from the text of a page builder, a saved page or an export."""
