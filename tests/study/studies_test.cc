#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"
#include "study/study.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> study_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(PLUMBLINE_SOURCE_DIR) / "studies")) {
    if (entry.path().extension() == ".toml") {
      files.push_back(entry.path());
    }
  }
  return files;
}

// The stacks are those whose folders stand in stacks/.
Vocabulary installed_names() {
  Vocabulary known{{"mnist", "fashion-mnist"}, {}};
  for (const auto& entry : fs::directory_iterator(fs::path(PLUMBLINE_SOURCE_DIR) / "stacks")) {
    if (fs::exists(entry.path() / "stack.toml")) {
      known.stacks.push_back(entry.path().filename().string());
    }
  }
  return known;
}

TEST(StudiesTest, every_study_that_comes_with_plumbline_is_sound) {
  const auto files = study_files();
  ASSERT_GE(files.size(), 3U);
  for (const fs::path& file : files) {
    SCOPED_TRACE(file.string());
    const Study study = read_study(file, installed_names());
    EXPECT_EQ(study.name, file.stem().string());
    EXPECT_TRUE(study.question.ends_with('?'));
    EXPECT_TRUE(study.text.starts_with('#')) << "A study opens with what is expected of it.";
  }
}

TEST(StudiesTest, the_quickstart_is_the_papers_network_made_short) {
  const Study study = read_study(fs::path(PLUMBLINE_SOURCE_DIR) / "studies/quickstart.toml");
  const Study paper = read_study(fs::path(PLUMBLINE_SOURCE_DIR) / "studies/paper.toml");
  ASSERT_EQ(study.network.layers.size(), paper.network.layers.size());
  for (std::size_t i = 0; i < study.network.layers.size(); ++i) {
    EXPECT_EQ(study.network.layers[i].output_shape, paper.network.layers[i].output_shape);
  }
  EXPECT_EQ(study.seeds, (std::vector<std::uint64_t>{0, 1}));
  EXPECT_EQ(total_steps(study.stacks.front().recipe, *study.stacks.front().recipe.training_images),
            120);
  EXPECT_EQ(total_steps(paper.stacks.front().recipe, 60000), 20000);
}

TEST(StudiesTest, the_residual_network_joins_its_ways) {
  const Study study = read_study(fs::path(PLUMBLINE_SOURCE_DIR) / "studies/residual.toml");
  EXPECT_EQ(shape_of(study.network, "add_1"), (Shape{28, 28, 16}));
  EXPECT_EQ(shape_of(study.network, "add_2"), (Shape{14, 14, 32}));
  EXPECT_EQ(study.network.layers.back().output_shape, (Shape{10}));
}

TEST(StudiesTest, a_study_that_cannot_be_read_is_an_environment_error) {
  EXPECT_THROW(static_cast<void>(read_study("/nowhere/at/all.toml")), EnvironmentError);
}

}  // namespace
}  // namespace plumbline
