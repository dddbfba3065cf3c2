#include "framework/record/summary_schema.h"

#include "framework/core/error.h"

#include <algorithm>
#include <cctype>

namespace rankwise::schema {
namespace {

constexpr std::string_view kSummaryIntroduction = R"(
# The summary of a study

What is committed of a study: `results/<study>/summary/s<seed>.h5`, one HDF5 file a seed, written by
`rankwise summary`. Every dataset is a column over runs, because HDF5 takes more room for a dataset
than for what a run has to say in it. Runs of the same tasks, test examples and sites make a set; in
most files there is one, `/set/0`.

    with h5py.File("results/text10/summary/s0.h5") as file:
        runs = [json.loads(text) for text in file["run/attributes"].asstr()[:]]
        score = file["set/0/test/score"][:]            # [N, C]
        names = file["set/0/test/column"].asstr()[:]   # [C] "sst2/best/accuracy"

The program reads a run of it as if the file were a folder: `results/text10/summary/s0.h5/<name>`.

Left out are factors, coactivation, planted directions, seconds per step, dev predictions, predictions
of vectors, and of many steps and evaluations all but evenly spaced ones; `measures` and `token_ranks`
hold what tables need of these. Of each label, the first three seeds have usage, and the first has
representations; every run has its scores, predictions, chosen ranks and gradients.

An array whose numbers are all whole has the smallest type that holds them. Others are float32 where
that loses nothing and else float64; those of type float32 in the table are rounded to it. Strings are
UTF-8, padded with zeros. Where a run has fewer steps, evaluations or ranks than others of its set,
the rest of its row is padding. A dataset that no run of the set has anything for is absent.

| letter | size |
|---|---|
| N | runs of the file; below `/set/<set>`, of the set |
| S, E | most training steps, evaluations of a run; a step of -1 is padding |
| T, L | tasks, sites |
| R, D | most ranks of a site; width of an embedding |
| C | scores: of each task, each metric |
| P | choices of parameters |
| n | sampled sequences |
| G, W | test examples, values an example; a W of 1 is left out |
| X | generated texts, one or several an example |
| M | merged models |

)";

const std::vector<Path> kSummaryPaths = {
    {"/@format", "", "string", "`rankwise-summary`"},
    {"/@schema", "", "int64", "version of this table"},
    {"/@study", "", "string", "the study's name"},
    {"/@seed", "", "int64", "the seed of every run in the file"},
    {"/run/name", "[N]", "string", "the run file's name without its ending"},
    {"/run/attributes", "[N]", "JSON",
     "an object: the run file's attributes but `format`, `schema`, `status`"},
    {"/run/set", "[N]", "integer", "the run is in `/set/<set>`"},
    {"/run/row", "[N]", "integer", "and this is its row there"},
    {"/run/parameters", "[N, 6]", "integer",
     "counts: total, trainable, active, router, frozen, head"},
    {"/set/<set>/task/name", "[T]", "string", "tasks: every T below is in this order"},
    {"/set/<set>/task/family", "[T]", "string", "such as `sentiment`; may be empty"},
    {"/set/<set>/task/kind", "[T]", "string", "`classify`, `regress`, `choose`, ..."},
    {"/set/<set>/task/classes", "[T]", "integer", "labels or candidates; 1 for a real target"},
    {"/set/<set>/task/metrics", "[T]", "string",
     "with commas between; the first enters averages, unless the study's `first_metrics` name "
     "another"},
    {"/set/<set>/task/dev_tokens", "[N, T]", "integer",
     "tokens of the task's dev examples; absent where no run recorded them, 0: not known"},
    {"/set/<set>/task/dev_answer_tokens", "[N, T]", "integer",
     "tokens of their answers, which a decoder's sites see instead; absent where there are none"},
    {"/set/<set>/site/name", "[L]", "string", "adapted linears: every L below is in this order"},
    {"/set/<set>/site/in", "[L]", "integer", "input width"},
    {"/set/<set>/site/out", "[L]", "integer", "output width"},
    {"/set/<set>/site/ranks", "[N, L]", "integer", "R of the run; 0: its usage is not kept"},
    {"/set/<set>/site/balance_bias", "[N, L]", "integer", "1: kept"},
    {"/set/<set>/site/selection", "[N, L]", "integer", "1: chosen ranks are kept"},
    {"/set/<set>/site/embedding_width", "[N, L]", "integer", "D of kept task embeddings"},
    {"/set/<set>/site/answers", "[N, L]", "integer",
     "1: a decoder's, which sees the answers' tokens; absent where there are none"},
    {"/set/<set>/truth/group", "[N, T]", "integer",
     "planted: tasks of one group share directions of their true updates"},
    {"/set/<set>/truth/input_group", "[N, T]", "integer", "planted: tasks whose inputs look alike"},
    {"/set/<set>/truth/rank", "[N, L, T]", "integer",
     "planted: rank of each task's true update; -1: not told"},
    {"/set/<set>/train/step", "[N, S]", "integer", "one-based, increasing"},
    {"/set/<set>/train/task", "[N, S]", "integer", "of the batch; -1: several tasks"},
    {"/set/<set>/train/loss", "[N, S]", "float32", "task loss, before auxiliary terms"},
    {"/set/<set>/train/auxiliary", "[N, S]", "float32", "weighted auxiliary loss"},
    {"/set/<set>/train/learning_rate", "[N, S]", "float32", "after the schedule"},
    {"/set/<set>/train/tokens", "[N, S]", "integer", "tokens in the batch"},
    {"/set/<set>/evaluation/step", "[N, E]", "integer", "steps taken before each evaluation"},
    {"/set/<set>/evaluation/column", "[C]", "string", "`<task>/<metric>` of each score"},
    {"/set/<set>/evaluation/score", "[N, E, C]", "number", "on the dev split"},
    {"/set/<set>/test/column", "[C]", "string",
     "`<task>/<parameters>/<metric>` of each score; parameters: `last` or `best`"},
    {"/set/<set>/test/score", "[N, C]", "number", "over the test examples"},
    {"/set/<set>/test/parameters", "[P]", "string", "whose predictions: `best`, `last`"},
    {"/set/<set>/test/label/<task>", "[G, W]", "number", "each example's class or value"},
    {"/set/<set>/test/prediction/<task>", "[N, P, G, W]", "number",
     "the same, predicted; a run file's `correct` is their equality"},
    {"/set/<set>/test/passed/<task>", "[N, P, X]", "integer",
     "1: the program around the generated text passed; -1: not run with these parameters"},
    {"/set/<set>/usage/count", "[N, E, L, T, R]", "integer",
     "dev tokens of the task that chose the rank"},
    {"/set/<set>/usage/gate", "[N, E, L, T, R]", "float32",
     "mean of the gate's values over those tokens, to four digits (13 bits)"},
    {"/set/<set>/usage/training_count", "[N, E, L, T, R]", "integer",
     "training tokens that chose the rank, since the evaluation before"},
    {"/set/<set>/usage/balance_bias", "[N, E, L, R]", "float32", "added to the scores that choose"},
    {"/set/<set>/selection/rank", "[N, E, L, T]", "integer",
     "the number of active ranks a task chose"},
    {"/set/<set>/selection/probability", "[N, E, L, T, R]", "float32",
     "of each number of active ranks, to four digits (13 bits)"},
    {"/set/<set>/embedding/<site>/task", "[N, T, D]", "float32",
     "learnt task embeddings in the last evaluation, of the last site that has any"},
    {"/set/<set>/embedding/<site>/sample", "[N, n, D]", "float32",
     "the first principal coordinates of representations of sampled dev sequences; site "
     "`pooled`: the backbone's output"},
    {"/set/<set>/embedding/sample_task", "[N, n]", "integer", "each sampled sequence's task"},
    {"/set/<set>/gradient/<site>/covariance", "[N, R, R]", "number",
     "of the gradients of B's columns over the steps, of the last site, to four decimal digits"},
    {"/set/<set>/merge@models", "", "int64", "merged: M, the number of merged models"},
    {"/set/<set>/merge/before", "[N, T]", "number",
     "merged: first metric on test of the task's own model"},
    {"/set/<set>/merge/after", "[N, T]", "number", "merged: the same of the merged model"},
    {"/set/<set>/merge/cka", "[N, T]", "number",
     "merged: linear CKA of the two models' pooled vectors on test"},
    {"/set/<set>/merge/cosine", "[N, L, M, M]", "float32",
     "merged: cosines between the models' updates"},
    {"/set/<set>/merge/overlap", "[N, L, M, M]", "float32", "merged: as `/merge/overlap` above"},
    {"/set/<set>/merge/smallest_angle", "[N, L, M, M]", "float32",
     "merged: degrees; as `/merge/smallest_angle` above"},
    {"/set/<set>/merge/mean_angle", "[N, L, M, M]", "float32",
     "merged: degrees; as `/merge/mean_angle` above"},
    {"/set/<set>/merge/interference", "[N, L]", "float32",
     "merged: as `/merge/interference` above"},
};

}  // namespace

const std::vector<Path>& summary_paths() { return kSummaryPaths; }

namespace {

const Path& documented(std::string_view pattern) {
  const auto& all = summary_paths();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Path& path) { return path.path == pattern; });
  check(found != all.end(), "the summary's schema has no path '{}'", pattern);
  return *found;
}

/// "[N, 6]" -> {"N", "6"}
std::vector<std::string> dimensions(const std::string& shape) {
  std::vector<std::string> names{""};
  for (const char character : shape) {
    if (character == ',') names.emplace_back();
    if (std::isalnum(static_cast<unsigned char>(character)) != 0) names.back() += character;
  }
  return names;
}

}  // namespace

std::string summary_path(std::string_view pattern, const Names& names) {
  return with_names(documented(pattern).path, names);
}

bool fits_summary(std::string_view pattern, const hdf5::Shape& shape) {
  std::vector<std::string> expected = dimensions(documented(pattern).shape);
  if (expected.back() == "W" && shape.size() + 1 == expected.size()) expected.pop_back();
  return std::equal(expected.begin(), expected.end(), shape.begin(), shape.end(),
                    [](const std::string& name, std::uint64_t size) {
                      return std::isalpha(static_cast<unsigned char>(name[0])) != 0 ||
                             name == std::to_string(size);
                    });
}

std::string summary_markdown() {
  return std::string(kSummaryIntroduction) +
         fmt::format("Schema version {}.\n\n{}", kSummaryVersion, markdown_table(summary_paths()));
}

}  // namespace rankwise::schema
