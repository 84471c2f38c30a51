#include "data/locate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "data/small_set.h"

namespace plumbline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class LocateTest : public testing::Test {
 protected:
  std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }

  TemporaryFolder folder_{std::filesystem::temp_directory_path(), "data-test-"};
  SmallSet small_;
};

TEST_F(LocateTest, TheFirstWholeCopyIsTaken) {
  small_.write(path("second"), true);
  small_.write(path("third"));
  const std::vector<std::filesystem::path> folders = {path("first"), path("second"), path("third")};
  const Dataset data = load_known_set(small_.set, folders);
  EXPECT_EQ(data.name, "small");
  EXPECT_EQ(data.classes, 2);
  EXPECT_EQ(data.files[0], path("second/train-images.gz"));
  EXPECT_EQ(data.train.images.shape(), (Shape{3, 1, 2, 1}));
  EXPECT_THAT(data.test.labels.as<std::int64_t>(), ElementsAre(1, 0));
  EXPECT_THAT(data.warnings, IsEmpty());
}

TEST_F(LocateTest, ADamagedCopyIsPassedOverWithAWarning) {
  small_.write(path("first"));
  write_bytes(path("first/train-labels"), idx_of({3}, bytes_of({0, 1, 0})));
  small_.write(path("second"));
  const Dataset data = load_known_set(small_.set, std::vector{path("first"), path("second")});
  EXPECT_EQ(data.files[0], path("second/train-images"));
  EXPECT_THAT(
      data.warnings,
      ElementsAre(fmt::format(
          "'{}' is damaged: the SHA-256 of its uncompressed content is not that of train-labels.",
          path("first/train-labels").string())));
}

TEST_F(LocateTest, ADamagedFileBesideItsGoodCompressedFormDoesNoHarm) {
  small_.write(path("first"));
  small_.write(path("first"), true);
  write_bytes(path("first/test-images"), "");
  EXPECT_EQ(load_known_set(small_.set, std::vector{path("first")}).files[2],
            path("first/test-images.gz"));
}

TEST_F(LocateTest, EveryKindOfDamageIsTold) {
  struct Case {
    const char* name;
    std::string bytes;
    const char* message;
  };
  const std::string content = small_.contents[0];
  const std::vector<Case> cases = {
      {"train-images", content.substr(0, 10), "has 10 bytes uncompressed instead of 22"},
      {"train-images", content + "x", "is longer than 22 bytes"},
      {"train-images", std::string(22, 'x'), "is not that of train-images"},
      {"train-images.gz", gzip_of(content).substr(0, 20), "gzip data ends too early"},
      {"train-images.gz", gzip_of(std::string(10'000'000, 'x')), "is longer than 22 bytes"},
      {"train-images.gz", "<html>not found</html>", "instead of 22"},
  };
  for (const Case& test : cases) {
    small_.write(path("first"), std::string(test.name).ends_with(".gz"));
    write_bytes(path("first") / test.name, test.bytes);
    const std::string message =
        message_of([&] { (void)load_known_set(small_.set, std::vector{path("first")}); });
    EXPECT_THAT(message, HasSubstr("No good copy of the data set 'small' was found.")) << test.name;
    std::filesystem::remove_all(path("first"));
    if (test.bytes.starts_with("<html>")) {
      EXPECT_THAT(message, HasSubstr("SHA-256"));  // 22 bytes by chance, so the length says nothing
    } else {
      EXPECT_THAT(message, HasSubstr(test.message));
    }
  }
}

TEST_F(LocateTest, AMissingSetIsASentenceWithPlacesAndCommands) {
  const std::vector<std::filesystem::path> folders = {"/a/small", "/a"};
  EXPECT_EQ(message_of([&] { (void)load_known_set(small_.set, folders); }),
            "The data set 'small' was not found. Looked in '/a/small' and '/a'. Get it with "
            "`plumbline data fetch small`, or "
            "name the folder that has it with --data-dir or PLUMBLINE_DATA_PATH.");
  small_.set.debian_package = "dataset-small";
  EXPECT_THAT(
      message_of([&] { (void)load_known_set(small_.set, folders); }),
      HasSubstr("Get it with `apt-get install dataset-small` or `plumbline data fetch small`, or"));
}

TEST_F(LocateTest, AnIncompleteFolderSaysWhatItLacks) {
  small_.write(path("first"));
  std::filesystem::remove(path("first/train-labels"));
  std::filesystem::remove(path("first/test-images"));
  const FolderContent content = inspect_folder(small_.set, path("first"));
  EXPECT_EQ(content.state, FolderState::Incomplete);
  EXPECT_THAT(
      content.problems,
      ElementsAre(HasSubstr("lacks train-labels and test-images of the data set 'small'.")));
  EXPECT_EQ(inspect_folder(small_.set, path("nowhere")).state, FolderState::Absent);
}

class SearchedFolders : public LocateTest {
 protected:
  void SetUp() override {
    setenv("PLUMBLINE_DATA_PATH", (path("one").string() + "::" + path("two").string()).c_str(), 1);
    setenv("XDG_CACHE_HOME", path("cache").c_str(), 1);
  }
  void TearDown() override {
    restore("PLUMBLINE_DATA_PATH", data_path_);
    restore("XDG_CACHE_HOME", cache_);
  }
  static std::optional<std::string> variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  }
  static void restore(const char* name, const std::optional<std::string>& value) {
    value ? setenv(name, value->c_str(), 1) : unsetenv(name);
  }

  std::optional<std::string> data_path_ = variable("PLUMBLINE_DATA_PATH");
  std::optional<std::string> cache_ = variable("XDG_CACHE_HOME");
};

TEST_F(SearchedFolders, ComeInTheOrderOfTheContract) {
  std::filesystem::create_directory(path("named"));
  EXPECT_THAT(folders_to_search("mnist", {path("study"), path("named")}),
              ElementsAre(path("study/mnist"),
                          path("study"),
                          path("named/mnist"),
                          path("named"),
                          path("one/mnist"),
                          path("one"),
                          path("two/mnist"),
                          path("two"),
                          "/usr/share/datasets/mnist",
                          "/usr/share/datasets",
                          path("cache/plumbline/data/mnist"),
                          path("cache/plumbline/data")));
  EXPECT_EQ(cache_folder_of("mnist"), path("cache/plumbline/data/mnist"));
}

TEST_F(SearchedFolders, AreLookedInOnceEach) {
  std::filesystem::create_directory(path("one"));
  EXPECT_THAT(folders_to_search("mnist", {path("one"), path("one")}), SizeIs(8));
}

TEST_F(SearchedFolders, ADataDirThatIsNoFolderIsToldAtOnce) {
  EXPECT_THAT(
      message_of<UsageError>([&] { (void)folders_to_search("mnist", {{}, path("nowhere")}); }),
      HasSubstr("nowhere', which is not a folder."));
}

}  // namespace
}  // namespace plumbline
