#include "analysis/measures/task_similarity.h"

#include "analysis/measures/usage_clusters.h"
#include "analysis/runs/matrix.h"
#include "analysis/runs/token_choice.h"
#include "analysis/statistics/silhouette.h"
#include "framework/core/error.h"
#include "framework/record/run_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

namespace rankwise::analysis {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

/// Planted groups before the suite's families; empty where tasks have neither.
std::vector<std::string> families_of(const RunLayout& layout) {
  std::vector<std::string> families;
  if (layout.truth && !layout.truth->group.empty()) {
    for (const std::int64_t group : layout.truth->group) {
      families.push_back(fmt::format("group {}", group));
    }
    return families;
  }
  for (const TaskRecord& task : layout.tasks) {
    if (task.family.empty()) return {};
    families.push_back(task.family);
  }
  return families;
}

/// One task's parts of length 1, site after site: cosines of rows are means over sites.
MatrixXd usage_points(const RunFile& file) {
  const auto& sites = file.layout().sites;
  const bool any = std::any_of(sites.begin(), sites.end(),
                               [&](const SiteRecord& site) { return chooses(file, site); });
  if (!any || file.evaluation_count() == 0) return {};
  return usage_profiles(read_counts(file, file.evaluation_count() - 1));
}

MatrixXd embedding_points(const RunFile& file) {
  MatrixXd points;
  for (const SiteRecord& site : file.layout().sites) {
    if (site.embedding_width == 0 || file.evaluation_count() == 0) continue;
    const MatrixXd embedding =
        to_matrix(file.usage(site.name).back().task_embedding, site.embedding_width);
    const Index before = points.cols();
    points.conservativeResize(embedding.rows(), before + embedding.cols());
    points.rightCols(embedding.cols()) = embedding.rowwise().normalized();
  }
  return points;
}

/// Rows of length 1. One of zeros has no direction: it is NaN, and so is what is computed of it.
MatrixXd unit_rows(const MatrixXd& points) {
  const Eigen::ArrayXd length = points.rowwise().norm();
  return (points.array().colwise() / length).matrix();
}

/// Numbers of the families, by their first task.
std::vector<int> numbered(const std::vector<std::string>& families) {
  std::map<std::string, int> numbers;
  std::vector<int> result;
  result.reserve(families.size());
  for (const std::string& family : families) {
    result.push_back(numbers.emplace(family, static_cast<int>(numbers.size())).first->second);
  }
  return result;
}

std::optional<TaskSimilarity> similarity(const RunGroup& group,
                                         const std::function<MatrixXd(const RunFile&)>& points_of) {
  TaskSimilarity result;
  for (const Run& run : group.runs) {
    const RunFile& file = run.file();
    const MatrixXd points = points_of(file);
    if (points.size() == 0) continue;
    std::vector<std::string> tasks;
    for (const TaskRecord& task : file.layout().tasks) tasks.push_back(task.name);
    const std::vector<std::string> families = families_of(file.layout());
    if (result.seeds == 0) {
      result = {tasks, families, MatrixXd::Zero(points.rows(), points.rows()), {}};
    }
    check(tasks == result.tasks && families == result.families,
          "{}: has other tasks or families than the first run of '{}'", run.path.string(),
          group.label);
    const MatrixXd unit = unit_rows(points);
    result.value += unit * unit.transpose();
    ++result.seeds;
    if (families.empty() || !unit.allFinite()) continue;
    const auto value = silhouette(points, numbered(families), Distance::kCosine);
    if (value) result.silhouettes.push_back(*value);
  }
  if (result.seeds == 0) return std::nullopt;
  result.value /= static_cast<double>(result.seeds);
  return result;
}

}  // namespace

std::optional<TaskSimilarity> usage_similarity(const RunGroup& group) {
  return similarity(group, usage_points);
}

std::optional<TaskSimilarity> embedding_similarity(const RunGroup& group) {
  return similarity(group, embedding_points);
}

}  // namespace rankwise::analysis
