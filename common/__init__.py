"""What every package shares: errors, exit codes and the command-line group. Knows nothing of policies."""
