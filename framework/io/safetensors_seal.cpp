#include "framework/core/error.h"
#include "framework/core/hash.h"
#include "framework/io/safetensors.h"

#include <fmt/ranges.h>

namespace rankwise::safetensors {
namespace {

constexpr const char* kSeal = "sha256";

/// Lengths stand before what they are of, so that no two contents give the same bytes.
void add_text(Sha256& hash, const std::string& text) {
  const std::string counted = fmt::format("{}:{}", text.size(), text);
  hash.add(counted.data(), counted.size());
}

std::string content_sha256(const std::map<std::string, View>& tensors,
                           const std::map<std::string, std::string>& metadata) {
  Sha256 hash;
  for (const auto& [name, value] : metadata) {
    if (name == kSeal) continue;
    add_text(hash, name);
    add_text(hash, value);
  }
  for (const auto& [name, view] : tensors) {
    add_text(hash, name);
    add_text(hash, fmt::format("{}[{}]", to_string(view.dtype), fmt::join(view.shape, ",")));
    hash.add(view.bytes.data(), view.bytes.size());
  }
  return hash.hex();
}

}  // namespace

std::map<std::string, std::string> sealed(const std::map<std::string, View>& tensors,
                                          std::map<std::string, std::string> metadata) {
  metadata[kSeal] = content_sha256(tensors, metadata);
  return metadata;
}

void check_seal(const Reader& reader) {
  const auto found = reader.metadata().find(kSeal);
  check(found != reader.metadata().end() &&
            found->second == content_sha256(reader.tensors(), reader.metadata()),
        "{}: is damaged: its content is not what its SHA-256 says", reader.path().string());
}

}  // namespace rankwise::safetensors
