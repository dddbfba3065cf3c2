/// The tensors of a folder with weights: one safetensors file, or shards under an index.
#pragma once

#include "framework/io/safetensors.h"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace rankwise {

/// The safetensors files of `folder`, sorted: model.safetensors, or the shards that
/// model.safetensors.index.json names. Throws Error where both are there, or the shards beside the
/// index are not those that it names.
std::vector<std::filesystem::path> weight_files(const std::filesystem::path& folder);

/// All tensors of these files, by name, mapped into memory.
class StoredWeights {
 public:
  /// Throws Error where a file is damaged, or a tensor lies in another shard than the index says.
  explicit StoredWeights(const std::filesystem::path& folder);

  bool contains(const std::string& name) const { return reader_of_.contains(name); }
  std::vector<std::string> names() const;  // sorted

  /// Throws Error where there is none.
  const safetensors::View& find(const std::string& name) const;

  /// What that tensor's bytes lie in; see safetensors::Reader::mapping().
  std::shared_ptr<std::byte> mapping(const std::string& name) const {
    return readers_[reader_of_.at(name)].mapping();
  }

  /// After all has been read once; see safetensors::Reader::forget_pages().
  void forget_pages() const;

  /// For messages: "models/a/model.safetensors: tensor x".
  std::string place(const std::string& name) const;

 private:
  void check_index(const std::filesystem::path& index) const;

  std::vector<safetensors::Reader> readers_;
  std::map<std::string, std::size_t> reader_of_;
};

}  // namespace rankwise
