#include "analysis/output/round_axis.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstddef>

namespace rankwise::analysis {
namespace {

constexpr std::array kRound = {1, 2, 5};
constexpr double kSlack = 1e-9;  // of a step: a value that is one but for rounding

/// Number of steps that the axis over [low, high] needs.
double steps(double low, double high, double step) {
  return std::ceil(high / step - kSlack) - std::floor(low / step + kSlack);
}

/// 1500 -> "1.5k"
std::string short_number(double value) {
  if (value >= 1e9) return fmt::format("{:.4g}G", value / 1e9);
  if (value >= 1e6) return fmt::format("{:.4g}M", value / 1e6);
  if (value >= 1e3) return fmt::format("{:.4g}k", value / 1e3);
  return fmt::format("{:.4g}", value);
}

bool count_up(const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] != std::to_string(i + 1)) return false;
  }
  return true;
}

}  // namespace

std::string Axis::range() const { return fmt::format("[{:.10g}:{:.10g}]", low, high); }

std::vector<std::string> Axis::tics() const {
  std::vector<std::string> texts;
  const auto count = static_cast<int>(std::lround((high - low) / step));
  for (int i = 0; i <= count; ++i) {
    const double value = low + i * step;
    texts.push_back(fmt::format("{:.6g}", std::abs(value) < kSlack * step ? 0 : value));
  }
  return texts;
}

Axis round_axis(double low, double high, int most) {
  if (high - low < 1e-12) {
    const double apart = low == 0 ? 1 : std::abs(low) / 10;
    low -= apart;
    high += apart;
  }
  double step = std::pow(10, std::floor(std::log10((high - low) / most)));
  for (std::size_t i = 0; steps(low, high, step) > most; ++i) {
    const int next = kRound[(i + 1) % kRound.size()], now = kRound[i % kRound.size()];
    step = next > now ? step / now * next : step * 2;
  }
  return {step * std::floor(low / step + kSlack), step * std::ceil(high / step - kSlack), step};
}

std::vector<Tic> named_tics(const Axis& axis) {
  std::vector<Tic> tics;
  for (const std::string& name : axis.tics()) {
    const double at = axis.low + static_cast<double>(tics.size()) * axis.step;
    tics.emplace_back(at, std::abs(at) < 1e4 ? name : short_number(at));
  }
  return tics;
}

std::vector<Tic> log_tics(double low, double high) {
  std::vector<Tic> all, powers;
  for (int exponent = static_cast<int>(std::floor(std::log10(low)));; ++exponent) {
    const double power = std::pow(10, exponent);
    if (power > high) break;
    for (const int digit : kRound) {
      const double at = digit * power;
      if (at < low || at > high) continue;
      all.emplace_back(at, short_number(at));
      if (digit == 1) powers.push_back(all.back());
    }
  }
  return powers.size() >= 3 ? powers : all;
}

std::vector<std::size_t> named_tics(const std::vector<std::string>& names, double length,
                                    double each) {
  const auto n = static_cast<double>(names.size());
  std::size_t every = 1;
  for (std::size_t i = 0; n / static_cast<double>(every) * each > length; ++i) {
    every = i % 3 == 1 ? every / 2 * 5 : every * 2;
  }
  std::vector<std::size_t> named;
  const std::size_t first = count_up(names) ? every - 1 : 0;
  if (first > 0) named.push_back(0);
  for (std::size_t i = first; i < names.size(); i += every) named.push_back(i);
  return named;
}

}  // namespace rankwise::analysis
