#include "analysis/papers/study_needs.h"

#include "framework/io/test_files.h"

#include <gmock/gmock.h>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  write_bytes(path, text);
}

TEST(StudyNeeds, DefaultsComeFromAnotherStudyAndSweepsMultiply) {
  const fs::path folder = test_folder();
  write(folder / "base.json", R"({"study": "base", "seeds": [0, 1, 2], "defaults": {
    "backbone": {"name": "bert", "weights": "mini"}, "data": {"suite": "words"},
    "train": {"steps": 600}}, "runs": [{"variant": "lora"}]})");
  write(folder / "study.json", R"({"study": "study", "defaults_from": "base.json",
    "defaults": {"train": {"steps": 50}},  // ours go over them
    "runs": [{"variant": "more"}, {"variant": "lora", "label": "l", "sweep": {"rank": [1, 2]}},
             {"variant": "smora", "seed": 7, "backbone": {"weights": "large"}}]})");
  const StudyNeeds needs = read_study_needs(folder / "study.json");
  EXPECT_THAT(needs.data,
              ElementsAre(RunData{"bert", "mini", "words"}, RunData{"bert", "large", "words"}));
  EXPECT_EQ(needs.budget, "50 steps");
  EXPECT_EQ(needs.runs, 3U + 2 * 3 + 1);
  EXPECT_THAT(needs.labels, ElementsAre("more", "l rank=1", "l rank=2", "smora"));
}

TEST(StudyNeeds, NamesTheFilesThatAreMissing) {
  const fs::path data = test_folder();
  const RunData needs{"bert", "mini", "words"};
  EXPECT_EQ(prepare_command(needs), "scripts/prepare --suite words --backbone mini");
  EXPECT_THAT(missing_files(needs, data),
              ElementsAre(data / "models/mini", data / "suites/words-mini.h5"));
  write(data / "suites/words-mini.h5", "");
  write(data / "models/mini/model.safetensors.index.json", "");
  EXPECT_THAT(missing_files(needs, data), IsEmpty());
  EXPECT_THAT(missing_files({"tiny", "", "planted"}, "nowhere"), IsEmpty());
}

TEST(StudyNeeds, AMissingFileIsAnError) {
  EXPECT_THAT(error_of([] { read_study_needs(test_folder() / "none.json"); }),
              HasSubstr("none.json: cannot be read"));
}

}  // namespace
}  // namespace rankwise::analysis
