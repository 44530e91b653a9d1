"""Brings older versions of a policy into its change log: a plan that an editor completes, and its proof."""
