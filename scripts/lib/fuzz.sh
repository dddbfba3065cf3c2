# Sourced by scripts/test: fuzzers of every format of files that is read. Inputs that are kept lie in
# tests/fuzz/corpus; those that a fuzzer finds on its way, in build/fuzz/inputs.

fuzzers=(checkpoint cluster json paper run_file safetensors study summary token_bytes token_file)

make_fuzzers() {
  CC=clang-14 CXX=clang++-14 cmake --preset fuzz && cmake --build --preset fuzz --parallel "$cores"
}

# corpora NAME: the folders that a fuzzer begins with, the first one for what it finds.
corpora() {
  mkdir -p "build/fuzz/inputs/$1/found" "build/fuzz/inputs/$1/seeds"
  printf '%s\n' "build/fuzz/inputs/$1/found" "build/fuzz/inputs/$1/seeds"
  [[ ! -d tests/fuzz/corpus/$1 ]] || echo "tests/fuzz/corpus/$1"
  case "$1" in
    json | study) echo configs ;;
    paper) echo analysis/papers/data ;;
  esac
}

# fuzz_with RUNS NAME COMMAND...: libFuzzer's arguments behind a command; its last line says how many
# inputs were tried. HDF5 itself loses memory on files that are damaged.
fuzz_with() {
  local runs=$1 name=$2 folders
  shift 2
  mapfile -t folders < <(corpora "$name")
  ASAN_OPTIONS=detect_leaks=0 "$@" "-runs=$runs" -seed=1 -timeout=20 -rss_limit_mb=3000 \
    -dict=tests/fuzz/words.dict "-artifact_prefix=build/fuzz/inputs/$name/" "${folders[@]}" &&
    grep -a '^Done ' "$stage_log"
}

fuzz_one() {
  local program=build/fuzz/tests/fuzz/fuzz_$2
  RANKWISE_FUZZ_SEEDS=build/fuzz/inputs/$2/seeds "$program" -runs=0 && fuzz_with "$1" "$2" "$program"
}

# fuzz RUNS [NAME]...: so many inputs for each, all of them where none is named.
fuzz() {
  local runs=$1 failed=0 name
  shift
  [[ $runs =~ ^[1-9][0-9]*$ ]] || usage_fail "--fuzz $(printf %q "$runs") is no number of inputs"
  scripts/setup --fuzz
  stage "compile fuzzers" make_fuzzers
  [[ $# -gt 0 ]] || set -- "${fuzzers[@]}" description
  for name in "$@"; do
    if [[ $name == description ]]; then
      stage --tell "fuzz $name" fuzz_with "$runs" description .venv/bin/python -m tests.fuzz.descriptions || failed=1
    else
      stage --tell "fuzz $name" fuzz_one "$runs" "$name" || failed=1
    fi
  done
  return "$failed"
}
