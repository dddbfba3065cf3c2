// From scores to the ranks that a row uses, from these to gated ranks, and their counts.
#include "framework/ops/device/elements.h"
#include "framework/ops/device/functions.h"

#include <limits>

namespace rankwise::RANKWISE_MACHINE {

namespace {

/// A warp a row: each lane counts the scores that come before its own.
template <class S>
struct TopK {
  static constexpr int kMostThreads = device::kBlockThreads;
  using T = ComputedIn<S>;

  device::TopK given;

  RANKWISE_DEVICE void operator()(const Threads& at) const {
    if (at.row() >= given.shape.rows) return;
    const S* scores = row_of<S>(given.scores, at.row());
    std::int64_t* chosen = given.chosen + at.row() * given.k;
    const int width = static_cast<int>(given.shape.width);
    const std::uint32_t lower_lanes = (std::uint32_t{1} << at.lane()) - 1;
    int found = 0;
    for (int first = 0; first < width; first += kWarp) {
      const int own = first + at.lane();
      const bool taken = own < width && before(scores, width, own) < given.k;
      const std::uint32_t all = at.ballot(taken);
      if (taken) chosen[found + ones(all & lower_lanes)] = own;
      found += ones(all);
    }
  }

 private:
  RANKWISE_DEVICE static T rank_of(S stored) {
    const T score = widen(stored);
    return score == score ? score : std::numeric_limits<T>::infinity();
  }

  RANKWISE_DEVICE static int before(const S* scores, int width, int own) {
    const T here = rank_of(scores[own]);
    int count = 0;
    for (int i = 0; i < width; ++i) {
      const T there = rank_of(scores[i]);
      count += (there > here || (there == here && i < own)) ? 1 : 0;
    }
    return count;
  }
};

/// The weights of one row by rank: few are chosen, so that looking through them is quick.
template <class W>
class RowGate {
 public:
  RANKWISE_DEVICE RowGate(const device::Chosen& chosen, std::int64_t row)
      : ranks_(chosen.ranks + row * chosen.k),
        weight_(static_cast<const W*>(chosen.weight) + row * chosen.k),
        k_(static_cast<int>(chosen.k)) {}

  RANKWISE_DEVICE ComputedIn<W> of(std::int64_t rank) const {
    ComputedIn<W> found = 0;
    for (int j = 0; j < k_; ++j) {
      if (ranks_[j] == rank) found += widen(weight_[j]);
    }
    return found;
  }

 private:
  const std::int64_t* ranks_;
  const W* weight_;
  int k_;
};

template <class S, class W>
struct RankGate {
  static constexpr int kMostThreads = device::kBlockThreads;
  using T = ComputedIn<S>;

  device::RankGate given;

  RANKWISE_DEVICE void operator()(const Threads& at) const {
    each_piece(at, given.shape.rows, given.shape.width, [&](std::int64_t row, std::int64_t rank) {
      const T weight = static_cast<T>(RowGate<W>(given.chosen, row).of(rank));
      row_of<S>(given.h, row)[rank] = narrow<S>(widen(row_of<S>(given.z, row)[rank]) * weight);
    });
  }
};

/// Of the weights: a piece is one of a row's choices.
template <class S, class W>
struct WeightGradient {
  static constexpr int kMostThreads = device::kBlockThreads;

  device::RankGateGradient given;

  RANKWISE_DEVICE void operator()(const Threads& at) const {
    const std::int64_t k = given.chosen.k;
    each_piece(at, given.shape.rows, k, [&](std::int64_t row, std::int64_t j) {
      const std::int64_t rank = given.chosen.ranks[row * k + j];
      const auto product =
          widen(row_of<S>(given.z, row)[rank]) * widen(row_of<S>(given.d_h, row)[rank]);
      static_cast<W*>(given.d_weight)[row * k + j] = narrow<W>(static_cast<ComputedIn<W>>(product));
    });
  }
};

/// A thread a rank, which goes through the rows in their order. Only it writes that rank's cells.
template <class W>
struct TallyPart {
  static constexpr int kMostThreads = device::kBlockThreads;

  device::Tally given;

  RANKWISE_DEVICE void operator()(const Threads& at) const {
    each_piece(at, given.parts(), given.ranks, [&](std::int64_t part, std::int64_t rank) {
      const std::int64_t cells = part * given.tasks * given.ranks + rank;
      for (std::int64_t task = 0; task < given.tasks; ++task) clear(cells + task * given.ranks);
      const std::int64_t first = part * device::kTallyRows, left = given.rows - first;
      const int rows = static_cast<int>(left < device::kTallyRows ? left : device::kTallyRows);
      const int k = static_cast<int>(given.chosen.k);
      const std::int64_t* ranks = given.chosen.ranks + first * k;
      RANKWISE_ROLLED  // unrolled, registers are spilled
          for (int i = 0; i < rows * k; ++i) {
        if (ranks[i] == rank) add(first + i / k, first * k + i, cells);
      }
    });
  }

 private:
  RANKWISE_DEVICE void clear(std::int64_t cell) const {
    given.part_count[cell] = 0;
    if (given.chosen.weight != nullptr) given.part_mass[cell] = 0;
  }

  RANKWISE_DEVICE void add(std::int64_t row, std::int64_t choice, std::int64_t cells) const {
    const std::int64_t task = given.row_task == nullptr ? 0 : given.row_task[row];
    const std::int64_t cell = cells + task * given.ranks;
    given.part_count[cell] += 1;
    if (given.chosen.weight == nullptr) return;
    given.part_mass[cell] += widen(static_cast<const W*>(given.chosen.weight)[choice]);
  }
};

struct TallySum {
  static constexpr int kMostThreads = device::kBlockThreads;

  device::Tally given;

  RANKWISE_DEVICE void operator()(const Threads& at) const {
    const std::int64_t cells = given.tasks * given.ranks;
    each_piece(at, 1, cells, [&](std::int64_t, std::int64_t cell) {
      std::int64_t count = 0;
      double mass = 0;
      for (std::int64_t part = 0; part < given.parts(); ++part) {
        count += given.part_count[part * cells + cell];
        if (given.chosen.weight != nullptr) mass += given.part_mass[part * cells + cell];
      }
      given.count[cell] += count;
      if (given.chosen.weight != nullptr) given.mass[cell] += mass;
    });
  }
};

}  // namespace

void top_k(const device::TopK& given, device::Stream stream) {
  with_type(given.shape.stored, [&](auto rows) {
    launch(TopK<typename decltype(rows)::type>{given}, device::warp_a_row(given.shape.rows),
           stream);
  });
}

void rank_gate(const device::RankGate& given, device::Stream stream) {
  with_types(given.shape.stored, given.chosen.weights, [&](auto rows, auto weights) {
    using Body = RankGate<typename decltype(rows)::type, typename decltype(weights)::type>;
    launch(Body{given}, device::over_pieces(given.shape.rows, given.shape.width), stream);
  });
}

void rank_gate_gradient(const device::RankGateGradient& given, device::Stream stream) {
  if (given.d_z.data != nullptr) {  // gated as the values were
    rank_gate({.shape = given.shape, .chosen = given.chosen, .z = given.d_h, .h = given.d_z},
              stream);
  }
  if (given.d_weight == nullptr) return;
  with_types(given.shape.stored, given.chosen.weights, [&](auto rows, auto weights) {
    using Body = WeightGradient<typename decltype(rows)::type, typename decltype(weights)::type>;
    launch(Body{given}, device::over_pieces(given.shape.rows, given.chosen.k), stream);
  });
}

void tally(const device::Tally& given, device::Stream stream) {
  with_type(given.chosen.weights, [&](auto weights) {
    launch(TallyPart<typename decltype(weights)::type>{given},
           device::over_pieces(given.parts(), given.ranks), stream);
  });
  launch(TallySum{given}, device::over_pieces(1, given.tasks * given.ranks), stream);
}

}  // namespace rankwise::RANKWISE_MACHINE
