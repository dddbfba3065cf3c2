#include "framework/core/json_file.h"

#include "framework/core/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace rankwise {
namespace {

std::filesystem::path written(const std::string& text) {
  // One file a test: ctest runs them at the same time.
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  auto path =
      std::filesystem::path(::testing::TempDir()) / (std::string("json_file_") + test->name());
  std::ofstream(path) << text;
  return path;
}

std::string refusal(const std::filesystem::path& path) {
  try {
    read_json(path);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(JsonFile, AllowsComments) { EXPECT_EQ(read_json(written("{\"a\": 1 // one\n}"))["a"], 1); }

TEST(JsonFile, FaultHasLineAndColumnInOneLine) {
  const std::string message = refusal(written("{\n  \"a\": 1,\n}"));
  EXPECT_THAT(message, ::testing::HasSubstr("is not valid JSON: at line 3, column"));
  EXPECT_EQ(message.find('\n'), std::string::npos);
}

TEST(JsonFile, MissingFileIsNamed) {
  EXPECT_EQ(refusal("nowhere.json"), "nowhere.json: cannot be read: there is no such file");
}

TEST(JsonFile, CanonicalTextDoesNotDependOnKeyOrder) {
  EXPECT_EQ(canonical(nlohmann::json::parse(R"({"b": 1, "a": [1, 2]})")), R"({"a":[1,2],"b":1})");
}

}  // namespace
}  // namespace rankwise
