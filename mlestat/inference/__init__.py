"""What a fit knows beyond its estimate: information, intervals."""
