# The packages rankwise stands on. A missing one ends with its Debian name.

macro(rankwise_require package debian)
  find_package(${package} ${ARGN} QUIET)
  if(NOT ${package}_FOUND)
    message(FATAL_ERROR "${package} was not found; install it with scripts/setup, or: apt install ${debian}")
  endif()
endmacro()

rankwise_require(HDF5 libhdf5-dev COMPONENTS C)
rankwise_require(Eigen3 libeigen3-dev)
rankwise_require(nlohmann_json nlohmann-json3-dev)
# Its headers alone, compiled by framework/core/fmt.cpp: LibTorch ships headers of another fmt, which
# would not match the system library.
rankwise_require(fmt libfmt-dev)
get_target_property(RANKWISE_FMT_INCLUDE fmt::fmt-header-only INTERFACE_INCLUDE_DIRECTORIES)
rankwise_require(Boost libboost-dev)  # headers alone: Boost.Math
rankwise_require(OpenSSL libssl-dev COMPONENTS Crypto)
find_path(RANDOM123_INCLUDE Random123/philox.h)
if(NOT RANDOM123_INCLUDE)
  message(FATAL_ERROR "Random123 was not found; install it with scripts/setup, or: apt install librandom123-dev")
endif()

if(RANKWISE_TORCH)
  rankwise_require(CLI11 libcli11-dev)
  find_package(LibTorch QUIET)
  if(NOT LibTorch_FOUND)
    message(FATAL_ERROR "${LibTorch_PROBLEM}")
  endif()
  message(STATUS "LibTorch ${LibTorch_VERSION}: ${LibTorch_ROOT}")
  find_package(MPI QUIET COMPONENTS C)
  if(NOT MPI_C_FOUND)
    message(STATUS "MPI: none (libopenmpi-dev); several processes of one run meet at a TCP store alone")
  endif()
endif()

if(RANKWISE_BENCHMARKS)
  rankwise_require(benchmark libbenchmark-dev)
endif()

if(RANKWISE_TESTS)
  rankwise_require(GTest libgtest-dev)
  rankwise_require(rapidcheck librapidcheck-dev)
endif()
