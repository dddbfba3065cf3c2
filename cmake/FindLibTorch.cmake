# LibTorch as the target LibTorch::LibTorch, from its headers and libraries alone. Its own
# TorchConfig.cmake asks for a CUDA toolkit where the build is for CUDA; compiling needs none.
# Sets LibTorch_ROOT, LibTorch_VERSION, and LibTorch_PROBLEM where there is none.
include(${CMAKE_CURRENT_LIST_DIR}/LibTorchRoot.cmake)
include(FindPackageHandleStandardArgs)

libtorch_choose("${PROJECT_SOURCE_DIR}" LibTorch)
find_package_handle_standard_args(LibTorch
  REQUIRED_VARS LibTorch_ROOT VERSION_VAR LibTorch_VERSION REASON_FAILURE_MESSAGE "${LibTorch_PROBLEM}")

if(LibTorch_FOUND AND NOT TARGET LibTorch::LibTorch)
  # libc10_cuda and libtorch_cuda are there in a build for CUDA only.
  set(libraries "")
  foreach(name torch torch_cpu c10 torch_cuda c10_cuda)
    if(EXISTS "${LibTorch_ROOT}/lib/lib${name}.so")
      list(APPEND libraries "${LibTorch_ROOT}/lib/lib${name}.so")
    endif()
  endforeach()

  add_library(LibTorch::LibTorch INTERFACE IMPORTED)
  set_target_properties(LibTorch::LibTorch PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${LibTorch_ROOT}/include;${LibTorch_ROOT}/include/torch/csrc/api/include"
    INTERFACE_COMPILE_DEFINITIONS "USE_DISTRIBUTED;USE_C10D_GLOO;USE_RPC;USE_TENSORPIPE"  # as LibTorch's own targets
    INTERFACE_LINK_LIBRARIES "${libraries}"
    # Kernels register themselves: nothing refers to libtorch_cuda. What the libraries themselves
    # refer to, they find when they are loaded: the driver's may be missing where this is built.
    INTERFACE_LINK_OPTIONS "LINKER:--no-as-needed,--allow-shlib-undefined")

  # Of old or own builds, whose std::string is not the compiler's usual one.
  set(config "${LibTorch_ROOT}/share/cmake/Torch/TorchConfig.cmake")
  if(EXISTS "${config}")
    file(STRINGS "${config}" abi REGEX "_GLIBCXX_USE_CXX11_ABI=[01]")
    if(abi MATCHES "_GLIBCXX_USE_CXX11_ABI=[01]")
      set_property(TARGET LibTorch::LibTorch APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS ${CMAKE_MATCH_0})
    endif()
  endif()
endif()
