"""Reports, counted from the tickets."""
