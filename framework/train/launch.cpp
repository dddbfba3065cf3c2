#include "framework/train/launch.h"

#include "framework/core/error.h"
#include "framework/train/mpi_collective.h"
#include "framework/train/nccl_collective.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace rankwise {

namespace {

std::int64_t number(const char* name, const std::string& text, std::int64_t most) {
  std::int64_t value = -1;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  check(read.ec == std::errc() && read.ptr == end && value >= 0 && value <= most,
        "{} is '{}' in the environment, expected a whole number from 0 to {}; unset it to run one "
        "process",
        name, text, most);
  return value;
}

class Environment {
 public:
  explicit Environment(const Variables& variable) : variable_(variable) {}

  std::optional<std::int64_t> find(const char* name) const {
    const auto text = variable_(name);
    if (!text || text->empty()) return std::nullopt;
    return number(name, *text, std::numeric_limits<std::int32_t>::max());
  }

  std::string text(const char* name, const char* of) const {
    const auto text = variable_(name);
    check(text && !text->empty(),
          "{} says that there are several processes, and {} is not set: "
          "it says where they meet; unset {} to run one process",
          of, name, of);
    return *text;
  }

  std::int64_t number_of(const char* name, const char* of) const {
    return number(name, text(name, of), std::numeric_limits<std::int32_t>::max());
  }

 private:
  const Variables& variable_;
};

struct LauncherNames {
  const char *size, *rank, *local_rank, *local_size;
};

constexpr LauncherNames kTorchrun{"WORLD_SIZE", "RANK", "LOCAL_RANK", "LOCAL_WORLD_SIZE"};
constexpr LauncherNames kSrun{"SLURM_STEP_NUM_TASKS", "SLURM_PROCID", "SLURM_LOCALID",
                              "SLURM_STEP_TASKS_PER_NODE"};
constexpr LauncherNames kMpirun{"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK",
                                "OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE"};

// Slurm's "2(x3)" begins with the number.
std::int64_t leading_number(const std::string& text) {
  std::int64_t value = 1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return std::max<std::int64_t>(1, value);
}

Launch at_a_store(const Environment& environment, const Variables& variable,
                  const LauncherNames& names) {
  Launch launch;
  launch.meeting = Meeting::kStore;
  StoreAddress& store = launch.store;
  store.size = environment.number_of(names.size, names.size);
  store.rank = environment.number_of(names.rank, names.size);
  check(store.rank < store.size, "{} is {} and {} {}, expected a rank below the number", names.rank,
        store.rank, names.size, store.size);
  store.host = environment.text("MASTER_ADDR", names.size);
  store.port = static_cast<std::uint16_t>(
      number("MASTER_PORT", environment.text("MASTER_PORT", names.size), 65535));
  store.serves = store.rank == 0 && variable("TORCHELASTIC_USE_AGENT_STORE") != "True";
  store.attempt = variable("TORCHELASTIC_RESTART_COUNT").value_or("0");
  launch.local_rank = environment.find(names.local_rank).value_or(store.rank);
  launch.local_size =
      leading_number(variable(names.local_size).value_or(std::to_string(store.size)));
  return launch;
}

}  // namespace

Launch launched(const Variables& variable) {
  const Environment environment(variable);
  if (environment.find(kMpirun.size).value_or(1) > 1) {
    return {.meeting = Meeting::kMpi,
            .store = {},
            .local_rank = environment.find(kMpirun.local_rank).value_or(0),
            .local_size = environment.find(kMpirun.local_size).value_or(1)};
  }
  for (const LauncherNames& names : {kTorchrun, kSrun}) {
    if (environment.find(names.size).value_or(1) > 1) {
      return at_a_store(environment, variable, names);
    }
  }
  return {};
}

std::unique_ptr<Collective> meet(const Launch& launch, [[maybe_unused]] bool on_gpus) {
  switch (launch.meeting) {
    case Meeting::kMpi:
      return mpi_collective();
    case Meeting::kStore:
#ifdef RANKWISE_NCCL
      if (on_gpus) return nccl_collective(store_collective(launch.store));
#endif
      return store_collective(launch.store);
    case Meeting::kAlone:
      break;
  }
  fail("one process has none to meet");
}

}  // namespace rankwise
