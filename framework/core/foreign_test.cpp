#include "framework/core/foreign.h"

#include "framework/core/error.h"
#include "framework/core/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <new>
#include <string>
#include <vector>

namespace rankwise {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

template <class Action>
std::string message_of(const Action& action) {
  try {
    action();
  } catch (const std::exception& error) {
    return plain_message(error);
  }
  return "";
}

TEST(Foreign, OurOwnErrorsStayAsTheyAre) {
  EXPECT_EQ(message_of([] { fail("a.json: rank: 0 is not positive"); }),
            "a.json: rank: 0 is not positive");
  EXPECT_EQ(message_of([] { fail("label '\x1b[31m'\nof two lines"); }),
            "label '\\x1b[31m'\\x0aof two lines");
}

TEST(Foreign, JsonSpeaksWithoutItsTypes) {
  const std::string text = message_of([] { nlohmann::json("caf\xE9s").dump(); });
  EXPECT_THAT(text, StartsWith("a JSON value is not what was expected: invalid UTF-8 byte"));
  EXPECT_THAT(message_of([] { nlohmann::json(3).get<std::string>(); }),
              HasSubstr("type must be string, but is number"));
  EXPECT_THAT(message_of([] { return nlohmann::json::parse("{"); }), HasSubstr("at line 1"));
}

TEST(Foreign, TheFileSystemNamesThePath) {
  const std::string name(300, 'x');
  EXPECT_EQ(message_of([&] { return std::filesystem::exists(name); }),
            name + ": cannot be used: File name too long");
}

TEST(Foreign, MissingMemoryHasAWayOut) {
  const std::string plain = message_of([] { throw std::bad_alloc(); });
  EXPECT_THAT(plain, StartsWith("not enough memory; "));
  EXPECT_THAT(plain, HasSubstr("fewer ranks"));
  EXPECT_EQ(message_of([] { std::vector<int>().reserve(SIZE_MAX); }), plain);
  EXPECT_THAT(message_of([] {
                throw std::runtime_error(
                    "[enforce fail at alloc_cpu.cpp:121] err == 0. DefaultCPUAllocator: can't "
                    "allocate memory: you tried to allocate 4000000000000 bytes. Error code 12");
              }),
              StartsWith("not enough memory: 4000000000000 bytes were asked for at once; "));
  EXPECT_THAT(
      message_of([] {
        throw std::runtime_error("CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has");
      }),
      StartsWith("not enough memory: 20.00 MiB were asked for at once; "));
}

TEST(Foreign, WhatIsNotKnownIsOurFaultAndSaysSo) {
  EXPECT_EQ(
      message_of([] { throw std::runtime_error("index out of range\nException raised from"); }),
      "a fault inside the program: index out of range; please report it with the command");
}

}  // namespace
}  // namespace rankwise
