#include "framework/io/lease_note.h"

#include "framework/core/provenance.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <system_error>

namespace rankwise {
namespace {

using nlohmann::json;

// Longer than a note, so that a sign of life overwrites the one before and needs no space on a
// full disk.
constexpr std::size_t kNoteBytes = 1024;

// Process numbers are those of a namespace of one boot; empty where the kernel does not say.
std::string this_machine() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string boot;
  std::error_code error;
  const std::filesystem::path space = std::filesystem::read_symlink("/proc/self/ns/pid", error);
  if (!std::getline(file, boot) || error) return "";
  return boot + " " + space.string();
}

struct ProcessState {
  char letter = 'Z';
  std::int64_t born = 0;
};

// Of a process of this namespace (proc(5), /proc/[pid]/stat); nothing where there is none.
std::optional<ProcessState> process_state(std::int64_t process) {
  std::ifstream file(fmt::format("/proc/{}/stat", process));
  std::string text;
  if (!std::getline(file, text)) return std::nullopt;
  std::istringstream fields(text.substr(text.rfind(')') + 1));  // a name may hold anything
  ProcessState state;
  fields >> state.letter;  // the third field; the 22nd says when it started
  constexpr int kBetween = 18;
  std::int64_t skipped = 0;
  for (int i = 0; i < kBetween; ++i) fields >> skipped;
  if (!(fields >> state.born)) return std::nullopt;
  return state;
}

std::string random_id() {
  std::random_device device;
  return fmt::format("{:08x}{:08x}", device(), device());
}

}  // namespace

std::string LeaseNote::holder() const { return fmt::format("process {} on {}", process, host); }

LeaseNote new_lease_note(double seconds) {
  const std::int64_t self = ::getpid();
  return {.id = random_id(),
          .host = host_name(),
          .machine = this_machine(),
          .process = self,
          .born = process_state(self).value_or(ProcessState{}).born,
          .started = utc_now(),
          .seconds = seconds,
          .beat_at = std::time(nullptr)};
}

std::string to_text(const LeaseNote& note) {
  json value{{"lease", note.id},        {"host", note.host},   {"process", note.process},
             {"machine", note.machine}, {"born", note.born},   {"started", note.started},
             {"seconds", note.seconds}, {"beats", note.beats}, {"beat_at", note.beat_at}};
  if (!note.about.is_null()) value["about"] = note.about;
  std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  text.resize(std::max(text.size(), kNoteBytes - 1), ' ');
  return text + "\n";
}

std::optional<LeaseNote> parse_lease_note(const std::string& text) {
  const json value = json::parse(text, nullptr, /*allow_exceptions=*/false);
  try {
    LeaseNote note{.id = value.at("lease"),
                   .host = value.at("host"),
                   .machine = value.at("machine"),
                   .process = value.at("process"),
                   .born = value.at("born"),
                   .started = value.at("started"),
                   .seconds = value.at("seconds"),
                   .beats = value.at("beats"),
                   .beat_at = value.at("beat_at")};
    if (value.contains("about")) note.about = value["about"];
    const bool is_id =
        note.id.size() == 16 && note.id.find_first_not_of("0123456789abcdef") == std::string::npos;
    return is_id && note.seconds > 0 ? std::optional(note) : std::nullopt;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

bool has_ended(const LeaseNote& note) {
  if (note.machine.empty() || note.machine != this_machine()) return false;
  const auto state = process_state(note.process);
  return !state || state->letter == 'Z' || state->letter == 'X' || state->born != note.born;
}

}  // namespace rankwise
