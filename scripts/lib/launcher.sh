#!/bin/sh
# Starts the program of this folder beside LibTorch @torch@, found through `--torch DIR` as the first
# argument, RANKWISE_TORCH=DIR, or the torch of the active Python.
set -eu
wanted='@torch@'
self=$(readlink -f -- "$0")
root=$(dirname -- "$(dirname -- "$self")")

fail() {
  echo "rankwise: $*; name a LibTorch $wanted with --torch DIR or RANKWISE_TORCH=DIR" >&2
  exit 1
}

torch=${RANKWISE_TORCH:-}
if [ "${1:-}" = --torch ]; then
  [ $# -ge 2 ] || fail "--torch needs a folder"
  torch=$2
  shift 2
fi
if [ -z "$torch" ]; then
  python=$(command -v python3 || command -v python) || fail "no Python was found, whose torch could be used"
  # Finding is instant where importing takes seconds.
  torch=$("$python" -c '
import importlib.util
spec = importlib.util.find_spec("torch")
print(spec.submodule_search_locations[0] if spec else "")')
  [ -n "$torch" ] || fail "$python has no torch"
fi
[ -e "$torch/lib/libtorch.so" ] || fail "$torch has no lib/libtorch.so"

# A wheel tells its version in Python, the archive of LibTorch in a file of its own.
found=$(sed -n "s/^__version__ = '\([^'+]*\).*/\1/p" "$torch/version.py" 2>/dev/null ||
  sed 's/+.*//' "$torch/build-version" 2>/dev/null) || true
[ "$found" = "$wanted" ] || fail "$torch is LibTorch ${found:-of an unknown version}"

program=rankwise
case $(basename -- "$0") in *_tests) program=$(basename -- "$0") ;; esac
export RANKWISE_SOURCE_DIR="${RANKWISE_SOURCE_DIR:-$root/tree}"
export LD_LIBRARY_PATH="$root/lib:$torch/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
exec "$root/libexec/$program" "$@"
