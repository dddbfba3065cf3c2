#include "framework/exchange/peft_folder.h"

#include "framework/core/error.h"
#include "framework/core/json_file.h"
#include "framework/io/atomic_file.h"
#include "framework/io/safetensors.h"
#include "framework/model/load_weights.h"

namespace rankwise {

namespace {

namespace fs = std::filesystem;

// Of every tensor's name in PEFT's files.
constexpr std::string_view kModel = "base_model.model.";

}  // namespace

TensorsByName read_tensors(const fs::path& file) {
  const safetensors::Reader reader(file);
  TensorsByName tensors;
  for (const std::string& name : reader.names()) {
    tensors[name] =
        stored_tensor(reader.find(name), fmt::format("{}: tensor {}", file.string(), name));
  }
  return tensors;
}

void write_tensors(const TensorsByName& tensors, const fs::path& file,
                   const std::map<std::string, std::string>& metadata) {
  save_tensors({tensors.begin(), tensors.end()}, file, metadata);
}

PeftFolder read_peft_folder(const fs::path& folder) {
  check(fs::exists(folder / kAdapterConfig),
        "{}: has no {}; expected a folder that PEFT wrote (save_pretrained)", folder.string(),
        kAdapterConfig);
  check(fs::exists(folder / kAdapterTensors),
        "{}: has no {}; save the adapter as safetensors (save_pretrained's default)",
        folder.string(), kAdapterTensors);
  PeftFolder adapter{.config = read_json(folder / kAdapterConfig)};
  check(adapter.config.is_object(), "{}: is no JSON object", (folder / kAdapterConfig).string());
  for (const auto& [name, tensor] : read_tensors(folder / kAdapterTensors)) {
    check(name.starts_with(kModel), "{}: tensor {}: expected a name that begins with {}",
          (folder / kAdapterTensors).string(), name, kModel);
    adapter.tensors[name.substr(kModel.size())] = tensor;
  }
  if (fs::exists(folder / kOwnTensors)) {
    adapter.own = read_tensors(folder / kOwnTensors);
    adapter.own_facts = safetensors::Reader(folder / kOwnTensors).metadata();
  }
  return adapter;
}

void write_peft_folder(const PeftFolder& adapter, const fs::path& folder) {
  TensorsByName named;
  for (const auto& [name, tensor] : adapter.tensors) named[std::string(kModel) + name] = tensor;
  write_tensors(named, folder / kAdapterTensors, {{"format", "pt"}});
  write_tensors(adapter.own, folder / kOwnTensors, adapter.own_facts);
  write_file(folder / kAdapterConfig, adapter.config.dump(2) + "\n");
}

}  // namespace rankwise
