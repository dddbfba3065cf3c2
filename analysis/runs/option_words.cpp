#include "analysis/runs/option_words.h"

#include "analysis/runs/config_difference.h"

#include <algorithm>
#include <map>

namespace rankwise::analysis {
namespace {

// By the name of the option; symbols as in SMoRA, MoRE and FlyLoRA.
const std::map<std::string, std::string> kOptions = {
    {"active", "active ranks k"},
    {"alpha", "scaling α"},
    {"contrastive_weight", "weight of the contrastive loss λ"},
    {"density", "share of non-zeros ρ"},
    {"experts", "experts"},
    {"head_learning_rate", "learning rate of the heads"},
    {"partition", "ranks per expert"},
    {"rank", "ranks r"},
    {"steps", "training steps"},
    {"temperature", "temperature τ"}};

const std::map<std::string, std::string> kMetrics = {
    {"acc", "accuracy"},      {"acc_norm", "acc_norm"}, {"f1", "F1"},
    {"macro_f1", "macro F1"}, {"micro_f1", "micro F1"}, {"bleu", "BLEU"},
    {"pass_at_1", "pass@1"},  {"rouge_l", "ROUGE-L"}};

std::string spaced(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

}  // namespace

std::string option_in_words(const std::string& path) {
  const std::string name = option_name(path);
  const auto known = kOptions.find(name.substr(name.rfind('.') + 1));
  return known != kOptions.end() ? known->second : spaced(name);
}

std::string metric_in_words(const std::string& metric) {
  const auto known = kMetrics.find(metric);
  return known != kMetrics.end() ? known->second : spaced(metric);
}

}  // namespace rankwise::analysis
