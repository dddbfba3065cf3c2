"""Tests that run the real program: RANKWISE_PROGRAM, or build/release/bin/rankwise."""
