// The threads of a block as contexts of one thread (ucontext): each runs until it waits, then the
// next one does.
#include "framework/ops/device/emulated/machine.h"

#include <ucontext.h>

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <stdexcept>
#include <vector>

namespace rankwise::emulated {

namespace {

enum class State { kReady, kAtWarp, kAtBlock, kDone };

constexpr std::size_t kStack = 256 * 1024;  // sanitizers make frames large

struct Fiber {
  std::unique_ptr<std::byte[]> stack = std::make_unique_for_overwrite<std::byte[]>(kStack);
  ucontext_t context = {};
  State state = State::kDone;
  std::array<std::byte, Threads::kValue> given;  // to the other lanes of the warp
};

/// One for each thread of the process, whose stacks are kept from block to block.
class Block {
 public:
  void run(int threads, const std::function<void(int)>& body) {
    while (static_cast<int>(fibers_.size()) < threads) fibers_.push_back(std::make_unique<Fiber>());
    threads_ = threads;
    body_ = &body;
    error_ = nullptr;
    scratch_.fill(std::byte{0xff});  // NaN: what was not written is not read
    for (int i = 0; i < threads; ++i) begin(i);
    for (bool any = true; any;) {
      any = false;
      // Every second time from behind: nothing may depend on who comes first.
      backwards_ = !backwards_;
      for (int i = 0; i < threads; ++i) any = step(backwards_ ? threads - 1 - i : i) || any;
      if (error_) std::rethrow_exception(error_);
      any = release() || any;
    }
  }

  /// The running thread gives way until all of its warp, or block, are here.
  void wait(State at) {
    Fiber& fiber = *fibers_[static_cast<std::size_t>(running_)];
    fiber.state = at;
    swapcontext(&fiber.context, &main_);
  }

  std::array<std::byte, Threads::kValue>& given_by(int thread) {
    return fibers_[static_cast<std::size_t>(thread)]->given;
  }
  void* scratch() { return scratch_.data(); }

 private:
  static void enter();

  void begin(int thread) {
    Fiber& fiber = *fibers_[static_cast<std::size_t>(thread)];
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = fiber.stack.get();
    fiber.context.uc_stack.ss_size = kStack;
    fiber.context.uc_link = &main_;
    fiber.state = State::kReady;
    makecontext(&fiber.context, enter, 0);
  }

  bool step(int thread) {
    Fiber& fiber = *fibers_[static_cast<std::size_t>(thread)];
    if (fiber.state != State::kReady) return false;
    running_ = thread;
    swapcontext(&main_, &fiber.context);
    return true;
  }

  void call() {
    try {
      (*body_)(running_);
    } catch (...) {
      error_ = std::current_exception();
    }
    fibers_[static_cast<std::size_t>(running_)]->state = State::kDone;
  }

  int count(int first, int threads, State state) const {
    return static_cast<int>(
        std::count_if(fibers_.begin() + first, fibers_.begin() + first + threads,
                      [&](const std::unique_ptr<Fiber>& fiber) { return fiber->state == state; }));
  }

  void set_ready(int first, int threads) {
    for (int i = first; i < first + threads; ++i) {
      State& state = fibers_[static_cast<std::size_t>(i)]->state;
      if (state != State::kDone) state = State::kReady;
    }
  }

  /// Lets those go on that all are where they wait. A lane that has left its warp is never waited
  /// for on a device.
  bool release() {
    bool any = false;
    for (int first = 0; first < threads_; first += kWarp) {
      const int waiting = count(first, kWarp, State::kAtWarp);
      if (waiting == 0) continue;
      if (waiting < kWarp) throw std::logic_error("some lanes of a warp do not exchange values");
      set_ready(first, kWarp);
      any = true;
    }
    if (any || count(0, threads_, State::kAtBlock) == 0) return any;
    set_ready(0, threads_);
    return true;
  }

  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::array<std::byte, kMostWarps * Threads::kValue> scratch_;
  ucontext_t main_ = {};
  const std::function<void(int)>* body_ = nullptr;
  std::exception_ptr error_;
  int threads_ = 0, running_ = 0;
  bool backwards_ = false;
};

thread_local Block block;

void Block::enter() { block.call(); }

bool is_aligned(const void* address) {
  return reinterpret_cast<std::uintptr_t>(address) % sizeof(Bytes16) == 0;
}

}  // namespace

Bytes16 load16(const void* from) {
  if (!is_aligned(from))
    throw std::logic_error("16 bytes are read at an address that is not whole");
  Bytes16 bytes;
  std::memcpy(&bytes, from, sizeof(bytes));
  return bytes;
}

void store16(void* to, const Bytes16& bytes) {
  if (!is_aligned(to))
    throw std::logic_error("16 bytes are written at an address that is not whole");
  std::memcpy(to, &bytes, sizeof(bytes));
}

void Threads::exchange_bytes(void* value, std::size_t size, int offset) const {
  std::memcpy(block.given_by(thread_).data(), value, size);
  block.wait(State::kAtWarp);
  std::memcpy(value, block.given_by(thread_ ^ offset).data(), size);
  block.wait(State::kAtWarp);
}

std::uint32_t Threads::ballot(bool vote) const {
  block.given_by(thread_)[0] = std::byte{vote};
  block.wait(State::kAtWarp);
  std::uint32_t votes = 0;
  for (int i = 0; i < kWarp; ++i) {
    const bool given = block.given_by(thread_ / kWarp * kWarp + i)[0] != std::byte{0};
    votes |= static_cast<std::uint32_t>(given) << i;
  }
  block.wait(State::kAtWarp);
  return votes;
}

void Threads::barrier() const { block.wait(State::kAtBlock); }

void* Threads::scratch_bytes() { return block.scratch(); }

void run_block(int threads, const std::function<void(int)>& body) { block.run(threads, body); }

}  // namespace rankwise::emulated
