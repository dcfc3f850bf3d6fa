"""Timing a submission against the trusted baselines, in one run and by one clock: `run.time_submission`."""
