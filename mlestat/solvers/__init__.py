"""From an objective to an optimum that says how sure it is."""
