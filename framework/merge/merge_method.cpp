#include "framework/merge/merge_method.h"

#include <torch/types.h>

#include <utility>

namespace rankwise {

namespace {

using torch::Tensor;

struct NoOptions {
  template <class Self, class Visitor>
  static void visit(Self&, Visitor&&) {}
};

struct SumOptions {
  double lambda = 0.3;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("lambda", self.lambda, "factor on the sum of the updates", positive());
  }
};

struct TrimOptions {
  double density = 0.2, lambda = 1;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("density", self.density, "share of entries that a model keeps", between(1e-6, 1));
    field("lambda", self.lambda, "factor on the merged update", positive());
  }
};

struct DropOptions {
  double drop = 0.9;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("drop", self.drop, "probability that an entry is dropped", between(0, 0.999));
  }
};

// A linear with ΔW added to its weight.
class MatrixUpdate : public Update {
 public:
  explicit MatrixUpdate(Tensor matrix) : matrix_(std::move(matrix)) {}

  Tensor forward(const Tensor& x, const FrozenLinear& frozen, const Pass& /*pass*/) override {
    const FrozenLinear merged{(frozen.weight + matrix_).to(frozen.weight.scalar_type()),
                              frozen.bias};
    return merged(x);
  }

 private:
  Tensor matrix_;  // [out, in]
};

// The mean of what several updates give, each routed for itself.
class MeanUpdate : public Update {
 public:
  explicit MeanUpdate(std::vector<std::shared_ptr<Update>> updates)
      : updates_(std::move(updates)) {}

  Tensor forward(const Tensor& x, const FrozenLinear& frozen, const Pass& pass) override {
    Tensor sum = updates_.front()->forward(x, frozen, pass);
    for (std::size_t i = 1; i < updates_.size(); ++i) {
      sum = sum + updates_[i]->forward(x, frozen, pass);
    }
    return sum / static_cast<double>(updates_.size());
  }

 private:
  std::vector<std::shared_ptr<Update>> updates_;
};

template <class Options>
MergeMethod rule(
    const std::string& summary,
    std::function<MergedUpdates(std::vector<MergeSource>&, const Options&, const Seed&)> merge) {
  return {.summary = summary,
          .options = describe_options<Options>(),
          .resolve =
              [](const nlohmann::json& options, const std::string& path) {
                return options_to_json(parse_options<Options>(options, path));
              },
          .merge =
              [merge = std::move(merge)](std::vector<MergeSource>& sources,
                                         const nlohmann::json& options, const Seed& seed) {
                return merge(sources, parse_options<Options>(options, "merge.options"), seed);
              }};
}

template <class Options>
MergeMethod matrix_rule(
    const std::string& summary,
    std::function<Matrices(const std::vector<Matrices>&, const Options&, const Seed&)> merge) {
  return rule<Options>(
      summary, [merge = std::move(merge)](std::vector<MergeSource>& sources, const Options& options,
                                          const Seed& seed) {
        std::vector<Matrices> models;
        models.reserve(sources.size());
        for (const MergeSource& source : sources) models.push_back(update_matrices(source));
        MergedUpdates updates;
        for (Tensor& matrix : merge(models, options, seed)) {
          updates.push_back(std::make_shared<MatrixUpdate>(std::move(matrix)));
        }
        return updates;
      });
}

// The mean of each parameter and buffer of the adapters: what FlyLoRA's released code does.
MergedUpdates average_factors(std::vector<MergeSource>& sources) {
  const torch::NoGradGuard no_grad;
  RunSetup merged = sources.front().fresh();
  const auto tensors_of = [](const Adapter::Attached& attached) {
    std::vector<Tensor> tensors = attached.update->parameters();
    const std::vector<Tensor> buffers = attached.update->buffers();
    tensors.insert(tensors.end(), buffers.begin(), buffers.end());
    return tensors;
  };
  MergedUpdates updates;
  const auto sites = merged.model->adapter().attached();
  for (std::size_t site = 0; site < sites.size(); ++site) {
    std::vector<Tensor> means = tensors_of(sites[site]);
    for (std::size_t i = 0; i < means.size(); ++i) {
      std::vector<Tensor> values;
      values.reserve(sources.size());
      for (const MergeSource& source : sources) {
        values.push_back(tensors_of(source.sites()[site])[i]);
      }
      const bool whole = !means[i].is_floating_point();  // chosen ranks: the mean, rounded
      const Tensor mean = torch::stack(values).to(torch::kFloat64).mean(0);
      means[i].copy_(whole ? mean.round() : mean);
    }
    updates.push_back(sites[site].update);
  }
  return updates;
}

MergedUpdates average_outputs(std::vector<MergeSource>& sources) {
  MergedUpdates updates;
  for (std::size_t site = 0; site < sources.front().sites().size(); ++site) {
    std::vector<std::shared_ptr<Update>> of_site;
    of_site.reserve(sources.size());
    for (const MergeSource& source : sources) of_site.push_back(source.sites()[site].update);
    updates.push_back(std::make_shared<MeanUpdate>(std::move(of_site)));
  }
  return updates;
}

}  // namespace

Registry<MergeMethod>& merge_methods() {
  static Registry<MergeMethod> registry = [] {
    Registry<MergeMethod> built_in("merge rule", "merge rules");
    built_in.add("average",
                 matrix_rule<NoOptions>("mean of the updates (FlyLoRA, eq. 12)",
                                        [](const auto& models, const NoOptions&, const Seed&) {
                                          return average_matrices(models);
                                        }));
    built_in.add("task_arithmetic",
                 matrix_rule<SumOptions>("scaled sum of the updates (Ilharco et al., ICLR 2023)",
                                         [](const auto& models, const SumOptions& o, const Seed&) {
                                           return add_matrices(models, o.lambda);
                                         }));
    built_in.add("ties", matrix_rule<TrimOptions>(
                             "trim, elect signs, average those that agree (Yadav et al., 2023)",
                             [](const auto& models, const TrimOptions& o, const Seed&) {
                               return ties_matrices(models, o.density, o.lambda);
                             }));
    built_in.add("dare", matrix_rule<DropOptions>(
                             "drop at random, rescale, average (Yu et al., ICML 2024)",
                             [](const auto& models, const DropOptions& o, const Seed& seed) {
                               return dare_matrices(models, o.drop, seed);
                             }));
    built_in.add("knots", matrix_rule<TrimOptions>(
                              "TIES in the common basis of an SVD (Stoica et al., ICLR 2025)",
                              [](const auto& models, const TrimOptions& o, const Seed&) {
                                return knots_matrices(models, o.density, o.lambda);
                              }));
    built_in.add("factors", rule<NoOptions>("mean of A, B and every other parameter, then routed: "
                                            "FlyLoRA's released code",
                                            [](auto& sources, const NoOptions&, const Seed&) {
                                              return average_factors(sources);
                                            }));
    built_in.add("outputs", rule<NoOptions>("mean of what the routed updates give",
                                            [](auto& sources, const NoOptions&, const Seed&) {
                                              return average_outputs(sources);
                                            }));
    return built_in;
  }();
  return registry;
}

}  // namespace rankwise
