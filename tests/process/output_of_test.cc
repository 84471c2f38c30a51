#include "process/output_of.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

TEST(OutputOf, IsWhatTheCommandPrintsWhateverItsStatus) {
  EXPECT_EQ(output_of({"sh", "-c", "echo out; echo log >&2; exit 3"}), "out\n");
}

TEST(OutputOf, IsEmptyForACommandThatIsNotThere) {
  EXPECT_EQ(output_of({"/nowhere/no-such-program"}), "");
}

TEST(OutputOf, GivesArgumentsToNoShell) {
  EXPECT_EQ(output_of({"printf", "%s", "it's; echo $HOME"}), "it's; echo $HOME");
}

}  // namespace
}  // namespace plumbline
