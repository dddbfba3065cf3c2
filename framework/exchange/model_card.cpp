#include "framework/exchange/model_card.h"

#include "framework/adapter/variant.h"
#include "framework/core/provenance.h"
#include "framework/exchange/peft_folder.h"
#include "framework/io/atomic_file.h"
#include "framework/model/backbone.h"
#include "framework/record/run_reader.h"

#include <fmt/ranges.h>

namespace rankwise {

namespace {

std::string scores_table(const Card& card) {
  if (card.trained.run_file.empty()) return "No scores are known here.\n";
  const RunFile run(card.trained.run_file);
  const auto kept = card.trained.facts.find("parameters");
  const std::string parameters = kept == card.trained.facts.end() ? "last" : kept->second;
  std::string table = "| task | metric | test |\n| :-- | :-- | --: |\n";
  for (const std::string& task : card.tasks) {
    for (const auto& [metric, score] : run.final_scores({task, "test", parameters})) {
      table += fmt::format("| {} | {} | {:.4g} |\n", task, metric, score);
    }
  }
  return table +
         fmt::format("\nAs recorded when the run ended, with its {} parameters.\n", parameters);
}

std::string data_of(const Card& card) {
  if (card.tasks.empty()) return "not known here";
  return fmt::format("suite {}, tasks {}", card.trained.config.data.suite,
                     fmt::join(card.tasks, ", "));
}

std::string loading(const Card& card) {
  const HubModel& hub = backbones().find(card.trained.config.backbone).hub;
  if (card.kind == CardKind::kCheckpoint) {
    return fmt::format(
        "    from transformers import {0}\n    model = {0}.from_pretrained(FOLDER)\n", hub.loader);
  }
  return fmt::format(
      "    from peft import PeftModel\n    from transformers import {0}\n"
      "    base = {0}.from_pretrained(BASE)  # the folder of {1}, or its name on a hub\n"
      "    model = PeftModel.from_pretrained(base, FOLDER)\n",
      hub.loader, card.base);
}

}  // namespace

void write_card(const Card& card, const std::filesystem::path& folder) {
  const RunConfig& config = card.trained.config;
  const bool adapter = card.kind == CardKind::kAdapter;
  const std::string text = fmt::format(
      "---\nbase_model: {base}\nlibrary_name: {library}\ntags:\n- rankwise\n---\n\n# {label}\n\n"
      "{what} of `{variant}` ({summary}), made by {program}.\n\n"
      "- Base model: {base}\n- Data: {data}\n- Seed: {seed}\n"
      "- Options: `{options}`\n- Sites: {sites}\n\n## Scores\n\n{scores}\n## Use\n\n{loading}\n"
      "`{own}` holds what other programs have no place for: the tasks' heads (one linear on the "
      "mean of the last hidden rows), a gate's own tensors, and the run's config.{reader}\n",
      fmt::arg("base", card.base), fmt::arg("library", adapter ? "peft" : "transformers"),
      fmt::arg("label", config.label),
      fmt::arg("what", adapter ? "The trained adapter" : "A checkpoint with the trained update"),
      fmt::arg("variant", config.variant),
      fmt::arg("summary", variants().find(config.variant).facts.summary),
      fmt::arg("program", version_line()), fmt::arg("data", data_of(card)),
      fmt::arg("seed", config.seed), fmt::arg("options", config.options.dump()),
      fmt::arg("sites", fmt::join(config.sites, ", ")), fmt::arg("scores", scores_table(card)),
      fmt::arg("loading", loading(card)), fmt::arg("own", kOwnTensors),
      fmt::arg("reader", adapter ? " `rankwise import` reads it." : ""));
  write_file(folder / "README.md", text);
}

}  // namespace rankwise
