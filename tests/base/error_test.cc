#include "base/error.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

TEST(Error, KindDecidesTheExitCode) {
  EXPECT_EQ(Error("x").code(), ExitCode::Internal);
  EXPECT_EQ(UsageError("x").code(), ExitCode::Usage);
  EXPECT_EQ(EnvironmentError("x").code(), ExitCode::Environment);
}

TEST(Error, ContextComesFirstAndTheExitCodeStays) {
  const Error error = UsageError("No seeds.").with_context("While reading 'x.toml'");
  EXPECT_STREQ(error.what(), "While reading 'x.toml': No seeds.");
  EXPECT_EQ(error.code(), ExitCode::Usage);
}

}  // namespace
}  // namespace plumbline
