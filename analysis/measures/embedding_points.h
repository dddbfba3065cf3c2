/// What the cluster figure draws: task embeddings and sampled sequences of one site, side by side.
#pragma once

#include "framework/record/run_reader.h"

#include <Eigen/Core>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis {

/// Points of one site, of length 1 each: cosine is what the methods compare. The sampled sequences
/// come first, task embeddings (where the site has them) after them.
struct EmbeddingPoints {
  std::string site;
  Eigen::MatrixXd points;   // [n, D]
  std::vector<int> task;    // [n] index into the layout's tasks
  std::size_t samples = 0;  // the first of the n; the rest are task embeddings
};

/// At most `most` sampled sequences, evenly from every task. Nothing when the site has no samples.
std::optional<EmbeddingPoints> embedding_points(const RunFile& file, const std::string& site,
                                                std::size_t most);

/// The task embeddings of a site alone, as a summary keeps them; nothing where it has none.
std::optional<EmbeddingPoints> task_embedding_points(const RunFile& file, const std::string& site);

/// The last site that has both task embeddings and samples, or embeddings alone where none has
/// both; empty where none has any.
std::string last_embedding_site(const RunFile& file);

/// Indices of at most `most` of the rows, each task's share kept; rows stand by task, in order.
std::vector<std::size_t> spread_over_tasks(const std::vector<std::int32_t>& tasks,
                                           std::size_t most);

}  // namespace rankwise::analysis
