#include "framework/io/event_file.h"

#include "framework/io/atomic_file.h"
#include "framework/io/test_files.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

TEST(EventFile, ChecksumsAreThoseOfTfRecords) {
  // CRC-32C of "123456789" is 0xE3069283 (RFC 3720); turned right by 15, plus 0xA282EAD8.
  EXPECT_EQ(masked_crc("123456789"), ((0xE3069283U >> 15 | 0xE3069283U << 17) + 0xA282EAD8U));
}

TEST(EventFile, ARecordIsItsLengthAndBytesWithTheirChecksums) {
  const std::string record = tf_record("abc");
  EXPECT_EQ(record.size(), 8 + 4 + 3 + 4);
  EXPECT_EQ(record.substr(0, 8), std::string("\3\0\0\0\0\0\0\0", 8));
  EXPECT_EQ(record.substr(12, 3), "abc");
}

TEST(EventFile, BeginsWithTheVersionAndAddsEvents) {
  const auto path = test_folder() / "a.tensorboard" / "events";
  EventFile file(path);
  file.scalars(300, {{"train/loss", 0.5}});
  const std::string bytes = read_file(path);
  EXPECT_NE(bytes.find("brain.Event:2"), std::string::npos);
  // Step 300 as a varint, and 0.5 as a float behind its name.
  EXPECT_NE(bytes.find(std::string("\x10\xac\x02", 3)), std::string::npos);
  EXPECT_NE(bytes.find(std::string("train/loss\x15\0\0\0\x3f", 15)), std::string::npos);
}

TEST(EventFile, SaysWhereItCannotBeWritten) {
  const auto folder = test_folder();  // has the name
  EXPECT_EQ(error_of([&] { EventFile{folder}; }), folder.string() + ": cannot be written");
}

}  // namespace
}  // namespace rankwise
