#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "base/files.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

// Sets a variable of the environment, or unsets it, and puts the old value back.
class WithVariable {
 public:
  WithVariable(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) {
      old_ = old;
    }
    set(value);
  }
  ~WithVariable() { set(old_ ? old_->c_str() : nullptr); }
  WithVariable(const WithVariable&) = delete;
  WithVariable& operator=(const WithVariable&) = delete;

 private:
  void set(const char* value) const {
    if (value == nullptr) {
      ::unsetenv(name_);
    } else {
      ::setenv(name_, value, 1);
    }
  }
  const char* name_;
  std::optional<std::string> old_;
};

TEST(TemporaryFolder, IsPrivateAndVanishesWithItsContent) {
  fs::path path;
  {
    const TemporaryFolder folder(fs::temp_directory_path(), "plumbline-x-");
    path = folder.path();
    EXPECT_THAT(path.filename().string(), ::testing::StartsWith("plumbline-x-"));
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
    fs::create_directories(path / "a" / "b");
    write_file(path / "a" / "b" / "c", "text");
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(TemporaryFolder, FoldersWithoutWritePermissionVanishToo) {
  fs::path path;
  {
    const TemporaryFolder folder(fs::temp_directory_path(), "plumbline-x-");
    path = folder.path();
    fs::create_directories(path / "a" / "b");
    write_file(path / "a" / "b" / "c", "text");
    fs::permissions(path / "a" / "b", fs::perms::none);
    fs::permissions(path / "a", fs::perms::owner_read | fs::perms::owner_exec);
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(TemporaryFolder, LinksInItAreRemovedNotFollowed) {
  const TemporaryFolder kept(fs::temp_directory_path(), "plumbline-x-");
  write_file(kept.path() / "precious", "text");
  {
    const TemporaryFolder folder(fs::temp_directory_path(), "plumbline-x-");
    fs::create_directory_symlink(kept.path(), folder.path() / "link");
  }
  EXPECT_TRUE(fs::exists(kept.path() / "precious"));
}

TEST(TemporaryFolder, MovingPassesTheDutyOn) {
  std::optional<TemporaryFolder> first(std::in_place, fs::temp_directory_path(), "plumbline-x-");
  const fs::path path = first->path();
  {
    const TemporaryFolder second(std::move(*first));
    first.reset();
    EXPECT_TRUE(fs::exists(path));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(TemporaryFolder, MissingParentIsAnEnvironmentError) {
  EXPECT_THROW(TemporaryFolder("/nonexistent", "x"), EnvironmentError);
}

TEST(UserCacheFolder, FollowsTheXdgSpecification) {
  const WithVariable home("HOME", "/home/ada");
  {
    const WithVariable cache("XDG_CACHE_HOME", "/var/ada");
    EXPECT_EQ(user_cache_folder(), "/var/ada/plumbline");
  }
  for (const char* ignored : {static_cast<const char*>(nullptr), "", "relative/path"}) {
    const WithVariable cache("XDG_CACHE_HOME", ignored);
    EXPECT_EQ(user_cache_folder(), "/home/ada/.cache/plumbline");
  }
}

TEST(InstallationFolder, IsTheVariableIfItHoldsTheFolders) {
  const TemporaryFolder folder(fs::temp_directory_path(), "plumbline-x-");
  const WithVariable home("PLUMBLINE_HOME", folder.path().c_str());
  EXPECT_THROW((void)installation_folder(), EnvironmentError);
  fs::create_directory(folder.path() / "stacks");
  EXPECT_THROW((void)installation_folder(), EnvironmentError);
  fs::create_directory(folder.path() / "studies");
  EXPECT_EQ(installation_folder(), folder.path());
}

std::string output_of(const fs::path& program) {
  std::string output;
  FILE* pipe = ::popen(program.c_str(), "r");
  for (int letter = std::fgetc(pipe); letter != EOF; letter = std::fgetc(pipe)) {
    output.push_back(static_cast<char>(letter));
  }
  ::pclose(pipe);
  return output;
}

TEST(InstallationFolder, IsFoundUpwardsFromTheProgram) {
  const TemporaryFolder folder(fs::temp_directory_path(), "plumbline-x-");
  const fs::path program = folder.path() / "build" / "bin" / "program";
  fs::create_directories(program.parent_path());
  fs::copy_file(INSTALLATION_FOLDER_PROGRAM, program);
  const WithVariable home("PLUMBLINE_HOME", nullptr);
  EXPECT_THAT(output_of(program),
              AllOf(HasSubstr(program.string()), HasSubstr("Set PLUMBLINE_HOME to the folder")));
  fs::create_directory(folder.path() / "stacks");
  fs::create_directory(folder.path() / "studies");
  EXPECT_EQ(output_of(program), folder.path().string() + "\n");
}

}  // namespace
}  // namespace plumbline
