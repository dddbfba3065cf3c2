#include "framework/core/json_keys.h"

#include <gtest/gtest.h>

namespace rankwise {
namespace {

TEST(JsonKeys, FindsAKeyThatStandsTwiceWithBothLines) {
  const auto found = find_duplicate_key("{\n \"seeds\": [0],\n \"runs\": [],\n \"seeds\": [1]\n}");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->key, "seeds");
  EXPECT_EQ(found->first_line, 2);
  EXPECT_EQ(found->second_line, 4);
}

TEST(JsonKeys, OneObjectsKeysAreNotAnothers) {
  EXPECT_FALSE(find_duplicate_key(R"({"a": {"a": 1}, "b": [{"a": 1}, {"a": "a"}, "a", "a"]})"));
  EXPECT_TRUE(find_duplicate_key(R"({"b": [{"a": 1, "a": 2}]})"));
}

TEST(JsonKeys, CommentsAndQuotesHideNothing) {
  EXPECT_FALSE(
      find_duplicate_key("{\"a\": 1, // \"a\": 2,\n \"b\": \"\\\"a\\\": \" /* \"a\": 3 */}"));
  EXPECT_TRUE(find_duplicate_key("{\"a\" /* : */ : 1, \"a\": 2}"));
}

TEST(JsonKeys, FindsAnIntegerThatIsTooLong) {
  const auto found = find_long_integer(
      "{\"99999999999999999999\": \"-99999999999999999999\",\n"
      " // 99999999999999999999\n \"a\": [0, 18446744073709551616]}");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->digits, "18446744073709551616");
  EXPECT_EQ(found->line, 3);
  EXPECT_TRUE(find_long_integer("[-9223372036854775809]"));
  EXPECT_FALSE(
      find_long_integer("[18446744073709551615, -9223372036854775808, 1e300, 0.5, -1E-30,"
                        " 100000000000000000000.0]"));
}

}  // namespace
}  // namespace rankwise
