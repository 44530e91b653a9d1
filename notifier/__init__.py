"""Mail the letters of a version to members: one ledger, one state for each addressee, no guessing.

Imports no other package of the project except `common`: it knows printed letters, not policies.
"""
