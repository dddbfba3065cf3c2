/// Processes that mpirun or srun started with MPI.
#pragma once

#include "framework/train/collective.h"

#include <memory>

namespace rankwise {

/// All processes of MPI_COMM_WORLD; a GPU's values go through the host. Once in a program's life.
/// Throws Error where the program was built without MPI.
std::unique_ptr<Collective> mpi_collective();

}  // namespace rankwise
