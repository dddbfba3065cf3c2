#include "framework/core/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rankwise {
namespace {

std::string message(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Registry, UnknownNameListsTheKnownOnes) {
  Registry<int> registry("variant", "variants");
  registry.add("smora", 1);
  registry.add("lora", 2);
  EXPECT_EQ(message([&] { registry.find("smorra"); }),
            "unknown variant 'smorra' (did you mean 'smora'?); the variants are lora, smora");
}

TEST(Registry, RefusesASecondItemOfOneName) {
  Registry<int> registry("variant", "variants");
  registry.add("lora", 1);
  EXPECT_EQ(message([&] { registry.add("lora", 2); }), "variant 'lora' is registered twice");
  EXPECT_EQ(registry.find("lora"), 1);
}

TEST(Registry, TheNameThatIsMeantForgivesCapitalsAndSeparators) {
  Registry<int> registry("variant", "variants");
  registry.add("lora_fa", 1);
  EXPECT_EQ(registry.name_of("LoRA-FA"), "lora_fa");
  EXPECT_EQ(registry.name_of("dora"), "dora");  // for find() to refuse
}

}  // namespace
}  // namespace rankwise
