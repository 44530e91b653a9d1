"""Commands for editors: check, confirm, note, diff, submit, undo and the live preview. The top layer."""
