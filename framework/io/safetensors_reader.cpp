#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/readable_file.h"
#include "framework/io/safetensors.h"

#include <fcntl.h>
#include <fmt/ranges.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <numeric>
#include <set>
#include <system_error>
#include <utility>

namespace rankwise::safetensors {
namespace {

using nlohmann::json;

constexpr std::size_t kLengthBytes = 8;              // before the header
constexpr std::size_t kLongestHeader = 100'000'000;  // the reference library's limit
constexpr int kDeepestHeader = 8;                    // of a tensor's shape: 3
constexpr const char* kMetadata = "__metadata__";

std::uint64_t little_endian(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    value |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
  }
  return value;
}

/// Parses, and refuses a key that is there twice, which JSON libraries let pass.
json parse_header(std::string_view text, const std::string& file) {
  std::vector<std::set<std::string>> keys;  // of each open object
  const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    check(depth <= kDeepestHeader, "{}: the header is nested more than {} deep", file,
          kDeepestHeader);
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key) {
      const auto key = parsed.get<std::string>();
      check(keys.back().insert(key).second, "{}: the header has '{}' twice", file, key);
    }
    return true;
  };
  json header;
  try {
    header = json::parse(text, watch);
  } catch (const json::exception&) {
    fail("{}: is not a safetensors file: its header is not JSON", file);
  }
  check(header.is_object(), "{}: is not a safetensors file: its header is no object", file);
  return header;
}

/// A tensor as its header entry states it, not yet checked against its neighbours.
struct Stated {
  std::string name;
  std::string type;  // "F32", or a word that is none of ours
  std::vector<std::int64_t> shape;
  std::size_t begin, end;
};

Stated parse_entry(const std::string& name, const json& entry, const std::string& file) {
  try {
    auto type = entry.at("dtype").get<std::string>();
    for (const char* list : {"shape", "data_offsets"}) {
      for (const json& number : entry.at(list)) {
        check(number.is_number_unsigned(), "{}: tensor {} has {} {}", file, name, list,
              entry.at(list).dump());
      }
    }
    const json& offsets = entry.at("data_offsets");
    check(offsets.is_array() && offsets.size() == 2, "{}: tensor {} needs two data_offsets", file,
          name);
    return {name, std::move(type), entry.at("shape").get<std::vector<std::int64_t>>(),
            offsets[0].get<std::size_t>(), offsets[1].get<std::size_t>()};
  } catch (const json::exception&) {
    fail("{}: tensor {} needs dtype, shape and data_offsets", file, name);
  }
}

/// How large an element of another type is, nobody knows here: any number of bytes will do.
void check_bytes(const Stated& tensor, const std::string& file) {
  const auto dtype = dtype_from_string(tensor.type);
  bool fits = tensor.begin <= tensor.end;
  if (fits && dtype) fits = byte_count(*dtype, tensor.shape) == tensor.end - tensor.begin;
  check(fits, "{}: tensor {} of type {} and shape [{}] cannot lie at bytes {} to {}", file,
        tensor.name, tensor.type, fmt::join(tensor.shape, ", "), tensor.begin, tensor.end);
}

/// As in the reference library, tensors follow each other without a gap and fill the file.
void check_places(std::vector<Stated>& tensors, std::size_t size, const std::string& file) {
  std::sort(tensors.begin(), tensors.end(), [](const Stated& left, const Stated& right) {
    return std::pair(left.begin, left.end) < std::pair(right.begin, right.end);
  });
  std::size_t expected = 0;
  for (const Stated& tensor : tensors) {
    check_bytes(tensor, file);
    check(tensor.end <= size, "{}: is truncated: tensor {} ends at byte {} of {}", file,
          tensor.name, tensor.end, size);
    check(tensor.begin == expected, "{}: tensor {} begins at byte {}, expected {}", file,
          tensor.name, tensor.begin, expected);
    expected = tensor.end;
  }
  check(expected == size, "{}: {} bytes after the last tensor", file, size - expected);
}

/// Changes of one letter that make one name of the other (Levenshtein).
std::size_t distance(const std::string& left, const std::string& right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::size_t replaced = diagonal + (left[i] == right[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

Reader::Reader(const std::filesystem::path& path) : path_(path) {
  map();
  read_header();
}

void Reader::map() {
  check_regular_file(path_);
  const int descriptor = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (descriptor < 0 || ::fstat(descriptor, &status) != 0) {
    fail("{}: cannot be read: {}", path_.string(), std::generic_category().message(errno));
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  const bool mappable = size >= kLengthBytes;
  void* start = mappable ? ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_NORESERVE, descriptor, 0)
                         : MAP_FAILED;
  ::close(descriptor);
  check(mappable, "{}: is not a safetensors file", path_.string());
  check(start != MAP_FAILED, "{}: cannot be mapped into memory", path_.string());
  mapping_ = {static_cast<std::byte*>(start), [size](std::byte* bytes) { ::munmap(bytes, size); }};
  size_ = size;
}

void Reader::forget_pages() const { ::madvise(mapping_.get(), size_, MADV_DONTNEED); }

void Reader::read_header() {
  const std::string file = path_.string();
  const std::span<const std::byte> bytes(mapping_.get(), size_);
  const std::uint64_t length = little_endian(bytes);
  check(length <= kLongestHeader, "{}: is not a safetensors file: a header of {} bytes", file,
        length);
  check(length <= size_ - kLengthBytes, "{}: is truncated: a header of {} bytes in a file of {}",
        file, length, size_);
  const auto text = bytes.subspan(kLengthBytes, length);
  const auto data = bytes.subspan(kLengthBytes + length);
  const json header = parse_header({reinterpret_cast<const char*>(text.data()), text.size()}, file);

  std::vector<Stated> tensors;
  for (const auto& [name, entry] : header.items()) {
    if (name != kMetadata) tensors.push_back(parse_entry(name, entry, file));
  }
  check_places(tensors, data.size(), file);
  for (Stated& tensor : tensors) {
    if (const auto dtype = dtype_from_string(tensor.type)) {
      tensors_[tensor.name] = {*dtype, std::move(tensor.shape),
                               data.subspan(tensor.begin, tensor.end - tensor.begin)};
    } else {
      other_types_[tensor.name] = tensor.type;
    }
  }
  try {
    if (header.contains(kMetadata)) {
      metadata_ = header.at(kMetadata).get<std::map<std::string, std::string>>();
    }
  } catch (const json::exception&) {
    fail("{}: {} must hold strings", file, kMetadata);
  }
}

std::vector<std::string> Reader::names() const {
  std::vector<std::string> names;
  names.reserve(tensors_.size() + other_types_.size());
  for (const auto& [name, view] : tensors_) names.push_back(name);
  for (const auto& [name, type] : other_types_) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

const View& Reader::find(const std::string& name) const {
  const auto found = tensors_.find(name);
  if (found != tensors_.end()) return found->second;
  const auto other = other_types_.find(name);
  check(other == other_types_.end(), "{}: tensor {} has type {}, which cannot be read here",
        path_.string(), name, other == other_types_.end() ? "" : other->second);
  const auto closest =
      std::min_element(tensors_.begin(), tensors_.end(), [&](const auto& left, const auto& right) {
        return distance(left.first, name) < distance(right.first, name);
      });
  check(closest != tensors_.end(), "{}: has no tensor {}; it is empty", path_.string(), name);
  fail("{}: has no tensor {}; the closest is {}", path_.string(), name, closest->first);
}

}  // namespace rankwise::safetensors
