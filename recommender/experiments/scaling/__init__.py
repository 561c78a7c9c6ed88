"""What the product costs by size of the catalogue: measured in its own processes."""
