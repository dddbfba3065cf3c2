#include "framework/io/lease.h"

#include "framework/io/lease_file.h"
#include "framework/io/test_files.h"

#include <array>

namespace rankwise {
namespace {

namespace fs = std::filesystem;

// A process of another machine, of which nothing is known but its file.
LeaseNote foreign_note() {
  LeaseNote note = new_lease_note(60);
  note.host = "elsewhere";
  note.machine = "of another machine";
  return note;
}

TEST(Lease, IsHeldByOneAtATime) {
  const auto path = test_folder() / "runs" / "a.lock";
  auto first = Lease::try_take(path);
  ASSERT_TRUE(first.has_value());
  EXPECT_FALSE(Lease::try_take(path).has_value());
  first.reset();
  EXPECT_TRUE(Lease::try_take(path).has_value());
}

TEST(Lease, MovesWithItsOwner) {
  const auto path = test_folder() / "a.lock";
  auto first = Lease::try_take(path);
  Lease second = std::move(*first);
  first.reset();
  EXPECT_FALSE(Lease::try_take(path).has_value());
  second.check();
}

TEST(Lease, IsFreedByAKill) {
  const auto path = test_folder() / "a.lock";
  const auto hold = [&] {
    const auto lease = Lease::try_take(path);
    return ::raise(SIGKILL);
  };
  ASSERT_EQ(in_child(hold), -SIGKILL);
  EXPECT_TRUE(fs::exists(path));
  EXPECT_TRUE(Lease::try_take(path).has_value());
}

TEST(Lease, LeavesNoFile) {
  const auto folder = test_folder();
  {
    const auto lease = Lease::try_take(folder / "a.lock");
    EXPECT_FALSE(Lease::try_take(folder / "a.lock").has_value());
    EXPECT_TRUE(fs::exists(folder / "a.lock")) << "who does not hold it leaves it";
  }
  EXPECT_TRUE(fs::is_empty(folder));
}

// Each process adds one to a number that nothing but the lease protects.
TEST(Lease, IsHeldByOneThoughItsFileComesAndGoes) {
  constexpr int kProcesses = 4, kTimes = 50;
  const auto folder = test_folder();
  write_bytes(folder / "number", "0");
  const auto count = [&] {
    for (int i = 0; i < kTimes; ++i) {
      std::optional<Lease> lease;
      while (!lease) lease = Lease::try_take(folder / "a.lock");
      const int number = std::stoi(bytes_of(folder / "number"));
      write_bytes(folder / "number", std::to_string(number + 1));
    }
    return 0;
  };
  std::array<pid_t, kProcesses> children{};
  for (pid_t& child : children) {
    child = ::fork();
    if (child == 0) ::_exit(count());
  }
  for (const pid_t child : children) ::waitpid(child, nullptr, 0);
  EXPECT_EQ(bytes_of(folder / "number"), std::to_string(kProcesses * kTimes));
}

// The same with holders that are killed: every second turn ends so, and passes on a dead lease that
// all the others want.
TEST(Lease, OfADeadProcessPassesToOne) {
  constexpr int kProcesses = 4, kTurns = 40;
  const auto folder = test_folder();
  write_bytes(folder / "number", "0");
  const auto one_turn = [&](bool ends_alive) {
    std::optional<Lease> lease;
    while (!lease) lease = Lease::try_take(folder / "a.lock");
    const int number = std::stoi(bytes_of(folder / "number"));
    write_bytes(folder / "number", std::to_string(number + 1));
    return ends_alive ? 0 : ::raise(SIGKILL);
  };
  std::array<pid_t, kProcesses> children{};
  for (pid_t& child : children) {
    child = ::fork();
    if (child != 0) continue;
    for (int i = 0; i < kTurns; ++i) in_child([&] { return one_turn(i % 2 == 0); });
    ::_exit(0);
  }
  for (const pid_t child : children) ::waitpid(child, nullptr, 0);
  EXPECT_EQ(bytes_of(folder / "number"), std::to_string(kProcesses * kTurns));
}

TEST(Lease, OfAnotherMachineIsNotTaken) {
  const auto path = test_folder() / "a.lock";
  const std::string text = to_text(foreign_note());
  write_bytes(path, text);
  EXPECT_FALSE(Lease::try_take(path).has_value());
  EXPECT_EQ(bytes_of(path), text);
}

TEST(Lease, IsTakenOverOnlyAsItWasSeen) {
  const auto path = test_folder() / "a.lock";
  LeaseNote note = foreign_note();
  const std::string seen = to_text(note);
  ++note.beats;
  write_bytes(path, to_text(note));
  EXPECT_FALSE(Lease::take_over(path, seen).has_value()) << "its holder has renewed it";
  EXPECT_TRUE(Lease::take_over(path, to_text(note)).has_value());
}

TEST(Lease, IsTakenOverByOneOfMany) {
  constexpr int kProcesses = 8;
  const auto folder = test_folder();
  const std::string text = to_text(foreign_note());
  write_bytes(folder / "a.lock", text);
  std::array<pid_t, kProcesses> children{};
  for (pid_t& child : children) {
    child = ::fork();
    if (child != 0) continue;
    const auto lease = Lease::take_over(folder / "a.lock", text);
    if (lease) write_bytes(folder / ("taken" + std::to_string(::getpid())), "");
    ::pause();  // keeps what it has
  }
  std::size_t files = 0;
  for (int i = 0; i < 200 && files < 2; ++i) {  // the lease and one that took it
    ::usleep(10000);
    files = static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
  }
  ::usleep(100000);  // time enough for a second one
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 2);
  for (const pid_t child : children) {
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
}

TEST(Lease, IsLostToWhoeverTookItOver) {
  const auto path = test_folder() / "a.lock";
  ::setenv("RANKWISE_LEASE", "0.5", 1);
  auto lease = Lease::try_take(path);
  ::unsetenv("RANKWISE_LEASE");
  ASSERT_TRUE(lease.has_value());
  lease->check();
  fs::rename(path, path.string() + ".old");
  const std::string other = to_text(foreign_note());
  write_bytes(path, other);
  std::string lost;
  for (int i = 0; i < 300 && lost.empty(); ++i) {
    ::usleep(10000);
    try {
      lease->check();
    } catch (const LeaseLost& error) {
      lost = error.what();
    }
  }
  EXPECT_NE(lost.find("was taken over by process"), std::string::npos) << lost;
  lease.reset();
  EXPECT_EQ(bytes_of(path), other) << "another's file is left alone";
}

TEST(Lease, IsKeptThroughASleepThatNobodyUsed) {
  const auto path = test_folder() / "a.lock";
  const auto sleep = [&] {
    ::setenv("RANKWISE_LEASE", "0.5", 1);
    auto lease = Lease::try_take(path);
    const std::string before = parse_lease_note(bytes_of(path))->id;
    ::kill(::getpid(), SIGSTOP);
    lease->check();
    return parse_lease_note(bytes_of(path))->id == before ? 2 : 0;  // taken anew, as by others
  };
  const pid_t child = ::fork();
  if (child == 0) ::_exit(sleep());
  int status = 0;
  ::waitpid(child, &status, WUNTRACED);
  ASSERT_TRUE(WIFSTOPPED(status));
  ::usleep(700000);
  ::kill(child, SIGCONT);
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST(Lease, ShowsWhatItsHolderSays) {
  const auto path = test_folder() / "a.lock";
  ::setenv("RANKWISE_LEASE", "0.5", 1);
  auto lease = Lease::try_take(path);
  ::unsetenv("RANKWISE_LEASE");
  lease->say({{"step", 7}});
  nlohmann::json said;
  for (int i = 0; i < 300 && said.is_null(); ++i) {
    ::usleep(10000);
    const auto note = parse_lease_note(bytes_of(path));
    if (note) said = note->about;
  }
  EXPECT_EQ(said, nlohmann::json({{"step", 7}}));
}

TEST(Lease, SaysWhyItCanNotBeTaken) {
  const auto folder = test_folder();
  EXPECT_EQ(error_of([&] { Lease::try_take(folder); }),
            folder.string() + ": cannot be read: Is a directory");
  ::setenv("RANKWISE_LEASE", "soon", 1);
  EXPECT_EQ(error_of([&] { Lease::try_take(folder / "a.lock"); }),
            "RANKWISE_LEASE: 'soon' is no number of seconds from 0.5 to 86400");
  ::unsetenv("RANKWISE_LEASE");
}

}  // namespace
}  // namespace rankwise
