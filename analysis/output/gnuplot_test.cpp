#include "analysis/output/gnuplot.h"

#include "framework/io/atomic_file.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;

Drawing line() {
  return {.name = "line",
          .csv = "x,y\n0,0\n1,2\n",
          .script = "plot data skip 1 using 1:2 with lines title " + gnuplot_string("it's a_b")};
}

TEST(Gnuplot, WritesDataScriptAndThreeFormatsInAFolderWithSpacesAndQuotes) {
  const Drawing drawing = line();
  const auto files = draw(drawing, test_folder() / "it's a \"folder\" here");
  ASSERT_EQ(files.size(), 5U);
  for (const fs::path& file : files) EXPECT_GT(fs::file_size(file), 0U) << file;
  EXPECT_EQ(read_file(files[0]), drawing.csv);
  EXPECT_EQ(read_file(files[2]).substr(0, 5), "<?xml");
  EXPECT_EQ(read_file(files[3]).substr(0, 5), "%PDF-");
  EXPECT_EQ(read_file(files[4]).substr(1, 3), "PNG");
}

TEST(Gnuplot, DrawsTheSameBytesAgain) {
  const fs::path folder = test_folder();
  const auto first = draw(line(), folder / "first"), second = draw(line(), folder / "second");
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(read_file(first[i]), read_file(second[i])) << first[i];
  }
  EXPECT_NE(read_file(first[3]).find("/CreationDate (D:19700101000000"), std::string::npos);
}

TEST(Gnuplot, TextIsDrawnAsItIs) {
  const auto files = draw(line(), test_folder());
  EXPECT_NE(read_file(files[2]).find("it's a_b"), std::string::npos);
}

TEST(Gnuplot, TheScriptDrawsAgainWhereverTheFolderIsMoved) {
  const auto files = draw(line(), test_folder());
  EXPECT_EQ(read_file(files[1]).find(::testing::TempDir()), std::string::npos);
}

TEST(Gnuplot, AMissingProgramIsNamedWithItsPackage) {
  const std::string text = error_of([] { draw(line(), test_folder(), "no-such-gnuplot"); });
  EXPECT_NE(text.find("no-such-gnuplot was not found; install gnuplot-nox"), std::string::npos)
      << text;
}

TEST(Gnuplot, ARefusedScriptIsToldInGnuplotsWords) {
  Drawing drawing = line();
  drawing.script = "plot no_such_variable";
  const std::string text = error_of([&] { draw(drawing, test_folder()); });
  EXPECT_NE(text.find("undefined variable: no_such_variable"), std::string::npos) << text;
  EXPECT_EQ(text.find('\n'), std::string::npos);
}

TEST(Gnuplot, TextsAreQuotedAndCarryNoControlCharacters) {
  EXPECT_EQ(gnuplot_string("it's\n\x1b[0m"), "'it''s \\x1b[0m'");
  EXPECT_EQ(gnuplot_string("'quoted'"), R"((''."'".'quoted'."'".''))");
}

TEST(Gnuplot, RunsNothingOfAText) {
  const fs::path folder = test_folder();
  const std::string touch = "touch " + (folder / "pwned").string();
  int number = 0;
  for (const std::string& text :
       {"$(" + touch + ")", "`" + touch + "`", "'; system(\"" + touch + "\"); '",
        "''.system('" + touch + "').''", "'.system('" + touch + "').'", "\"; !" + touch + "; \"",
        std::string("'\\"), std::string("'"), std::string("''"), std::string("''''a"),
        std::string("@a {/Symbol b} %s")}) {
    const std::string shown = gnuplot_string(text);
    Drawing drawing = line();
    drawing.name = "x" + std::to_string(++number);
    drawing.formats = {"svg"};
    drawing.script = "set label " + shown + " at 0,0\nset title " + shown + "\nset xlabel " +
                     shown + " offset 0,0.7\nset xtics (" + shown + " 1, " + shown +
                     " 2)\nplot data skip 1 using 1:2 with lines title " + shown;
    draw(drawing, folder);
    EXPECT_FALSE(fs::exists(folder / "pwned")) << text;
  }
}

TEST(Gnuplot, FileNamesAreReadableAndDiffer) {
  EXPECT_EQ(
      file_names({"ranks 64/8", "ranks-64/8", "ranks 64_8", "ranks_64_8-2"}),
      (std::vector<std::string>{"ranks_64_8", "ranks-64_8", "ranks_64_8-2", "ranks_64_8-2-2"}));
  const std::vector<std::string> foreign = file_names({"低秩", "稀疏", std::string(228, 'x')});
  EXPECT_NE(foreign[0], foreign[1]);
  EXPECT_EQ(foreign[2].size(), 80U);
}

}  // namespace
}  // namespace rankwise::analysis
