#include "framework/model/weights_place.h"

#include "framework/core/error.h"
#include "framework/core/hash.h"
#include "framework/core/json_file.h"
#include "framework/io/atomic_file.h"
#include "framework/model/backbone.h"
#include "framework/model/pretrained.h"

#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>

namespace rankwise {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::int64_t kBigFile = std::int64_t{1} << 24;

// What tells whether a file is still the one whose hash is known.
json file_state(const fs::path& file) {
  struct stat status {};
  check(stat(file.c_str(), &status) == 0, "{}: cannot be read", file.string());
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  return {{"size", status.st_size},
          {"mtime_ns", status.st_mtim.tv_sec * kNanoseconds + status.st_mtim.tv_nsec}};
}

json entries(const fs::path& memory) {
  if (!fs::exists(memory)) return json::object();
  const json found = json::parse(read_file(memory), nullptr, /*allow_exceptions=*/false);
  return found.is_object() ? found : json::object();
}

std::optional<std::string> known_hash(const json& entry, const json& state) {
  const bool same = entry.is_object() && entry.value("size", json()) == state.at("size") &&
                    entry.value("mtime_ns", json()) == state.at("mtime_ns");
  if (!same || !entry.contains("sha256") || !entry.at("sha256").is_string()) return std::nullopt;
  return entry.at("sha256").get<std::string>();
}

}  // namespace

fs::path weights_folder(const fs::path& models, const std::string& weights) {
  return weights.find('/') == std::string::npos ? models / weights : fs::path(weights);
}

std::string weights_name(const std::string& weights) {
  if (weights.find('/') == std::string::npos) return weights;
  fs::path folder = fs::absolute(weights).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();  // ended in a slash
  const fs::path parent = folder.parent_path();
  if (parent.filename() != "snapshots") return folder.filename().string();
  constexpr std::string_view kHub = "models--";
  const std::string name = parent.parent_path().filename().string();
  return name.starts_with(kHub) ? name.substr(kHub.size()) : name;
}

std::string backbone_of(const fs::path& folder) {
  check_pretrained(folder);
  const fs::path file = folder / "config.json";
  const json config = read_json(file);
  const json type = config.is_object() ? config.value("model_type", json()) : json();
  std::vector<std::string> known;
  for (const std::string& name : backbones().names()) {
    for (const std::string& one : backbones().find(name).model_types) {
      if (type == one) return name;
      known.push_back(one);
    }
  }
  fail("{}: model_type is {}, expected one of {}", file.string(), type.dump(),
       fmt::join(known, ", "));
}

json backbone_with(const fs::path& models, const std::string& weights) {
  const bool is_path = weights.find('/') != std::string::npos;
  const std::string place = is_path ? fs::absolute(weights).string() : weights;
  return {{"name", backbone_of(weights_folder(models, place))}, {"weights", place}};
}

std::string remembered_sha256(const fs::path& file, const fs::path& memory) {
  const json state = file_state(file);
  if (state.at("size") < kBigFile) return sha256_file(file);
  const std::string key = fs::canonical(file).string();
  const json found = entries(memory).value(key, json());
  if (const auto known = known_hash(found, state)) return *known;
  const std::string digest = sha256_file(file);
  json all = entries(memory);  // others may have written since
  all[key] = state;
  all[key]["sha256"] = digest;
  try {
    write_file(memory, all.dump(2) + "\n");
  } catch (const Error&) {  // a folder that may not be written
  }
  return digest;
}

}  // namespace rankwise
