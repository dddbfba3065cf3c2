#include "framework/programs/command_words.h"

#include "framework/io/test_files.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(CommandWords, StandBetweenSpacesAndQuotationMarks) {
  EXPECT_THAT(command_words("/bin/sh -e  'a \"b' \"c 'd\"{file} ''"),
              ElementsAre("/bin/sh", "-e", "a \"b", "c 'd{file}", ""));
}

TEST(CommandWords, BeginWithAFileThatIsOnPath) {
  EXPECT_EQ(command_words("sh {file}").front().front(), '/');
  EXPECT_EQ(error_of([] { command_words("no-such-program {file}"); }),
            "--command no-such-program {file}: there is no program 'no-such-program' on PATH");
  EXPECT_THAT(error_of([] { command_words("/etc/passwd {file}"); }),
              HasSubstr("there is no program '/etc/passwd' that may be run"));
}

TEST(CommandWords, SayWhereTheFileStands) {
  EXPECT_THAT(error_of([] { command_words("sh -e"); }), HasSubstr("says nowhere {file}"));
  EXPECT_THAT(error_of([] { command_words(""); }), HasSubstr("says nowhere {file}"));
  EXPECT_THAT(error_of([] { command_words("sh 'a {file}"); }),
              HasSubstr("a quotation mark ' is left open"));
  EXPECT_THAT(with_file({"sh", "--run={file}"}, "/a/b.py"), ElementsAre("sh", "--run=/a/b.py"));
}

}  // namespace
}  // namespace rankwise
