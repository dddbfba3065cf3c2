#include "framework/io/event_file.h"

#include "framework/core/error.h"
#include "framework/io/atomic_file.h"

#include <boost/crc.hpp>

#include <bit>
#include <chrono>

namespace rankwise {
namespace {

// Fields of tensorflow/core/util/event.proto and framework/summary.proto, with their wire types.
constexpr char kWallTime = 1 << 3 | 1;     // double
constexpr char kStep = 2 << 3 | 0;         // int64
constexpr char kFileVersion = 3 << 3 | 2;  // string
constexpr char kSummary = 5 << 3 | 2;      // message
constexpr char kValue = 1 << 3 | 2;        // message
constexpr char kTag = 1 << 3 | 2;          // string
constexpr char kSimpleValue = 2 << 3 | 5;  // float

template <class Unsigned>
std::string little_endian(Unsigned value) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof(value); ++i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}

std::string with_length(char field, std::string_view bytes) {
  return field + varint(bytes.size()) + std::string(bytes);
}

std::string at_this_time() {
  const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
  return kWallTime + little_endian(std::bit_cast<std::uint64_t>(now.count()));
}

}  // namespace

std::uint32_t masked_crc(std::string_view bytes) {
  // Castagnoli's polynomial, reflected.
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return std::rotr(static_cast<std::uint32_t>(crc.checksum()), 15) + 0xA282EAD8U;
}

std::string tf_record(std::string_view bytes) {
  const std::string length = little_endian(static_cast<std::uint64_t>(bytes.size()));
  return length + little_endian(masked_crc(length)) + std::string(bytes) +
         little_endian(masked_crc(bytes));
}

EventFile::EventFile(const std::filesystem::path& path) : path_(path) {
  create_parent_folder(path);
  stream_.open(path, std::ios::binary | std::ios::trunc);
  write(at_this_time() + with_length(kFileVersion, "brain.Event:2"));
}

void EventFile::scalars(std::int64_t step,
                        const std::vector<std::pair<std::string, double>>& values) {
  std::string summary;
  for (const auto& [name, value] : values) {
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
    summary += with_length(kValue, with_length(kTag, name) + kSimpleValue + little_endian(bits));
  }
  write(at_this_time() + kStep + varint(static_cast<std::uint64_t>(step)) +
        with_length(kSummary, summary));
}

void EventFile::write(std::string_view event) {
  stream_ << tf_record(event) << std::flush;
  check(stream_.good(), "{}: cannot be written", path_.string());
}

}  // namespace rankwise
