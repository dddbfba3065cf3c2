#include "framework/train/store_collective.h"

#include "framework/core/foreign.h"
#include "framework/train/process_lost.h"

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace rankwise {

namespace {

using Clock = std::chrono::steady_clock;
using Bytes = std::vector<std::uint8_t>;
using Store = c10::intrusive_ptr<c10d::Store>;

constexpr std::chrono::seconds kStart{120};      // for all processes to come
constexpr std::chrono::milliseconds kLook{500};  // between looks at those that are waited for
constexpr std::chrono::microseconds kFirstPause{20}, kLongestPause{10'000};
constexpr std::chrono::milliseconds kBeat{1'000};  // between signs of life
constexpr std::chrono::seconds kSilence{10};       // from the last one: it ended
constexpr const char* kFarewell = "farewell";

// One that serves nothing is a client; each has a connection of its own.
Store connected(const StoreAddress& address, bool serves) {
  c10d::TCPStoreOptions options;
  options.port = address.port;
  options.isServer = serves;
  options.waitWorkers = false;
  options.timeout = kStart;
  try {
    auto store = c10::make_intrusive<c10d::TCPStore>(address.host, options);
    // torchrun's agent keeps keys of its own there.
    return c10::make_intrusive<c10d::PrefixStore>("rankwise/" + address.attempt, std::move(store));
  } catch (const std::exception& error) {
    fail(
        "process {} of {}: the store at {}:{} can not be reached ({}); MASTER_ADDR and "
        "MASTER_PORT say where it is",
        address.rank, address.size, address.host, address.port, plain_message(error));
  }
}

Bytes bytes_of(const torch::Tensor& values) {
  const auto* first = static_cast<const std::uint8_t*>(values.const_data_ptr());
  return {first, first + values.nbytes()};
}

Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

// Says every second that this process lives, on a connection of its own.
class Heart {
 public:
  Heart(Store store, std::int64_t rank)
      : store_(std::move(store)), key_(key_of(rank)), beats_([this] { beat(); }) {}
  Heart(const Heart&) = delete;
  Heart& operator=(const Heart&) = delete;
  ~Heart() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    end_.notify_all();
    beats_.join();
  }

  static std::string key_of(std::int64_t rank) { return "alive/" + std::to_string(rank); }

 private:
  void beat() {
    std::unique_lock lock(mutex_);
    while (!ended_) {
      try {
        store_->add(key_, 1);
      } catch (const std::exception&) {
        return;  // the process that waits for something says so
      }
      end_.wait_for(lock, kBeat, [this] { return ended_; });
    }
  }

  Store store_;
  std::string key_;
  std::mutex mutex_;
  std::condition_variable end_;
  bool ended_ = false;
  std::thread beats_;
};

class StoreCollective : public Collective {
 public:
  explicit StoreCollective(const StoreAddress& address)
      : address_(address),
        store_(connected(address, address.serves)),
        heart_(connected(address, false), address.rank) {
    barrier();
    silence_ = kSilence;
  }
  ~StoreCollective() override { leave(); }

  std::int64_t rank() const override { return address_.rank; }
  std::int64_t size() const override { return address_.size; }
  std::string text() const override { return fmt::format("{} processes over a TCP store", size()); }

  void all_reduce(torch::Tensor& values) override {
    const torch::Tensor own = values.to(torch::kCPU).contiguous();
    const std::vector<Bytes> all = exchanged(bytes_of(own));
    torch::Tensor sum = torch::zeros_like(own);
    for (const Bytes& part : all) sum += tensor_of(part, own);
    values.copy_(sum);
  }

  void broadcast(torch::Tensor& values) override {
    const std::string key = next_key();
    if (leads()) put(key, bytes_of(values.to(torch::kCPU).contiguous()));
    if (!leads()) values.copy_(tensor_of(awaited(key, 0), values));
    barrier();
  }

  void barrier() override { exchanged({1}); }

  void check_others() override {
    for (std::int64_t other = 0; other < size(); ++other) {
      if (other != rank()) check_alive(other);
    }
  }

  void abandon(const std::string& reason) noexcept override {
    try {
      store_->set(kFarewell, bytes_of(fmt::format("process {} of {} ended: {}", rank(), size(),
                                                  first_line(reason))));
    } catch (const std::exception&) {  // the store is gone, and with it whoever kept it
    }
  }

 private:
  std::string next_key() { return "value/" + std::to_string(count_++); }
  static std::string key_of(const std::string& call, std::int64_t rank) {
    return call + "/" + std::to_string(rank);
  }

  // Every process's bytes, by rank.
  std::vector<Bytes> exchanged(const Bytes& own) {
    const std::string call = next_key();
    put(key_of(call, rank()), own);
    std::vector<Bytes> all;
    for (std::int64_t other = 0; other < size(); ++other) {
      all.push_back(other == rank() ? own : awaited(key_of(call, other), other));
    }
    drop_old();
    return all;
  }

  // Who has the values of a call has seen all processes enter it, and so leave the one before.
  void drop_old() {
    while (own_keys_.size() > 2) {
      guarded([&] { store_->deleteKey(own_keys_.front()); });
      own_keys_.erase(own_keys_.begin());
    }
  }

  void put(const std::string& key, const Bytes& value) {
    guarded([&] { store_->set(key, value); });
    own_keys_.push_back(key);
  }

  Bytes awaited(const std::string& key, std::int64_t other) {
    while (!is_there(key)) check_alive(other);
    Bytes value;
    guarded([&] { value = store_->get(key); });
    return value;
  }

  // Waits a while for it, at first hardly between two looks: TCPStore's own wait() writes warnings
  // where it ends without.
  bool is_there(const std::string& key) {
    const auto end = Clock::now() + kLook;
    auto pause = kFirstPause;
    bool there = false;
    while (!there && Clock::now() < end) {
      guarded([&] { there = store_->check({key}); });
      if (there) break;
      std::this_thread::sleep_for(pause);
      pause = std::min(2 * pause, kLongestPause);
    }
    return there;
  }

  void check_alive(std::int64_t other) {
    std::int64_t beats = 0;
    guarded([&] {
      if (store_->check({kFarewell})) {
        const Bytes farewell = store_->get(kFarewell);
        lost_ = true;
        throw ProcessLost(std::string(farewell.begin(), farewell.end()));
      }
      beats = store_->add(Heart::key_of(other), 0);
    });
    Sign& sign = signs_[other];
    if (sign.beats != beats) sign = {beats, Clock::now()};
    if (Clock::now() - sign.seen < silence_) return;
    lost_ = true;
    throw ProcessLost(
        fmt::format("process {} of {} gave no sign of life for {} s: it or its machine is gone",
                    other, size(), silence_.count()));
  }

  template <class Call>
  void guarded(const Call& call) {
    try {
      call();
    } catch (const ProcessLost&) {
      throw;
    } catch (const std::exception& error) {
      lost_ = true;
      throw ProcessLost(fmt::format(
          "process {} of {}: the store at {}:{} is gone, and the process that kept it ({})", rank(),
          size(), address_.host, address_.port, plain_message(error)));
    }
  }

  static torch::Tensor tensor_of(const Bytes& bytes, const torch::Tensor& like) {
    torch::Tensor values = torch::empty(like.sizes(), like.options().device(torch::kCPU));
    check(bytes.size() == values.nbytes(),
          "a process sent {} bytes, expected {}: all must have the same program, study and data",
          bytes.size(), values.nbytes());
    std::memcpy(values.mutable_data_ptr(), bytes.data(), bytes.size());
    return values;
  }

  // Who keeps the store leaves last, or the others would find it gone; where one is lost they go
  // too.
  void leave() noexcept {
    try {
      store_->add("left", 1);
      const auto begin = Clock::now();
      while (address_.serves && !lost_ && store_->add("left", 0) < size() &&
             Clock::now() - begin < kSilence) {
        std::this_thread::sleep_for(kLook / 50);
      }
    } catch (const std::exception&) {  // it is gone already
    }
  }

  struct Sign {
    std::int64_t beats = -1;
    Clock::time_point seen = Clock::now();
  };

  StoreAddress address_;
  Store store_;
  Heart heart_;
  std::chrono::seconds silence_ = kStart;  // from the last sign of life of another
  bool lost_ = false;                      // another process
  std::int64_t count_ = 0;
  std::vector<std::string> own_keys_;
  std::map<std::int64_t, Sign> signs_;
};

}  // namespace

std::unique_ptr<Collective> store_collective(const StoreAddress& address) {
  return std::make_unique<StoreCollective>(address);
}

}  // namespace rankwise
