"""Measurements and training: how good, how fast, and where the shipped models come from. Never imported by the pipeline."""
