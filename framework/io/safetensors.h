/// The safetensors format (https://github.com/huggingface/safetensors): named arrays in one file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rankwise::safetensors {

enum class Dtype { kF64, kF32, kF16, kBF16, kI64, kI32, kI16, kI8, kU8, kBool };

std::string to_string(Dtype dtype);  // "F32", "BF16", "BOOL"
std::optional<Dtype> dtype_from_string(std::string_view name);
std::size_t bytes_per_element(Dtype dtype);

/// The size of a tensor in bytes; nothing where it is beyond 64 bits or a side is negative.
std::optional<std::size_t> byte_count(Dtype dtype, const std::vector<std::int64_t>& shape);

/// A tensor's bytes, little-endian and row-major, where they lie. They need not be aligned to the
/// element's size: copy them, or check.
struct View {
  Dtype dtype = Dtype::kF32;
  std::vector<std::int64_t> shape;
  std::span<const std::byte> bytes;
};

/// A file mapped into memory; views live as long as it does, or whoever holds its mapping().
class Reader {
 public:
  /// Throws Error where the file is not complete and well-formed: every tensor's shape and place is
  /// checked here. A tensor of a type that is not one of ours is there by name only.
  explicit Reader(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  std::vector<std::string> names() const;  // sorted
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  /// Those of a type that is one of ours.
  const std::map<std::string, View>& tensors() const { return tensors_; }

  bool contains(const std::string& name) const {
    return tensors_.contains(name) || other_types_.contains(name);
  }

  /// Throws Error that names the file, the tensor, and the closest name there is, or the tensor's
  /// type where it is none of ours.
  const View& find(const std::string& name) const;

  /// What the views point into. It may be written to, which changes it for this process alone.
  std::shared_ptr<std::byte> mapping() const { return mapping_; }

  /// Gives the mapping's pages back until they are read again, when what this process wrote to them
  /// is gone.
  void forget_pages() const;

 private:
  void map();
  void read_header();

  std::filesystem::path path_;
  std::shared_ptr<std::byte> mapping_;
  std::size_t size_ = 0;
  std::map<std::string, View> tensors_;
  std::map<std::string, std::string> other_types_;  // the type's word of each tensor that has one
  std::map<std::string, std::string> metadata_;
};

/// The metadata with "sha256": the hash of all that it says and of every tensor.
std::map<std::string, std::string> sealed(const std::map<std::string, View>& tensors,
                                          std::map<std::string, std::string> metadata);

/// Throws Error where the file's "sha256" is not that of its content, or is missing.
void check_seal(const Reader& reader);

/// Writes tensors, those of large elements first and then by name as the reference library does,
/// under a temporary name and renames: the same input gives the same bytes.
void write(const std::filesystem::path& path, const std::map<std::string, View>& tensors,
           const std::map<std::string, std::string>& metadata = {});

}  // namespace rankwise::safetensors
