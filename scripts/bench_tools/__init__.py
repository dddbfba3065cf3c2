"""scripts/bench: interleaved times of rankwise and of transformers + PEFT.

The modules that it runs in processes of their own need the packages of requirements-bench.txt:
`opponent`, `product_rate`, `windows`, `random_rows`, `random_model`, `run_numbers` and
`package_versions`. All others need Python's own library alone.
"""
