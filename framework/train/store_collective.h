/// Processes that meet at a TCPStore, as torchrun's do: one keeps values for all, over TCP.
#pragma once

#include "framework/train/collective.h"

#include <cstdint>
#include <memory>
#include <string>

namespace rankwise {

struct StoreAddress {
  std::string host;
  std::uint16_t port = 0;
  std::int64_t rank = 0, size = 1;
  bool serves = false;        // this process keeps the store; false where torchrun's agent does
  std::string attempt = "0";  // torchrun starts all processes again where one failed
};

/// Waits until all processes are there. Every value passes through the store: for few processes and
/// adapters, on CPUs. Throws Error where the store can not be reached.
std::unique_ptr<Collective> store_collective(const StoreAddress& address);

}  // namespace rankwise
