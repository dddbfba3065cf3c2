#include "framework/io/lease_note.h"

#include "framework/io/test_files.h"

namespace rankwise {
namespace {

TEST(LeaseNote, IsReadAsItWasWritten) {
  LeaseNote note = new_lease_note(60);
  note.beats = 3;
  note.about = {{"step", 40}};
  const std::string text = to_text(note);
  const auto read = parse_lease_note(text);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(to_text(*read), text);
  EXPECT_EQ(read->holder(), "process " + std::to_string(::getpid()) + " on " + note.host);
}

TEST(LeaseNote, KeepsItsLength) {
  LeaseNote note = new_lease_note(60);
  const std::size_t before = to_text(note).size();
  note.beats = 1000000;
  note.about = {{"progress", {{"step", 123456}, {"steps", 1000000}, {"loss", 0.1234567}}}};
  EXPECT_EQ(to_text(note).size(), before);
}

TEST(LeaseNote, IsNotReadFromOtherTexts) {
  const std::string text = to_text(new_lease_note(60));
  const std::string foreign = "../../etc/passwd";  // of sixteen characters, as an id
  std::string forged = text;
  forged.replace(forged.find(parse_lease_note(text)->id), 16, foreign);
  for (const std::string& other :
       {std::string(), std::string("process 4711 on a"), std::string("[]"), std::string("{}"),
        text.substr(0, 40), std::string(R"({"lease": 1, "host": "a"})"), forged}) {
    EXPECT_FALSE(parse_lease_note(other).has_value()) << other;
  }
}

TEST(LeaseNote, KnowsOfProcessesOfThisMachineWhetherTheyEnded) {
  LeaseNote note = new_lease_note(60);
  EXPECT_FALSE(has_ended(note)) << "this process runs";
  note.born -= 1;
  EXPECT_TRUE(has_ended(note)) << "its number is another process's by now";
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t ended{};
  ::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT);
  LeaseNote of_child = new_lease_note(60);
  of_child.process = child;
  EXPECT_TRUE(has_ended(of_child)) << "ended, and nobody waited for it";
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(has_ended(of_child)) << "gone";
}

TEST(LeaseNote, ClaimsNothingOfOtherMachines) {
  LeaseNote note = new_lease_note(60);
  note.process = 1 << 30;  // there is none
  EXPECT_TRUE(has_ended(note));
  note.machine = "0123 pid:[1]";
  EXPECT_FALSE(has_ended(note));
  note.machine = "";
  EXPECT_FALSE(has_ended(note));
}

}  // namespace
}  // namespace rankwise
