"""Mail the letters of a version to its addressees: one ledger, and one state for each addressee.

Imports no other package of the project except `common`: it knows printed letters, not policies.
"""
