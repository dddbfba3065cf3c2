# Which LibTorch is used. FindLibTorch.cmake asks here, and so does scripts/setup, which runs
#   cmake -P cmake/LibTorchRoot.cmake
# and reads "<version> <root>", or "none <why>". The first of these that is new enough: Torch_DIR, CMAKE_PREFIX_PATH,
# the torch of the active Python environment, the wheel that scripts/setup put into .venv.
set(LIBTORCH_OLDEST 2.11)

# The root of the LibTorch at path, which may also be its share/cmake or share/cmake/Torch; or "".
function(libtorch_at path out)
  string(REGEX REPLACE "/+$" "" root "${path}")
  string(REGEX REPLACE "/share/cmake(/Torch)?$" "" root "${root}")
  if(NOT EXISTS "${root}/include/ATen/core/Tensor.h" OR NOT EXISTS "${root}/lib/libtorch.so")
    set(root "")
  endif()
  set(${out} "${root}" PARENT_SCOPE)
endfunction()

# Read from the headers: the wheel, the archives of pytorch.org and conda all have them.
function(libtorch_version root out)
  set(lines "")
  foreach(header headeronly/version.h csrc/api/include/torch/version.h)
    if(NOT lines AND EXISTS "${root}/include/torch/${header}")
      file(STRINGS "${root}/include/torch/${header}" lines REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) [0-9]+")
    endif()
  endforeach()
  list(TRANSFORM lines REPLACE ".* " "")
  list(JOIN lines "." version)
  set(${out} "${version}" PARENT_SCOPE)
endfunction()

# Where the torch of a Python environment lies; Python finds it without importing it.
function(libtorch_of_python environment out)
  set(path "")
  if(environment AND EXISTS "${environment}/bin/python")
    execute_process(
      COMMAND "${environment}/bin/python" -c
        "import importlib.util as u; s = u.find_spec('torch'); print(s.submodule_search_locations[0] if s else '')"
      OUTPUT_VARIABLE path OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endif()
  set(${out} "${path}" PARENT_SCOPE)
endfunction()

# Folders that may hold a LibTorch, best first; of a project, that of its .venv as well.
function(libtorch_candidates source_dir out)
  file(TO_CMAKE_PATH "$ENV{CMAKE_PREFIX_PATH}" prefixes)
  libtorch_of_python("$ENV{VIRTUAL_ENV}" of_venv)
  libtorch_of_python("$ENV{CONDA_PREFIX}" of_conda)
  file(GLOB wheel "${source_dir}/.venv/lib/python3*/site-packages/torch")
  set(${out} $CACHE{CMAKE_PREFIX_PATH} ${prefixes} ${of_venv} ${of_conda} "$ENV{CONDA_PREFIX}" ${wheel} PARENT_SCOPE)
endfunction()

# Sets <out>_ROOT and <out>_VERSION, or <out>_PROBLEM: one line, without a semicolon, on what is missing.
function(libtorch_choose source_dir out)
  set(named "${Torch_DIR}")
  if(NOT named)
    set(named "$ENV{Torch_DIR}")
  endif()
  if(named)
    set(candidates "${named}")
    set(problem "Torch_DIR is ${named}, and no LibTorch is there: set it to a LibTorch or to its share/cmake/Torch")
  else()
    libtorch_candidates("${source_dir}" candidates)
    set(problem "LibTorch was not found: run scripts/setup, or set Torch_DIR to a LibTorch")
  endif()
  foreach(candidate IN LISTS candidates)
    libtorch_at("${candidate}" root)
    if(NOT root)
      continue()
    endif()
    libtorch_version("${root}" version)
    if(version VERSION_GREATER_EQUAL LIBTORCH_OLDEST)
      set(${out}_ROOT "${root}" PARENT_SCOPE)
      set(${out}_VERSION "${version}" PARENT_SCOPE)
      return()
    endif()
    set(problem "LibTorch at ${root} is ${version}, expected ${LIBTORCH_OLDEST} or later: set Torch_DIR to such a one, or run scripts/setup")
  endforeach()
  set(${out}_PROBLEM "${problem}" PARENT_SCOPE)
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  get_filename_component(project "${CMAKE_CURRENT_LIST_DIR}" DIRECTORY)
  libtorch_choose("${project}" LIBTORCH)
  if(LIBTORCH_PROBLEM)
    execute_process(COMMAND ${CMAKE_COMMAND} -E echo "none ${LIBTORCH_PROBLEM}")
  else()
    execute_process(COMMAND ${CMAKE_COMMAND} -E echo "${LIBTORCH_VERSION} ${LIBTORCH_ROOT}")
  endif()
endif()
