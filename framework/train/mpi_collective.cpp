#include "framework/train/mpi_collective.h"

#include "framework/core/error.h"

#ifdef RANKWISE_MPI
#include "framework/core/say.h"

#include <mpi.h>

#include <limits>
#endif

namespace rankwise {

#ifdef RANKWISE_MPI

namespace {

constexpr int kFailed = 1;
constexpr std::int64_t kMostBytes = std::numeric_limits<int>::max() / 2;  // of one call of MPI

MPI_Datatype mpi_type(torch::ScalarType type) {
  check(type == torch::kFloat32 || type == torch::kFloat64, "processes add fp32 and fp64, not {}",
        c10::toString(type));
  return type == torch::kFloat32 ? MPI_FLOAT : MPI_DOUBLE;
}

// Errors of MPI end all processes of the run, as its default is.
class MpiCollective : public Collective {
 public:
  MpiCollective() {
    int provided = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
  }
  ~MpiCollective() override { MPI_Finalize(); }

  std::int64_t rank() const override { return rank_; }
  std::int64_t size() const override { return size_; }
  std::string text() const override { return fmt::format("{} processes over MPI", size_); }

  // Each process adds one part of all processes' values, in the order of the ranks: as little
  // travels as in MPI_Allreduce, whose order is the library's own.
  void all_reduce(torch::Tensor& values) override {
    const torch::Tensor own = values.flatten().to(torch::kCPU);
    const MPI_Datatype type = mpi_type(own.scalar_type());
    const std::int64_t part = (own.numel() + size_ - 1) / size_;
    torch::Tensor all = torch::zeros({size_, part}, own.options());
    all.view({-1}).narrow(0, 0, own.numel()).copy_(own);
    torch::Tensor mine = torch::empty_like(all);
    const int count = counted(part * own.element_size()) / static_cast<int>(own.element_size());
    MPI_Alltoall(all.data_ptr(), count, type, mine.data_ptr(), count, type, MPI_COMM_WORLD);
    torch::Tensor sum = mine[0].clone();
    for (std::int64_t other = 1; other < size_; ++other) sum += mine[other];
    MPI_Allgather(sum.data_ptr(), count, type, all.data_ptr(), count, type, MPI_COMM_WORLD);
    values.copy_(all.view({-1}).narrow(0, 0, own.numel()).view(values.sizes()));
  }

  void broadcast(torch::Tensor& values) override {
    torch::Tensor own = values.to(torch::kCPU).contiguous();
    MPI_Bcast(own.data_ptr(), counted(static_cast<std::int64_t>(own.nbytes())), MPI_BYTE, 0,
              MPI_COMM_WORLD);
    values.copy_(own);
  }

  void barrier() override { MPI_Barrier(MPI_COMM_WORLD); }

  // mpirun ends the others.
  void abandon(const std::string& reason) noexcept override {
    say("process {} of {} ended: {}\n", rank_, size_, first_line(reason));
    MPI_Abort(MPI_COMM_WORLD, kFailed);
  }

 private:
  static int counted(std::int64_t bytes) {
    check(bytes <= kMostBytes,
          "{} bytes of gradients from one process to another exceed what MPI counts: {}; adapt "
          "fewer sites, or use fewer ranks",
          bytes, kMostBytes);
    return static_cast<int>(bytes);
  }

  int rank_ = 0, size_ = 1;
};

}  // namespace

std::unique_ptr<Collective> mpi_collective() { return std::make_unique<MpiCollective>(); }

#else

std::unique_ptr<Collective> mpi_collective() {
  fail(
      "mpirun started this program, which was built without MPI: install libopenmpi-dev and build "
      "it again, or start it with torchrun --no-python");
}

#endif

}  // namespace rankwise
