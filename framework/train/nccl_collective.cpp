#include "framework/train/nccl_collective.h"

#include "framework/core/error.h"
#include "framework/core/foreign.h"

#include <c10/cuda/CUDAStream.h>
#include <torch/csrc/cuda/nccl.h>

#include <chrono>
#include <cstring>
#include <thread>

namespace rankwise {

namespace {

namespace nccl = torch::cuda::nccl;

constexpr std::chrono::microseconds kLookAtDevice{50};
constexpr int kLooksForOthers = 10'000;  // half a second

class NcclCollective : public Collective {
 public:
  explicit NcclCollective(std::unique_ptr<Collective> host) : host_(std::move(host)) {
    nccl::ncclUniqueId id{};
    if (leads()) nccl::get_unique_id(id);
    torch::Tensor bytes = torch::empty({NCCL_UNIQUE_ID_BYTES}, torch::kUInt8);
    std::memcpy(bytes.mutable_data_ptr(), id.internal, sizeof id.internal);
    host_->broadcast(bytes);
    std::memcpy(id.internal, bytes.const_data_ptr(), sizeof id.internal);
    communicator_ = nccl::comm_init_rank(static_cast<int>(size()), id, static_cast<int>(rank()));
  }
  ~NcclCollective() override { nccl::comm_destroy(communicator_); }

  std::int64_t rank() const override { return host_->rank(); }
  std::int64_t size() const override { return host_->size(); }
  std::string text() const override { return fmt::format("{} processes over NCCL", size()); }

  void all_reduce(torch::Tensor& values) override {
    if (values.is_cpu()) return host_->all_reduce(values);
    const auto stream = c10::cuda::getCurrentCUDAStream(values.device().index());
    const std::vector<torch::Tensor> inputs{values};
    std::vector<torch::Tensor> sums{values};
    nccl::all_reduce(inputs, sums, static_cast<std::int32_t>(nccl::ncclRedOp::Sum), {stream},
                     {communicator_});
    wait_for(stream);
  }

  void broadcast(torch::Tensor& values) override { host_->broadcast(values); }
  void barrier() override { host_->barrier(); }
  void check_others() override { host_->check_others(); }
  void abandon(const std::string& reason) noexcept override { host_->abandon(reason); }

 private:
  // NCCL waits for ever for a process that ended.
  void wait_for(const c10::cuda::CUDAStream& stream) {
    for (int looks = 1; !stream.query(); ++looks) {
      if (looks % kLooksForOthers == 0) host_->check_others();
      std::this_thread::sleep_for(kLookAtDevice);
    }
  }

  std::unique_ptr<Collective> host_;
  nccl::ncclComm_t communicator_ = nullptr;
};

}  // namespace

std::unique_ptr<Collective> nccl_collective(std::unique_ptr<Collective> host) {
  try {
    return std::make_unique<NcclCollective>(std::move(host));
  } catch (const c10::Error& error) {
    fail("NCCL can not connect the processes: {}", plain_message(error));
  }
}

}  // namespace rankwise
