#include "stack/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"
#include "stack/python.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// PEP 440, "Version specifiers".
TEST(Python, VersionsMeetSpecifiersAsPipReadsThem) {
  const struct {
    std::string version;
    std::string specifier;
    bool expected;
  } cases[] = {
      {"3.11.2", ">=3.10", true},
      {"3.9.18", ">=3.10", false},
      {"3.11.2", "==3.11.*", true},
      {"3.12.0", "==3.11.*", false},
      {"3.6.15", ">=3.6,<3.7", true},
      {"3.7.0", ">=3.6,<3.7", false},
      {"3.11.2", ">= 3.11, < 3.13", true},
      {"3.11.2", "!=3.11.2", false},
      {"3.11.2", "==3.11.2", true},
      {"3.10", "<=3.10.0", true},
      {"3.11.2", "garbage", false},
  };
  for (const auto& [version, specifier, expected] : cases) {
    EXPECT_EQ(meets(version, specifier), expected) << version << " " << specifier;
  }
}

class EnvironmentOfAStack : public testing::Test {
 protected:
  void SetUp() override {
    setenv("XDG_CACHE_HOME", cache_.path().c_str(), 1);
    setenv("PLUMBLINE_HOME", PLUMBLINE_SOURCE_DIR, 1);
    manifest_.name = "mine";
    manifest_.folder = folder_.path();
    manifest_.command = {"{python}"};
    manifest_.requirements = folder_.path() / "requirements.txt";
    write_file(*manifest_.requirements, "");
  }
  void TearDown() override { unsetenv("XDG_CACHE_HOME"); }

  TemporaryFolder cache_{fs::temp_directory_path(), "cache-"};
  TemporaryFolder folder_{fs::temp_directory_path(), "stack-"};
  StackManifest manifest_;
};

TEST_F(EnvironmentOfAStack, IsKeyedByRequirements) {
  const std::string before = environment_of(manifest_).key;
  EXPECT_EQ(environment_of(manifest_).key, before);
  write_file(*manifest_.requirements, "# another\n");
  EXPECT_NE(environment_of(manifest_).key, before);
}

TEST_F(EnvironmentOfAStack, IsMadeOnceAndRemoved) {
  EXPECT_THAT(reason_not_ready(manifest_, environment_of(manifest_)),
              HasSubstr("run 'plumbline env add " + folder_.path().string() + "'."))
      << "a folder of the user's own is named by its path";
  int lines = 0;
  const auto count = [&lines](const std::string&) { ++lines; };
  add_environment(manifest_, Device::Cpu, count);
  const Environment environment = environment_of(manifest_);
  EXPECT_EQ(reason_not_ready(manifest_, environment), "");
  EXPECT_TRUE(fs::exists(environment.folder / "bin" / "python"));
  EXPECT_TRUE(fs::exists(site_packages(environment)));
  EXPECT_GT(bytes_on_disk(environment.folder), 0);
  lines = 0;
  add_environment(manifest_, Device::Cpu, count);
  EXPECT_EQ(lines, 0) << "a second time does nothing";
  EXPECT_TRUE(remove_environment(manifest_));
  EXPECT_FALSE(environment_of(manifest_).ready);
  EXPECT_FALSE(remove_environment(manifest_));
}

TEST_F(EnvironmentOfAStack, ThatCannotBeInstalledSaysWhatPipSaid) {
  write_file(*manifest_.requirements, "./no-such-folder\n");
  try {
    add_environment(manifest_, Device::Cpu, [](const std::string&) {});
    FAIL() << "pip cannot install a folder that is not there";
  } catch (const EnvironmentError& error) {
    EXPECT_THAT(error.what(), HasSubstr("Installing packages failed."));
    EXPECT_THAT(error.what(), HasSubstr("no-such-folder"));
  }
  EXPECT_FALSE(environment_of(manifest_).ready) << "half an environment is none";
}

TEST_F(EnvironmentOfAStack, RunsItsBuildInTheBuildFolder) {
  manifest_.requirements.reset();
  manifest_.build = {"sh", "-c", "echo made > '{build}/made'"};
  add_environment(manifest_, Device::Cpu, [](const std::string&) {});
  EXPECT_TRUE(fs::exists(environment_of(manifest_).build_folder / "made"));
}

TEST_F(EnvironmentOfAStack, ThatPlumblineShipsIsNamedInItsCommand) {
  const StackManifest pytorch = find_stack("pytorch");
  EXPECT_THAT(reason_not_ready(pytorch, environment_of(pytorch)),
              HasSubstr("run 'plumbline env add pytorch'."));
}

TEST_F(EnvironmentOfAStack, WithoutAnInterpreterSaysWhichIsMissing) {
  manifest_.python = ">=9.0";
  const Environment environment = environment_of(manifest_);
  EXPECT_FALSE(environment.ready);
  EXPECT_THAT(reason_not_ready(manifest_, environment), HasSubstr("No Python >=9.0 was found"));
}

TEST_F(EnvironmentOfAStack, NamesMissingDebianPackages) {
  if (!fs::exists("/var/lib/dpkg/info")) {
    GTEST_SKIP() << "dpkg is not the package manager here";
  }
  manifest_.system_packages = {"libc6", "no-such-package-anywhere"};
  EXPECT_THAT(reason_not_ready(manifest_, environment_of(manifest_)),
              HasSubstr("apt-get install no-such-package-anywhere"));
}

TEST_F(EnvironmentOfAStack, ExpandsNamesInBracesAndRefusesOthers) {
  const Environment environment = environment_of(manifest_);
  EXPECT_EQ(expand("{folder}/a {folder}", manifest_, environment),
            manifest_.folder.string() + "/a " + manifest_.folder.string());
  EXPECT_EQ(expand("no names", manifest_, environment), "no names");
  EXPECT_THROW((void)expand("{fodler}", manifest_, environment), UsageError);
}

}  // namespace
}  // namespace plumbline
