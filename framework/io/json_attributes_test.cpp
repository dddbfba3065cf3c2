#include "framework/io/json_attributes.h"

#include "framework/core/json.h"
#include "framework/io/test_files.h"

namespace rankwise {
namespace {

using nlohmann::json;

TEST(JsonAttributes, ComeBackAsTheyWereWritten) {
  const auto path = test_folder() / "a.h5";
  const json attributes = {{"text", "[not a list]"}, {"seed", -3},
                           {"large", UINT64_MAX},    {"seconds", 0.5},
                           {"dirty", false},         {"config", {{"rank", {1, 2}}}},
                           {"none", nullptr},        {"list", {1, "two"}}};
  hdf5::File file = hdf5::File::create(path);
  write_json_attributes(file, "/", attributes);
  EXPECT_EQ(read_json_attributes(file, "/"), attributes);
  EXPECT_EQ(file.attribute<std::string>("/", "config"), R"({"rank":[1,2]})");
}

TEST(JsonAttributes, AreReplacedByLaterOnes) {
  hdf5::File file = hdf5::File::create(test_folder() / "a.h5");
  write_json_attributes(file, "/", {{"a", {1, 2}}, {"b", 1}});
  write_json_attributes(file, "/", {{"a", "text"}, {"c", {3}}});
  EXPECT_EQ(read_json_attributes(file, "/"), json({{"a", "text"}, {"b", 1}, {"c", {3}}}));
}

TEST(JsonAttributes, OfAnotherProgramAreRefused) {
  const auto path = test_folder() / "a.h5";
  hdf5::File file = hdf5::File::create(path);
  file.set_attribute("/", "json", std::string("\"config\""));
  const std::string refusal =
      path.string() + ": @json is '\"config\"', expected a JSON list of names";
  EXPECT_EQ(error_of([&] { read_json_attributes(file, "/"); }), refusal);
  EXPECT_EQ(error_of([&] { write_json_attributes(file, "/", {{"a", 1}}); }), refusal);
}

TEST(JsonAttributes, MustBeAnObject) {
  const auto path = test_folder() / "a.h5";
  hdf5::File file = hdf5::File::create(path);
  EXPECT_EQ(error_of([&] { write_json_attributes(file, "/", json::array()); }),
            path.string() + ": attributes must be a JSON object");
}

}  // namespace
}  // namespace rankwise
