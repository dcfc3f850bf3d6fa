"""The package's version, which the front door, reports and the command line name."""

VERSION = "0.1.0"
