#include "data/inventory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/small_set.h"

namespace plumbline {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

TEST(Inventory, EveryCopyIsToldAndTheGoodOneIsBest) {
  const TemporaryFolder folder(std::filesystem::temp_directory_path(), "data-test-");
  const SmallSet small;
  const std::filesystem::path study = folder.path() / "study";
  const std::filesystem::path named = folder.path() / "named";
  std::filesystem::create_directories(named);
  const DataPlaces places{study, named};
  EXPECT_EQ(best_copy(small.set, places).state, FolderState::Absent);
  EXPECT_THAT(copies_of(small.set, places), SizeIs(0));

  small.write(study / "small");
  write_bytes(study / "small" / "test-labels", "damage");
  EXPECT_EQ(best_copy(small.set, places).state, FolderState::Damaged);

  small.write(named, true);
  const std::vector<SetCopy> copies = copies_of(small.set, places);
  ASSERT_THAT(copies, SizeIs(2));
  EXPECT_EQ(copies[0].folder, study / "small");
  EXPECT_EQ(state_word(copies[0].state), "damaged");
  EXPECT_THAT(copies[0].problems.at(0), HasSubstr("test-labels"));
  EXPECT_EQ(copies[1].folder, named);
  EXPECT_EQ(state_word(copies[1].state), "verified");
  EXPECT_EQ(best_copy(small.set, places).folder, named);
}

}  // namespace
}  // namespace plumbline
