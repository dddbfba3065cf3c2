#include "framework/record/run_layout.h"

#include "framework/io/test_files.h"
#include "framework/record/example_run.h"

namespace rankwise {
namespace {

TEST(RunLayout, ComesBackAsItWasWritten) {
  const auto path = test_folder() / "a.h5";
  RunLayout layout = example_layout();
  layout.tasks[1].metrics.clear();
  layout.tasks[1].dev_tokens = 1234;
  {
    hdf5::File file = hdf5::File::create(path);
    write_layout(file, layout);
  }
  EXPECT_EQ(read_layout(hdf5::File::open(path)), layout);
}

TEST(RunLayout, MayHaveNoSites) {
  const auto path = test_folder() / "a.h5";
  const RunLayout layout{example_layout().tasks, {}};
  hdf5::File file = hdf5::File::create(path);
  write_layout(file, layout);
  EXPECT_EQ(read_layout(file), layout);
}

TEST(RunLayout, RefusesWhatCanNotBeStored) {
  EXPECT_EQ(error_of([] { check_layout({}); }), "a run file needs at least one task");
  RunLayout layout = example_layout();
  layout.tasks[0].name = "glue/sst2";
  EXPECT_EQ(error_of([&] { check_layout(layout); }),
            "task 'glue/sst2' cannot be called so in a run file; a name is not empty, has no "
            "slash, and is none of: ., .., score, step");
  layout = example_layout();
  layout.sites[1].name = layout.sites[0].name;
  EXPECT_EQ(error_of([&] { check_layout(layout); }),
            "site 'encoder.layer.0.attention.self.query' is there twice");
  layout = example_layout();
  layout.sites[1].selection = true;
  EXPECT_EQ(error_of([&] { check_layout(layout); }),
            "site 'decoder.layer.0.output.dense' has 0 ranks but records what each rank does");
}

}  // namespace
}  // namespace rankwise
