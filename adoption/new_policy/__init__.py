"""Creates a policy in a repository of its own, from answers to some questions."""
