"""Random sequences of commands, each result held against a clean run: see `random_sequences.py`."""
