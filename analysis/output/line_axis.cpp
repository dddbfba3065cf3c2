#include "analysis/output/line_axis.h"

#include "analysis/output/gnuplot.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rankwise::analysis {

LineAxis::LineAxis(std::vector<double> places, const LineAxisStyle& style) {
  for (const auto& [at, name] : style.tics) places.push_back(at);
  std::erase_if(places, [](double place) { return !std::isfinite(place); });
  if (places.empty()) places.push_back(0);
  const auto [least, most] = std::minmax_element(places.begin(), places.end());
  const bool log = style.log && *least >= 0 && *most > 0;
  log ? fit_log(places) : fit_linear(places, style);
  if (!style.tics.empty()) tics_ = style.tics;
}

void LineAxis::fit_linear(const std::vector<double>& places, const LineAxisStyle& style) {
  const auto [least, most] = std::minmax_element(places.begin(), places.end());
  const double apart = *most > *least ? *most - *least : 1;
  const double room = style.room || !style.tics.empty() ? 0.06 * apart : 0;
  low_ = *least - room;
  high_ = (*most > *least ? *most : *least + apart) + room;
  tics_ = named_tics(round_axis(*least, *most, style.steps));
}

void LineAxis::fit_log(const std::vector<double>& places) {
  double most = 0;
  least_ = std::numeric_limits<double>::infinity();
  for (const double place : places) {
    if (place > 0) least_ = std::min(least_, place);
    most = std::max(most, place);
  }
  const bool zero = std::find(places.begin(), places.end(), 0.0) != places.end();
  scale_ = zero ? Scale::linear_below : Scale::log;
  const double factor = std::max(1.1, std::pow(most / least_, 0.06));
  low_ = zero ? -0.3 * least_ : least_ / factor;
  high_ = most * factor;
  tics_ = log_tics(least_ / factor, high_);
  if (zero) tics_.insert(tics_.begin(), {0, "0"});
}

double LineAxis::along(double value) const {
  if (scale_ == Scale::log) return std::log(value);
  return scale_ == Scale::linear ? value : std::asinh(value / least_);
}

double LineAxis::fraction(double value) const {
  return (along(value) - along(low_)) / (along(high_) - along(low_));
}

std::optional<double> LineAxis::break_at() const {
  if (scale_ != Scale::linear_below) return std::nullopt;
  return (fraction(0) + fraction(least_)) / 2;
}

std::string LineAxis::scale_command() const {
  if (scale_ == Scale::linear) return "";
  if (scale_ == Scale::log) return "set logscale x\n";
  return fmt::format("set nonlinear x via asinh(x/{0:.10g}) inverse {0:.10g}*sinh(x)\n", least_);
}

std::string LineAxis::commands(bool named) const {
  std::vector<std::string> texts;
  for (const auto& [at, name] : tics_) {
    texts.push_back(fmt::format("{} {:.10g}", gnuplot_string(named ? name : ""), at));
  }
  return scale_command() + fmt::format("set xrange [{:.10g}:{:.10g}]\nset xtics ({})\n", low_,
                                       high_, fmt::join(texts, ","));
}

}  // namespace rankwise::analysis
