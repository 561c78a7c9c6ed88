"""What somebody does not want: read from typed text, and found among items."""
