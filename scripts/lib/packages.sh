# Sourced by scripts/setup: what rankwise needs beside Python packages, under its Debian names, and
# how to tell that it is there, whoever installed it: Debian, conda, modules, or a person.

packages=(
  build-essential cmake ninja-build ccache git ca-certificates
  libhdf5-dev libeigen3-dev libboost-dev nlohmann-json3-dev libcli11-dev libkainjow-mustache-dev libfmt-dev libssl-dev librandom123-dev
  libgtest-dev libgmock-dev librapidcheck-dev
  gnuplot-nox fonts-dejavu-core patchelf
  libopenmpi-dev openmpi-bin
  python3 python3-venv
)
developer_packages=(clang-format hdf5-tools libbenchmark-dev)
cluster_packages=(munge parallel slurm-client slurmctld slurmd)  # for the tests that start a Slurm
fuzz_packages=(clang-14 libclang-rt-14-dev)
packages_to_do_without=" ccache ca-certificates fonts-dejavu-core patchelf libopenmpi-dev openmpi-bin "  # slower or less pretty, but it works

# installed PACKAGE: Debian says so, or what it would bring is found.
installed() {
  dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q ' installed$' || present "$1"
}

present() {
  case "$1" in
    build-essential) tool "${CXX:-c++}" && tool "${CC:-cc}" ;;
    ninja-build) tool ninja ;;
    gnuplot-nox) tool gnuplot ;;
    hdf5-tools) tool h5dump ;;
    libopenmpi-dev) tool mpicc ;;
    openmpi-bin) tool mpirun ;;
    munge) tool munged ;;
    slurm-client) tool sbatch ;;
    clang-14) tool clang++-14 ;;
    libclang-rt-14-dev) compgen -G "/usr/lib/llvm-14/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a" >/dev/null ;;
    cmake | ccache | git | patchelf | clang-format | parallel | slurmctld | slurmd) tool "$1" ;;
    libhdf5-dev) header hdf5.h || header hdf5/serial/hdf5.h ;;
    libeigen3-dev) header eigen3/Eigen/Core ;;
    libboost-dev) header boost/math/distributions.hpp ;;
    nlohmann-json3-dev) header nlohmann/json.hpp ;;
    libcli11-dev) header CLI/CLI.hpp ;;
    libkainjow-mustache-dev) header kainjow/mustache.hpp ;;
    libfmt-dev) header fmt/ranges.h ;;
    libssl-dev) header openssl/evp.h ;;
    librandom123-dev) header Random123/philox.h ;;
    libgtest-dev) header gtest/gtest.h ;;
    libgmock-dev) header gmock/gmock.h ;;
    librapidcheck-dev) header rapidcheck.h ;;
    libbenchmark-dev) header benchmark/benchmark.h ;;
    ca-certificates) [[ -e ${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt} ]] ;;
    fonts-dejavu-core) font DejaVuSans.ttf ;;
    python3 | python3-venv) find_python >/dev/null ;;
    *) return 1 ;;
  esac
}

tool() { command -v "$1" >/dev/null; }

# header PATH: in the compiler's usual folders or below the prefixes that CMake searches.
header() {
  local prefix
  while IFS= read -r prefix; do
    [[ ! -e $prefix/include/$1 ]] || return 0
  done < <(prefixes)
  return 1
}

# The same places as in cmake/RankwisePrefixes.cmake.
prefixes() {
  printf '%s\n' /usr /usr/local
  tr ':' '\n' <<<"${CMAKE_PREFIX_PATH:-}:${CONDA_PREFIX:-}" | grep . || true
  tr ':' '\n' <<<"${CPATH:-}" | sed -n 's,$,/..,; /^\//p'
}

font() {
  local folders=(/usr/share/fonts /usr/local/share/fonts ~/.fonts ~/.local/share/fonts)
  [[ -z ${CONDA_PREFIX:-} ]] || folders+=("$CONDA_PREFIX/fonts" "$CONDA_PREFIX/share/fonts")
  [[ -n $(find -L "${folders[@]}" -name "$1" -print -quit 2>/dev/null) ]]
}

# Debian's own Python if it will do: what works with it works on every Debian of that age.
find_python() {
  local python
  for python in /usr/bin/python3 python3; do
    if tool "$python" && "$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$python"
      return
    fi
  done
  return 1
}

# install_packages PACKAGE...: those that are not present, by apt-get.
install_packages() {
  local missing=() needed=() package
  for package in "$@"; do
    ! installed "$package" || continue
    missing+=("$package")
    [[ $packages_to_do_without == *" $package "* ]] || needed+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  if ! tool apt-get || ! may_be_root; then
    [[ ${#needed[@]} -eq 0 ]] || die "what is missing cannot be installed without apt-get and root; ask an administrator for: apt install ${needed[*]}; or have their like in an active conda environment or a folder of CMAKE_PREFIX_PATH, and run this again"
    say "goes on without" "${missing[*]}"
    return
  fi
  stage "package lists" as_root apt-get update -qq || say "goes on with old lists"
  for package in "${missing[@]}"; do
    apt-cache show "$package" >/dev/null 2>&1 || die "Debian package $package cannot be had from this machine's sources"
  done
  stage "Debian packages" as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" ||
    die "apt-get could not install: ${missing[*]}"
}

# sudo may ask for a password here, on the terminal, before any stage begins.
may_be_root() {
  [[ $EUID -eq 0 ]] || { tool sudo && { sudo -n true || sudo -v; } 2>/dev/null; }
}

as_root() { if [[ $EUID -eq 0 ]]; then "$@"; else sudo "$@"; fi; }
