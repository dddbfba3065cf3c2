#include "framework/testing/thread_processes.h"

#include "framework/train/process_lost.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace rankwise {

namespace {

using torch::Tensor;

// Where the threads hand each other their values.
class Table {
 public:
  explicit Table(std::int64_t size) : size_(size), values_(static_cast<std::size_t>(size)) {}

  std::int64_t size() const { return size_; }

  // The values of all, by rank, once all are there; none comes back before all have left.
  std::vector<Tensor> exchange(std::int64_t rank, const Tensor& own) {
    std::unique_lock lock(mutex_);
    values_[static_cast<std::size_t>(rank)] = own.clone();
    arrive(lock);
    std::vector<Tensor> all = values_;
    arrive(lock);
    return all;
  }

  void give_up() {
    const std::lock_guard lock(mutex_);
    lost_ = true;
    changed_.notify_all();
  }

 private:
  void arrive(std::unique_lock<std::mutex>& lock) {
    const std::int64_t turn = turn_;
    if (++here_ == size_) {
      here_ = 0;
      ++turn_;
      changed_.notify_all();
    }
    changed_.wait(lock, [&] { return lost_ || turn_ != turn; });
    if (lost_) throw ProcessLost("another thread ended");
  }

  std::int64_t size_, here_ = 0, turn_ = 0;
  bool lost_ = false;
  std::vector<Tensor> values_;
  std::mutex mutex_;
  std::condition_variable changed_;
};

class ThreadCollective : public Collective {
 public:
  ThreadCollective(std::int64_t rank, Table& table) : rank_(rank), table_(table) {}

  std::int64_t rank() const override { return rank_; }
  std::int64_t size() const override { return table_.size(); }
  std::string text() const override { return std::to_string(size()) + " threads"; }
  void all_reduce(Tensor& values) override {
    Tensor sum = torch::zeros_like(values);
    for (const Tensor& part : table_.exchange(rank_, values)) sum += part;
    values.copy_(sum);
  }
  void broadcast(Tensor& values) override { values.copy_(table_.exchange(rank_, values)[0]); }
  void barrier() override { table_.exchange(rank_, torch::zeros({1})); }
  void abandon(const std::string&) noexcept override { table_.give_up(); }

 private:
  std::int64_t rank_;
  Table& table_;
};

}  // namespace

void as_processes(std::int64_t size, const std::function<void(Collective&)>& body) {
  Table table(size);
  std::exception_ptr first;
  std::mutex guards_first;
  std::vector<std::thread> threads;
  for (std::int64_t rank = 0; rank < size; ++rank) {
    threads.emplace_back([&, rank] {
      ThreadCollective processes(rank, table);
      try {
        body(processes);
      } catch (...) {
        const std::lock_guard lock(guards_first);
        if (!first) first = std::current_exception();
        processes.abandon("");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (first) std::rethrow_exception(first);
}

}  // namespace rankwise
