"""Prepares data and weights for rankwise: token files (HDF5) and backbones (safetensors)."""
