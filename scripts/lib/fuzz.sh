# Sourced by scripts/test: fuzzers of every format of files that is read. Inputs that are kept lie in
# tests/fuzz/corpus; those that a fuzzer finds on its way, in build/fuzz/inputs.

# Their bytes go through libhdf5, which damaged files can crash: those inputs are counted, not failures.
hdf5_fuzzers=" run_file summary token_file "
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
  [[ $hdf5_fuzzers != *" $name "* ]] || set -- "$@" -fork=1 -ignore_crashes=1 -ignore_timeouts=1 -ignore_ooms=1
  ASAN_OPTIONS=detect_leaks=0 "$@" "-runs=$runs" -seed=1 -timeout=20 -rss_limit_mb=3000 \
    -dict=tests/fuzz/words.dict "-artifact_prefix=build/fuzz/inputs/$name/" "${folders[@]}" ||
    [[ $hdf5_fuzzers == *" $name "* ]] || return 1
  local tried
  tried=$(grep -aE '^Done |^INFO: fuzzed for' "$stage_log" | tail -n 1)
  echo "${tried:?the fuzzer tried nothing}"
}

# failing_place PROGRAM INPUT: where it fails on it: the first frame that is neither the C library's
# nor the sanitizer's; nothing where it does not fail.
failing_place() {
  ASAN_OPTIONS=detect_leaks=0 "$1" -timeout=20 -rss_limit_mb=3000 "$2" 2>&1 | grep -aE '^ +#[0-9]+ 0x' |
    grep -avE '__asan|__interceptor|__sanitizer|fuzzer::|/libc\.so|/sysdeps/| in (free|malloc|calloc|realloc) ' | head -n 1 || true
}

# faults_of_hdf5 NAME PROGRAM: says how many kept inputs fail inside libhdf5; fails where one fails in
# our own code.
faults_of_hdf5() {
  local theirs=0 input place
  for input in "build/fuzz/inputs/$1"/{crash,timeout,oom}-*; do
    [[ -e $input ]] || continue
    place=$(failing_place "$2" "$input")
    case "$place" in
      "") rm "$input" ;;
      *libhdf5*) theirs=$((theirs + 1)) ;;
      *) echo "$input: $place"; return 1 ;;
    esac
  done
  echo "$(grep -aoE 'fuzzed for [0-9]+ iterations' "$stage_log"), inputs that fail inside libhdf5: $theirs"
}

fuzz_one() {
  local program=build/fuzz/tests/fuzz/fuzz_$2
  RANKWISE_FUZZ_SEEDS=build/fuzz/inputs/$2/seeds "$program" -runs=0 && fuzz_with "$1" "$2" "$program" || return 1
  [[ $hdf5_fuzzers != *" $2 "* ]] || faults_of_hdf5 "$2" "$program"
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
