"""Commands for editors: check, confirm, note, diff and the live preview. The top layer."""
