// What a checkpoint says of itself. An input is sealed before it is read, or its seal would refuse
// nearly all of them.

#include "framework/io/safetensors.h"
#include "framework/record/checkpoint_facts.h"
#include "tests/fuzz/input_file.h"

namespace {

void read_sealed(const rankwise::safetensors::Reader& reader, const std::filesystem::path& file) {
  using namespace rankwise;
  std::filesystem::path sealed = file;
  sealed += ".sealed";
  safetensors::write(sealed, reader.tensors(),
                     safetensors::sealed(reader.tensors(), reader.metadata()));
  const CheckpointFacts facts = checkpoint_facts(safetensors::Reader(sealed));
  if (facts.step < 0) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rankwise;
  const auto& file = fuzz::input_file(data, size, ".checkpoint.safetensors");
  return fuzz::answered([&] {
    const safetensors::Reader reader(file);
    fuzz::answered([&] { checkpoint_facts(reader); });
    read_sealed(reader, file);
  });
}
