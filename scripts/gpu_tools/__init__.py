"""What scripts/gpu_check does on a machine with a GPU, part by part.

`machine` and `compared` are called as modules of their own, in the interpreter that has PyTorch and
h5py; measurements are those of bench_tools.
"""
