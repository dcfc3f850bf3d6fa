"""What the documentation's numbers come from: `make bench` prints them all in one run."""
