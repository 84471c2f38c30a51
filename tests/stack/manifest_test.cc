#include "stack/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class Manifest : public testing::Test {
 protected:
  void SetUp() override {
    setenv("PLUMBLINE_HOME", PLUMBLINE_SOURCE_DIR, 1);
    fs::create_directories(folder_);
    fs::create_directories(place_.path() / "python");
  }

  fs::path folder_with(const std::string& text) {
    write_file(folder_ / "stack.toml", text);
    return folder_;
  }

  std::string message_for(const std::string& text) {
    try {
      (void)read_manifest(folder_with(text));
    } catch (const UsageError& error) {
      return error.what();
    }
    return "no error";
  }

  TemporaryFolder place_{fs::temp_directory_path(), "manifest-"};
  fs::path folder_ = place_.path() / "mine";
};

TEST_F(Manifest, ReadsEveryKey) {
  const StackManifest manifest = read_manifest(folder_with(R"(
name = "mine"
framework = "Mine"
description = "A stack."
command = ["{python}", "{folder}/a.py"]
devices = ["cpu", "cuda"]
requirements = "requirements.txt"
python = ">=3.10"
package = "numpy"
setup = ["wheel==1"]
build = ["make"]
shared = ["../python", "{source}/stacks/python"]
system_packages = ["g++"]
script = ["{python}", "{folder}/plain.py"]
[environment]
A = "b"
)"));
  EXPECT_EQ(manifest.name, "mine");
  EXPECT_THAT(manifest.command, ElementsAre("{python}", "{folder}/a.py"));
  EXPECT_THAT(manifest.devices, ElementsAre(Device::Cpu, Device::Cuda));
  EXPECT_EQ(manifest.requirements, folder_ / "requirements.txt");
  EXPECT_THAT(
      manifest.shared,
      ElementsAre(place_.path() / "python", fs::path(PLUMBLINE_SOURCE_DIR) / "stacks" / "python"));
  EXPECT_EQ(manifest.environment.at("A"), "b");
}

TEST_F(Manifest, SaysWhatIsWrongInASentence) {
  const struct {
    std::string text;
    std::string expected;
  } cases[] = {
      {"name = \"mine\"", "the key 'framework' is missing"},
      {"name = \"mine\"\nframework = \"X\"", "the key 'command' must be a list"},
      {"name = 3", "the key 'name' must be text"},
      {"name = \"mine\"\ncomand = []", "'comand' is not a key of a stack. Did you mean 'command'?"},
      {"name = ", "stack.toml:1:"},
      {"name = \"mine\"\nframework = \"X\"\ncommand = [\"a\"]\ndevices = [\"tpu\"]",
       "the key 'devices' must be a list of \"cpu\" and \"cuda\""},
      {"name = \"native\"\nframework = \"X\"\ncommand = [\"a\"]",
       "the key 'name' must be the folder's name, 'mine'; it is 'native'"},
      {"name = \"mine\"\nframework = \"X\"\ncommand = [\"a\"]\nshared = [\"../python\", \"none\"]",
       "the key 'shared' must be a list of folders; there is no folder '"},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_THAT(message_for(text), HasSubstr(expected)) << text;
  }
}

TEST_F(Manifest, OfAPathWithASlashAtItsEndIsThatOfTheFolder) {
  const fs::path folder = folder_with("name = \"mine\"\nframework = \"X\"\ncommand = [\"a\"]");
  EXPECT_EQ(read_manifest(folder / "").folder, folder);
}

TEST_F(Manifest, OfAFolderWithoutStackTomlPointsToTheGuide) {
  EXPECT_THROW(
      {
        try {
          (void)read_manifest(folder_);
        } catch (const UsageError& error) {
          EXPECT_THAT(error.what(), HasSubstr("docs/adding_a_stack.md"));
          throw;
        }
      },
      UsageError);
}

TEST_F(Manifest, EveryShippedStackIsReadAndPinsItsPackage) {
  const std::vector<StackManifest> stacks = shipped_stacks();
  EXPECT_GE(stacks.size(), 10U);
  for (const StackManifest& stack : stacks) {
    EXPECT_EQ(stack.folder.filename(), stack.name);
    EXPECT_FALSE(stack.description.empty()) << stack.name;
    if (stack.requirements) {
      EXPECT_NE(pinned_version(stack), "") << stack.name;
    }
  }
}

TEST_F(Manifest, DigestChangesWithAnySource) {
  const fs::path folder = folder_with("name = \"mine\"\nframework = \"X\"\ncommand = [\"a\"]");
  write_file(folder / "a.py", "1");
  const std::string before = sources_digest(read_manifest(folder));
  EXPECT_EQ(sources_digest(read_manifest(folder)), before);
  write_file(folder / "a.py", "2");
  EXPECT_NE(sources_digest(read_manifest(folder)), before);
}

}  // namespace
}  // namespace plumbline
