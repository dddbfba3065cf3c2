#include "framework/model/stored_weights.h"

#include "framework/core/error.h"
#include "framework/core/json_file.h"

#include <algorithm>
#include <set>
#include <system_error>

namespace rankwise {

namespace {

namespace fs = std::filesystem;

constexpr const char* kWhole = "model.safetensors";
constexpr const char* kIndex = "model.safetensors.index.json";
constexpr const char* kAgain = "fetch the index and all shards of one version again";

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

// Names as model-00001-of-00003.safetensors in the folder.
std::set<std::string> shards_of(const fs::path& folder) {
  std::set<std::string> shards;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("model-") && name.ends_with(".safetensors")) shards.insert(name);
  }
  return shards;
}

// Which shard the index puts each tensor into.
std::map<std::string, std::string> read_index(const fs::path& index) {
  const nlohmann::json file = read_json(index);
  const bool right = file.is_object() && file.contains("weight_map") &&
                     file["weight_map"].is_object() && !file["weight_map"].empty();
  check(right, "{}: has no weight_map of tensor names to files; {}", index.string(), kAgain);
  std::map<std::string, std::string> shards;
  for (const auto& [name, shard] : file["weight_map"].items()) {
    const bool plain = shard.is_string() && shard.get<std::string>().find('/') == std::string::npos;
    check(plain, "{}: weight_map puts {} into {}, expected the name of a file beside it",
          index.string(), name,
          shard.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    shards.emplace(name, shard.get<std::string>());
  }
  return shards;
}

std::vector<fs::path> indexed_files(const fs::path& folder) {
  std::set<std::string> named;
  for (const auto& [name, shard] : read_index(folder / kIndex)) named.insert(shard);
  for (const std::string& shard : shards_of(folder)) {
    check(named.contains(shard), "{}: is not in {}; delete it, or {}", (folder / shard).string(),
          kIndex, kAgain);
  }
  std::vector<fs::path> files;
  for (const std::string& shard : named) {
    check(is_there(folder / shard), "{}: names {}, which is not there; {}",
          (folder / kIndex).string(), shard, kAgain);
    files.push_back(folder / shard);
  }
  return files;
}

}  // namespace

std::vector<fs::path> weight_files(const fs::path& folder) {
  const bool whole = is_there(folder / kWhole);
  const bool index = is_there(folder / kIndex);
  const std::set<std::string> shards = shards_of(folder);
  const std::string other = index ? kIndex : shards.empty() ? "" : *shards.begin();
  check(!whole || other.empty(), "{}: holds both {} and {}; delete the one that is out of date",
        folder.string(), kWhole, other);
  check(index || other.empty(), "{}: holds {} but no {}; {}", folder.string(), other, kIndex,
        kAgain);
  if (index) return indexed_files(folder);
  return {folder / kWhole};
}

StoredWeights::StoredWeights(const fs::path& folder) {
  for (const fs::path& file : weight_files(folder)) readers_.emplace_back(file);
  for (std::size_t i = 0; i < readers_.size(); ++i) {
    for (const std::string& name : readers_[i].names()) {
      const auto [first, fresh] = reader_of_.emplace(name, i);
      check(fresh, "{} is in {} too; {}", place(name), readers_[i].path().string(), kAgain);
    }
  }
  if (is_there(folder / kIndex)) check_index(folder / kIndex);
}

void StoredWeights::check_index(const fs::path& index) const {
  const std::map<std::string, std::string> shards = read_index(index);
  for (const auto& [name, shard] : shards) {
    const auto found = reader_of_.find(name);
    const bool there =
        found != reader_of_.end() && readers_[found->second].path().filename().string() == shard;
    check(there, "{}: puts tensor {} into {}, which does not hold it; {}", index.string(), name,
          shard, kAgain);
  }
  for (const auto& [name, reader] : reader_of_) {
    check(shards.contains(name), "{} is not in {}; {}", place(name), kIndex, kAgain);
  }
}

std::vector<std::string> StoredWeights::names() const {
  std::vector<std::string> names;
  names.reserve(reader_of_.size());
  for (const auto& [name, reader] : reader_of_) names.push_back(name);
  return names;
}

const safetensors::View& StoredWeights::find(const std::string& name) const {
  const auto found = reader_of_.find(name);
  if (found != reader_of_.end()) return readers_[found->second].find(name);
  if (readers_.size() == 1) return readers_.front().find(name);  // says what comes closest
  fail("{}: none of the {} shards has tensor {}", readers_.front().path().parent_path().string(),
       readers_.size(), name);
}

void StoredWeights::forget_pages() const {
  for (const safetensors::Reader& reader : readers_) reader.forget_pages();
}

std::string StoredWeights::place(const std::string& name) const {
  return fmt::format("{}: tensor {}", readers_[reader_of_.at(name)].path().string(), name);
}

}  // namespace rankwise
