/// Scalars over steps as TensorBoard reads them: a file of TFRecords, each an Event message.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rankwise {

/// CRC-32C of the bytes, turned and shifted as TFRecords store it.
std::uint32_t masked_crc(std::string_view bytes);

/// One record: length, CRC of the length, bytes, CRC of the bytes.
std::string tf_record(std::string_view bytes);

class EventFile {
 public:
  /// Begins a new file, replacing what is there. Throws Error where it cannot be written.
  explicit EventFile(const std::filesystem::path& path);

  /// Values by name ("train/loss") at a step, at this time; they are there for readers on return.
  /// Throws Error where they cannot be written.
  void scalars(std::int64_t step, const std::vector<std::pair<std::string, double>>& values);

 private:
  void write(std::string_view event);

  std::filesystem::path path_;
  std::ofstream stream_;
};

}  // namespace rankwise
