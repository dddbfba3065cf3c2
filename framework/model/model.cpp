#include "framework/model/model.h"

#include "framework/adapter/by_site.h"
#include "framework/core/error.h"
#include "framework/core/glob.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace rankwise {

namespace {

std::string module_name(std::string site) {
  std::replace(site.begin(), site.end(), '.', '/');  // LibTorch refuses dots in names
  return site;
}

using NamedLinears = std::vector<std::pair<std::string, Linear>>;

// "layer.0, layer.1 and 30 more"
std::string some_of(const NamedLinears& linears) {
  constexpr std::size_t kMost = 12;
  std::vector<std::string> names;
  for (const auto& [name, linear] : linears) names.push_back(name);
  if (names.size() <= kMost) return fmt::format("{}", fmt::join(names, ", "));
  const std::size_t more = names.size() - kMost;
  names.resize(kMost);
  return fmt::format("{} and {} more", fmt::join(names, ", "), more);
}

// Throws Error for a pattern that matches none of the linears; `what` one of them is.
void check_patterns(const std::string& option, const std::vector<std::string>& patterns,
                    const std::string& what, const NamedLinears& linears) {
  for (const std::string& pattern : patterns) {
    const bool hit = std::any_of(linears.begin(), linears.end(), [&](const auto& linear) {
      return matches(pattern, linear.first);
    });
    check(hit, "{}: '{}' matches no {}; there are {}", option, pattern, what, some_of(linears));
  }
}

std::int64_t numel(const std::vector<torch::Tensor>& tensors) {
  std::int64_t count = 0;
  for (const torch::Tensor& tensor : tensors) count += tensor.numel();
  return count;
}

}  // namespace

bool is_of_training(const std::string& buffer) {
  return buffer.substr(buffer.rfind('.') + 1).starts_with("training_");
}

Model::Model(std::shared_ptr<Backbone> backbone, std::unique_ptr<Adapter> adapter,
             std::shared_ptr<Heads> heads, AttachOptions options)
    : backbone_(register_module("backbone", std::move(backbone))),
      adapter_(std::move(adapter)),
      heads_(register_module("heads", std::move(heads))),
      updates_(register_module("adapter", std::make_shared<torch::nn::Module>())),
      trained_type_(c10::typeMetaToScalarType(options.inputs.options.dtype())),
      in_buckets_(backbone_->attends_in_buckets()) {
  const auto linears = backbone_->linears();
  check_patterns("sites", options.sites, "linear of the backbone", linears);
  NamedLinears chosen;
  for (const auto& [name, linear] : linears) {
    const std::string& site = name;  // clang before 16 captures no structured binding
    const bool wanted =
        std::any_of(options.sites.begin(), options.sites.end(),
                    [&](const std::string& pattern) { return matches(pattern, site); });
    if (wanted) chosen.emplace_back(name, linear);
  }
  check_patterns(kSiteOptions, adapter_->expected_sites(), "adapted site", chosen);
  options.inputs.sites = static_cast<std::int64_t>(chosen.size());
  backbone_->freeze(!adapter_->trains_backbone());
  for (auto& [name, linear] : chosen) {
    const Site site{.name = name,
                    .in = linear->in(),
                    .out = linear->out(),
                    .weight = linear->weight,
                    .causal = backbone_->causal(),
                    .in_decoder = backbone_->in_decoder(name)};
    std::shared_ptr<Update> update = adapter_->make_update(site, options.inputs);
    if (!update) continue;
    linear->attach(update);
    sites_.emplace_back(name, linear);
    updates_->register_module(module_name(name), update);
    adapter_->add(site, update);
  }
}

Outputs Model::forward(const Pass& pass) {
  const Hidden hidden = backbone_->forward(pass);
  const torch::Tensor pooled = Heads::pool(hidden.rows.to(trained_type_), pass.batch);
  adapter_->after_forward(pooled, pass);
  return {hidden, pooled};
}

torch::Tensor Model::loss(const Outputs& outputs, const Batch& batch, const LossShares& shares) {
  torch::Tensor loss = heads_->loss_sum(outputs.pooled, batch);
  if (loss.defined()) loss = loss / shares.examples();
  const torch::Tensor answers = likelihood_loss(
      outputs.hidden, batch, backbone_->vocabulary_weight(), heads_->tasks(), shares);
  if (!answers.defined()) return loss;
  return loss.defined() ? loss + answers : answers;
}

torch::Tensor Model::predict(const Outputs& outputs, const Batch& batch) {
  return heads_->predict(outputs.pooled, batch);
}

AnswerLikelihood Model::score_answers(const Outputs& outputs, const Batch& batch) {
  return answer_likelihood(outputs.hidden, batch, backbone_->vocabulary_weight());
}

void Model::forget_forwards() {
  for (auto& [name, linear] : sites_) linear->forget_forwards();
}

std::vector<std::string> Model::unreached_sites() const {
  std::vector<std::string> names;
  for (const auto& [name, linear] : sites_) {
    if (!linear->reached()) names.push_back(name);
  }
  return names;
}

void Model::check_sites_reached() const {
  const std::vector<std::string> names = unreached_sites();
  if (names.empty()) return;
  const std::string others =
      names.size() == 1 ? ""
                        : fmt::format(" and {} more, up to {}", names.size() - 1, names.back());
  fail(
      "sites: no forward reached {}{}; leave them out of 'sites', or add tasks whose answers a "
      "decoder gives",
      names.front(), others);
}

std::vector<torch::Tensor> Model::adapter_parameters() const {
  std::vector<torch::Tensor> chosen;
  for (const torch::Tensor& parameter : updates_->parameters()) {
    if (parameter.requires_grad()) chosen.push_back(parameter);
  }
  for (const torch::Tensor& parameter : backbone_->parameters()) {
    if (parameter.requires_grad()) chosen.push_back(parameter);
  }
  return chosen;
}

std::vector<torch::Tensor> Model::head_parameters() const { return heads_->parameters(); }

ParameterCounts Model::count() const {
  ParameterCounts counts;
  counts.total = numel(parameters());
  for (const auto& buffer : updates_->named_buffers()) {
    if (!is_of_training(buffer.key())) counts.total += buffer.value().numel();
  }
  counts.head = numel(heads_->parameters());
  counts.trainable = numel(adapter_parameters()) + counts.head;
  counts.frozen = counts.total - counts.trainable;
  if (adapter_->trains_backbone()) counts.active += numel(backbone_->parameters());
  for (const auto& [site, update] : adapter_->attached()) {
    counts.active += update->active_parameters();
    counts.router += update->router_parameters();
  }
  return counts;
}

std::int64_t Model::update_flops() const {
  std::int64_t parameters = 0;
  for (const auto& attached : adapter_->attached()) {
    parameters += attached.update->multiplied_parameters();
  }
  return 2 * parameters;
}

std::int64_t Model::stored_parameters() const {
  const std::int64_t backbone = adapter_->trains_backbone() ? 0 : numel(backbone_->parameters());
  return count().total - backbone;
}

std::vector<std::pair<std::string, torch::Tensor>> Model::state() const {
  std::vector<std::pair<std::string, torch::Tensor>> state;
  const auto keep = [&](const torch::OrderedDict<std::string, torch::Tensor>& tensors) {
    for (const auto& item : tensors) {
      std::string name = item.key();
      std::replace(name.begin(), name.end(), '/', '.');
      state.emplace_back(name, item.value());
    }
  };
  if (adapter_->trains_backbone()) keep(backbone_->named_parameters());
  keep(updates_->named_parameters());
  keep(updates_->named_buffers());
  keep(heads_->named_parameters());
  return state;
}

}  // namespace rankwise
