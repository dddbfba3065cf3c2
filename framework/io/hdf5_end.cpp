#include "framework/io/hdf5_end.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string_view>
#include <system_error>

namespace rankwise::hdf5 {
namespace {

// The superblock of versions 2 and 3, which files of the latest format have (HDF5 File Format
// Specification 3.0, II.A.2): signature, version, size of offsets, size of lengths, flags, and the
// addresses of the base, the extension and the end.
constexpr std::string_view kSignature = "\x89HDF\r\n\x1a\n";
constexpr std::size_t kVersion = 8, kOffsetSize = 9, kEnd = 28, kHead = 48;

}  // namespace

std::string missing_end(const std::filesystem::path& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  std::array<char, kHead> head{};
  std::ifstream file(path, std::ios::binary);
  if (error || !file) return "";
  if (!file.read(head.data(), kHead)) return fmt::format("has {} bytes", size);
  const bool known = std::string_view(head.data(), kSignature.size()) == kSignature &&
                     (head[kVersion] == 2 || head[kVersion] == 3) && head[kOffsetSize] == 8;
  if (!known) return "";
  std::uint64_t end = 0;  // little-endian, as this machine is
  std::memcpy(&end, head.data() + kEnd, sizeof(end));
  return size < end ? fmt::format("has {} of its {} bytes", size, end) : "";
}

}  // namespace rankwise::hdf5
