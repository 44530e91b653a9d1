"""Brings a policy into Klartekst: from a document, from its history, or from answers to questions."""
