// Weights, adapters and parameters: every byte that a tensor claims must be the file's.

#include "framework/io/safetensors.h"
#include "tests/fuzz/input_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rankwise;
  const auto& file = fuzz::input_file(data, size, ".safetensors");
  return fuzz::answered([&] {
    const safetensors::Reader reader(file);
    unsigned sum = 0;
    for (const auto& [name, view] : reader.tensors()) {
      if (safetensors::byte_count(view.dtype, view.shape) != view.bytes.size()) std::abort();
      for (const std::byte byte : view.bytes) sum += static_cast<unsigned>(byte);
    }
    volatile unsigned read = sum;
    static_cast<void>(read);
    for (const std::string& name : reader.names()) {
      if (!reader.contains(name)) std::abort();
    }
    reader.find("tensor");
  });
}
