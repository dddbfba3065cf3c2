/// How a launcher started this process: torchrun, mpirun or srun say it in the environment.
#pragma once

#include "framework/train/collective.h"
#include "framework/train/store_collective.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace rankwise {

enum class Meeting { kAlone, kMpi, kStore };

struct Launch {
  Meeting meeting = Meeting::kAlone;
  StoreAddress store;           // of kStore
  std::int64_t local_rank = 0;  // among the processes of this machine
  std::int64_t local_size = 1;
};

/// An environment variable's text; nothing where it is not set.
using Variables = std::function<std::optional<std::string>(const char* name)>;

/// One process where no launcher says that there are more:
/// - mpirun of Open MPI: OMPI_COMM_WORLD_SIZE and its kin;
/// - torchrun, or anything that sets them: WORLD_SIZE, RANK, MASTER_ADDR, MASTER_PORT and, where
///   there are several on a machine, LOCAL_RANK and LOCAL_WORLD_SIZE;
/// - srun, within a step of several tasks: SLURM_STEP_NUM_TASKS, SLURM_PROCID, SLURM_LOCALID, with
///   MASTER_ADDR and MASTER_PORT set by the user.
/// Throws Error for one that lacks its kin or is no number.
Launch launched(const Variables& variable);

/// Waits for the other processes. `on_gpus`: they have one each; sums go through the host where
/// this program was built without NCCL, and with MPI.
std::unique_ptr<Collective> meet(const Launch& launch, bool on_gpus);

}  // namespace rankwise
