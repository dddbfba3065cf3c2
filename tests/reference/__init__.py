"""Reference values made with Python's own libraries, and unit tests of scripts/prepare_data."""
