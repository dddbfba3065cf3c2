#include "framework/testing/far_device.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/detail/PrivateUse1HooksInterface.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_strided.h>
#include <c10/core/DeviceType.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace rankwise {

namespace {

using torch::Tensor;

constexpr auto kFar = c10::DeviceType::PrivateUse1;
const c10::Device kFarDevice(kFar, 0);

// One stream on which everything is done at once.
struct FarGuard : c10::impl::NoOpDeviceGuardImpl<kFar> {
  c10::Device exchangeDevice(c10::Device /*device*/) const override { return kFarDevice; }
  c10::Device getDevice() const override { return kFarDevice; }
  c10::Stream getStream(c10::Device /*device*/) const noexcept override {
    return c10::Stream(c10::Stream::DEFAULT, kFarDevice);
  }
  c10::Stream exchangeStream(c10::Stream /*stream*/) const noexcept override {
    return c10::Stream(c10::Stream::DEFAULT, kFarDevice);
  }
  void record(void** /*event*/, const c10::Stream& /*stream*/, const c10::DeviceIndex /*index*/,
              const c10::EventFlag /*flag*/) const override {}
  void block(void* /*event*/, const c10::Stream& /*stream*/) const override {}
  bool queryEvent(void* /*event*/) const override { return true; }
  void synchronizeEvent(void* /*event*/) const override {}
};
C10_REGISTER_GUARD_IMPL(PrivateUse1, FarGuard)

struct FarHooks : at::PrivateUse1HooksInterface {
  void init() const override {}
  bool isBuilt() const override { return true; }
  bool isAvailable() const override { return true; }
  bool hasPrimaryContext(c10::DeviceIndex /*index*/) const override { return true; }
  c10::DeviceIndex deviceCount() const override { return 1; }
  c10::DeviceIndex getCurrentDevice() const override { return 0; }
  const at::Generator& getDefaultGenerator(c10::DeviceIndex /*index*/) const override {
    return at::detail::getDefaultCPUGenerator();
  }
  at::Generator getNewGenerator(c10::DeviceIndex /*index*/) const override {
    return at::detail::createCPUGenerator();
  }
};

std::int64_t operations = 0;

void note_wait(const std::string& what) { far_waits().push_back(what); }

// The same memory under another device's name, kept alive by it.
c10::Storage named(const c10::Storage& storage, const c10::Device& device) {
  auto* owner = new c10::Storage(storage);
  c10::DataPtr memory(
      storage.mutable_data(), owner, [](void* kept) { delete static_cast<c10::Storage*>(kept); },
      device);
  return {c10::Storage::use_byte_size_t(), storage.nbytes(), std::move(memory),
          /*allocator=*/nullptr, /*resizable=*/false};
}

Tensor tensor_of(c10::Storage storage, c10::DispatchKey key, const Tensor& like) {
  Tensor made = at::detail::make_tensor<c10::TensorImpl>(std::move(storage),
                                                         c10::DispatchKeySet(key), like.dtype());
  made.unsafeGetTensorImpl()->set_sizes_and_strides(like.sizes(), like.strides(),
                                                    like.storage_offset());
  return made;
}

Tensor far_of(const Tensor& host) {
  return tensor_of(named(host.storage(), kFarDevice), c10::DispatchKey::PrivateUse1, host);
}

/// The arguments of one call as the CPU sees them, and what it gives as tensors of the device.
class Call {
 public:
  c10::IValue argument(const c10::IValue& value) {
    if (value.isTensor()) return host_of(value.toTensor());
    if (value.isTensorList()) {
      c10::List<Tensor> hosts;
      for (const Tensor& one : value.toTensorVector()) hosts.push_back(host_of(one));
      return hosts;
    }
    if (value.isOptionalTensorList()) {
      c10::List<std::optional<Tensor>> hosts;
      for (const std::optional<Tensor>& one : value.toOptionalTensorList().vec()) {
        hosts.push_back(one ? std::optional(host_of(*one)) : std::nullopt);
      }
      return hosts;
    }
    if (value.isDevice()) return c10::Device(c10::kCPU);
    return value;
  }

  c10::IValue result(const c10::IValue& value) {
    if (value.isTensor()) return device_of(value.toTensor());
    if (value.isTensorList()) {
      c10::List<Tensor> devices;
      for (const Tensor& one : value.toTensorVector()) devices.push_back(device_of(one));
      return devices;
    }
    return value;
  }

 private:
  Tensor host_of(const Tensor& tensor) {
    if (!tensor.defined() || !tensor.is_privateuseone()) return tensor;
    if (tensor.storage().nbytes() == 0) {  // may grow
      const Tensor host = at::empty_strided(tensor.sizes(), tensor.strides(), tensor.dtype());
      same_[host.unsafeGetTensorImpl()] = tensor;
      return host;
    }
    const c10::StorageImpl* key = tensor.storage().unsafeGetStorageImpl();
    if (!hosts_.contains(key)) {
      hosts_[key] = named(tensor.storage(), c10::kCPU);
      devices_[hosts_[key].unsafeGetStorageImpl()] = tensor.storage();
    }
    Tensor host = tensor_of(hosts_[key], c10::DispatchKey::CPU, tensor);
    same_[host.unsafeGetTensorImpl()] = tensor;
    return host;
  }

  Tensor device_of(const Tensor& host) {
    if (!host.defined()) return host;
    const auto same = same_.find(host.unsafeGetTensorImpl());  // changed in place
    if (same != same_.end()) return grown(same->second, host);
    const auto seen = devices_.find(host.storage().unsafeGetStorageImpl());  // a view
    if (seen == devices_.end()) return far_of(host);
    return tensor_of(seen->second, c10::DispatchKey::PrivateUse1, host);
  }

  static Tensor grown(const Tensor& tensor, const Tensor& host) {
    if (tensor.storage().nbytes() > 0 || host.storage().nbytes() == 0) return tensor;
    c10::TensorImpl& impl = *tensor.unsafeGetTensorImpl();
    impl.set_storage_keep_dtype(named(host.storage(), kFarDevice));
    impl.set_sizes_and_strides(host.sizes(), host.strides());
    return tensor;
  }

  std::map<const c10::StorageImpl*, c10::Storage> hosts_, devices_;
  std::map<const c10::TensorImpl*, Tensor> same_;
};

bool among(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Operations whose result has a size that only the device knows, or that look at values.
bool waits(std::string_view name) {
  return among(
      name, {"aten::_local_scalar_dense", "aten::nonzero", "aten::bincount", "aten::masked_select",
             "aten::equal", "aten::_unique2", "aten::unique_consecutive", "aten::is_set_to"});
}

bool runs_nothing(std::string_view name) {
  return among(name, {"aten::view", "aten::as_strided", "aten::_reshape_alias", "aten::unfold",
                      "aten::alias"});
}

void run_on_host(const c10::OperatorHandle& op, c10::DispatchKeySet /*keys*/,
                 torch::jit::Stack* stack) {
  const std::string& name = op.schema().name();
  if (waits(name)) note_wait(name);
  if (!runs_nothing(name)) ++operations;
  const at::AutoDispatchBelowADInplaceOrView below;
  Call call;
  const std::size_t given = op.schema().arguments().size();
  for (std::size_t i = stack->size() - given; i < stack->size(); ++i) {
    (*stack)[i] = call.argument((*stack)[i]);
  }
  op.redispatchBoxed(c10::DispatchKeySet(c10::DispatchKey::CPU), stack);
  const std::size_t returned = op.schema().returns().size();
  for (std::size_t i = stack->size() - returned; i < stack->size(); ++i) {
    (*stack)[i] = call.result((*stack)[i]);
  }
}

Tensor empty(c10::IntArrayRef sizes, std::optional<torch::ScalarType> type,
             std::optional<c10::Layout> /*layout*/, std::optional<c10::Device> /*device*/,
             std::optional<bool> /*pinned*/, std::optional<c10::MemoryFormat> format) {
  return far_of(at::empty(sizes, torch::TensorOptions().dtype(type), format));
}

Tensor empty_strided(c10::IntArrayRef sizes, c10::IntArrayRef strides,
                     std::optional<torch::ScalarType> type, std::optional<c10::Layout> /*layout*/,
                     std::optional<c10::Device> /*device*/, std::optional<bool> /*pinned*/) {
  return far_of(at::empty_strided(sizes, strides, torch::TensorOptions().dtype(type)));
}

Tensor& copy(Tensor& self, const Tensor& source, bool non_blocking) {
  ++operations;
  const bool down = !self.is_privateuseone(), up = !source.is_privateuseone();
  if (!non_blocking && (down || up)) note_wait(down ? "copy to the host" : "copy to the device");
  const at::AutoDispatchBelowADInplaceOrView below;
  Call call;
  Tensor target = call.argument(self).toTensor();
  target.copy_(call.argument(source).toTensor());
  return self;
}

TORCH_LIBRARY_IMPL(_, PrivateUse1, library) {
  library.fallback(torch::CppFunction::makeFromBoxedFunction<&run_on_host>());
}
TORCH_LIBRARY_IMPL(aten, PrivateUse1, library) {
  library.impl("empty.memory_format", &empty);
  library.impl("empty_strided", &empty_strided);
  library.impl("copy_", &copy);
}

}  // namespace

torch::Device far_device() {
  static const bool kMadeKnown = [] {
    static FarHooks hooks;
    at::RegisterPrivateUse1HooksInterface(&hooks);
    c10::register_privateuse1_backend("far");
    return true;
  }();
  return kMadeKnown ? kFarDevice : c10::Device(c10::kCPU);
}

bool has_far_device() { return !at::globalContext().hasCUDA(); }

std::vector<std::string>& far_waits() {
  static std::vector<std::string> waits;
  return waits;
}

std::int64_t far_operations() { return operations; }

}  // namespace rankwise
