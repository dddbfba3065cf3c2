// As gtest's own, but that a process that used a GPU runs no destructor of a static object: see the
// program's main().

#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

int main(int count, char** arguments) {
  ::testing::InitGoogleTest(&count, arguments);
  const int code = RUN_ALL_TESTS();
  const bool used = at::detail::getCUDAHooks().hasCUDART() &&
                    c10::getDeviceAllocator(c10::DeviceType::CUDA)->initialized();
  if (!used) return code;
  std::fflush(nullptr);
  std::_Exit(code);
}
