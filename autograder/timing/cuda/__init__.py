"""Timing on a CUDA GPU: what it asks of the machine, the device, blocks of launches, and the run."""
