#include "framework/core/registration.h"

#include <gtest/gtest.h>

namespace rankwise {
namespace {

std::string message() {
  try {
    check_registrations();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Registration, FailuresWaitAndAreAllToldOnce) {
  Registry<int> registry("figure", "figures");
  register_item(registry, "usage", 1);
  EXPECT_EQ(message(), "");
  register_item(registry, "usage", 2);
  register_item(registry, "ranks", 3);
  register_item(registry, "ranks", 4);
  EXPECT_EQ(message(), "figure 'usage' is registered twice; figure 'ranks' is registered twice");
  EXPECT_EQ(message(), "");
  EXPECT_EQ(registry.find("usage"), 1);
}

}  // namespace
}  // namespace rankwise
