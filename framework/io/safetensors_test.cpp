#include "framework/io/safetensors.h"

#include "framework/io/atomic_file.h"
#include "framework/io/test_files.h"

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cstring>

namespace rankwise::safetensors {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;
using Shape = std::vector<std::int64_t>;

/// A file with this header, its length before it, and `data` zero bytes after it.
std::string file_of(const std::string& header, std::size_t data) {
  std::string bytes(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<char>((static_cast<std::uint64_t>(header.size()) >> (8 * i)) & 0xFF);
  }
  return bytes + header + std::string(data, '\0');
}

// What Python's safetensors 0.4 saves for b = [1, 2], a = [[3]], n = [7], h = [1, -2], s = True.
const std::string kReferenceHeader =
    R"({"__metadata__":{"format":"pt"},"n":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},)"
    R"("a":{"dtype":"F32","shape":[1,1],"data_offsets":[8,12]},)"
    R"("b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]},)"
    R"("h":{"dtype":"F16","shape":[2],"data_offsets":[20,24]},)"
    R"("s":{"dtype":"BOOL","shape":[],"data_offsets":[24,25]}}      )";
const std::string kReferenceData("\x07\0\0\0\0\0\0\0\0\0@@\0\0\x80?\0\0\0@\0<\0\xc0\x01", 25);

std::string reference_file() { return file_of(kReferenceHeader, 0) + kReferenceData; }

/// The message for a file of these bytes, without its name.
std::string error_for(const std::string& bytes) {
  const fs::path path = test_folder() / "a.safetensors";
  write_bytes(path, bytes);
  const std::string message = error_of([&] { Reader{path}; });
  const std::string prefix = path.string() + ": ";
  EXPECT_EQ(message.find(prefix), 0U) << message;
  return message.size() > prefix.size() ? message.substr(prefix.size()) : message;
}

std::string one_tensor(const std::string& entry) { return file_of(R"({"x":{)" + entry + "}}", 8); }

TEST(Safetensors, ReadsWhatTheReferenceLibraryWrites) {
  const fs::path path = test_folder() / "a.safetensors";
  write_bytes(path, reference_file());
  const Reader reader(path);
  EXPECT_EQ(reader.names(), (Strings{"a", "b", "h", "n", "s"}));
  EXPECT_EQ(reader.metadata().at("format"), "pt");
  const View& b = reader.find("b");
  EXPECT_EQ(b.dtype, Dtype::kF32);
  EXPECT_EQ(b.shape, Shape{2});
  std::array<float, 2> values{};
  ASSERT_EQ(b.bytes.size(), sizeof(values));
  std::memcpy(values.data(), b.bytes.data(), sizeof(values));
  EXPECT_EQ(values, (std::array<float, 2>{1, 2}));
  EXPECT_EQ(reader.find("s").shape, Shape{});
  EXPECT_EQ(reader.find("s").bytes[0], std::byte{1});
}

TEST(Safetensors, WritesTheReferenceLibrarysBytes) {
  const fs::path folder = test_folder();
  write_bytes(folder / "a.safetensors", reference_file());
  const Reader reader(folder / "a.safetensors");
  std::map<std::string, View> tensors;
  for (const std::string& name : reader.names()) tensors[name] = reader.find(name);
  write(folder / "b.safetensors", tensors, reader.metadata());
  EXPECT_EQ(read_file(folder / "b.safetensors"), reference_file());
}

TEST(Safetensors, NamesTheClosestTensor) {
  const fs::path path = test_folder() / "a.safetensors";
  write_bytes(path, file_of(R"({"layer.0.weight":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},)"
                            R"("layer.0.bias":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})",
                            0));
  const Reader reader(path);
  EXPECT_TRUE(reader.contains("layer.0.bias"));
  EXPECT_EQ(error_of([&] { reader.find("layer.0.wieght"); }),
            path.string() + ": has no tensor layer.0.wieght; the closest is layer.0.weight");
}

TEST(Safetensors, RefusesWhatIsNoSafetensorsFile) {
  EXPECT_EQ(error_for(""), "is not a safetensors file");
  EXPECT_EQ(error_for("short"), "is not a safetensors file");
  EXPECT_EQ(error_for("PK\x03\x04 the start of a zip archive"),
            "is not a safetensors file: a header of 7307218076263730000 bytes");
  EXPECT_EQ(error_for(file_of("{", 0)), "is not a safetensors file: its header is not JSON");
  EXPECT_EQ(error_for(file_of("[]", 0)), "is not a safetensors file: its header is no object");
  EXPECT_EQ(error_of([] { Reader{"none.safetensors"}; }),
            "none.safetensors: cannot be read: there is no such file");
}

TEST(Safetensors, RefusesATruncatedFile) {
  EXPECT_EQ(error_for(reference_file().substr(0, 100)),
            "is truncated: a header of 312 bytes in a file of 100");
  EXPECT_EQ(error_for(reference_file().substr(0, reference_file().size() - 1)),
            "is truncated: tensor s ends at byte 25 of 24");
}

TEST(Safetensors, RefusesAnEntryThatIsNotWellFormed) {
  EXPECT_EQ(error_for(one_tensor(R"("dtype":"F32","shape":[2])")),
            "tensor x needs dtype, shape and data_offsets");
  EXPECT_EQ(error_for(one_tensor(R"("dtype":"F8_E4M3","shape":[8],"data_offsets":[8,0])")),
            "tensor x of type F8_E4M3 and shape [8] cannot lie at bytes 8 to 0");
  EXPECT_EQ(error_for(one_tensor(R"("dtype":"F32","shape":[-2],"data_offsets":[0,8])")),
            "tensor x has shape [-2]");
  EXPECT_EQ(error_for(one_tensor(R"("dtype":"F32","shape":[2],"data_offsets":[0])")),
            "tensor x needs two data_offsets");
  EXPECT_EQ(error_for(one_tensor(R"("dtype":"F32","shape":[3],"data_offsets":[0,8])")),
            "tensor x of type F32 and shape [3] cannot lie at bytes 0 to 8");
  EXPECT_EQ(error_for(one_tensor(
                R"("dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8])")),
            "tensor x of type F32 and shape [4611686018427387904, 4] cannot lie at bytes 0 to 8");
  EXPECT_EQ(error_for(one_tensor(R"("dtype":"F32","shape":[2],"data_offsets":[8,0])")),
            "tensor x of type F32 and shape [2] cannot lie at bytes 8 to 0");
  EXPECT_EQ(error_for(one_tensor(R"("dtype":"U8","shape":[8],"shape":[8],"data_offsets":[0,8])")),
            "the header has 'shape' twice");
}

// Types of other models and of later days; those that nobody asks for do no harm.
TEST(Safetensors, PassesOverTypesThatItCanNotRead) {
  const fs::path path = test_folder() / "a.safetensors";
  write_bytes(path, file_of(R"({"f":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]},)"
                            R"("u":{"dtype":"U16","shape":[4],"data_offsets":[8,16]},)"
                            R"("c":{"dtype":"C64","shape":[1],"data_offsets":[16,24]},)"
                            R"("h":{"dtype":"F4","shape":[3],"data_offsets":[24,26]},)"
                            R"("x":{"dtype":"F32","shape":[2],"data_offsets":[26,34]}})",
                            34));
  const Reader reader(path);
  EXPECT_EQ(reader.names(), (Strings{"c", "f", "h", "u", "x"}));
  EXPECT_TRUE(reader.contains("f"));
  EXPECT_EQ(reader.find("x").shape, Shape{2});
  EXPECT_EQ(error_of([&] { reader.find("u"); }),
            path.string() + ": tensor u has type U16, which cannot be read here");
}

TEST(Safetensors, RefusesTensorsThatOverlapOrLeaveGaps) {
  const auto two = [](const std::string& second) {
    return file_of(R"({"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                   R"("y":{"dtype":"U8","shape":[4],"data_offsets":)" +
                       second + "}}",
                   8);
  };
  EXPECT_EQ(error_for(two("[2,6]")), "tensor y begins at byte 2, expected 4");
  EXPECT_EQ(error_for(two("[0,4]")), "tensor y begins at byte 0, expected 4");
  EXPECT_EQ(error_for(file_of(R"({"x":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})", 8)),
            "tensor x begins at byte 4, expected 0");
  EXPECT_EQ(error_for(file_of(R"({"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 8)),
            "4 bytes after the last tensor");
}

TEST(Safetensors, RefusesToWriteBytesThatAreNotTheShapes) {
  const fs::path path = test_folder() / "a.safetensors";
  EXPECT_EQ(error_of([&] {
              write(path, {{"x", {Dtype::kF32, {2}, {}}}});
            }),
            path.string() + ": tensor x has 0 bytes, which is not its shape's");
}

RC_GTEST_PROP(Safetensors, SurvivesAnyChangeOfAByte, ()) {
  std::string bytes = reference_file();
  const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
  bytes[at] = *rc::gen::arbitrary<char>();
  const fs::path path = test_folder() / "a.safetensors";
  write_bytes(path, bytes);
  error_of([&] {
    const Reader reader(path);
    for (const std::string& name : reader.names()) {
      const View& view = reader.find(name);  // throws where the type's word was changed
      RC_ASSERT(byte_count(view.dtype, view.shape) == view.bytes.size());
    }
  });
}

}  // namespace
}  // namespace rankwise::safetensors
