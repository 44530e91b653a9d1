# One version, and nothing before it.
whole_policy
