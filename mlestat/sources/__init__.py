"""Where the rows are, and how sums over them are taken."""
