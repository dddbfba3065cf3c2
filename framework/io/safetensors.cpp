#include "framework/io/safetensors.h"

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/io/atomic_file.h"

#include <algorithm>
#include <array>

namespace rankwise::safetensors {
namespace {

struct KnownDtype {
  Dtype dtype;
  std::string_view name;
  std::size_t bytes;
};

constexpr std::array<KnownDtype, 10> kDtypes = {{{Dtype::kF64, "F64", 8},
                                                 {Dtype::kF32, "F32", 4},
                                                 {Dtype::kF16, "F16", 2},
                                                 {Dtype::kBF16, "BF16", 2},
                                                 {Dtype::kI64, "I64", 8},
                                                 {Dtype::kI32, "I32", 4},
                                                 {Dtype::kI16, "I16", 2},
                                                 {Dtype::kI8, "I8", 1},
                                                 {Dtype::kU8, "U8", 1},
                                                 {Dtype::kBool, "BOOL", 1}}};

const KnownDtype& known(Dtype dtype) {
  return *std::find_if(kDtypes.begin(), kDtypes.end(),
                       [&](const KnownDtype& candidate) { return candidate.dtype == dtype; });
}

using Entry = std::map<std::string, View>::value_type;

/// Larger elements first, so that each tensor is aligned to its own.
std::vector<const Entry*> in_file_order(const std::map<std::string, View>& tensors) {
  std::vector<const Entry*> order;
  order.reserve(tensors.size());
  for (const Entry& entry : tensors) order.push_back(&entry);
  std::stable_sort(order.begin(), order.end(), [](const Entry* left, const Entry* right) {
    return bytes_per_element(left->second.dtype) > bytes_per_element(right->second.dtype);
  });
  return order;
}

std::string header(const std::vector<const Entry*>& order,
                   const std::map<std::string, std::string>& metadata) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  if (!metadata.empty()) json["__metadata__"] = metadata;
  std::size_t offset = 0;
  for (const Entry* entry : order) {
    const View& view = entry->second;
    json[entry->first] = {{"dtype", to_string(view.dtype)},
                          {"shape", view.shape},
                          {"data_offsets", {offset, offset + view.bytes.size()}}};
    offset += view.bytes.size();
  }
  std::string text = json.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  return text;
}

/// 64 bits, the least significant byte first.
std::string little_endian(std::uint64_t value) {
  std::string bytes;
  for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>((value >> shift) & 0xFF);
  return bytes;
}

}  // namespace

std::string to_string(Dtype dtype) { return std::string(known(dtype).name); }

std::size_t bytes_per_element(Dtype dtype) { return known(dtype).bytes; }

std::optional<Dtype> dtype_from_string(std::string_view name) {
  for (const KnownDtype& candidate : kDtypes) {
    if (candidate.name == name) return candidate.dtype;
  }
  return std::nullopt;
}

std::optional<std::size_t> byte_count(Dtype dtype, const std::vector<std::int64_t>& shape) {
  std::size_t count = bytes_per_element(dtype);
  for (const std::int64_t side : shape) {
    if (side < 0 || __builtin_mul_overflow(count, static_cast<std::size_t>(side), &count)) {
      return std::nullopt;
    }
  }
  return count;
}

void write(const std::filesystem::path& path, const std::map<std::string, View>& tensors,
           const std::map<std::string, std::string>& metadata) {
  for (const auto& [name, view] : tensors) {
    check(byte_count(view.dtype, view.shape) == view.bytes.size(),
          "{}: tensor {} has {} bytes, which is not its shape's", path.string(), name,
          view.bytes.size());
  }
  const std::vector<const Entry*> order = in_file_order(tensors);
  const std::string text = header(order, metadata);
  const std::string start = little_endian(text.size()) + text;
  std::vector<std::string_view> parts{start};
  for (const Entry* entry : order) {
    const auto bytes = entry->second.bytes;
    parts.emplace_back(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  write_file(path, parts);
}

}  // namespace rankwise::safetensors
