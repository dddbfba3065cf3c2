#include "framework/core/switches.h"

#include "framework/core/registration.h"
#include "framework/io/test_files.h"

#include <gmock/gmock.h>

#include <cstdlib>

namespace rankwise {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Switch first_switch("test-first", "the first; without: nothing");
Switch second_switch("test-second", "the second; without: nothing");

// What the variable turns off while it has this value.
class Switches : public testing::Test {
 protected:
  void TearDown() override {
    unsetenv("RANKWISE_WITHOUT");
    first_switch.set(true);
    second_switch.set(true);
  }

  static void read(const char* value) {
    setenv("RANKWISE_WITHOUT", value, /*overwrite=*/1);
    read_switches();
  }
};

TEST_F(Switches, AreOnUnlessTheyAreNamed) {
  read_switches();
  EXPECT_THAT(switched_off(), IsEmpty());
  read("");
  EXPECT_THAT(switched_off(), IsEmpty());
  read("test-second");
  EXPECT_TRUE(first_switch);
  EXPECT_FALSE(second_switch);
  EXPECT_THAT(switched_off(), ElementsAre("test-second"));
}

TEST_F(Switches, AreNamedWithCommasBetween) {
  read("test-second,test-first,");
  EXPECT_THAT(switched_off(), ElementsAre("test-first", "test-second"));
}

TEST_F(Switches, RefuseAnUnknownNameWithTheKnownOnes) {
  const std::string message = error_of([] { read("test-frist"); });
  EXPECT_EQ(message,
            "RANKWISE_WITHOUT: unknown switch 'test-frist' (did you mean 'test-first'?); the "
            "switches are kept-memory, "
            "test-first, test-second");
}

TEST_F(Switches, AreOffWhileSomethingGoesWithoutThem) {
  {
    const Without without("test-first");
    EXPECT_FALSE(first_switch);
  }
  EXPECT_TRUE(first_switch);
}

TEST_F(Switches, RefuseANameThatIsTaken) {
  const Switch again("test-first", "another");
  EXPECT_EQ(error_of([] { check_registrations(); }), "switch 'test-first' is registered twice");
  EXPECT_EQ(switches().find("test-first"), &first_switch);
}

}  // namespace
}  // namespace rankwise
