# Sourced by scripts/setup: which LibTorch is used, and the wheel where there is none.

torch_pin=2.13.0
torch_oldest=2.11

older() { [[ $1 != "$2" && "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" == "$1" ]]; }

# install_torch VERSION INDEX: either may be empty. What was asked for last holds until another is.
install_torch() {
  local version=$1 index=$2 asked=$1$2 found root choice=.venv/torch.choice
  found=$(cmake -P cmake/LibTorchRoot.cmake)
  root=${found#* }
  if [[ $found != none* && ! $root -ef $(wheel) ]]; then
    [[ -z $asked ]] || die "--torch and --index-url choose a wheel, but the LibTorch of $root would be used; unset Torch_DIR, or leave the Python environment that is active"
    say "LibTorch ${found%% *}" "$root"
    return
  fi
  [[ -z ${Torch_DIR:-} ]] || die "$root"
  if [[ -z $asked && -f $choice ]]; then
    read -r version index <$choice
  fi
  version=${version:-$torch_pin}
  ! older "$version" "$torch_oldest" || die "--torch $version is too old; rankwise needs $torch_oldest or later"
  have_wheel "$version" "$index" || install_wheel "$version" "$index"
  [[ -z $asked ]] || echo "$version $index" >$choice
  say "LibTorch $version" "for $(wheel_kind), the wheel in .venv"
}

wheel() { echo .venv/lib/python3*/site-packages/torch; }

# have_wheel VERSION INDEX: also its libraries, which are installed after it.
have_wheel() {
  grep -q "^__version__ = '${1//./\\.}['+]" "$(wheel)/version.py" 2>/dev/null &&
    [[ -f .venv/torch.done && "$(<.venv/torch.done)" == "$1 $2" ]]
}

wheel_kind() { sed -nE "s/^cuda.* = '(.*)'/CUDA \1/p; s/^cuda.* = None/CPU/p" "$(wheel)/version.py"; }

install_wheel() {
  local from=() anew=() extra
  [[ -z $2 ]] || { from=(--index-url "$2"); anew=(--force-reinstall); }  # one version has builds for CPU and CUDA
  rm -f .venv/torch.done
  stage "LibTorch wheel" pip install --no-deps "${from[@]}" "${anew[@]}" "torch==$1" || die "pip could not install torch==$1${2:+ from $2}"
  if [[ $(wheel_kind) == CUDA* ]]; then
    mapfile -t extra < <(cuda_requirements)
    stage "CUDA libraries" pip install "${from[@]}" "${extra[@]}" || die "pip could not install what torch==$1 links to: ${extra[*]}"
  fi
  echo "$1 $2" >.venv/torch.done
}

# Of all that the wheel asks for, what its libraries link to; the rest is for Python.
cuda_requirements() { sed -nE 's/^Requires-Dist: ((nvidia-|cuda-toolkit).*)/\1/p' "$(wheel)"-*.dist-info/METADATA; }
