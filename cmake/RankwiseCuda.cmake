# Own kernels for CUDA devices (framework/ops/device): compiled by nvcc, where it is found, without
# CMake's own CUDA language, which asks for a toolkit that links. Run as a script it prints nvcc and how
# it is called, a word a line.

# Compute capabilities: an object has code for each, and for later ones what the driver compiles.
set(RANKWISE_CUDA_CAPABILITIES 80 90 100)

find_program(RANKWISE_NVCC nvcc HINTS ENV CUDA_HOME ENV CUDA_PATH PATHS /usr/local/cuda PATH_SUFFIXES bin
  DOC "CUDA's compiler")

get_filename_component(RANKWISE_CUDA_ROOT "${CMAKE_CURRENT_LIST_DIR}" DIRECTORY)
set(RANKWISE_NVCC_OPTIONS -std=c++20 -O3 --expt-relaxed-constexpr -Xcompiler=-fPIC,-Wall,-Wextra
  "-I${RANKWISE_CUDA_ROOT}" "-I${RANKWISE_CUDA_ROOT}/framework/ops/device/cuda")
foreach(capability IN LISTS RANKWISE_CUDA_CAPABILITIES)
  list(APPEND RANKWISE_NVCC_OPTIONS "-gencode=arch=compute_${capability},code=sm_${capability}")
endforeach()
list(GET RANKWISE_CUDA_CAPABILITIES -1 newest)
list(APPEND RANKWISE_NVCC_OPTIONS "-gencode=arch=compute_${newest},code=compute_${newest}")

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  foreach(word IN ITEMS ${RANKWISE_NVCC} ${RANKWISE_NVCC_OPTIONS})
    execute_process(COMMAND ${CMAKE_COMMAND} -E echo "${word}")
  endforeach()
  return()
endif()

# Kernels call the CUDA runtime that LibTorch is linked to: of the same major version.
function(rankwise_cuda_version nvcc out)
  execute_process(COMMAND "${nvcc}" --version OUTPUT_VARIABLE text ERROR_QUIET)
  string(REGEX MATCH "release ([0-9]+)\\.[0-9]+" _ "${text}")
  set(${out} "${CMAKE_MATCH_1}" PARENT_SCOPE)
endfunction()

function(rankwise_cuda_of_libtorch root out)
  set(found "")
  foreach(file IN ITEMS version.py build-version)
    if(EXISTS "${root}/${file}")
      file(STRINGS "${root}/${file}" lines REGEX "\\+cu[0-9]+")
      string(REGEX MATCH "\\+cu([0-9]+)[0-9]" _ "${lines}")
      set(found "${CMAKE_MATCH_1}")
      break()
    endif()
  endforeach()
  set(${out} "${found}" PARENT_SCOPE)
endfunction()

# Sets RANKWISE_CUDA_KERNELS where they are built, and says why they are not where LibTorch has CUDA.
set(RANKWISE_CUDA_KERNELS OFF)
if(RANKWISE_TORCH AND EXISTS "${LibTorch_ROOT}/lib/libc10_cuda.so")
  if(NOT RANKWISE_NVCC)
    message(STATUS "CUDA kernels: none, nvcc was not found; on a GPU LibTorch's code runs instead")
  else()
    rankwise_cuda_version("${RANKWISE_NVCC}" of_nvcc)
    rankwise_cuda_of_libtorch("${LibTorch_ROOT}" of_libtorch)
    if(of_libtorch AND NOT of_nvcc STREQUAL of_libtorch)
      message(STATUS "CUDA kernels: none, nvcc is of CUDA ${of_nvcc}, LibTorch of CUDA ${of_libtorch}; on a GPU LibTorch's code runs instead")
    else()
      set(RANKWISE_CUDA_KERNELS ON)
    endif()
  endif()
endif()
if(RANKWISE_CUDA_KERNELS)
  list(JOIN RANKWISE_CUDA_CAPABILITIES ", sm_" RANKWISE_CUDA_TEXT)
  set(RANKWISE_CUDA_TEXT "sm_${RANKWISE_CUDA_TEXT}")
  get_filename_component(folder "${RANKWISE_NVCC}" REALPATH)
  get_filename_component(folder "${folder}" DIRECTORY)
  find_path(RANKWISE_CUDA_INCLUDE cuda_runtime_api.h HINTS "${folder}/../include" PATHS /usr/local/cuda/include REQUIRED)
  message(STATUS "CUDA kernels: ${RANKWISE_CUDA_TEXT} by ${RANKWISE_NVCC}")
endif()

# rankwise_cuda_objects(out files...): an object of each file of this folder.
function(rankwise_cuda_objects out)
  set(objects "")
  foreach(name IN LISTS ARGN)
    set(source "${CMAKE_CURRENT_SOURCE_DIR}/${name}")
    set(object "${CMAKE_CURRENT_BINARY_DIR}/${name}.o")
    add_custom_command(OUTPUT "${object}"
      COMMAND "${RANKWISE_NVCC}" ${RANKWISE_NVCC_OPTIONS} -MD -MF "${object}.d" -c "${source}" -o "${object}"
      DEPENDS "${source}" DEPFILE "${object}.d" COMMENT "Compiling ${name} for CUDA" VERBATIM)
    list(APPEND objects "${object}")
  endforeach()
  set_source_files_properties(${objects} TARGET_DIRECTORY rankwise PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
  set(${out} ${objects} PARENT_SCOPE)
endfunction()
