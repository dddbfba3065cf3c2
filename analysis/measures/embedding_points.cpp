#include "analysis/measures/embedding_points.h"

#include "analysis/runs/matrix.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace rankwise::analysis {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

/// The task embeddings at a site after training [T, D]; empty unless they are `width` wide.
MatrixXd task_embeddings(const RunFile& file, const std::string& name, Index width) {
  for (const SiteRecord& site : file.layout().sites) {
    if (site.name != name || site.embedding_width != width) continue;
    const std::vector<SiteUsage> evaluations = file.usage(name);
    if (!evaluations.empty()) return to_matrix(evaluations.back().task_embedding, width);
  }
  return MatrixXd(0, width);
}

std::optional<SampleEmbedding> find_samples(const RunFile& file, const std::string& site) {
  for (SampleEmbedding& embedding : file.sample_embeddings()) {
    if (embedding.site == site && embedding.width > 0) return std::move(embedding);
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::size_t> spread_over_tasks(const std::vector<std::int32_t>& tasks,
                                           std::size_t most) {
  std::vector<std::size_t> rows(tasks.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  std::stable_sort(rows.begin(), rows.end(),
                   [&](std::size_t a, std::size_t b) { return tasks[a] < tasks[b]; });
  if (rows.size() <= most) return rows;
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < most; ++i) chosen.push_back(rows[i * rows.size() / most]);
  return chosen;
}

std::optional<EmbeddingPoints> embedding_points(const RunFile& file, const std::string& site,
                                                std::size_t most) {
  const std::optional<SampleEmbedding> samples = find_samples(file, site);
  if (!samples) return std::nullopt;
  const std::vector<std::int32_t> tasks = file.sample_tasks();
  const MatrixXd all = to_matrix(samples->values, samples->width);
  const MatrixXd embeddings = task_embeddings(file, site, samples->width);
  const std::vector<std::size_t> rows = spread_over_tasks(tasks, most);

  EmbeddingPoints result{site, MatrixXd(0, 0), {}, rows.size()};
  result.points.resize(static_cast<Index>(rows.size()) + embeddings.rows(), samples->width);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    result.points.row(static_cast<Index>(i)) = all.row(static_cast<Index>(rows[i]));
    result.task.push_back(tasks[rows[i]]);
  }
  result.points.bottomRows(embeddings.rows()) = embeddings;
  for (int t = 0; t < static_cast<int>(embeddings.rows()); ++t) result.task.push_back(t);
  result.points.rowwise().normalize();
  return result;
}

std::optional<EmbeddingPoints> task_embedding_points(const RunFile& file, const std::string& site) {
  for (const SiteRecord& record : file.layout().sites) {
    if (record.name != site || record.embedding_width == 0) continue;
    EmbeddingPoints result{site, task_embeddings(file, site, record.embedding_width), {}, 0};
    if (result.points.rows() == 0) return std::nullopt;
    for (int t = 0; t < static_cast<int>(result.points.rows()); ++t) result.task.push_back(t);
    result.points.rowwise().normalize();
    return result;
  }
  return std::nullopt;
}

std::string last_embedding_site(const RunFile& file) {
  std::string last, unsampled;
  const std::vector<SampleEmbedding> samples = file.sample_embeddings();
  for (const SiteRecord& site : file.layout().sites) {
    const bool sampled =
        std::any_of(samples.begin(), samples.end(),
                    [&](const SampleEmbedding& embedding) { return embedding.site == site.name; });
    if (site.embedding_width > 0) (sampled ? last : unsampled) = site.name;
  }
  return last.empty() ? unsampled : last;
}

}  // namespace rankwise::analysis
