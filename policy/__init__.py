"""The policy itself: reads `content/`, checks it, and renders the document that readers see."""
