"""Synthetic bases and measurements: how the program behaves at a hundred thousand clients."""
